/* SPDX-License-Identifier: MIT */
/* Memory of the strings and lists that a bound state points to. It lives as long as the state. */
#ifndef MIM_CORE_OPTIONS_BOUND_OPTIONS_H
#define MIM_CORE_OPTIONS_BOUND_OPTIONS_H

#include <stddef.h>

struct mim_bound_options;

struct mim_bound_options *mim_bound_options_create(void); /* NULL: no memory */
void mim_bound_options_destroy(struct mim_bound_options *bound);

/* Zeroed memory, or a copy of a text, that lives as long as `bound`. NULL: no memory. */
void *mim_bound_options_alloc(struct mim_bound_options *bound, size_t size);
char *mim_bound_options_text(struct mim_bound_options *bound, const char *text);

#endif
