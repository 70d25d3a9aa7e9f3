/* SPDX-License-Identifier: MIT */
/* Notices of losses. Each kind is printed once per run, with the number of times it occurred. */
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

/* Callback for struct mim_control; `user` is the struct notices. */
void notices_add(void *user, const struct mim_notice *notice);

/* Move all notices from one list to another. */
void notices_move(struct notices *to, struct notices *from);

/* Print all notices on stderr, prefixed with the file's name unless `file` is NULL, and clear the list. */
void notices_print(struct notices *notices, const char *file);

#endif
