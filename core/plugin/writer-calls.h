/* SPDX-License-Identifier: MIT */
/* One file written by a plugin's writer ops: its state, its jobs, and the order of calls that plugin.h promises. */
#ifndef MIM_CORE_PLUGIN_WRITER_CALLS_H
#define MIM_CORE_PLUGIN_WRITER_CALLS_H

#include <mim/options.h>
#include <mim/plugin.h>

#include "options/options.h"
#include "frame/layout.h"
#include "plugin/frame-timing.h"
#include "plugin/workers.h"

struct mim_frame;

/* Steps that order the notices of a frame: accepts is 0, and each part of encode has its own. */
enum { MIM_STEP_CONVERT = 1, MIM_STEP_ENCODE, MIM_STEP_PUT = INT32_MAX };

struct mim_plugin_writer {
    const struct mim_writer_ops *ops;
    struct mim_operation *operation;
    const char *format;
    void *state;
    struct mim_bound_options *bound;
    struct mim_options *options;  /* a copy of the caller's */
    struct mim_sequence sequence; /* as open amended it */
    struct mim_layout joined;     /* of all frames, unless the format takes frames of any kind */
    struct mim_rational base;     /* time base of all frames; den 0: that of the first */
    struct mim_frame_timing timing;
    struct mim_origin origin; /* of the frame that open or accepts gets; set by the caller */
    struct mim_core_job serial;
    bool keeps_bits; /* MIM_WRITER_BITS of the format, also in a series */
    bool is_called; /* an op was called, so close must be */
    bool has_begun; /* mim_sink_begin() succeeded, so it needs commit or rollback */
    struct mim_workers workers;
    struct mim_meta *retained; /* metadata of the whole that the plugin accepted */
    struct mim_meta *lost;     /* the losses that were reported, by key */
};

/* Makes the state and binds the options; calls no op yet. `options` are only read here. */
enum mim_status mim_plugin_writer_create(struct mim_plugin_writer *writer, const struct mim_options *options,
                                         const struct mim_option_table *other, unsigned workers, struct mim_error *err);
/* Nothing may be in flight. Without finish before it, the output is abandoned. */
void mim_plugin_writer_destroy(struct mim_plugin_writer *writer);

/* All of the following are serial. `index` MIM_UNKNOWN: metadata of the whole. Lost values are reported once per
 * key. */
enum mim_status mim_plugin_writer_metadata(struct mim_plugin_writer *writer, const struct mim_meta *meta,
                                           uint64_t index, struct mim_error *err);
/* Offers metadata of the first frame before start, as those of the whole if all frames are alike. Reports nothing, since they are
 * offered again with the frame. */
enum mim_status mim_plugin_writer_preview(struct mim_plugin_writer *writer, const struct mim_meta *meta,
                                          struct mim_error *err);
/* true: the loss `key` was not reported yet. */
bool mim_plugin_writer_remember_loss(struct mim_plugin_writer *writer, const char *key);
/* Begins the sink and opens the plugin with the facts of the first frame. */
enum mim_status mim_plugin_writer_start(struct mim_plugin_writer *writer, const struct mim_frame_info *first,
                                        struct mim_rational time_base, int32_t loop, uint64_t count,
                                        struct mim_error *err);
enum mim_status mim_plugin_writer_accepts(struct mim_plugin_writer *writer, uint64_t index, void *packet,
                                          struct mim_frame_info *info, struct mim_error *err);
enum mim_status mim_plugin_writer_survey(struct mim_plugin_writer *writer, uint64_t index,
                                         const struct mim_frame_info *info, const struct mim_raster *raster,
                                         struct mim_error *err);
enum mim_status mim_plugin_writer_put(struct mim_plugin_writer *writer, uint64_t index, void *packet,
                                      const struct mim_frame_info *info, const struct mim_coded *coded,
                                      struct mim_error *err);
/* `count`: of frames. */
enum mim_status mim_plugin_writer_finish(struct mim_plugin_writer *writer, uint64_t count, struct mim_error *err);

/* On worker `worker`; appends emitted bytes to `coded`. `refused`: memory was refused, and a retry without other
 * frames may succeed. */
enum mim_status mim_plugin_writer_encode(struct mim_plugin_writer *writer, unsigned worker, uint64_t index,
                                         void *packet, const struct mim_frame_info *info, uint32_t part,
                                         const struct mim_raster *raster, const struct mim_neighbours *neighbours,
                                         struct mim_coded_bytes *coded, bool *refused, struct mim_error *err);
/* Nothing may be in flight. Frees the workers' resources. */
void mim_plugin_writer_close_workers(struct mim_plugin_writer *writer);

#endif
