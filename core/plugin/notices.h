/* SPDX-License-Identifier: MIT */
/* Notices: reported on any thread, delivered on the caller's. */
#ifndef MIM_CORE_PLUGIN_NOTICES_H
#define MIM_CORE_PLUGIN_NOTICES_H

#include <mim/control.h>

/* The origin of a notice. Notices of one frame are delivered in the order of its steps, whichever thread reported
 * first. */
struct mim_notice_origin {
    uint64_t frame; /* MIM_UNKNOWN: the whole sequence */
    uint64_t place; /* the frame being processed then; equal to `frame` unless that is MIM_UNKNOWN */
    uint32_t step;  /* 0: reported by a serial op */
};

struct mim_pending_notice {
    enum mim_notice_code code;
    struct mim_notice_origin origin;
    char plugin[32];
    char text[200];
    struct mim_pending_notice *next;
};

/* Sorted by place and step; guarded by its owner. Zeroed = empty. */
struct mim_notices {
    struct mim_pending_notice *first, *last;
};

enum mim_status mim_notices_add(struct mim_notices *notices, enum mim_notice_code code,
                                const struct mim_notice_origin *origin, const char *plugin, const char *text,
                                struct mim_error *err);
void mim_notices_clear(struct mim_notices *notices);

/* The notices that are due. Those of the whole at place 0 always are. */
struct mim_notice_range {
    uint64_t first, end; /* places for step 0, end exclusive; MIM_UNKNOWN: no end */
    uint64_t end_late;   /* the same end for other steps */
};
/* Moves due notices to another, empty list. */
void mim_notices_take(struct mim_notices *from, const struct mim_notice_range *range, struct mim_notices *to);
/* Drops the notices of a frame that is not delivered. */
void mim_notices_forget(struct mim_notices *notices, uint64_t frame);

/* On the caller's thread: counts the notices, calls back, and empties the list. With `strict` the first is an error. */
enum mim_status mim_notices_deliver(struct mim_notices *notices, const struct mim_control *control,
                                    struct mim_error *err);

#endif
