/* SPDX-License-Identifier: MIT */
/* What the files of this plugin share: the reader's pieces, in the order in which a page meets them. */
#ifndef MIM_TIFF_H
#define MIM_TIFF_H

#include <stdbool.h>
#include <stdint.h>

#include <tiffio.h>

#include <mim/plugin.h>

#define TIFF_MOST_ENTRIES 4096u /* libtiff's own ceiling of tags in a directory */

/* window.c: a buffered view of the source. One thread at a time. */
struct tiff_window {
    uint8_t *data;
    uint64_t room, offset, size;
};

/* MIM_OK and `size` bytes (64 KiB at most) that hold until the next call; MIM_TRUNCATED when the source ends before. */
int32_t tiff_window_get(struct tiff_window *window, struct mim_job *job, uint64_t offset, uint64_t size,
                        const uint8_t **bytes);
void tiff_window_close(struct tiff_window *window, struct mim_job *job);

/* Byte order and width of the offsets: all that the first bytes of a file say. */
struct tiff_order {
    bool is_big_endian, is_big_tiff;
};

uint64_t tiff_number(struct tiff_order order, const uint8_t *bytes, unsigned size);

/* set.c: offsets seen so far. */
struct tiff_set {
    uint64_t *slots;
    uint64_t room, count;
};

/* MIM_OK and whether it was new, or MIM_NOMEM. */
int32_t tiff_set_add(struct tiff_set *set, struct mim_job *job, uint64_t offset, bool *is_new);
void tiff_set_close(struct tiff_set *set, struct mim_job *job);

/* pages.c: where the directories of the main chain are, found as far as somebody asked. */
struct tiff_pages {
    struct tiff_order order;
    uint64_t *offsets;
    uint64_t count, room;
    uint64_t next;       /* the directory after the last known one; 0 ends the chain */
    uint64_t highest;    /* of the offsets, while they only grow */
    struct tiff_set set; /* filled when they no longer do */
    int32_t broken;      /* what the chain ends with, if not well */
    uint64_t broken_at;
    const char *broken_why;
};

int32_t tiff_pages_open(struct tiff_pages *pages, struct mim_job *job, struct tiff_window *window);
/* Walk until page `index` is known: MIM_OK, MIM_END past the last, or what the chain is broken by. */
int32_t tiff_pages_reach(struct tiff_pages *pages, struct mim_job *job, struct tiff_window *window, uint64_t index);
void tiff_pages_close(struct tiff_pages *pages, struct mim_job *job);

/* directory.c: the entries of one directory. */
struct tiff_entry {
    uint16_t tag, type;
    uint32_t size;   /* of one value in bytes; 0: a type that nobody knows */
    uint64_t count;
    uint64_t where;  /* in the source */
};

struct tiff_directory {
    struct tiff_window *window;
    struct mim_job *job;
    struct tiff_order order;
    uint64_t offset, count;
};

int32_t tiff_directory_open(struct tiff_directory *directory);
int32_t tiff_directory_entry(struct tiff_directory *directory, uint64_t i, struct tiff_entry *entry);
int32_t tiff_directory_uint(struct tiff_directory *directory, const struct tiff_entry *entry, uint64_t i, uint64_t *value);

/* page.c: the facts of a page, and how its samples become a frame's. */
enum tiff_route {
    TIFF_ROUTE_SAMPLES, /* strips and tiles are decoded, samples unpacked here */
    TIFF_ROUTE_RGBA     /* libtiff's RGBA interface converts the colours */
};

enum tiff_colour { TIFF_COLOUR_KEEP, TIFF_COLOUR_INVERT, TIFF_COLOUR_PALETTE, TIFF_COLOUR_CMYK };

struct tiff_page {
    struct tiff_order order;
    uint64_t offset;                            /* of its directory */
    uint32_t width, height, bits, compression, photometric, fill_order, orientation, samples, rows_per_strip, planar;
    uint32_t predictor, tile_width, tile_height, extra, extra_count, format, subsample_x, subsample_y, ink_set, subfile;
    bool is_tiled;
    bool has_uneven_strips;                     /* not as many places as sizes of strips or tiles */
    bool is_upsampled;                          /* JPEG whose YCbCr the codec turns into RGB */
    bool is_scaled;                             /* odd depths fill the range of their type */
    bool is_turned;                             /* orientation is applied and does something */
    bool is_premultiplied;                      /* alpha is to be divided out */
    enum tiff_route route;
    enum tiff_colour colour;
    int32_t sample;                             /* enum mim_sample of the values unpacked */
    uint32_t out_channels;
    int32_t out_sample;
    uint32_t rows_per_chunk, rows_per_part;     /* decoded in one go; handed out as a part */
};

/* Where its strips or tiles lie, and how long they are said to be; count 0: not said. */
struct tiff_strips {
    struct tiff_entry places, sizes;
};

struct tiff_choices {
    int32_t raw, scale, orient; /* the reader's options */
};

/* Read the directory. */
int32_t tiff_page_read(struct tiff_page *page, struct tiff_directory *directory, struct tiff_strips *strips);
/* Choose how its samples become a frame's. */
int32_t tiff_page_plan(struct tiff_page *page, struct tiff_directory *directory, const struct tiff_choices *choices);
/* Bytes of one row of `width` pixels as coded: of all samples, or of one when planes are separate. */
uint64_t tiff_page_row_bytes(const struct tiff_page *page, uint32_t width);
uint32_t tiff_page_planes(const struct tiff_page *page);
/* Is it decoded row by row, instead of a strip at once? */
bool tiff_page_is_rowwise(const struct tiff_page *page);
/* Do the samples lie plain in the source, row after row, as the frame wants them? Then from `*start` on. */
int32_t tiff_page_is_plain(const struct tiff_page *page, struct tiff_directory *directory,
                           const struct tiff_strips *strips, bool *is_plain, uint64_t *start);
