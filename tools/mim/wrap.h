/* SPDX-License-Identifier: MIT */
/* Wrapping text at the width of the terminal. */
#ifndef MIM_TOOL_WRAP_H
#define MIM_TOOL_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct wrap {
    FILE *out;
    size_t width;     /* of a line, in columns */
    size_t column;    /* of the next character, from 0 */
    bool needs_blank; /* before the next word */
};

/* Start at the beginning of a line. The width is that of COLUMNS, else of the terminal, else 80. */
void wrap_start(struct wrap *wrap, FILE *out);

/* Pad with blanks up to a column, on a new line if less than two blanks are left before it. */
void wrap_to(struct wrap *wrap, size_t column);

/* Print words, and continue at column `indent` of the next line when one does not fit. Breaks after a "|" as well. */
void wrap_text(struct wrap *wrap, const char *text, size_t indent);

/* End the line. */
void wrap_newline(struct wrap *wrap);

#endif
