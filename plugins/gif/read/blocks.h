/* SPDX-License-Identifier: MIT */
/* The blocks of a GIF file, walked with giflib; the reader's state. */
#ifndef MIM_GIF_BLOCKS_H
#define MIM_GIF_BLOCKS_H

#include <gif_lib.h>

#include <mim/plugin.h>

#include "read/frame-index.h"
#include "read/window.h"

/** A stretch of extension blocks, from the first one to what follows the last. */
struct gif_span {
    uint64_t start, end;
    bool has_comment;
};

/** One image, as its blocks describe it. */
struct gif_frame {
    struct gif_mark mark;
    struct gif_span extensions; /**< before the image */
    uint32_t x, y, width, height;
    uint32_t delay;      /**< hundredths of a second */
    int32_t disposal;    /**< 0 to 7, as in the file */
    int32_t transparent; /**< an index, or -1 */
    uint32_t colours;    /**< in its own table; 0: it has the global one, if there is one */
    uint32_t code_size;  /**< bits of the first codes */
    uint64_t palette;    /**< place of its own table */
    uint64_t codes;      /**< place of the sub-blocks */
    uint64_t codes_size; /**< bytes with their lengths and the terminator, once they were stepped over */
    bool is_interlaced;
};

struct gif_reader {
    int32_t raw, palette;  /**< options */
    bool is_reserved;      /**< the memory that giflib takes has been announced */
    int32_t loop;          /**< plays in total */
    int32_t netscape_loop; /**< as in the file, or -1 */
    uint32_t canvas_width, canvas_height;
    struct mim_job *job; /**< the serial one, for giflib's callback */
    GifFileType *gif;    /**< the container's parser; the codes are unpacked by us */
    struct gif_window window;
    struct gif_index index;
    struct gif_mark at;         /**< the frame that the window stands at, or would */
    struct gif_span head, tail; /**< extensions before the first image and after the last */
    uint8_t background[4];
    char version[8];
};

/** Open giflib on the source, find the first image, choose the canvas, go back to the first frame. */
int32_t gif_blocks_open(struct mim_job *job, struct gif_reader *self);
void gif_blocks_close(struct mim_job *job, struct gif_reader *self);

/** Stand at the nearest known frame at or before `frame`. */
void gif_blocks_seek(struct gif_reader *self, uint64_t frame);

/** Read the blocks up to an image's codes. MIM_END at the trailer. */
int32_t gif_blocks_find_image(struct gif_reader *self, struct gif_frame *frame);

/** After gif_blocks_find_image(): step over the image's codes, to the next frame. */
int32_t gif_blocks_skip_codes(struct gif_reader *self, struct gif_frame *frame);

/** The table of the image just found, its own or the global one, into room for 256; `*count` is 0 when there is none. */
int32_t gif_blocks_load_palette(struct gif_reader *self, const struct gif_frame *frame, GifColorType *palette,
                                uint32_t *count);

bool gif_frame_covers(const struct gif_frame *frame, uint32_t width, uint32_t height);

#endif
