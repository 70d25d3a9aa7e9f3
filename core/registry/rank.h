/* SPDX-License-Identifier: MIT */
/* Which format a file has and which plugin serves it: two total orders, each a table of rules. */
#ifndef MIM_CORE_REGISTRY_RANK_H
#define MIM_CORE_REGISTRY_RANK_H

#include "registry/catalog.h"

struct mim_query {
    const struct mim_catalog *catalog;
    const struct mim_config *config;
    struct mim_source *source;   /* reading: what to look into; NULL when writing */
    const char *name;            /* of the file; its end is the extension */
    const char *format, *plugin; /* the caller's word, or NULL */
    bool writing;
};

/* One format that the file may have. */
struct mim_match {
    const struct mim_format *format;
    bool is_requested; /* the caller's plugin serves it */
    bool is_usable;    /* a plugin is ready for it */
    unsigned bits;     /* of the magic that matched; 0: none did */
    const char *pattern;
    size_t extension_size; /* 0: the name does not end like that */
    const char *extension;
    bool is_sole;     /* nothing speaks for it but that it is all that the caller's plugin serves */
    bool fits;        /* magic speaks for it; or its name does, and it has no magic */
    const char *rule; /* the rule that set it apart from the winner, or the winner from the next */
};

/* One plugin for the format, as it stands beside others. */
struct mim_rank {
    struct mim_server server;
    enum mim_status unfit; /* MIM_OK: it can be used; else why not, in `reason` */
    char reason[320];
    int preferred; /* place in [prefer]; INT_MAX: not there */
    int abilities;
    const char *rule;
};

/* The caller frees `out`; best first, the winner only if it fits. What was found of `name` and `source` decides. */
enum mim_status mim_rank_formats(const struct mim_query *query, struct mim_match **out, size_t *count,
                                 struct mim_error *err);
enum mim_status mim_rank_plugins(const struct mim_query *query, const struct mim_format *format, struct mim_rank **out,
                                 size_t *count, struct mim_error *err);

#endif
