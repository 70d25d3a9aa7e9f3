/* SPDX-License-Identifier: MIT */
/* Keeping notices until the caller's thread can be told. */
#include "notice.h"

#include <stdio.h>
#include <stdlib.h>

#include "error.h"

/* Workers run ahead in any order; what they say comes out in order. */
static uint64_t
place_of(const struct mim_kept_notice *notice)
{
    return notice->frame == MIM_UNKNOWN ? 0 : notice->frame;
}

static void
insert(struct mim_notices *notices, struct mim_kept_notice *notice)
{
    struct mim_kept_notice **at = &notices->first;
    if (notices->last && place_of(notices->last) <= place_of(notice))
        at = &notices->last->next;
    while (*at && place_of(*at) <= place_of(notice))
        at = &(*at)->next;
    notice->next = *at;
    *at = notice;
    if (!notice->next)
        notices->last = notice;
}

enum mim_status
mim_notices_add(struct mim_notices *notices, enum mim_notice_code code, uint64_t frame, const char *plugin, const char *text,
                struct mim_error *err)
{
    struct mim_kept_notice *notice = calloc(1, sizeof *notice);
    if (!notice)
        return mim_fail_nomem(err, "a notice");

    notice->code = (unsigned)code < MIM_NOTICE_COUNT ? code : MIM_NOTICE_OTHER;
    notice->frame = frame;
    snprintf(notice->plugin, sizeof notice->plugin, "%s", plugin);
    snprintf(notice->text, sizeof notice->text, "%s", text);
    insert(notices, notice);
    return MIM_OK;
}

static struct mim_kept_notice *
take_first(struct mim_notices *notices)
{
    struct mim_kept_notice *notice = notices->first;
    notices->first = notice->next;
    if (!notices->first)
        notices->last = NULL;
    return notice;
}

void
mim_notices_take(struct mim_notices *from, uint64_t through, struct mim_notices *to)
{
    *to = (struct mim_notices){ 0 };
    while (from->first && place_of(from->first) <= through) {
        struct mim_kept_notice *notice = take_first(from);
        notice->next = NULL;
        *(to->last ? &to->last->next : &to->first) = notice;
        to->last = notice;
    }
}

void
mim_notices_clear(struct mim_notices *notices)
{
    while (notices->first)
        free(take_first(notices));
}

enum mim_status
mim_notices_deliver(struct mim_notices *notices, const struct mim_control *control, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    while (notices->first && status == MIM_OK) {
        struct mim_kept_notice *kept = take_first(notices);
        if (control->tally)
            control->tally->notices[kept->code]++;
        if (control->notice)
            control->notice(control->user, &(struct mim_notice){ .code = kept->code,
                                                                 .frame = kept->frame,
                                                                 .plugin = kept->plugin,
                                                                 .text = kept->text });
        if (control->strict) {
            status = mim_fail(err, MIM_UNSUPPORTED, "%s (and losses are errors here)", kept->text);
            if (err)
                err->frame = kept->frame;
        }
        free(kept);
    }
    return status;
}
