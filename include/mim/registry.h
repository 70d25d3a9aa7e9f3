/* SPDX-License-Identifier: MIT */
/* Installed plugins and formats, and how they are chosen. Loads no plugin unless stated. */
#ifndef MIM_REGISTRY_H
#define MIM_REGISTRY_H

#include <mim/context.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_source;

/** The state of a plugin. */
enum mim_plugin_state {
    MIM_PLUGIN_READY,
    MIM_PLUGIN_SHADOWED,      /**< a file of the same name in a directory of higher precedence replaces it */
    MIM_PLUGIN_MASKED,        /**< a symlink to /dev/null in a directory of higher precedence disables it */
    MIM_PLUGIN_BROKEN,        /**< refused, or failed to load; see reason */
    MIM_PLUGIN_DISABLED       /**< disabled by policy; see reason */
};

/** A manifest. The strings are valid until the context changes. */
struct mim_plugin_info {
    const char *name, *version, *description, *license, *package;
    const char *manifest;   /**< path of the .ini; "linked in" into the program, or "built in" to libmim */
    const char *module;     /**< path of the .so, or "" */
    const char *place;      /**< the directory, "built in" or "linked in" */
    const char *formats;    /**< names, separated by blanks */
    enum mim_plugin_state state;
    const char *reason;     /**< why it is not ready, with file:line if known; "" if ready */
    const char *shadowed_by; /**< path of the manifest that replaces it, or "" */
    int priority;
    int loaded;             /**< the module is loaded */
    int32_t abi_major, abi_minor;
    const char *library;    /**< the libraries it uses, with their versions at run time; "" unless the module is loaded */
    const char *schemes;    /**< of URIs that it reads, separated by blanks, or "" */
    const char *ignored;    /**< unknown keys and sections of the manifest, as "path:line: reason" in lines, or "" */
};

/** The state of a format. */
enum mim_format_state { MIM_FORMAT_READY, MIM_FORMAT_NOT_INSTALLED, MIM_FORMAT_BROKEN, MIM_FORMAT_DISABLED };

/** A format. The strings are valid until the context changes. */
struct mim_format_info {
    const char *name, *title;
    const char *plugin;      /**< the plugin that would be chosen, or "" */
    const char *extensions, *mime; /**< separated by blanks */
    const char *read, *write; /**< capabilities, such as "multi animation seek"; "": cannot read or write */
    enum mim_format_state state;
    const char *reason;      /**< if not ready: the package to install, or "", a missing library, or file:line of the policy */
};

/** Get the i-th manifest, in the order of precedence. Returns 0 past the last. */
MIM_API int mim_context_plugin(struct mim_context *context, size_t i, struct mim_plugin_info *info);
/** Get the i-th format, in the order of names. Returns 0 past the last. */
MIM_API int mim_context_format(struct mim_context *context, size_t i, struct mim_format_info *info);
/** Return the i-th manifest or configuration file that was refused, as "path:line: reason", or NULL past the last. */
MIM_API const char *mim_context_diagnostic(struct mim_context *context, size_t i);
/** Return the i-th directory of the search path, in the order of precedence, or NULL past the last. */
MIM_API const char *mim_context_search_path(struct mim_context *context, size_t i);
/** Return the i-th configuration file read, or NULL past the last. */
MIM_API const char *mim_context_config_file(struct mim_context *context, size_t i);
/** Return the i-th configuration value in effect, as "section key = value (file:line)", or NULL past the last. */
MIM_API const char *mim_context_config_value(struct mim_context *context, size_t i);

/** Return MIM_OK if the configuration can be understood. Otherwise all plugins are disabled, and every call that opens a file fails in
 * the same way, with MIM_DISABLED and file:line: a file that cannot be read, an unknown section, key or name, a list with commas, a
 * limit that is none. An unknown section in the user's own file only voids the [prefer] of that file. */
MIM_API enum mim_status mim_context_check_policy(struct mim_context *context, struct mim_error *err);

/** Return MIM_OK if the last walk through one of the lists above was complete, or MIM_NOMEM if it ended early. */
MIM_API enum mim_status mim_context_list_status(const struct mim_context *context, struct mim_error *err);

/** Load a plugin, as opening a file would. */
MIM_API enum mim_status mim_context_load_plugin(struct mim_context *context, const char *name, struct mim_error *err);

/** A step of a choice: a candidate format or plugin, and why it won or lost. */
struct mim_explanation {
    int is_format;           /**< 1: a candidate format; 0: a candidate plugin for the chosen format */
    int winner;
    const char *name;
    const char *evidence;    /**< "magic 0:474946383961 (48 bits)", "extension gif", "priority 500, /usr/lib/..." */
    const char *rule;        /**< why it won or lost */
};
/** Called by mim_context_explain() for each step. */
typedef void (*mim_explain_visitor)(void *user, const struct mim_explanation *step);
/** Explain how the format and the plugin of a source are chosen. Visits the candidates in order, the chosen one first.
 * Returns the same status as opening the source. */
MIM_API enum mim_status mim_context_explain(struct mim_context *context, struct mim_source *source, const char *format,
                                            const char *plugin, mim_explain_visitor visit, void *user,
                                            struct mim_error *err);

#ifdef __cplusplus
}
#endif
#endif
