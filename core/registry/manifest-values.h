/* SPDX-License-Identifier: MIT */
/* The kinds of values in a manifest. */
#ifndef MIM_CORE_REGISTRY_MANIFEST_VALUES_H
#define MIM_CORE_REGISTRY_MANIFEST_VALUES_H

#include <stdbool.h>

/* Parses a value into a field. false: `wrong` says why, or is NULL without memory. */
typedef bool mim_manifest_take_function(void *field, const char *value, const char **wrong);

mim_manifest_take_function mim_manifest_take_text, mim_manifest_take_number, mim_manifest_take_abi;
/* A repeated key extends the list; words are stored in lower case. */
mim_manifest_take_function mim_manifest_take_list;

#endif
