/* SPDX-License-Identifier: MIT */
/* Notices of losses. Each kind is printed once per run: with the number of times it occurred, or with the values it is about. */
#ifndef MIM_TOOL_NOTICES_H
#define MIM_TOOL_NOTICES_H

#include <stdbool.h>

#include <mim/control.h>

#define NOTICE_KINDS 24
#define NOTICE_TEXT 400

struct notice_kind {
    enum mim_notice_code code;
    uint64_t times;
    char text[NOTICE_TEXT];  /* up to the value that is lost, if it is about one */
    char *values;    /* a line for each, as in "'software'\n'artist'\n"; NULL: it is about none */
    size_t value_count;
};

/* Zeroed: empty. */
struct notices {
    struct notice_kind kinds[NOTICE_KINDS];
    size_t count;
    bool is_verbose; /* print all values */
};

/* Callback for struct mim_control; `user` is the struct notices. */
void notices_add(void *user, const struct mim_notice *notice);

/* Move all notices from one list to another. */
void notices_move(struct notices *to, struct notices *from);

void notices_clear(struct notices *notices);

/* Print all notices on stderr, prefixed with the file's name unless `file` is NULL, and clear the list. */
void notices_print(struct notices *notices, const char *file);

#endif
