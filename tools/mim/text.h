/* SPDX-License-Identifier: MIT */
/* Text for users. Escapes control characters, so that no text from a file can control the terminal. */
#ifndef MIM_TOOL_TEXT_H
#define MIM_TOOL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Return the length of the UTF-8 sequence at `text` and store its code point, or return 0 if it is invalid. */
size_t utf8_length(const unsigned char *text, size_t size, uint32_t *point);

/* Return whether this is a control character or changes the direction of text. */
bool is_text_control(uint32_t point);

/* Return the width of the text in columns, as print_text() prints it. */
size_t text_width(const char *text);

/* Return the larger of `width` and the text's width, to compute the width of a column. */
size_t max_width(size_t width, const char *text);

/* Print text; control characters and invalid UTF-8 are escaped as \n or \x1b. */
void print_text(FILE *out, const char *text);

/* Print a cell of a table: text, padded to `width`, and two more blanks. */
void print_cell(FILE *out, const char *text, size_t width);

/* Print at most `max` characters of the text, then "..." if there are more. */
void print_excerpt(FILE *out, const char *text, size_t max);

/* Print a heading, in bold if this is a terminal and NO_COLOR is not set. */
void print_heading(FILE *out, const char *text);

#endif
