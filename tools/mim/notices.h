/* SPDX-License-Identifier: MIT */
/* Losses and surprises: each kind is told once a run, with how often it came. */
#ifndef MIM_TOOL_NOTICES_H
#define MIM_TOOL_NOTICES_H

#include <mim/control.h>

#define NOTICE_KINDS 24

struct notices {
    struct {
        enum mim_notice_code code;
        uint64_t times;
        char text[400];
    } kinds[NOTICE_KINDS];
    size_t count;
};

/* As struct mim_control wants it; `user` is the struct notices. */
void notices_add(void *user, const struct mim_notice *notice);

/* Add what another list holds, and empty that. */
void notices_move(struct notices *to, struct notices *from);

/* Tell them on stderr, behind the name of their file where that is given, and forget them. */
void notices_print(struct notices *notices, const char *file);

#endif
