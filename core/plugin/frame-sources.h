/* SPDX-License-Identifier: MIT */
/* The sources that the frames of a conversion come from. */
#ifndef MIM_CORE_PLUGIN_FRAME_SOURCES_H
#define MIM_CORE_PLUGIN_FRAME_SOURCES_H

#include <stdbool.h>

#include "plugin/offers.h"

struct mim_meta;
struct mim_source;

struct mim_frame_source {
    struct mim_source *source; /* NULL: a series of files */
    struct mim_offers offers;
    bool is_compared; /* with what the writer takes */
    struct mim_meta *meta; /* of a later source, for its frames; NULL: none */
    bool is_joined;        /* all of the metadata were offered */
};

/* Zeroed: no conversion. */
struct mim_frame_sources {
    struct mim_frame_source *items;
    size_t count;
    uint32_t order;            /* MIM_TIMING_FORWARD, MIM_TIMING_WHOLE */
    bool are_properties_unwanted; /* by the caller, as all metadata */
};

/* Keeps references to the sources. */
enum mim_status mim_frame_sources_set(struct mim_frame_sources *sources, struct mim_source *const *given, size_t count,
                                      struct mim_error *err);
/* Source `number`, from 1; NULL: there is none. */
struct mim_frame_source *mim_frame_sources_at(const struct mim_frame_sources *sources, uint32_t number);
void mim_frame_sources_clear(struct mim_frame_sources *sources);

#endif
