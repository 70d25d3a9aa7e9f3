/* SPDX-License-Identifier: MIT */
/* Sources elsewhere than on this machine: only a URI, or the bytes that the core gets for it. */
#include "io/source-priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/uri.h"

/* A URI has no bytes before it is resolved. */
static int64_t
read_located(struct mim_source *source, void *data, uint64_t size, uint64_t offset)
{
    (void)source, (void)data, (void)size, (void)offset;
    return -EREMOTE;
}

/* The number of a failure does not matter: the source has the whole of it. */
static int64_t
read_feed(struct mim_source *source, void *data, uint64_t size, uint64_t offset)
{
    source->failure.status = MIM_OK;
    int64_t n = source->feed.read(source->feed.user, data, size, offset, &source->failure);
    return n < 0 ? -EREMOTEIO : n;
}

static const struct mim_source_kind located_kind = { .read = read_located };
static const struct mim_source_kind feed_kind = { .read = read_feed };
static const struct mim_source_kind feed_stream_kind = { .read = read_feed, .stream = true };

bool
mim_source_is_located(const struct mim_source *source)
{
    return source->kind == &located_kind;
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
    struct mim_source *source = mim_source_create(&located_kind, mim_uri_shown(uri));
    if (!source || !(source->uri = strdup(uri))) {
        mim_source_close(source);
        return mim_fail_nomem(err, "a source");
    }
    *out = source;
    return MIM_OK;
}

enum mim_status
mim_source_open_feed(struct mim_source **out, const struct mim_source_feed *feed, const char *name, struct mim_error *err)
{
    struct mim_source *source =
        mim_source_create(feed->size == MIM_UNKNOWN ? &feed_stream_kind : &feed_kind, strdup(name));
    if (!source) {
        feed->close(feed->user);
        return mim_fail_nomem(err, "a source");
    }
    source->feed = *feed;
    atomic_store(&source->size, feed->size);
    *out = source;
    return MIM_OK;
}
