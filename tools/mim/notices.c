/* SPDX-License-Identifier: MIT */
/* Collects notices while a job runs, to print them at its end. */
#include "notices.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "progress.h"
#include "text.h"

/* Returns whether notices of this kind are counted by their text. The texts of other kinds differ only in the frame. */
static bool
is_keyed_by_text(enum mim_notice_code code)
{
    return code == MIM_NOTICE_OTHER || code == MIM_NOTICE_METADATA || code == MIM_NOTICE_NAME || code == MIM_NOTICE_FRAMES;
}

static size_t
find_kind(const struct notices *notices, const struct mim_notice *notice)
{
    for (size_t i = 0; i < notices->count; i++)
        if (notices->kinds[i].code == notice->code
            && (!is_keyed_by_text(notice->code) || !strcmp(notices->kinds[i].text, notice->text)))
            return i;
    return notices->count;
}

static void
add_times(struct notices *notices, const struct mim_notice *notice, uint64_t times)
{
    size_t i = find_kind(notices, notice);

    if (i == NOTICE_KINDS)
        i = NOTICE_KINDS - 1; /* full: count it with the last kind */
    if (i == notices->count) {
        notices->count++;
        notices->kinds[i].code = notice->code;
        notices->kinds[i].times = 0;
        snprintf(notices->kinds[i].text, sizeof notices->kinds[i].text, "%s", notice->text);
    }
    notices->kinds[i].times += times;
}

void
notices_add(void *user, const struct mim_notice *notice)
{
    add_times(user, notice, 1);
}

void
notices_move(struct notices *to, struct notices *from)
{
    for (size_t i = 0; i < from->count; i++) {
        struct mim_notice notice = { .code = from->kinds[i].code, .text = from->kinds[i].text };
        add_times(to, &notice, from->kinds[i].times);
    }
    from->count = 0;
}

void
notices_print(struct notices *notices, const char *file)
{
    if (notices->count)
        progress_clear();
    for (size_t i = 0; i < notices->count; i++) {
        fputs("mim: note: ", stderr);
        if (file) {
            print_text(stderr, file);
            fputs(": ", stderr);
        }
        print_text(stderr, notices->kinds[i].text);
        if (notices->kinds[i].times > 1)
            fprintf(stderr, " (%llu times)", (unsigned long long)notices->kinds[i].times);
        fputc('\n', stderr);
    }
    notices->count = 0;
}
