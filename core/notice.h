/* SPDX-License-Identifier: MIT */
/* Notices on their way from any thread to the caller's. */
#ifndef MIM_CORE_NOTICE_H
#define MIM_CORE_NOTICE_H

#include <mim/control.h>

struct mim_kept_notice {
    enum mim_notice_code code;
    uint64_t frame;
    char plugin[32];
    char text[200];
    struct mim_kept_notice *next;
};

/* In the order of frames, those of the whole first; guarded by its owner. Zeroed = empty. */
struct mim_notices {
    struct mim_kept_notice *first, *last;
};

enum mim_status mim_notices_add(struct mim_notices *notices, enum mim_notice_code code, uint64_t frame, const char *plugin,
                                const char *text, struct mim_error *err);
void mim_notices_clear(struct mim_notices *notices);

/* Move those of frames up to `through` to another, empty list. */
void mim_notices_take(struct mim_notices *from, uint64_t through, struct mim_notices *to);

/* On the caller's thread: count them, call back, and empty the list. With `strict` the first is an error. */
enum mim_status mim_notices_deliver(struct mim_notices *notices, const struct mim_control *control, struct mim_error *err);

#endif
