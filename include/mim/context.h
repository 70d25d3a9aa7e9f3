/* SPDX-License-Identifier: MIT */
/* A context: the search path of plugins, policy and limits, and the threads. */
#ifndef MIM_CONTEXT_H
#define MIM_CONTEXT_H

#include <mim/control.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_plugin;  /* defined in plugin.h */
struct mim_context; /* opaque; use it from one thread at a time. Contexts are independent of each other. After fork() the child may use
                     * and destroy a context of its parent, but not the parent's open readers and writers */

/** Options of a context; zero-initialise for the defaults. */
struct mim_context_options {
    int no_environment;    /**< ignore MIM_PLUGIN_PATH and ~/.local/lib/mim-1, which setuid programs always ignore */
    int no_system;         /**< ignore ~/.local/lib/mim-1, /etc, /usr/local and the installed plugin directory; no error names a package
                            * to install */
    int no_config;         /**< ignore the user's mim.conf; the system's policy still applies unless no_system is set */
    int owns_process;      /**< the program has no other use of the plugins' libraries: plugins may set their log callbacks */
    uint32_t reserved[12];
};

/** Create a context. Opens no files: the manifests and mim.conf are read by the first call that needs them. */
MIM_API enum mim_status mim_context_create(struct mim_context **out, const struct mim_context_options *options,
                                           struct mim_error *err);
/** Destroy a context. Close its readers and writers first. `context` may be NULL. */
MIM_API void mim_context_destroy(struct mim_context *context);

/** Add a directory of manifests and modules. It takes precedence over the system's directories and those added before.
 * */
MIM_API enum mim_status mim_context_add_directory(struct mim_context *context, const char *path, struct mim_error *err);
/** Add a plugin that is linked into the program, with the text of its manifest. Both must outlive the context. Fails
 * with MIM_BROKEN_PLUGIN if either is invalid. */
MIM_API enum mim_status mim_context_add_plugin(struct mim_context *context, const struct mim_plugin *plugin,
                                               const char *manifest, struct mim_error *err);
/** Add configuration in the syntax of mim.conf. Its [prefer] overrides that of the files; its [limit] and [policy] can
 * only tighten them. */
MIM_API enum mim_status mim_context_configure(struct mim_context *context, const char *conf_text, struct mim_error *err);
/** Set the number of threads, including the caller's. The default of 1 starts none; 0 uses all that affinity and cgroup
 * allow. Results do not depend on it. */
MIM_API enum mim_status mim_context_set_threads(struct mim_context *context, unsigned threads, struct mim_error *err);
/** Return the number of threads. */
MIM_API unsigned mim_context_threads(const struct mim_context *context);

/** Resolve the limits of a call: the tightest of `call`, which may be NULL, of mim_context_configure() and of mim.conf, with a default
 * for each that none of them sets, except working_bytes, which stays 0. `result_default` is the default of result_bytes; 0: the
 * usual one. */
MIM_API enum mim_status mim_context_limits(struct mim_context *context, const struct mim_limits *call, uint64_t result_default,
                                           struct mim_limits *out, struct mim_error *err);

/** Receives a diagnostic message of the registry or a plugin. */
typedef void (*mim_log_function)(void *user, enum mim_log_level level, const char *text);
/** Log messages up to the level `max`. `log` is called on the thread that calls libmim; NULL, the default, logs
 * nothing. */
MIM_API void mim_context_set_log(struct mim_context *context, mim_log_function log, void *user, enum mim_log_level max);

#ifdef __cplusplus
}
#endif
#endif
