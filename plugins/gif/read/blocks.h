/* SPDX-License-Identifier: MIT */
/* The blocks of a GIF file, and the state of the reader that walks them. */
#ifndef MIM_GIF_BLOCKS_H
#define MIM_GIF_BLOCKS_H

#include <gif_lib.h>

#include <mim/plugin.h>

#include "read/frame-index.h"
#include "read/window.h"

/* Consecutive extension blocks: from the first byte of the first to the end of the last. */
struct gif_span {
    uint64_t start, end;
    bool has_comment;
};

/* Where the XMP packet of the file lies, with its trailer; both 0: none is known. */
struct gif_xmp {
    uint64_t start, end;
};

/* One image and its control block. */
struct gif_frame {
    struct gif_mark mark;
    struct gif_span extensions; /* before the image */
    uint32_t x, y, width, height;
    uint32_t delay;      /* hundredths of a second */
    int32_t disposal;    /* 0 to 7, as in the file */
    int32_t transparent; /* index, or -1 for none */
    uint32_t colours;    /* entries of the local table; 0: the global table, if any, applies */
    uint32_t code_size;  /* LZW minimum code size in bits */
    uint64_t palette;    /* offset of the local table */
    uint64_t codes;      /* offset of the first sub-block */
    uint64_t codes_size; /* size of the sub-blocks with lengths and terminator; set by gif_blocks_skip_codes() */
    bool is_interlaced;
    bool has_control; /* a control block precedes it */
};

struct gif_reader {
    int32_t raw, palette, stream; /* options */
    bool is_reserved;      /* giflib's memory is charged to the budget */
    bool is_end_reported;  /* the notice about a missing trailer */
    bool is_cut;           /* the file ends inside the frame before the current place */
    int32_t loop;          /* plays in total */
    int32_t netscape_loop; /* as stored, or -1 for none */
    unsigned offers;       /* bits of application extensions */
    uint64_t loop_end;     /* offset behind the block that it comes from */
    uint32_t canvas_width, canvas_height;
    struct mim_job *job; /* the serial job, for giflib's read callback */
    GifFileType *gif;    /* parses the container, never the LZW codes */
    struct gif_window window;
    struct gif_index index;
    struct gif_mark at;         /* the next frame to read */
    struct gif_span head, tail; /* extensions before the first image and after the last */
    struct gif_xmp xmp;
    uint8_t background[4];
    char version[8];
};

/* Open giflib on the source, choose the canvas from the first image, and seek back to the first frame. */
int32_t gif_blocks_open(struct mim_job *job, struct gif_reader *self);
void gif_blocks_close(struct mim_job *job, struct gif_reader *self);

/* Seek to the last indexed frame at or before `frame`. */
void gif_blocks_seek(struct gif_reader *self, uint64_t frame);

/* Read the blocks up to the codes of the next image. MIM_END at the trailer, or at the end of a
 * file without one. */
int32_t gif_blocks_find_image(struct gif_reader *self, struct gif_frame *frame);

/* After gif_blocks_find_image(): skip the codes and advance to the next frame. */
int32_t gif_blocks_skip_codes(struct gif_reader *self, struct gif_frame *frame);

/*
 * Load the local or global table of the image just found. `palette` holds 256 entries; `*count` is 0 without a table.
 */
int32_t gif_blocks_load_palette(struct gif_reader *self, const struct gif_frame *frame, GifColorType *palette,
                                uint32_t *count);

/* Is its delay so short that players show it for 0.1 s instead? */
bool gif_frame_is_brief(const struct gif_frame *frame);
/* Does the frame cover a canvas of this size? */
bool gif_frame_covers(const struct gif_frame *frame, uint32_t width, uint32_t height);

#endif
