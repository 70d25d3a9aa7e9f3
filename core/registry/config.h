/* SPDX-License-Identifier: MIT */
/* mim.conf: policy, limits and preferences, merged from the system, the user and the context. */
#ifndef MIM_CORE_REGISTRY_CONFIG_H
#define MIM_CORE_REGISTRY_CONFIG_H

#include <stdbool.h>

#include <mim/context.h>

#include "registry/policy.h"

struct mim_config;

/* Result budgets unless a limit is set. */
#define MIM_DEFAULT_RESULT 256000000u
#define MIM_DEFAULT_VOLUME_RESULT 1000000000u

/* The context's configuration, read on first use; NULL: no memory. */
struct mim_config *mim_context_config(struct mim_context *context);

/* Reads /etc/mim-1/mim.conf, conf.d and the user's file as `options` allow. Files and lines that cannot be read become
 * diagnostics, and disable all plugins, except unknown sections of the user's file. NULL: no memory. */
struct mim_config *mim_config_load(const struct mim_context_options *options);
/* Its steps: an empty configuration, one file, all *.conf of a directory sorted by name, and a path that fails by errno.
 * Missing files are ignored. false: no memory. */
struct mim_config *mim_config_create(void);
bool mim_config_read_file(struct mim_config *config, const char *path, bool is_users);
bool mim_config_read_directory(struct mim_config *config, const char *path);
bool mim_config_refuse_errno(struct mim_config *config, const char *path);
void mim_config_destroy(struct mim_config *config);
/* Adds the context's own text, nearest to the call. OPTION with line and reason. */
enum mim_status mim_config_add_text(struct mim_config *config, const char *text, struct mim_error *err);

/* The first file or line that cannot be understood, and disables all plugins; or NULL. */
const char *mim_config_fault(const struct mim_config *config);
/* The same for a policy on a name that no plugin, format or scheme has; fills "file:line: what". */
bool mim_config_find_unknown(const struct mim_config *config, mim_policy_knows *knows, const void *user, char *reason,
                             size_t size);
/* Whether a policy denies the subject, or does not allow its format or scheme. Fills "file:line: what". */
bool mim_config_denies(const struct mim_config *config, const struct mim_policy_subject *subject, char *reason,
                       size_t reason_size);
/* Whether a policy has a pattern for licenses. Fills "file:line: what". */
bool mim_config_asks_license(const struct mim_config *config, char *reason, size_t size);
/* The nearest [prefer] list for a format: blank-separated plugin names, or NULL. */
const char *mim_config_prefers(const struct mim_config *config, const char *format);
/* Tightens `limits` by every [limit]. */
void mim_config_limit(const struct mim_config *config, struct mim_limits *limits);

const char *mim_config_file(const struct mim_config *config, size_t i);
const char *mim_config_value(const struct mim_config *config, size_t i);
const char *mim_config_diagnostic(const struct mim_config *config, size_t i);

#endif
