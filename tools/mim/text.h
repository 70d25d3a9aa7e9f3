/* SPDX-License-Identifier: MIT */
/* Text for people: nothing that came out of a file may steer their terminal. */
#ifndef MIM_TOOL_TEXT_H
#define MIM_TOOL_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The length of the UTF-8 sequence at `text` (shortest form, no surrogates), 0 when it is none; `point` gets its value. */
size_t utf8_length(const unsigned char *text, size_t size, uint32_t *point);

/* Characters as a terminal counts them, with print_text()'s escapes. */
size_t text_width(const char *text);

/* The larger of `width` and the text's: for the columns of a table. */
size_t max_width(size_t width, const char *text);

/* Print with control characters and broken UTF-8 as \n, \x1b. */
void print_text(FILE *out, const char *text);

/* The same, then blanks up to `width` and two more: a column. */
void print_cell(FILE *out, const char *text, size_t width);

/* Many characters: the first ones and "...". */
void print_excerpt(FILE *out, const char *text, size_t max);

/* A heading: bold on a terminal, unless NO_COLOR. */
void print_heading(FILE *out, const char *text);

#endif
