/* SPDX-License-Identifier: MIT */
/* mim.conf: policy, limits and preferences, merged from the system, the user and the context. */
#ifndef MIM_CORE_REGISTRY_CONFIG_H
#define MIM_CORE_REGISTRY_CONFIG_H

#include <stdbool.h>

#include <mim/context.h>

struct mim_config;

/* The context's, read on first use; NULL: no memory. */
struct mim_config *mim_context_config(struct mim_context *context);

/* Read /etc/mim-1/mim.conf, conf.d and the user's file as `options` allow. A file that does not parse is a diagnostic;
 * a policy file that does not parse denies nothing silently: its readable lines count. NULL: no memory. */
struct mim_config *mim_config_load(const struct mim_context_options *options);
/* Its steps: nothing yet, one file, all *.conf of a directory in the order of their names. What is not there is no
 * news. false: no memory. */
struct mim_config *mim_config_create(void);
bool mim_config_read_file(struct mim_config *config, const char *path);
bool mim_config_read_directory(struct mim_config *config, const char *path);
void mim_config_destroy(struct mim_config *config);
/* Text of the context's own, nearest to the call. OPTION with line and reason. */
enum mim_status mim_config_add_text(struct mim_config *config, const char *text, struct mim_error *err);

/* Is it denied, by plugin, licence or format (each may be NULL)? Gives "file:line: what". */
bool mim_config_denies(const struct mim_config *config, const char *plugin, const char *license, const char *format,
                       char *reason, size_t reason_size);
/* The [prefer] list for a format, blank-separated plugin names, nearest file first; NULL when there is none. */
const char *mim_config_prefers(const struct mim_config *config, const char *format);
/* Tighten `limits` by every [limit] there is. */
void mim_config_limit(const struct mim_config *config, struct mim_limits *limits);

const char *mim_config_file(const struct mim_config *config, size_t i);
const char *mim_config_value(const struct mim_config *config, size_t i);
const char *mim_config_diagnostic(const struct mim_config *config, size_t i);

#endif
