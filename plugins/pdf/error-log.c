/* SPDX-License-Identifier: MIT */
/*
 * Poppler's error callback is one for the process and ends in GLib's log, as information that by default nobody
 * sees. In a process of mim's own it is listened to, so that a page which poppler mended is told from a good one;
 * elsewhere the log is the application's and stays as it is.
 */
#include "error-log.h"

#include <stdbool.h>
#include <string.h>

#include <glib.h>

static _Thread_local struct {
    bool is_listening;
    char text[240]; /* the first that this op heard */
} captured;

/* What files of good faith bring about, too. */
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
    for (; message[length] && length < sizeof captured.text - 1; length++) /* it may quote bytes of the file */
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
