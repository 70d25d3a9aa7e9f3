/* SPDX-License-Identifier: MIT */
/* The sections and keys of mim.conf, and how their values are read. */
#include "registry/config-values.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "base/string-list.h"
#include "registry/policy.h"

static const struct {
    const char *key;
    size_t field;
    double unit; /* 0: the value is a size */
} limit_keys[] = {
    { "memory", offsetof(struct mim_limits, result_bytes), 0 },
    { "working", offsetof(struct mim_limits, working_bytes), 0 },
    { "pixels", offsetof(struct mim_limits, frame_pixels), 0 },
    { "frames", offsetof(struct mim_limits, frames), 0 },
    { "metadata", offsetof(struct mim_limits, metadata_bytes), 0 },
    { "seconds", offsetof(struct mim_limits, milliseconds), 1000 },
    { "spool", offsetof(struct mim_limits, spool_bytes), 0 },
    { "ratio", offsetof(struct mim_limits, ratio), 0 },
};

#define LIMIT_COUNT (sizeof limit_keys / sizeof *limit_keys)
#define LIMIT_NAMES "[limit] has memory, working, pixels, frames, metadata, seconds, spool and ratio"
#define LIMIT_EXPECTED "expected a limit such as 512MB, 1000000 or off"

static size_t
limit_index(const char *key)
{
    size_t i = 0;
    while (i < LIMIT_COUNT && strcmp(limit_keys[i].key, key))
        i++;
    return i;
}

/* A number of seconds, or a word for "none" as in sizes. */
static bool
parse_seconds(const char *text, double unit, uint64_t *out)
{
    double number;
    if (!mim_number_parse_real(text, strlen(text), &number))
        return mim_size_parse(text, out, NULL) == MIM_OK && !isdigit((unsigned char)*text);
    number *= unit;
    if (!(number >= 0 && number < 1e15))
        return false;
    uint64_t whole = (uint64_t)number;
    *out = number > 0 ? whole + (whole < number) : MIM_NO_LIMIT; /* round up: a tiny limit must not become "none" */
    return true;
}

static bool
parse_limit(size_t i, const char *text, uint64_t *out)
{
    return limit_keys[i].unit > 0 ? parse_seconds(text, limit_keys[i].unit, out)
                                  : mim_size_parse(text, out, NULL) == MIM_OK;
}

enum mim_status
mim_limits_set(struct mim_limits *limits, const char *name, const char *value, struct mim_error *err)
{
    size_t i = limit_index(name);
    if (i == LIMIT_COUNT)
        return mim_fail(err, MIM_OPTION, "no limit '%.40s': " LIMIT_NAMES, name);
    if (!parse_limit(i, value, (uint64_t *)((char *)limits + limit_keys[i].field)))
        return mim_fail(err, MIM_OPTION, "%s=%.80s: " LIMIT_EXPECTED, name, value);
    return MIM_OK;
}

void
mim_config_value_tighten(const char *key, const char *text, struct mim_limits *limits)
{
    uint64_t max;
    size_t index = limit_index(key);
    if (!parse_limit(index, text, &max) || !max)
        return;
    uint64_t *limit = (uint64_t *)((char *)limits + limit_keys[index].field);
    if (!*limit || *limit > max)
        *limit = max;
}

bool
mim_config_value_switch(const char *text, bool *on)
{
    static const char *const words[2] = { "no off false 0", "yes on true 1" };
    char lower[8] = "";
    for (size_t i = 0; text[i] && i < sizeof lower - 1; i++)
        lower[i] = (char)tolower((unsigned char)text[i]);
    *on = mim_words_find(words[1], lower) >= 0;
    return *on || mim_words_find(words[0], lower) >= 0;
}

bool
mim_config_value_section(const char *section)
{
    static const char *const sections[] = { "policy", "limit", "prefer" };
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (!strcmp(section, sections[i]))
            return true;
    return !strncmp(section, "plugin ", 7);
}

const char *
mim_config_value_fault(const char *section, const char *key, const char *value)
{
    uint64_t number;
    bool on;
    if (!strcmp(section, "policy"))
        return strcmp(key, "deny") && strcmp(key, "allow") ? "[policy] has allow and deny only"
                                                           : mim_policy_list_fault(value);
    if (!strcmp(section, "limit"))
        return limit_index(key) == LIMIT_COUNT                 ? LIMIT_NAMES
               : parse_limit(limit_index(key), value, &number) ? NULL
                                                               : LIMIT_EXPECTED;
    if (!strncmp(section, "plugin ", 7))
        return strcmp(key, "enabled")                ? "[plugin NAME] has enabled only"
               : mim_config_value_switch(value, &on) ? NULL
                                                     : "expected yes or no";
    return mim_config_value_section(section)
               ? NULL
               : "no such section: there are [policy], [limit], [prefer] and [plugin NAME]";
}
