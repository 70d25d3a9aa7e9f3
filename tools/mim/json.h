/* SPDX-License-Identifier: MIT */
/* Writing JSON in a single pass. */
#ifndef MIM_TOOL_JSON_H
#define MIM_TOOL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <mim/meta.h>

/* Zero-initialise and set `out`. In an object, call json_key() before each value. */
struct json {
    FILE *out;
    int depth;
    bool has_items;      /* at this depth */
    bool is_after_key;
    bool is_on_one_line; /* print the list without line breaks */
};

void json_open(struct json *json, char bracket);  /* '{' or '[' */
void json_close(struct json *json, char bracket); /* '}' or ']' */
void json_key(struct json *json, const char *key);

/* Print UTF-8 as is, and each byte that is not UTF-8 as a lone surrogate (\udc80..\udcff), as Python does in file
 * names. */
void json_text(struct json *json, const char *text, size_t size);
void json_string(struct json *json, const char *text); /* NULL: null */
void json_integer(struct json *json, int64_t value);
void json_count(struct json *json, uint64_t value);    /* MIM_UNKNOWN: null */
void json_real(struct json *json, double value);       /* NaN and infinities: null */
void json_boolean(struct json *json, bool value);
void json_null(struct json *json);

/* Print a list of the words in a text, which are separated by `separator`. */
void json_words(struct json *json, const char *words, char separator);

/* Print all values as one object: rationals as reals, bytes as {"bytes": size}. */
void json_meta(struct json *json, const struct mim_meta *meta);

#endif
