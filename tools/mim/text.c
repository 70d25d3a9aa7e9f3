/* SPDX-License-Identifier: MIT */
/* Prints text for users, with terminal control characters escaped. */
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    unsigned char mask, lead, length;
    uint32_t min;
} forms[] = {
    { 0x80, 0x00, 1, 0 },
    { 0xe0, 0xc0, 2, 0x80 },
    { 0xf0, 0xe0, 3, 0x800 },
    { 0xf8, 0xf0, 4, 0x10000 },
};

size_t
utf8_length(const unsigned char *text, size_t size, uint32_t *point)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (size < forms[i].length || (text[0] & forms[i].mask) != forms[i].lead)
            continue;

        uint32_t value = text[0] & (unsigned char)~forms[i].mask;
        for (size_t k = 1; k < forms[i].length; k++) {
            if ((text[k] & 0xc0) != 0x80)
                return 0;
            value = value << 6 | (text[k] & 0x3f);
        }
        if (value < forms[i].min || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
            return 0;
        *point = value;
        return forms[i].length;
    }
    return 0;
}

/* C0 and C1, and the marks, embeddings and isolates that change the direction of text. */
static const struct {
    uint32_t first, last;
} controls[] = { { 0, 0x1f }, { 0x7f, 0x9f }, { 0x61c, 0x61c }, { 0x200e, 0x200f }, { 0x202a, 0x202e }, { 0x2066, 0x2069 } };

bool
is_text_control(uint32_t point)
{
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        if (point >= controls[i].first && point <= controls[i].last)
            return true;
    return false;
}

/* Escapes one character into `shown`, which has 16 bytes. Returns the number of bytes of `text` that it used. */
static size_t
show_one(const char *text, char *shown)
{
    const unsigned char *at = (const unsigned char *)text;
    uint32_t point;
    size_t length = utf8_length(at, strnlen(text, 4), &point);

    if (!length)
        snprintf(shown, 16, "\\x%02x", at[0]);
    else if (point == '\n' || point == '\t' || point == '\r')
        snprintf(shown, 16, "\\%c", point == '\n' ? 'n' : point == '\t' ? 't' : 'r');
    else if (is_text_control(point))
        snprintf(shown, 16, point < 0x100 ? "\\x%02x" : "\\u%04x", point);
    else
        snprintf(shown, 16, "%.*s", (int)length, text);
    return length ? length : 1;
}

static size_t
shown_width(const char *shown)
{
    size_t width = 0;
    for (; *shown; shown++)
        width += (*shown & 0xc0) != 0x80;
    return width;
}

size_t
text_width(const char *text)
{
    size_t width = 0;
    while (*text) {
        char shown[16];
        text += show_one(text, shown);
        width += shown_width(shown);
    }
    return width;
}

size_t
max_width(size_t width, const char *text)
{
    size_t other = text_width(text);
    return other > width ? other : width;
}

void
print_excerpt(FILE *out, const char *text, size_t max)
{
    for (size_t width = 0; *text; width++) {
        char shown[16];
        if (width == max) {
            fputs("...", out);
            return;
        }
        text += show_one(text, shown);
        fputs(shown, out);
    }
}

void
print_text(FILE *out, const char *text)
{
    print_excerpt(out, text, SIZE_MAX);
}

void
print_cell(FILE *out, const char *text, size_t width)
{
    size_t used = text_width(text);
    print_text(out, text);
    fprintf(out, "%*s", (int)(used < width ? width - used : 0) + 2, "");
}

void
print_heading(FILE *out, const char *text)
{
    const char *no_color = getenv("NO_COLOR");
    bool bold = isatty(fileno(out)) && !(no_color && *no_color);
    fputs(bold ? "\033[1m" : "", out);
    print_text(out, text);
    fputs(bold ? "\033[0m\n" : "\n", out);
}
