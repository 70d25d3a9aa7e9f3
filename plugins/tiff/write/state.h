/* SPDX-License-Identifier: MIT */
/* The state of the writer. */
#ifndef MIM_TIFF_WRITE_STATE_H
#define MIM_TIFF_WRITE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include <mim/plugin.h>

#include <mim/kit/array.h>
#include "write/codec-table.h"
#include "write/tag-list.h"

enum {
    TIFF_PHOTOMETRIC_AUTO,
    TIFF_PHOTOMETRIC_BLACK,
    TIFF_PHOTOMETRIC_WHITE,
    TIFF_PHOTOMETRIC_RGB,
    TIFF_PHOTOMETRIC_YCBCR
};
enum { TIFF_BIG_AUTO, TIFF_BIG_YES, TIFF_BIG_NO };
enum { TIFF_PREDICTOR_AUTO, TIFF_PREDICTOR_NONE, TIFF_PREDICTOR_HORIZONTAL, TIFF_PREDICTOR_FLOAT };
enum { TIFF_IMAGEJ_NO, TIFF_IMAGEJ_YES, TIFF_IMAGEJ_SLICES, TIFF_IMAGEJ_FRAMES };

/* A stack for ImageJ. */
struct tiff_imagej_stack {
    struct mim_frame_info first;             /* all others have its size and type */
    bool is_in_time;                         /* images are frames, not slices */
    uint32_t time_num, time_den;             /* seconds per tick; den 0: there is no timing */
    int64_t first_duration;                  /* ticks */
    uint64_t ticks;                          /* of all images so far */
    bool has_reported_mean;
    struct mim_scratch source_text;         /* the description of the source */
    bool is_from_imagej;                     /* which ImageJ wrote */
    uint64_t capacity;                       /* reserved for our description */
    uint64_t description, description_count; /* their offsets in the file */
    uint64_t data, image_size;
};

struct tiff_frame_tags; /* of a frame between accepts and put */

struct tiff_writer {
    int32_t compression, predictor, photometric, big, unit, imagej;
    int64_t level, rows_per_strip;
    struct mim_list tile_option, resolution;
    const char *software, *description, *datetime, *artist, *icc;
    struct mim_pairs tag_options;

    const struct tiff_codec *codec;
    const struct tiff_codec *source_codec; /* of the next frame, if it has 1 bit; NULL: unknown */
    struct mim_size tile;        /* 0 x 0: strips */
    bool is_open, is_big, has_reported_bits;
    bool has_other_timing;       /* than a description of ImageJ states */
    bool is_contiguous;          /* images are adjacent */
    uint64_t pages;              /* written so far */
    uint64_t ceiling;            /* of offsets in a classic file; tests set a lower one */
    struct tiff_imagej_stack stack;
    uint64_t pointer;                  /* offset of the last page's link to the next; finish() clears it */
    struct tiff_tag_list option_tags;  /* of options, for every page */
    struct tiff_tag_list file_tags;    /* of the file's metadata, for the first page */
    struct tiff_tag_list pending_tags; /* of the next frame's metadata */
    struct tiff_tag_list page;         /* of the current page */
    struct mim_scratch bytes;
    struct tiff_frame_tags *oldest, *newest;
};

#endif
