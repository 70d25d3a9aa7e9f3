/* SPDX-License-Identifier: MIT */
/* Blank-separated words, and growing lists of strings. */
#include "base/string-list.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static const char blanks[] = " \t";

bool
mim_words_next(const char **cursor, const char **word, size_t *length)
{
    if (!*cursor)
        return false;
    *word = *cursor + strspn(*cursor, blanks);
    *length = strcspn(*word, blanks);
    *cursor = *word + *length;
    return *length > 0;
}

int
mim_words_find(const char *words, const char *word)
{
    size_t wanted = strlen(word), length;
    const char *found;
    for (int place = 0; mim_words_next(&words, &found, &length); place++)
        if (length == wanted && !memcmp(found, word, length))
            return place;
    return -1;
}

bool
mim_string_list_add(struct mim_string_list *texts, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = NULL;
    bool made = vasprintf(&text, fmt, args) >= 0;
    va_end(args);
    if (!made)
        return false;

    if (!MIM_GROW(texts->items, texts->count)) {
        free(text);
        return false;
    }
    texts->items[texts->count++] = text;
    return true;
}

const char *
mim_string_list_item(const struct mim_string_list *texts, size_t i)
{
    return i < texts->count ? texts->items[i] : NULL;
}

void
mim_string_list_clear(struct mim_string_list *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i]);
    free(texts->items);
    *texts = (struct mim_string_list){ 0 };
}
