/* SPDX-License-Identifier: MIT */
/* Ranks the formats of a file and the plugins of a format: two total orders, each a table of rules. Explains in an
 * error why none fits. */
#ifndef MIM_CORE_REGISTRY_RANK_H
#define MIM_CORE_REGISTRY_RANK_H

#include "registry/catalog.h"

struct mim_query {
    const struct mim_catalog *catalog;
    const struct mim_config *config;
    struct mim_source *source;   /* when reading: the file's bytes; NULL when writing */
    const char *name;            /* the file's name, whose end is the extension */
    const char *format, *plugin;   /* named by the caller, or NULL */
    const char *formats, *plugins; /* all that the caller allows, or NULL */
    bool writing;
    bool is_scheme; /* the plugins of a scheme are ranked, as those of a format are */
};

/* One format that the file may have. */
struct mim_match {
    const struct mim_format *format;
    bool is_requested; /* the plugin that the caller named supports it */
    bool is_usable;    /* a plugin is ready for it */
    unsigned bits;     /* fixed bits of the matching magic; 0: none matched */
    const char *pattern;
    size_t extension_size; /* 0: the name has none of its extensions */
    const char *extension;
    bool is_sole;     /* chosen only as the sole format of the caller's plugin */
    bool fits;        /* the magic matches, or the extension does and the format has no magic */
    const char *rule; /* the rule that decided against the winner; for the winner, against the next */
};

/* One plugin for the format, as compared with the others. */
struct mim_rank {
    struct mim_server server;
    enum mim_status unfit; /* MIM_OK: it can be used; else why not, in `reason` */
    char reason[320];
    int preferred; /* index in [prefer]; INT_MAX: not listed */
    int abilities;
    const char *rule;
};

/* Why the plugin cannot be used for the query, in `reason`; MIM_OK: it can. */
enum mim_status mim_rank_unfit(const struct mim_query *query, const struct mim_server *server, char *reason,
                               size_t size);

/* Sorted best first; the first is the winner if it fits. The caller frees `out`. */
enum mim_status mim_rank_formats(const struct mim_query *query, struct mim_match **out, size_t *count,
                                 struct mim_error *err);
enum mim_status mim_rank_plugins(const struct mim_query *query, const struct mim_format *format, struct mim_rank **out,
                                 size_t *count, struct mim_error *err);

/* There is no plugin of this name: NO_PLUGIN or BROKEN_PLUGIN, with the reason. */
enum mim_status mim_diagnose_name(const struct mim_catalog *catalog, const char *name, struct mim_error *err);
/* No format fits: UNKNOWN_FORMAT, with the known formats. */
enum mim_status mim_diagnose_format(const struct mim_query *query, const struct mim_match *matches, size_t count,
                                    struct mim_error *err);
/* The most useful reason, when plugins are unfit for different ones; NULL: there is none. */
const struct mim_rank *mim_rank_find_reason(const struct mim_rank *ranks, size_t count);
/* The format is known, but no plugin can be used: NO_PLUGIN, BROKEN_PLUGIN, DISABLED, UNSUPPORTED or ARGUMENT. */
enum mim_status mim_diagnose_plugin(const struct mim_query *query, const struct mim_match *match,
                                    const struct mim_rank *ranks, size_t count, struct mim_error *err);

#endif
