/* SPDX-License-Identifier: MIT */
/*
 * Poppler has one error callback per process, which logs to GLib at a level that is hidden by default. In a process
 * that mim owns, this file captures the log, so that pages that poppler repaired cause a notice. In other processes the
 * log belongs to the application.
 */
#include "error-log.h"

#include <stdbool.h>
#include <string.h>

#include <glib.h>

static _Thread_local struct {
    bool is_listening;
    char text[240]; /* the first message of this op */
} captured;

/* Messages that valid files cause, too. */
static bool
is_harmless(const char *message)
{
    static const char *const heads[] = { "Syntax warning", "Unimplemented feature" };
    for (unsigned i = 0; i < sizeof heads / sizeof *heads; i++)
        if (strncmp(message, heads[i], strlen(heads[i])) == 0)
            return true;
    return false;
}

static void
capture_message(const char *domain, GLogLevelFlags level, const char *message, void *data)
{
    (void)domain, (void)level, (void)data;
    if (!captured.is_listening || captured.text[0] || is_harmless(message))
        return;
    size_t length = 0;
    for (; message[length] && length < sizeof captured.text - 1; length++) /* the message may quote bytes of the file */
        captured.text[length] = message[length] >= ' ' && message[length] < 127 ? message[length] : '?';
    captured.text[length] = '\0';
}

void
pdf_error_log_begin(struct mim_job *job)
{
    static gsize is_set;
    captured.is_listening = job->host->flags(job) & MIM_HOST_OWNS_PROCESS;
    captured.text[0] = '\0';
    if (captured.is_listening && g_once_init_enter(&is_set)) {
        g_log_set_handler("Poppler", G_LOG_LEVEL_MASK, capture_message, NULL);
        g_once_init_leave(&is_set, 1);
    }
}

int32_t
pdf_error_log_end(struct mim_job *job)
{
    char text[sizeof captured.text + 16] = "poppler: ";
    captured.is_listening = false;
    return captured.text[0] ? job->host->notice(job, MIM_NOTICE_DAMAGED, strcat(text, captured.text)) : MIM_OK;
}
