/* SPDX-License-Identifier: MIT */
/* What the writers of pictures and of animations share. */
#ifndef MIM_PNG_WRITE_H
#define MIM_PNG_WRITE_H

#include "write/frame-timing.h"
#include "write/pack.h"
#include "write/retain.h"
#include "plugin.h"

struct pngx_writer {
    int64_t level, loop; /* options */
    int32_t filter, interlace, apng;
    struct mim_list dpi, duration;
    struct mim_pairs text;
    struct mim_rational fps;
    bool is_movie, is_started;
    uint32_t width, height, channels;
    uint32_t plays;
    uint64_t frames;     /**< accepted */
    uint64_t control_at; /**< where acTL stands in the sink */
    uint32_t sequence;   /**< of the next fcTL or fdAT */
    struct pngx_packing packing;
    struct pngx_clock clock;
    struct pngx_kept kept;
};

/** Of a frame: when it is shown, and what of it encode found worth drawing. */
struct pngx_sheet {
    struct pngx_delay delay;
    uint32_t x, y, width, height;
    bool is_over;
};

struct pngx_writing_worker {
    struct pngx_packer packer;
};

/** timing.c: settle by the options and the source how long frames are shown; the delay of each, in order; and were
 * there as many frames as durations? */
int32_t pngx_timing_start(struct mim_job *job, struct pngx_writer *self, const struct mim_sequence *sequence);
int32_t pngx_timing_delay(struct mim_job *job, struct pngx_writer *self, uint64_t index, int64_t duration,
                          struct pngx_delay *delay);
int32_t pngx_timing_end(struct mim_job *job, const struct pngx_writer *self);

/** Which part of a frame has to be drawn on the one before, and how: fills the sheet and the rows. Status of poll. */
int32_t pngx_change_find(struct mim_job *job, const struct mim_raster *frame, const struct mim_raster *before,
                         struct pngx_sheet *sheet, struct pngx_rows *rows);

#endif
