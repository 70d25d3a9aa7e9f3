/* SPDX-License-Identifier: MIT */
/* Finds the archives of a path, and its member. */
#include "container/container-path.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "io/path-pattern.h"
#include "io/source.h"
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

enum mim_status
mim_container_open_path(struct mim_container **out, const char **inside, struct mim_operation *whole, const char *path,
                        struct mim_error *err)
{
    size_t length = mim_path_archive(path);
    char *file = strndup(path, length);
    struct mim_container *container = NULL;
    struct mim_source *source;
    enum mim_status status = file ? mim_source_open_file_path(&source, file, err) : mim_fail_nomem(err, "a file name");
    free(file);
    if (status == MIM_OK)
        status = open_archive(&container, whole, source, err);

    for (*inside = path + length; status == MIM_OK; *inside += length) {
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

enum mim_status
mim_container_resolve(struct mim_operation *operation, struct mim_source **source, struct mim_error *err)
{
    if (!mim_source_is_member(*source))
        return mim_source_resolve(operation, source, err);
    struct mim_container *container = NULL;
    const char *inside;
    enum mim_status status = mim_container_open_path(&container, &inside, operation, mim_source_name(*source), err);
    uint64_t member =
        status == MIM_OK ? mim_member_index_find(mim_container_index(container), inside, strlen(inside)) : MIM_UNKNOWN;
    struct mim_source *found;
    if (status == MIM_OK && member == MIM_UNKNOWN)
        status = fail_missing(container, inside, err);
    if (status == MIM_OK)
        status = mim_container_open_member(container, member, true, &found, err);
    mim_container_close(container);
    if (status != MIM_OK)
        return status;
    mim_source_close(*source);
    *source = found;
    return MIM_OK;
}
