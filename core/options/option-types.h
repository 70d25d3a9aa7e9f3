/* SPDX-License-Identifier: MIT */
/* One option's value: from text into a state, by the type of its row. */
#ifndef MIM_CORE_OPTIONS_OPTION_TYPES_H
#define MIM_CORE_OPTIONS_OPTION_TYPES_H

#include "options/options.h"

struct mim_bound_options *mim_bound_options_create(void); /* NULL: no memory */
/* Zeroed memory, or a copy of a text, that lives as long as `bound`. NULL: no memory. */
void *mim_bound_options_alloc(struct mim_bound_options *bound, size_t size);
char *mim_bound_options_text(struct mim_bound_options *bound, const char *text);

/* Any type but PAIRS. OPTION: "who: name = text: expected ..." */
enum mim_status mim_option_write(const struct mim_option *row, const char *text, const char *who, void *state,
                                 struct mim_bound_options *bound, struct mim_error *err);
/* The row's default; where there is none, the state stays as it is: zeroed. */
enum mim_status mim_option_write_initial(const struct mim_option *row, const char *who, void *state,
                                         struct mim_bound_options *bound, struct mim_error *err);

/* The i-th name of "wu|nq|deflate=zlib", without its aliases. false: there are fewer. */
bool mim_option_choice(const char *choices, uint32_t i, const char **name, size_t *size);

#endif
