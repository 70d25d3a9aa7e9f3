/* SPDX-License-Identifier: MIT */
/* One row of an option table, in words for help and messages. */
#ifndef MIM_CORE_OPTIONS_OPTION_DESCRIBE_H
#define MIM_CORE_OPTIONS_OPTION_DESCRIBE_H

#include <stdbool.h>

#include <mim/options.h>
#include <mim/plugin.h>

/* Fill a description for people; the strings live in `scratch`. */
struct mim_option_scratch {
    char type[256], initial[128], range[128];
};
void mim_option_describe(const struct mim_option *row, struct mim_option_scratch *scratch,
                         struct mim_option_info *info);

/* The next of "wu|nq|deflate=zlib" with its aliases; advances `*choices`. false: no more. */
bool mim_option_next_choice(const char **choices, const char **name, size_t *size);
/* The i-th name of "wu|nq|deflate=zlib", without its aliases. false: no such name. */
bool mim_option_choice(const char *choices, uint32_t i, const char **name, size_t *size);

#endif
