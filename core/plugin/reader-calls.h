/* SPDX-License-Identifier: MIT */
/* One file opened by a plugin's reader ops: its state, its jobs, and the order of calls that plugin.h promises. */
#ifndef MIM_CORE_PLUGIN_READER_CALLS_H
#define MIM_CORE_PLUGIN_READER_CALLS_H

#include <mim/options.h>
#include <mim/plugin.h>

#include "options/options.h"
#include "plugin/offers.h"
#include "plugin/workers.h"

struct mim_plugin_reader {
    const struct mim_reader_ops *ops;
    struct mim_operation *operation;
    const char *format;
    const struct mim_options *options;    /* borrowed */
    const struct mim_option_table *other; /* borrowed */
    void *state;
    struct mim_bound_options *bound;
    struct mim_sequence sequence;
    struct mim_offers offers;
    struct mim_core_job serial;
    bool is_opened; /* open was called, so close must be */
    uint64_t walk;  /* without ANY_ORDER: the only index that prepare takes */
    struct mim_workers workers;
    struct {
        bool is_full;
        uint64_t index;
        void *packet;
        struct mim_frame_info info;
    } lookahead; /* a frame that is already prepared */
};

enum mim_status mim_plugin_reader_open(struct mim_plugin_reader *reader, unsigned workers, struct mim_error *err);
/* Nothing may be in flight. Zeroes freed pointers. */
void mim_plugin_reader_close(struct mim_plugin_reader *reader);

/* Serial. Fills `sequence` with the facts found, also on failure. */
enum mim_status mim_plugin_reader_scan(struct mim_plugin_reader *reader, struct mim_sequence *sequence,
                                       struct mim_error *err);

/* Whether frame `index` exists. Reports no notices; serial. */
bool mim_plugin_reader_has(struct mim_plugin_reader *reader, uint64_t index);

/* Finds out whether composed frames have alpha, by a scan of the file where needed. Serial. */
enum mim_status mim_plugin_reader_settle_opacity(struct mim_plugin_reader *reader, struct mim_error *err);

/* Whether preparing `index` closes and reopens the plugin: then nothing may be in flight. */
bool mim_plugin_reader_reopens_for(const struct mim_plugin_reader *reader, uint64_t index);
/* Serial. Fills the packet and the checked facts; END past the last frame. */
enum mim_status mim_plugin_reader_prepare(struct mim_plugin_reader *reader, uint64_t index, void *packet,
                                          struct mim_frame_info *info, struct mim_error *err);
/* Serial. Prepares `index` as the lookahead, for its metadata or for a later prepare. */
enum mim_status mim_plugin_reader_look_ahead(struct mim_plugin_reader *reader, uint64_t index, struct mim_error *err);
/* Serial. Prepares the first frame as the lookahead. UNSUPPORTED or BROKEN_PLUGIN: another plugin may read the file; other
 * failures wait until the frame is read. */
enum mim_status mim_plugin_reader_try_first(struct mim_plugin_reader *reader, struct mim_error *err);
/* Serial. Releases the lookahead. */
void mim_plugin_reader_drop_ahead(struct mim_plugin_reader *reader);
/* Serial. Facts only; the frame prepared for them becomes the lookahead. */
enum mim_status mim_plugin_reader_peek(struct mim_plugin_reader *reader, uint64_t index, struct mim_frame_info *info,
                                       struct mim_error *err);

/* On worker `worker`. `refused`: memory was refused, and a retry without other frames may succeed. `err` begins zeroed; if it has a
 * status after MIM_OK, that is damage which left `needed` pixels without samples. */
enum mim_status mim_plugin_reader_pixels(struct mim_plugin_reader *reader, unsigned worker, uint64_t index,
                                         const void *packet, const struct mim_frame_info *info, uint32_t part,
                                         struct mim_raster *raster, bool *refused, struct mim_error *err);
/* packet NULL: metadata of the whole, with the serial job. */
enum mim_status mim_plugin_reader_metadata(struct mim_plugin_reader *reader, unsigned worker, uint64_t index,
                                           const void *packet, const struct mim_frame_info *info, struct mim_meta *meta,
                                           bool *refused, struct mim_error *err);
void mim_plugin_reader_release(struct mim_plugin_reader *reader, unsigned worker, void *packet);
void mim_plugin_reader_close_workers(struct mim_plugin_reader *reader);

#endif
