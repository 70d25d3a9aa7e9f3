/* SPDX-License-Identifier: MIT */
/* What is installed: plugins, formats, why one is chosen. Nothing here loads code. */
#ifndef MIM_REGISTRY_H
#define MIM_REGISTRY_H

#include <mim/context.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_source;

enum mim_plugin_state {
    MIM_PLUGIN_READY,
    MIM_PLUGIN_SHADOWED,      /**< the same file name in a stronger place replaces it */
    MIM_PLUGIN_MASKED,        /**< a symlink to /dev/null in a stronger place switches it off */
    MIM_PLUGIN_BROKEN,        /**< refused, or failed to load; see reason */
    MIM_PLUGIN_DISABLED       /**< by policy; see reason */
};

/** One manifest found, strongest place first. Strings are borrowed until the context changes. */
struct mim_plugin_info {
    const char *name, *version, *description, *license, *package;
    const char *manifest;   /**< path of the .ini; "built in" when linked in */
    const char *module;     /**< path of the .so, or "" */
    const char *place;      /**< the directory, "built in" or "linked in" */
    const char *formats;    /**< names, blank-separated */
    enum mim_plugin_state state;
    const char *reason;     /**< why it is not ready, with file:line where there is one; "" when ready */
    const char *shadowed_by; /**< path of the manifest that replaces it, or "" */
    int priority;
    int loaded;             /**< the module is in the process */
    int32_t abi_major, abi_minor;
};

enum mim_format_state { MIM_FORMAT_READY, MIM_FORMAT_NOT_INSTALLED, MIM_FORMAT_BROKEN, MIM_FORMAT_DISABLED };

struct mim_format_info {
    const char *name, *title;
    const char *plugin;      /**< that would be chosen, or "" */
    const char *extensions, *mime; /**< blank-separated */
    const char *read, *write; /**< capabilities: "multi animation seek"; "" = cannot */
    enum mim_format_state state;
    const char *reason;      /**< package to install ("" when none is known), missing library, policy's file:line */
};

/** The i-th manifest / format; 0 past the last. Formats are in the order of their names. */
MIM_API int mim_context_plugin(struct mim_context *context, size_t i, struct mim_plugin_info *info);
MIM_API int mim_context_format(struct mim_context *context, size_t i, struct mim_format_info *info);
/** Files that look like manifests or configuration and were refused: "path:line: reason". NULL past the last. */
MIM_API const char *mim_context_diagnostic(struct mim_context *context, size_t i);
/** The directories searched, strongest first. NULL past the last. */
MIM_API const char *mim_context_search_path(struct mim_context *context, size_t i);
/** Configuration files read, in order; and values in force as "section key = value (file:line)". NULL past the last. */
MIM_API const char *mim_context_config_file(struct mim_context *context, size_t i);
MIM_API const char *mim_context_config_value(struct mim_context *context, size_t i);

/** Was the list that was walked last whole? NOMEM: memory ran out, and it ended early. */
MIM_API enum mim_status mim_context_list_status(const struct mim_context *context, struct mim_error *err);

/** Loads the plugin as opening a file would. MIM_OK, or what is wrong with it. */
MIM_API enum mim_status mim_context_load_plugin(struct mim_context *context, const char *name, struct mim_error *err);

/** One step of a choice, for people: which format matched and by what, or which plugin and what beat it. */
struct mim_explanation {
    int is_format;           /**< 1: a candidate format; 0: a candidate plugin for the winning format */
    int winner;
    const char *name;
    const char *evidence;    /**< "magic 0:474946383961 (48 bits)", "extension gif", "priority 500, /usr/lib/..." */
    const char *rule;        /**< why it lost, or why it won */
};
typedef void (*mim_explain_visitor)(void *user, const struct mim_explanation *step);
/** How a source's format and plugin are chosen: candidates in order, winner first. Statuses as for opening. */
MIM_API enum mim_status mim_context_explain(struct mim_context *context, struct mim_source *source, const char *format,
                                            const char *plugin, mim_explain_visitor visit, void *user,
                                            struct mim_error *err);

#ifdef __cplusplus
}
#endif
#endif
