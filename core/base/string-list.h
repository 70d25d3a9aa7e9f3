/* SPDX-License-Identifier: MIT */
/* Blank-separated words, as in manifests and mim.conf, and growing lists of strings. */
#ifndef MIM_CORE_BASE_STRING_LIST_H
#define MIM_CORE_BASE_STRING_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* The next word; advances `*cursor`. false at the end. NULL is an empty list. */
bool mim_words_next(const char **cursor, const char **word, size_t *length);
/* Index of `word` in the list, or -1. */
int mim_words_find(const char *words, const char *word);

struct mim_string_list {
    char **items;
    size_t count;
};

/* false: no memory, and nothing has changed. */
bool mim_string_list_add(struct mim_string_list *texts, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Item i, or NULL past the last. */
const char *mim_string_list_item(const struct mim_string_list *texts, size_t i);
void mim_string_list_clear(struct mim_string_list *texts);

#endif
