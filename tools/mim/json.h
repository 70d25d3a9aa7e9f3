/* SPDX-License-Identifier: MIT */
/* JSON, written as it comes. */
#ifndef MIM_TOOL_JSON_H
#define MIM_TOOL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <mim/meta.h>

/* Zeroed but for `out`. Values stand on their own in a list and after json_key() in an object. */
struct json {
    FILE *out;
    int depth;
    bool has_items; /* at this depth */
    bool is_after_key;
    bool is_on_one_line; /* until it is cleared */
};

void json_open(struct json *json, char bracket);  /* '{' or '[' */
void json_close(struct json *json, char bracket); /* '}' or ']' */
void json_key(struct json *json, const char *key);

/* UTF-8 as it is; a byte that is none becomes a lone surrogate (\udc80..\udcff), as Python's file names have it. */
void json_text(struct json *json, const char *text, size_t size);
void json_string(struct json *json, const char *text); /* NULL: null */
void json_integer(struct json *json, int64_t value);
void json_count(struct json *json, uint64_t value);    /* MIM_UNKNOWN: null */
void json_real(struct json *json, double value);       /* what is no number: null */
void json_null(struct json *json);

/* All values of a list as one object: rationals as reals, bytes as {"bytes": how many}. */
void json_meta(struct json *json, const struct mim_meta *meta);

#endif