/* Frames of an ImageJ stack that hides behind one directory; 1 when it is none. */
int32_t tiff_page_imagej(struct tiff_directory *directory, uint64_t *images);

/* predict.c: is prediction undone here, with libtiff told that there is none? */
bool tiff_predict_is_ours(const struct tiff_page *page);
/* Undo it, when it is ours, in rows of one strip or tile. */
int32_t tiff_predict_undo(struct mim_job *job, const struct tiff_page *page, void *rows, uint32_t count, uint32_t width);

/* handle.c: a libtiff handle over host->read_at. One thread at a time. */
struct tiff_handle {
    TIFF *tiff;
    struct mim_job *job;
    struct tiff_window window; /* of the small things that directories are made of */
    uint64_t position;
    uint64_t page;     /* the directory it stands at; 0: none */
    int32_t status;    /* of the read that failed */
    int32_t lacking;   /* memory or its limit: libtiff goes on without what it could not have */
    bool is_short;     /* the source ended */
    bool has_decoded;  /* since it came to the page */
    bool is_as_read;   /* libtiff took the tags of a plain page for what we took them */
    char text[256];    /* libtiff's words */
};

/* Stand at the page, opening the handle if need be. */
int32_t tiff_handle_go(struct tiff_handle *handle, struct mim_job *job, const struct tiff_page *page);
/* Before a strip is decoded by libtiff, which takes the page's first LZW strip for the kind of all: so each is a first one,
 * whichever worker meets it. */
int32_t tiff_handle_refresh(struct tiff_handle *handle, const struct tiff_page *page);
/* Set the error of the op from what libtiff said. */
int32_t tiff_handle_fail(struct tiff_handle *handle);
/* Did a read fail, or was memory lacking, that libtiff made nothing of? */
int32_t tiff_handle_check(struct tiff_handle *handle);
void tiff_handle_close(struct tiff_handle *handle);

/* runs.c: PackBits; false: they do not fill `to`. Samples in the machine's byte order. */
bool tiff_unpack_runs(const uint8_t *coded, uint64_t coded_size, uint8_t *to, uint64_t size);
void tiff_swap(uint32_t bits, uint8_t *samples, uint64_t size);

/* unpack.c: coded samples into one of mim's types. `step` values lie from one written sample to the next. */
int32_t tiff_sample_type(uint32_t bits, uint32_t format);
void tiff_unpack(const struct tiff_page *page, const uint8_t *coded, uint64_t count, uint8_t *to, uint32_t step);
unsigned tiff_sample_size(int32_t sample);
/* The value that stands for full intensity. */
uint64_t tiff_sample_full(const struct tiff_page *page);

/* colour.c: a row of unpacked samples into the frame's channels; `from` may be `to` unless their pixels differ in size. */
void tiff_colour_row(const struct tiff_page *page, const uint16_t *palette, uint8_t *from, uint32_t width, uint8_t *to);

/* orient.c: where a stored row goes in the frame. */
struct tiff_path {
    uint8_t *first;
    int64_t step; /* bytes from pixel to pixel */
};

void tiff_oriented_size(const struct tiff_page *page, uint32_t *width, uint32_t *height);
struct tiff_path tiff_oriented_row(const struct tiff_page *page, const struct mim_raster *raster, uint64_t pixel_size,
                                   uint32_t row);
void tiff_scatter(const uint8_t *from, uint32_t width, uint64_t pixel_size, struct tiff_path path);

/* scratch.c: memory of a worker that grows and is used again. */
struct tiff_scratch {
    uint8_t *data;
    uint64_t room;
};

uint8_t *tiff_scratch_get(struct tiff_scratch *scratch, struct mim_job *job, uint64_t size); /* NULL: no memory */
void tiff_scratch_close(struct tiff_scratch *scratch, struct mim_job *job);

/* reader.c and decode.c */
struct tiff_reader {
    struct tiff_choices choices;
    struct tiff_window window;
    struct tiff_pages pages;
    struct tiff_order order;
    uint64_t first;  /* the first page's directory */
    uint64_t images; /* of an ImageJ stack in one directory; else 1 */
};

struct tiff_reading_worker {
    struct tiff_handle handle;
    struct tiff_window window;
    struct tiff_scratch stored, unlzw; /* of strip.c */
    uint64_t stored_at, stored_size;   /* the bytes of the source that `stored` holds */
    struct tiff_scratch split;         /* of predict.c */
    struct libdeflate_decompressor *inflater;
    bool leaves_all; /* to libtiff: for comparison */
    struct tiff_scratch coded, block, line, palette;
};

extern const struct mim_reader_ops tiff_reader_ops;
int32_t tiff_decode(struct mim_job *job, const struct tiff_page *page, uint32_t part, const struct mim_raster *raster);

/* strip.c: strips and tiles that are decoded here, and not by libtiff. */
#define TIFF_MOST_STRIP_BYTES (64u << 20) /* decoded at once: nobody can cancel meanwhile */
bool tiff_strip_is_plain(const struct tiff_page *page);
/* `size` bytes of a strip or tile, after the first `skip` where it is not compressed; the handle stands at the page. MIM_OK
 * and not done: libtiff is to say what is in it. */
int32_t tiff_strip_read(struct mim_job *job, const struct tiff_page *page, uint32_t index, uint64_t skip, uint8_t *to,
                        uint64_t size, bool *is_done);
void tiff_strip_close(struct tiff_reading_worker *worker, struct mim_job *job);

/* metadata.c */
int32_t tiff_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info);

extern const struct mim_writer_ops tiff_writer_ops;

#endif
