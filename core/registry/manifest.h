/* SPDX-License-Identifier: MIT */
/* A plugin's parsed .ini, and its state in a catalog. */
#ifndef MIM_CORE_REGISTRY_MANIFEST_H
#define MIM_CORE_REGISTRY_MANIFEST_H

#include <mim/plugin.h>
#include <mim/registry.h>

#include "registry/detect.h"
#include "registry/search-path.h"

struct mim_abi {
    int major, minor;
    int needs; /* plugins: the lowest minor of a host that it works with */
};

#define MIM_HOST_ABI ((struct mim_abi){ MIM_PLUGIN_ABI_MAJOR, MIM_PLUGIN_ABI_MINOR, 0 })

/* A [format NAME] or [scheme NAME] section. Missing texts are ""; a scheme has a title, and reads. */
struct mim_manifest_format {
    char *name, *title, *mime, *extensions, *read, *write;
    struct mim_magic **magic; /* alternatives */
    size_t magic_count;
};

struct mim_manifest_list {
    struct mim_manifest_format *items;
    size_t count;
    char *names; /* blank-separated */
};

/* Where a manifest comes from; all "linked in" without a file. */
struct mim_manifest_origin {
    char *path;      /* of the .ini */
    char *file;      /* its name, by which a manifest shadows or masks others */
    char *directory; /* on the search path */
    enum mim_directory_kind kind;
    size_t rank;  /* of the directory; 0 is the strongest */
    char *module; /* path of the code */
    char *ignored; /* lines with unknown keys, as "path:line: reason", separated by line breaks; "": none */
};

struct mim_manifest {
    char *name, *version, *module, *description, *license, *package;
    int priority;
    struct mim_abi abi;
    struct mim_manifest_list formats, schemes;

    /* set by the catalog */
    struct mim_manifest_origin origin;
    enum mim_plugin_state state;
    char *reason;                      /* "" when ready */
    const struct mim_manifest *shadow; /* the manifest that replaces it, or NULL */
    const struct mim_plugin *linked;   /* code linked into the application */
    const struct mim_plugin *loaded;   /* code after its first use */
    char *failure;                     /* its last failure when it was tried, or NULL */
    bool is_quarantined;               /* it failed in this context */
    bool is_module_probed;             /* its existence was checked, for listing */
};

enum mim_manifest_kind {
    MIM_MANIFEST_PLUGIN, /* has code */
    MIM_MANIFEST_HINT    /* known.d: names a plugin that supports these formats */
};

struct mim_manifest_text {
    const char *path; /* begins messages: "path:line: what" */
    const char *data;
    size_t size;
    unsigned lines_before; /* lines of the file before `data` */
};

/* BROKEN_PLUGIN, or NOMEM. */
enum mim_status mim_manifest_parse(struct mim_manifest **out, enum mim_manifest_kind kind,
                                   const struct mim_manifest_text *text, struct mim_error *err);
void mim_manifest_destroy(struct mim_manifest *manifest);

/* false: no memory, nothing has changed. */
bool mim_manifest_settle(struct mim_manifest *manifest, enum mim_plugin_state state, const char *reason);

const struct mim_manifest_format *mim_manifest_format(const struct mim_manifest *manifest, const char *format);

/* The transports in a plugin's code, which end with NULL; NULL: none. */
const struct mim_transport_ops *const *mim_plugin_transports(const struct mim_plugin *plugin);

/* Minor versions only add. false, with both numbers in `reason`: built for another host. */
bool mim_abi_accepts(struct mim_abi host, struct mim_abi plugin, char *reason, size_t reason_size);

/* [a-z0-9][a-z0-9-]*, `length` bytes. */
bool mim_name_valid(const char *name, size_t length);

#endif
