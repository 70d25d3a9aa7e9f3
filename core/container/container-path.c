/* SPDX-License-Identifier: MIT */
/* Finds the archives of a path or a URI, and its member. */
#include "container/container-path.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "io/path-pattern.h"
#include "io/source.h"
#include "io/uri.h"
#include "registry/registry.h"
#include "transport/resolve.h"

struct opening {
    struct mim_operation *whole;
    struct mim_source *source;
    struct mim_container *container;
};

static enum mim_status
open_with(void *user, const struct mim_attempt *attempt, struct mim_error *err)
{
    struct opening *opening = user;
    return mim_container_open(&opening->container, opening->whole, opening->source, attempt, err);
}

/* Opens the source as an archive, with the strongest plugin. Takes over the source. */
static enum mim_status
open_archive(struct mim_container **out, struct mim_operation *whole, struct mim_source *source, struct mim_error *err)
{
    struct opening opening = { .whole = whole, .source = source };
    const struct mim_request allowed = { .formats = whole->allowed.formats, .plugins = whole->allowed.plugins };
    struct mim_operation part;
    mim_operation_init_part(&part, whole, MIM_UNKNOWN);
    part.source = source;
    enum mim_status status = mim_try_plugins(&part, &allowed, open_with, &opening, err);
    mim_operation_clear(&part);
    *out = opening.container;
    return status;
}

/* The member that is the first part of `inside`, an archive itself; MIM_UNKNOWN: there is none. */
static uint64_t
find_inner(const struct mim_member_index *index, const char *inside, size_t *length)
{
    for (const char *slash = strchr(inside, '/'); slash; slash = strchr(slash + 1, '/')) {
        *length = (size_t)(slash - inside);
        uint64_t found = mim_member_index_find(index, inside, *length);
        if (found != MIM_UNKNOWN)
            return found;
    }
    return MIM_UNKNOWN;
}

/* Goes on to an archive in this one, which it replaces. */
static enum mim_status
enter_inner(struct mim_container **container, uint64_t member, struct mim_operation *whole, struct mim_error *err)
{
    struct mim_source *source;
    enum mim_status status = mim_container_open_member(*container, member, false, &source, err);
    mim_container_close(*container);
    *container = NULL;
    return status == MIM_OK ? open_archive(container, whole, source, err) : status;
}

/* Opens the source, which it takes over, and the archives in it that `*inside` begins with: it becomes the rest. */
static enum mim_status
open_innermost(struct mim_container **out, const char **inside, struct mim_operation *whole, struct mim_source *source,
               struct mim_error *err)
{
    struct mim_container *container;
    enum mim_status status = open_archive(&container, whole, source, err);
    for (size_t length; status == MIM_OK; *inside += length) {
        *inside += strspn(*inside, "/");
        const struct mim_member_index *index = mim_container_index(container);
        if (mim_member_index_find(index, *inside, strlen(*inside)) != MIM_UNKNOWN)
            break;
        uint64_t inner = find_inner(index, *inside, &length);
        if (inner == MIM_UNKNOWN)
            break;
        status = enter_inner(&container, inner, whole, err);
    }
    *out = container;
    return status;
}

enum mim_status
mim_container_open_path(struct mim_container **out, const char **inside, struct mim_operation *whole, const char *path,
                        struct mim_error *err)
{
    size_t length = mim_path_archive(path);
    char *file = strndup(path, length);
    struct mim_source *source;
    enum mim_status status = file ? mim_source_open_file_path(&source, file, err) : mim_fail_nomem(err, "a file name");
    free(file);
    *inside = path + length;
    return status == MIM_OK ? open_innermost(out, inside, whole, source, err) : status;
}

static enum mim_status
fail_missing(const struct mim_container *container, const char *inside, struct mim_error *err)
{
    const struct mim_member_index *index = mim_container_index(container);
    struct mim_nearest nearest = { .wanted = inside };
    for (uint64_t i = 0; i < index->count; i++)
        mim_nearest_offer(&nearest, index->members[i].name);
    if (index->failure.status != MIM_OK) {
        if (err)
            *err = index->failure;
        return index->failure.status;
    }
    return mim_fail(err, MIM_IO, "%.200s has no member '%.200s'%s%.200s%s",
                    mim_path_file(mim_container_name(container)), inside, nearest.found ? "; did you mean '" : "",
                    nearest.found ? nearest.found : "", nearest.found ? "'?" : "");
}

