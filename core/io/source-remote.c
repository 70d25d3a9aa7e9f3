/* SPDX-License-Identifier: MIT */
/* Sources that are only a URI, or the path of a member of an archive. */
#include "io/source-priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/uri.h"

/* There are no bytes before it is resolved. */
static int64_t
read_located(struct mim_source *source, void *data, uint64_t size, uint64_t offset)
{
    (void)source, (void)data, (void)size, (void)offset;
    return -EREMOTE;
}

const struct mim_source_kind mim_source_located_kind = { .read = read_located };

bool
mim_source_is_located(const struct mim_source *source)
{
    return source->kind == &mim_source_located_kind;
}

bool
mim_source_is_member(const struct mim_source *source)
{
    return mim_source_is_located(source) && !source->uri;
}

const char *
mim_source_uri(const struct mim_source *source)
{
    return source->uri;
}

enum mim_status
mim_source_open_located(struct mim_source **out, const char *uri, struct mim_error *err)
{
    for (const char *c = uri; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            return mim_fail(err, MIM_ARGUMENT, "byte %zu of the URI is a blank or a control character; write it as %%%02X",
                            (size_t)(c - uri), (unsigned char)*c);
    struct mim_source *source = mim_source_create(&mim_source_located_kind, mim_uri_shown(uri));
    if (!source || !(source->uri = strdup(uri))) {
        mim_source_close(source);
        return mim_fail_nomem(err, "a source");
    }
    *out = source;
    return MIM_OK;
}
