/* SPDX-License-Identifier: MIT */
/* Wraps text at the width of the terminal. Allocates no memory, so that help works without any. */
#include "wrap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text.h"

#define DEFAULT_WIDTH 80
#define SMALLEST_WIDTH 40 /* the columns of a table need some room */
#define COLUMN_GAP 2

static size_t
find_width(FILE *out)
{
    const char *columns = getenv("COLUMNS");
    long width = columns ? strtol(columns, NULL, 10) : 0;
    struct winsize size;
    int fd = fileno(out) < 0 ? STDOUT_FILENO : fileno(out); /* a stream in memory has no descriptor */

    if (width <= 0 && !ioctl(fd, TIOCGWINSZ, &size))
        width = size.ws_col;
    if (width <= 0)
        return DEFAULT_WIDTH;
    return width < SMALLEST_WIDTH ? SMALLEST_WIDTH : (size_t)width;
}

void
wrap_start(struct wrap *wrap, FILE *out)
{
    *wrap = (struct wrap){ .out = out, .width = find_width(out) };
}

void
wrap_newline(struct wrap *wrap)
{
    fputc('\n', wrap->out);
    wrap->column = 0;
    wrap->needs_blank = false;
}

void
wrap_to(struct wrap *wrap, size_t column)
{
    if (wrap->column && wrap->column + COLUMN_GAP > column)
        wrap_newline(wrap);
    fprintf(wrap->out, "%*s", (int)(column - wrap->column), "");
    wrap->column = column;
    wrap->needs_blank = false;
}

/* Copies the first word, or as much of it as fits into `columns`. Returns the number of bytes of `text` that it used.
 * */
static size_t
copy_word(const char *text, size_t columns, char *word, size_t size)
{
    size_t length = strcspn(text, " |");

    length += text[length] == '|';
    if (length >= size)
        length = size - 1;
    for (;; length--) {
        while (length > 1 && (text[length] & 0xc0) == 0x80) /* do not cut a character in two */
            length--;
        snprintf(word, size, "%.*s", (int)length, text);
        if (length <= 1 || text_width(word) <= columns)
            return length;
    }
}

void
wrap_text(struct wrap *wrap, const char *text, size_t indent)
{
    while (*text) {
        char word[128];
        if (*text == ' ') {
            wrap->needs_blank = true;
            text++;
            continue;
        }
        text += copy_word(text, wrap->width > indent ? wrap->width - indent : 1, word, sizeof word);
        size_t width = text_width(word);
        if (wrap->column > indent && wrap->column + wrap->needs_blank + width > wrap->width) {
            wrap_newline(wrap);
            wrap_to(wrap, indent);
        }
        if (wrap->needs_blank && wrap->column > indent) {
            fputc(' ', wrap->out);
            wrap->column++;
        }
        print_text(wrap->out, word);
        wrap->column += width;
        wrap->needs_blank = false;
    }
}
