/* SPDX-License-Identifier: MIT */
/* The values of mim.conf, one at a time. */
#ifndef MIM_CORE_REGISTRY_CONFIG_VALUES_H
#define MIM_CORE_REGISTRY_CONFIG_VALUES_H

#include <stdbool.h>

#include <mim/control.h>

/* Whether there is such a section. */
bool mim_config_value_section(const char *section);
/* The fault of a section, key or value, or NULL. */
const char *mim_config_value_fault(const char *section, const char *key, const char *value);

/* "yes" or "no", in several words. false: neither. */
bool mim_config_value_switch(const char *text, bool *on);
/* Tightens the limit called `key`, which has no fault. */
void mim_config_value_tighten(const char *key, const char *text, struct mim_limits *limits);

#endif
