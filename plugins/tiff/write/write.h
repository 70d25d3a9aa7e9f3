/* SPDX-License-Identifier: MIT */
/* What the writer's files share. */
#ifndef MIM_TIFF_WRITE_H
#define MIM_TIFF_WRITE_H

#include "tiff.h"

/* tags.c: tags to be written, sorted; their values lie as they will in the file. */
struct tiff_tag {
    uint16_t tag, type;
    uint64_t count, size; /* values, bytes */
    uint8_t *large;       /* NULL: they are in `small` */
    uint8_t small[16];
};

struct tiff_tags {
    struct tiff_tag *list;
    uint64_t count, room;
};

/* Add or replace. `data` NULL leaves room to be filled by the caller. */
int32_t tiff_tags_put(struct tiff_tags *tags, struct mim_job *job, uint16_t tag, uint16_t type, uint64_t count,
                      const void *data);
/* With the zero that ends a TIFF string. */
int32_t tiff_tags_put_text(struct tiff_tags *tags, struct mim_job *job, uint16_t tag, const char *text, uint64_t size);
void tiff_tags_remove(struct tiff_tags *tags, struct mim_job *job, uint16_t tag);
struct tiff_tag *tiff_tags_find(const struct tiff_tags *tags, uint16_t tag);
void *tiff_tag_data(struct tiff_tag *tag);
int32_t tiff_tags_merge(struct tiff_tags *tags, struct mim_job *job, const struct tiff_tags *from);
void tiff_tags_empty(struct tiff_tags *tags, struct mim_job *job);
void tiff_tags_close(struct tiff_tags *tags, struct mim_job *job);

/* codec.c: what can be compressed how. */
struct tiff_codec {
    const char *name;
    uint16_t scheme;
    uint32_t level_tag; /* libtiff's pseudo-tag; 0: no levels */
    int64_t least, most;
    bool predicts, predicts_unasked;
    bool is_ours;       /* compressed without libtiff */
    uint32_t most_side; /* pixels, of a strip or tile; 0: any */
};

#define TIFF_CODEC_CHOICES "none|lzw|deflate=zlib|packbits|jpeg|zstd|lzma|webp"
const struct tiff_codec *tiff_codec_at(int32_t choice);
/* Can it be written, and does the level suit it? */
int32_t tiff_codec_check(const struct tiff_codec *codec, struct mim_job *job, int64_t level);

/* sheet.c: how one frame becomes a page. In the packet. */
struct tiff_sheet {
    uint64_t index, row_bytes; /* of a strip's or a tile's row, packed */
    const struct tiff_codec *codec;
    int64_t level;
    uint32_t width, height, channels, bits, format, photometric, predictor;
    uint32_t piece_width, piece_height, across, down; /* strips or tiles */
    bool is_tiled, is_inverted;
};

/* encode.c */
struct libdeflate_compressor;

struct tiff_writing_worker {
    struct tiff_scratch packed; /* rows as the codec gets them */
    struct tiff_scratch table;  /* of LZW's strings */
    struct tiff_scratch coded;
    struct libdeflate_compressor *deflate;
    int64_t deflate_level, deflate_size; /* bytes reserved for it */
    /* coder.c's */
    TIFF *tiff;                /* compresses into the host's memory */
    struct mim_job *job;
    struct tiff_sheet shape;   /* what it is set up for */
    int32_t status;
    bool is_quiet;             /* what libtiff writes of itself is dropped */
    char text[256];
};

int32_t tiff_encode(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part,
                    const struct mim_raster *raster, const struct mim_neighbours *beside);
void tiff_encode_close(struct mim_job *job);

/* coder.c: compress a piece with libtiff, and emit it. */
int32_t tiff_coder_run(struct mim_job *job, const struct tiff_sheet *sheet, uint32_t part, uint8_t *data, uint64_t size);
void tiff_coder_close(struct tiff_writing_worker *worker);

/* writer.c */
enum { TIFF_PHOTOMETRIC_AUTO, TIFF_PHOTOMETRIC_BLACK, TIFF_PHOTOMETRIC_WHITE, TIFF_PHOTOMETRIC_RGB, TIFF_PHOTOMETRIC_YCBCR };
enum { TIFF_BIG_AUTO, TIFF_BIG_YES, TIFF_BIG_NO };
enum { TIFF_PREDICTOR_AUTO, TIFF_PREDICTOR_NONE, TIFF_PREDICTOR_HORIZONTAL, TIFF_PREDICTOR_FLOAT };