/* Replaces the source by the member. Drops the reference to the container. */
static enum mim_status
take_member(struct mim_source **source, struct mim_container *container, const char *inside, struct mim_error *err)
{
    uint64_t member = mim_member_index_find(mim_container_index(container), inside, strlen(inside));
    struct mim_source *found;
    enum mim_status status = member == MIM_UNKNOWN ? fail_missing(container, inside, err)
                                                   : mim_container_open_member(container, member, true, &found, err);
    mim_container_close(container);
    if (status != MIM_OK)
        return status;
    mim_source_close(*source);
    *source = found;
    return MIM_OK;
}

static enum mim_status
resolve_path(struct mim_operation *operation, struct mim_source **source, struct mim_error *err)
{
    struct mim_container *container;
    const char *inside;
    enum mim_status status = mim_container_open_path(&container, &inside, operation, mim_source_name(*source), err);
    return status == MIM_OK ? take_member(source, container, inside, err) : status;
}

/* Cuts the URI before its last slash, and again, until it names an archive by its extension. false: it never does. */
static bool
cut_to_archive(char *uri, struct mim_context *context)
{
    char *path = strchr(uri + mim_uri_scheme(uri) + strlen("://"), '/'), *slash;
    while (path && (slash = strrchr(path + 1, '/'))) {
        *slash = '\0';
        if (mim_registry_knows_name(context, uri, true))
            return true;
    }
    return false;
}

/* Replaces the source by the member `inside` of the archive that the URI names. `*is_missing`: no such archive. */
static enum mim_status
resolve_member(struct mim_operation *operation, struct mim_source **source, const char *uri, const char *inside,
               bool *is_missing, struct mim_error *err)
{
    struct mim_source *archive;
    struct mim_container *container;
    enum mim_status status = mim_source_open_located(&archive, uri, err);
    if (status != MIM_OK)
        return status;
    status = mim_source_resolve(operation, &archive, is_missing, err);
    if (status != MIM_OK) {
        mim_source_close(archive);
        return status;
    }
    mim_source_bound(archive, &operation->control, operation->deadline_ms);
    status = open_innermost(&container, &inside, operation, archive, err);
    return status == MIM_OK ? take_member(source, container, inside, err) : status;
}

/* The same with the part `path` of the source's URI as the archive, whose URI gets the query. */
static enum mim_status
resolve_part(struct mim_operation *operation, struct mim_source **source, const char *path, bool *is_missing,
             struct mim_error *err)
{
    const char *rest = mim_source_uri(*source) + strlen(path) + 1, *query = rest + strcspn(rest, "?#");
    char *inside = strndup(rest, (size_t)(query - rest)), *uri = NULL;
    enum mim_status status = MIM_OK;
    *is_missing = false;
    if (!inside || asprintf(&uri, "%s%s", path, query) < 0)
        status = mim_fail_nomem(err, "a file name");
    else if (!mim_uri_decode(inside))
        status = mim_fail(err, MIM_ARGUMENT, "%.300s: a %% without two hexadecimal digits, or %%00", mim_source_name(*source));
    else
        status = resolve_member(operation, source, uri, inside, is_missing, err);
    free(inside);
    free(uri);
    return status;
}

/* A file of this name is preferred. Without it the URI is that of a member, of the archive with the longest name. */
static enum mim_status
resolve_uri(struct mim_operation *operation, struct mim_source **source, struct mim_error *err)
{
    bool is_missing;
    enum mim_status status = mim_source_resolve(operation, source, &is_missing, err);
    if (!is_missing)
        return status;
    struct mim_error error = { 0 };
    char *path = strndup(mim_source_uri(*source), strcspn(mim_source_uri(*source), "?#"));
    if (!path)
        return mim_fail_nomem(err, "a file name");
    while (is_missing && cut_to_archive(path, operation->context))
        status = resolve_part(operation, source, path, &is_missing, &error);
    free(path);
    if (err && !is_missing) /* else the first error remains */
        *err = error;
    return status;
}

enum mim_status
mim_container_resolve(struct mim_operation *operation, struct mim_source **source, struct mim_error *err)
{
    return mim_source_is_member(*source) ? resolve_path(operation, source, err) : resolve_uri(operation, source, err);
}
