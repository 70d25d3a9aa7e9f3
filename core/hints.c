/* SPDX-License-Identifier: MIT */
/* Formats that are known and whose plugin may be missing: known.d. */
#include <stdlib.h>

#include "build-paths.h"
#include "catalog.h"
#include "scan.h"

static bool
add_hint(void *user, const struct mim_ini_file *file)
{
    struct mim_catalog *catalog = user;
    if (!file->text)
        return mim_texts_add(&catalog->diagnostics, "%s is not a regular file", file->path);

    struct mim_manifest *hint = NULL;
    struct mim_error err = { 0 };
    enum mim_status status =
        mim_manifest_parse(&hint, MIM_MANIFEST_HINT, file->path, file->text, file->size, &err);
    if (status != MIM_OK)
        return status != MIM_NOMEM && mim_texts_add(&catalog->diagnostics, "%s", err.message);
    return mim_catalog_add(&catalog->hints, &catalog->hint_count, hint);
}

static bool
refuse(void *user, const char *name, const char *reason)
{
    (void)name;
    struct mim_catalog *catalog = user;
    return mim_texts_add(&catalog->diagnostics, "%s", reason);
}

bool
mim_catalog_read_hints(struct mim_catalog *catalog, const struct mim_context_options *options)
{
    /* how a build tree finds its own; hints are words only, no code comes of them */
    const char *directory = options->no_environment ? NULL : secure_getenv("MIM_KNOWN_DIR");
    return mim_scan_directory(directory ? directory : MIM_KNOWN_DIR,
                              &(struct mim_scan_visitor){ .file = add_hint, .refuse = refuse, .user = catalog });
}
