/* SPDX-License-Identifier: MIT */
/* A context: where plugins are looked for, what is allowed, how many threads work. */
#ifndef MIM_CONTEXT_H
#define MIM_CONTEXT_H

#include <mim/control.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_plugin;  /* the ABI's, in plugin.h */
struct mim_context; /* opaque. Used from one thread at a time, or guarded by the caller; two contexts are independent */

/** Zeroed = all defaults. */
struct mim_context_options {
    int no_environment;    /**< ignore MIM_PLUGIN_PATH (always so in setuid programs) */
    int no_system;         /**< ignore /etc, /usr/local and the installed plugin directory */
    int no_config;         /**< ignore the user's mim.conf; the system's policy holds whatever is set here, unless no_system */
    int owns_process;      /**< the program is nothing but mim's: plugins may set their libraries' log callbacks */
    uint32_t reserved[12];
};

/** No file is opened but the manifests and mim.conf, on the first call that needs them. */
MIM_API enum mim_status mim_context_create(struct mim_context **out, const struct mim_context_options *options,
                                           struct mim_error *err);
/** Readers and writers of the context must be closed before. NULL is welcome. */
MIM_API void mim_context_destroy(struct mim_context *context);

/** A directory of the application's with manifests and modules; stronger than the system's, the latest added strongest. */
MIM_API enum mim_status mim_context_add_directory(struct mim_context *context, const char *path, struct mim_error *err);
/** A plugin that is linked in, with its manifest's text; both must outlive the context. BROKEN_PLUGIN says what is wrong. */
MIM_API enum mim_status mim_context_add_plugin(struct mim_context *context, const struct mim_plugin *plugin,
                                               const char *manifest, struct mim_error *err);
/** Configuration as mim.conf would say it; nearest to the call, so [prefer] wins and [limit], [policy] tighten. */
MIM_API enum mim_status mim_context_configure(struct mim_context *context, const char *conf_text, struct mim_error *err);
/** Threads that work at once, the caller's among them: 1 (the default of the library) runs all inline, 0 takes what
 * affinity and cgroup allow. Results do not depend on it. */
MIM_API enum mim_status mim_context_set_threads(struct mim_context *context, unsigned threads, struct mim_error *err);
MIM_API unsigned mim_context_threads(const struct mim_context *context);

/** Diagnostics of plugins and of the registry. Called on the thread that calls mim. Default: none. */
typedef void (*mim_log_function)(void *user, enum mim_log_level level, const char *text);
MIM_API void mim_context_set_log(struct mim_context *context, mim_log_function log, void *user, enum mim_log_level most);

#ifdef __cplusplus
}
#endif
#endif
