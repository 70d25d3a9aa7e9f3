/* SPDX-License-Identifier: MIT */
/* Reads known.d. */
#include <stdlib.h>
#include <string.h>

#include "build-paths.h"
#include "registry/catalog.h"
#include "registry/ini-directory.h"

static bool
add_hint(struct mim_catalog *catalog, const struct mim_manifest_text *text)
{
    struct mim_manifest *hint = NULL;
    struct mim_error err = { 0 };
    enum mim_status status = mim_manifest_parse(&hint, MIM_MANIFEST_HINT, text, &err);
    if (status != MIM_OK)
        return status != MIM_NOMEM && mim_string_list_add(&catalog->diagnostics, "%s", err.message);
    return mim_catalog_add(&catalog->hints, &catalog->hint_count, hint);
}

static unsigned
count_lines(const char *from, const char *to)
{
    unsigned count = 0;
    while (from < to && (from = memchr(from, '\n', (size_t)(to - from)))) {
        from++;
        count++;
    }
    return count;
}

static const char heading[] = "[plugin]";

/* The start of the next [plugin] section after the line at `from`, or `end`. */
static const char *
next_part(const char *from, const char *end)
{
    do {
        const char *line = memchr(from, '\n', (size_t)(end - from));
        from = line ? line + 1 : end;
    } while (from < end && strncmp(from, heading, sizeof heading - 1));
    return from;
}

/* One file may describe many plugins, because opening a file costs more than parsing it. */
static bool
add_hints(void *user, const struct mim_ini_file *file)
{
    struct mim_catalog *catalog = user;
    if (!file->text)
        return mim_string_list_add(&catalog->diagnostics, "%s is not a regular file", file->path);

    const char *start = file->text, *end = start + file->size;
    const char *first = strncmp(start, heading, sizeof heading - 1) ? next_part(start, end) : start;
    for (const char *part = first < end ? first : start, *next; part < end; part = next) {
        next = next_part(part, end);
        const struct mim_manifest_text text = {
            .path = file->path, .data = part, .size = (size_t)(next - part), .lines_before = count_lines(start, part)
        };
        if (!add_hint(catalog, &text))
            return false;
    }
    return true;
}

static bool
refuse_file(void *user, const char *name, const char *reason)
{
    (void)name;
    struct mim_catalog *catalog = user;
    return mim_string_list_add(&catalog->diagnostics, "%s", reason);
}

bool
mim_catalog_read_hints(struct mim_catalog *catalog, const struct mim_context_options *options)
{
    /* lets a build tree use its own; safe, because hints load no code */
    const char *directory = options->no_environment ? NULL : secure_getenv("MIM_KNOWN_DIR");
    char beside[PATH_MAX];
    if (!directory)
        directory = mim_search_path_beside(MIM_KNOWN_BESIDE, beside) ? beside : MIM_KNOWN_DIR;
    if (!mim_ini_directory_read(directory, &(struct mim_ini_directory_visitor){
                                               .file = add_hints, .refuse = refuse_file, .user = catalog }))
        return false;
    /* a plugin that a package brings would not be found */
    for (size_t i = 0; options->no_system && i < catalog->hint_count; i++)
        *catalog->hints[i]->package = '\0';
    return true;
}
