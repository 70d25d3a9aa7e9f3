/* SPDX-License-Identifier: MIT */
/* The lists of [policy]. A word is "NAME", "plugin:NAME", "format:NAME", "scheme:NAME" or "license:PATTERN". A bare NAME may be any but a license. */
#include "registry/policy.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/string-list.h"
#include "registry/ini-parser.h"

enum kind { PLUGIN = 1, FORMAT = 2, LICENSE = 4, SCHEME = 8 };

static const struct {
    const char *prefix;
    int kinds;
} prefixes[] = {
    { "plugin:", PLUGIN }, { "format:", FORMAT }, { "license:", LICENSE }, { "scheme:", SCHEME }, { "", PLUGIN | FORMAT | SCHEME },
};

struct word {
    char text[MIM_INI_LINE + 1];
    const char *pattern; /* the text without its prefix */
    int kinds;           /* what it may name */
};

/* Advances `*list`. false at the end. */
static bool
next_word(const char **list, struct word *word)
{
    const char *at;
    size_t length, i = 0;
    if (!mim_words_next(list, &at, &length))
        return false;
    snprintf(word->text, sizeof word->text, "%.*s", (int)length, at);
    while (strncasecmp(word->text, prefixes[i].prefix, strlen(prefixes[i].prefix)))
        i++;
    word->pattern = word->text + strlen(prefixes[i].prefix);
    word->kinds = prefixes[i].kinds;
    return true;
}

enum mim_status
mim_policy_check(const char *fault, struct mim_error *err)
{
    return fault ? mim_fail(err, MIM_DISABLED, "all plugins are disabled, because of %s", fault) : MIM_OK;
}

const char *
mim_policy_list_fault(const char *list)
{
    struct word word;
    bool is_empty = true;
    for (; next_word(&list, &word); is_empty = false) {
        if (strchr(word.text, ','))
            return "names are separated by blanks, not by commas";
        if (!*word.pattern || strchr(word.pattern, ':'))
            return "expected NAME, plugin:NAME, format:NAME, scheme:NAME or license:PATTERN";
    }
    return is_empty ? "expected names" : NULL;
}

bool
mim_policy_list_has_license(const char *list)
{
    struct word word;
    while (next_word(&list, &word))
        if (word.kinds == LICENSE)
            return true;
    return false;
}

/* No pattern matches an empty license, which is an unknown one. */
static bool
pattern_matches(const struct word *word, int kind, const char *text)
{
    return word->kinds & kind && text && *text && !fnmatch(word->pattern, text, FNM_CASEFOLD);
}

bool
mim_policy_list_names(const char *list, const struct mim_policy_subject *subject)
{
    struct word word;
    while (next_word(&list, &word))
        if (pattern_matches(&word, PLUGIN, subject->plugin) || pattern_matches(&word, FORMAT, subject->format) ||
            pattern_matches(&word, SCHEME, subject->scheme) || pattern_matches(&word, LICENSE, subject->license))
            return true;
    return false;
}

bool
mim_policy_list_unknown(const char *list, mim_policy_knows *knows, const void *user, char *text, size_t size)
{
    struct word word;
    while (next_word(&list, &word)) {
        const struct mim_policy_subject named = { .plugin = word.kinds & PLUGIN ? word.pattern : NULL,
                                                  .format = word.kinds & FORMAT ? word.pattern : NULL,
                                                  .scheme = word.kinds & SCHEME ? word.pattern : NULL };
        if (word.kinds == LICENSE || strpbrk(word.pattern, "*?[") || knows(user, &named))
            continue;
        snprintf(text, size, "%s", word.text);
        return true;
    }
    return false;
}
