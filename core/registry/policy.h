/* SPDX-License-Identifier: MIT */
/* The lists of [policy]: words that name plugins, formats, schemes and licenses. */
#ifndef MIM_CORE_REGISTRY_POLICY_H
#define MIM_CORE_REGISTRY_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include <mim/error.h>

/* DISABLED if there is a fault, which says what of the configuration cannot be understood; else MIM_OK. */
enum mim_status mim_policy_check(const char *fault, struct mim_error *err);

struct mim_policy_subject {
    const char *plugin, *license, *format, *scheme; /* each may be NULL */
};

/* Why a list cannot be understood, or NULL. */
const char *mim_policy_list_fault(const char *list);
/* Whether a word of the list names the subject. */
bool mim_policy_list_names(const char *list, const struct mim_policy_subject *subject);
/* Whether a word of the list is a pattern for licenses. */
bool mim_policy_list_has_license(const char *list);

/* Whether a plugin, format or scheme of the subject has its name. */
typedef bool mim_policy_knows(const void *user, const struct mim_policy_subject *subject);
/* The first word of the list that names nothing known, in `word`. Patterns and licenses may name nothing. */
bool mim_policy_list_unknown(const char *list, mim_policy_knows *knows, const void *user, char *word, size_t size);

#endif
