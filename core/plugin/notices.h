/* SPDX-License-Identifier: MIT */
/* Notices on their way from any thread to the caller's. */
#ifndef MIM_CORE_PLUGIN_NOTICES_H
#define MIM_CORE_PLUGIN_NOTICES_H

#include <mim/control.h>

/* Where a notice comes from: what is said of one frame comes out in the order of its steps, whichever thread was first. */
struct mim_notice_origin {
    uint64_t frame; /* or MIM_UNKNOWN: of the whole */
    uint64_t place; /* the frame at which it was found out; the same as `frame` where there is one */
    uint32_t step;  /* 0: found out serially, in order */
};

struct mim_pending_notice {
    enum mim_notice_code code;
    struct mim_notice_origin origin;
    char plugin[32];
    char text[200];
    struct mim_pending_notice *next;
};

/* In the order of places and steps; guarded by its owner. Zeroed = empty. */
struct mim_notices {
    struct mim_pending_notice *first, *last;
};

enum mim_status mim_notices_add(struct mim_notices *notices, enum mim_notice_code code,
                                const struct mim_notice_origin *origin, const char *plugin, const char *text,
                                struct mim_error *err);
void mim_notices_clear(struct mim_notices *notices);

/* Which notices are due. Those of the whole at place 0 always are. */
struct mim_notice_range {
    uint64_t first, end; /* places of step 0, the end not among them; MIM_UNKNOWN: all that follow */
    uint64_t end_late;   /* of other steps, from `first` on */
};
/* Move those to another, empty list. */
void mim_notices_take(struct mim_notices *from, const struct mim_notice_range *range, struct mim_notices *to);
/* Drop those of a frame that nobody gets. */
void mim_notices_forget(struct mim_notices *notices, uint64_t frame);

/* On the caller's thread: count them, call back, and empty the list. With `strict` the first is an error. */
enum mim_status mim_notices_deliver(struct mim_notices *notices, const struct mim_control *control,
                                    struct mim_error *err);

#endif