enum { TIFF_IMAGEJ_NO, TIFF_IMAGEJ_YES, TIFF_IMAGEJ_SLICES, TIFF_IMAGEJ_FRAMES };

/* A stack for ImageJ. */
struct tiff_stack {
    struct mim_frame_info first;              /* all others are like it */
    bool is_in_time;                          /* images are frames, else slices */
    double seconds;                           /* from image to image; 0: not known */
    struct tiff_scratch told;                 /* the source's description */
    bool is_told;                             /* ... is one of ImageJ's */
    uint64_t room;                            /* left for ours */
    uint64_t description, description_count;  /* where they are in the file */
    uint64_t data, image_size;
};

struct tiff_frame_tags; /* of a frame that is under way */

struct tiff_writer {
    int32_t compression, predictor, photometric, big, unit, imagej;
    int64_t level, rows_per_strip;
    struct mim_list tile_option, resolution;
    const char *software, *description, *datetime, *artist, *icc;
    struct mim_pairs tag_options;

    const struct tiff_codec *codec;
    struct mim_size tile;        /* 0 x 0: strips */
    bool is_open, is_big;
    bool is_contiguous;          /* images lie one behind the other */
    uint64_t pages;              /* put so far */
    uint64_t ceiling;            /* of offsets in a classic file; tests set a lower one */
    struct tiff_stack stack;
    uint64_t pointer;            /* where the last page points to a next one; mended by finish */
    struct tiff_tags wanted;     /* by options, for every page */
    struct tiff_tags whole;      /* by metadata of the file, for the first page */
    struct tiff_tags coming;     /* by metadata of the frame to be accepted next */
    struct tiff_tags page;       /* being put; kept for its memory */
    struct tiff_scratch bytes;
    struct tiff_frame_tags *oldest, *newest;
};

extern const struct mim_writer_ops tiff_writer_ops;
int32_t tiff_accept(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info);

/* keep.c: metadata and options as tags. */
int32_t tiff_keep(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size);
int32_t tiff_keep_options(struct mim_job *job);

/* numbered.c: tags that go by their number. The one from metadata, UNSUPPORTED when it cannot be kept; those by options. */
int32_t tiff_numbered_keep(struct tiff_tags *tags, struct mim_job *job, const char *number, int32_t type, const void *value,
                           uint64_t size);
int32_t tiff_numbered_options(struct mim_job *job);

/* profile.c: colour profiles. The option's goes on every page; one that does not fit a page is left out, or an error when it
 * was asked for. */
int32_t tiff_profile_option(struct mim_job *job);
int32_t tiff_profile_fit(struct mim_job *job, const struct tiff_sheet *sheet);

/* put.c: pages in the file. self->page holds the tags of the page; put_page adds those of its layout. */
int32_t tiff_put_header(struct mim_job *job);
int32_t tiff_put_page(struct mim_job *job, const struct tiff_sheet *sheet, const struct mim_coded *coded);
int32_t tiff_put_pixels(struct mim_job *job, const struct mim_coded *coded);
/* A directory alone, with its values; another follows at once unless it is the last. */
int32_t tiff_put_directory(struct mim_job *job, bool is_last);
uint64_t tiff_put_directory_size(const struct tiff_writer *self);
uint64_t tiff_put_aligned(uint64_t offset);

/* imagej.c: stacks for ImageJ. In the order of the calls; drop is for the tags of later pages. */
int32_t tiff_imagej_open(struct mim_job *job, const struct mim_sequence *sequence);
int32_t tiff_imagej_accept(struct mim_job *job, uint64_t index, struct mim_frame_info *info);
int32_t tiff_imagej_describe(struct mim_job *job);
int32_t tiff_imagej_drop(struct mim_job *job, const struct tiff_tags *tags);
int32_t tiff_imagej_finish(struct mim_job *job);
/* Without imagej, what self->page says of the axes of one is wrong. */
int32_t tiff_imagej_forget(struct mim_job *job);

#endif
