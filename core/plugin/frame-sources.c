/* SPDX-License-Identifier: MIT */
/* References to the sources of a conversion, and to their offers. */
#include "plugin/frame-sources.h"

#include <stdlib.h>

#include <mim/meta.h>

#include "base/error.h"
#include "io/source.h"

enum mim_status
mim_frame_sources_set(struct mim_frame_sources *sources, struct mim_source *const *given, size_t count,
                      struct mim_error *err)
{
    mim_frame_sources_clear(sources);
    if (count > UINT32_MAX)
        return mim_fail(err, MIM_ARGUMENT, "too many sources");
    sources->items = calloc(count ? count : 1, sizeof *sources->items);
    if (!sources->items)
        return mim_fail_nomem(err, "a list of sources");
    for (size_t i = 0; i < count; i++)
        sources->items[i].source = mim_source_is_series(given[i]) ? NULL : mim_source_ref(given[i]);
    sources->count = count;
    return MIM_OK;
}

struct mim_frame_source *
mim_frame_sources_at(const struct mim_frame_sources *sources, uint32_t number)
{
    return number > 0 && number <= sources->count ? &sources->items[number - 1] : NULL;
}

void
mim_frame_sources_clear(struct mim_frame_sources *sources)
{
    for (size_t i = 0; i < sources->count; i++) {
        mim_source_close(sources->items[i].source);
        mim_offers_clear(&sources->items[i].offers);
        mim_meta_destroy(sources->items[i].meta);
    }
    free(sources->items);
    *sources = (struct mim_frame_sources){ 0 };
}
