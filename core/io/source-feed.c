/* SPDX-License-Identifier: MIT */
/* Sources that the core feeds itself: from transports and archives, or from memory of its own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/source-priv.h"

static int64_t
read_feed(struct mim_source *source, void *data, uint64_t size, uint64_t offset)
{
    int64_t n = source->feed.read(source->feed.user, data, size, offset, &source->failure);
    return n < 0 ? -EIO : n;
}

static const struct mim_source_kind feed_kind = { .read = read_feed, .explains = true };
static const struct mim_source_kind feed_stream_kind = { .read = read_feed, .stream = true, .explains = true };

enum mim_status
mim_source_open_feed(struct mim_source **out, const struct mim_source_feed *feed, const char *name, struct mim_error *err)
{
    bool is_stream = feed->size == MIM_UNKNOWN;
    struct mim_source *source = mim_source_create(is_stream ? &feed_stream_kind : &feed_kind, strdup(name));
    if (!source)
        return mim_fail_nomem(err, "a source");
    source->feed = *feed;
    atomic_store(&source->size, feed->size);
    *out = source;
    return MIM_OK;
}

bool
mim_source_is_remote(const struct mim_source *source)
{
    return source->feed.is_remote;
}

enum mim_status
mim_source_open_owned(struct mim_source **out, const void *data, const struct mim_source_feed *feed, const char *name,
                      struct mim_error *err)
{
    char *copy = strdup(name);
    enum mim_status status =
        copy ? mim_source_open_memory(out, data, (size_t)feed->size, err) : mim_fail_nomem(err, "a source");
    if (status != MIM_OK) {
        free(copy);
        return status;
    }
    free((*out)->name);
    (*out)->name = copy;
    (*out)->feed = *feed;
    return MIM_OK;
}
