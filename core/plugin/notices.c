/* SPDX-License-Identifier: MIT */
/* Keeps notices until the caller's thread delivers them. */
#include "plugin/notices.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"

static bool
comes_before(const struct mim_pending_notice *a, const struct mim_pending_notice *b)
{
    return a->origin.place != b->origin.place ? a->origin.place < b->origin.place : a->origin.step < b->origin.step;
}

/* Workers report in any order; the list is sorted. */
static void
insert_notice(struct mim_notices *notices, struct mim_pending_notice *notice)
{
    struct mim_pending_notice **at = &notices->first;
    if (notices->last && !comes_before(notice, notices->last))
        at = &notices->last->next;
    while (*at && !comes_before(notice, *at))
        at = &(*at)->next;
    notice->next = *at;
    *at = notice;
    if (!notice->next)
        notices->last = notice;
}

enum mim_status
mim_notices_add(struct mim_notices *notices, enum mim_notice_code code, const struct mim_notice_origin *origin,
                const char *plugin, const char *text, struct mim_error *err)
{
    struct mim_pending_notice *notice = calloc(1, sizeof *notice);
    if (!notice)
        return mim_fail_nomem(err, "a notice");

    notice->code = (unsigned)code < MIM_NOTICE_COUNT ? code : MIM_NOTICE_OTHER;
    notice->origin = *origin;
    snprintf(notice->plugin, sizeof notice->plugin, "%s", plugin);
    snprintf(notice->text, sizeof notice->text, "%s", text);
    insert_notice(notices, notice);
    return MIM_OK;
}

static struct mim_pending_notice *
take_first(struct mim_notices *notices)
{
    struct mim_pending_notice *notice = notices->first;
    notices->first = notice->next;
    if (!notices->first)
        notices->last = NULL;
    notice->next = NULL;
    return notice;
}

static void
append_notice(struct mim_notices *notices, struct mim_pending_notice *notice)
{
    *(notices->last ? &notices->last->next : &notices->first) = notice;
    notices->last = notice;
}

static bool
is_due(const struct mim_notice_origin *origin, const struct mim_notice_range *range)
{
    if (origin->frame == MIM_UNKNOWN && !origin->place && !origin->step)
        return true;
    return origin->place >= range->first && origin->place < (origin->step ? range->end_late : range->end);
}

void
mim_notices_take(struct mim_notices *from, const struct mim_notice_range *range, struct mim_notices *to)
{
    struct mim_notices pending = { 0 };
    *to = (struct mim_notices){ 0 };
    while (from->first) {
        struct mim_pending_notice *notice = take_first(from);
        append_notice(is_due(&notice->origin, range) ? to : &pending, notice);
    }
    *from = pending;
}

void
mim_notices_forget(struct mim_notices *notices, uint64_t frame)
{
    struct mim_notices pending = { 0 };
    while (notices->first) {
        struct mim_pending_notice *notice = take_first(notices);
        if (notice->origin.frame == frame)
            free(notice);
        else
            append_notice(&pending, notice);
    }
    *notices = pending;
}

void
mim_notices_clear(struct mim_notices *notices)
{
    while (notices->first)
        free(take_first(notices));
}

/* The others are losses, since the output does not have all that the input has. */
static bool
is_about_input(enum mim_notice_code code)
{
    return code == MIM_NOTICE_DAMAGED || code == MIM_NOTICE_FRAMES || code == MIM_NOTICE_NAME;
}

enum mim_status
mim_notices_deliver(struct mim_notices *notices, const struct mim_control *control, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    while (notices->first && status == MIM_OK) {
        struct mim_pending_notice *pending = take_first(notices);
        if (control->tally)
            control->tally->notices[pending->code]++;
        if (control->notice)
            control->notice(control->user, &(struct mim_notice){ .code = pending->code,
                                                                 .frame = pending->origin.frame,
                                                                 .plugin = pending->plugin,
                                                                 .text = pending->text });
        if (control->strict) {
            status = mim_fail(err, MIM_UNSUPPORTED, "%s (and losses are errors here)", pending->text);
            if (err) {
                err->frame = pending->origin.frame;
                err->side = is_about_input(pending->code) ? MIM_SIDE_INPUT : MIM_SIDE_OUTPUT;
            }
        }
        free(pending);
    }
    return status;
}
