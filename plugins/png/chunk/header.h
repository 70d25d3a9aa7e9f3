/* SPDX-License-Identifier: MIT */
/* The chunks before the first pixels. */
#ifndef MIM_PNG_HEADER_H
#define MIM_PNG_HEADER_H

#include "chunk/chunk.h"

enum { PNGX_GRAY = 0, PNGX_RGB = 2, PNGX_PALETTE = 3, PNGX_GRAY_ALPHA = 4, PNGX_RGBA = 6 };
enum { PNGX_IHDR_SIZE = 13, PNGX_PLTE_MAX = 768, PNGX_TRNS_MAX = 256 };

struct pngx_header {
    uint32_t width, height;
    uint8_t depth, colour, interlace;
    uint8_t orientation;                      /* 1 to 8, of an eXIf before the pixels; 0: there is none */
    bool is_animated;                         /* the file has a valid acTL */
    bool has_palette;                         /* the file has a PLTE, used or not */
    bool has_first_fctl;                      /* the picture is the first frame of the animation */
    uint32_t frames, plays;                   /* from acTL */
    uint32_t palette_size, transparency_size; /* bytes; 0: none */
    uint8_t palette[PNGX_PLTE_MAX];
    uint8_t transparency[PNGX_TRNS_MAX];
    uint8_t ihdr[PNGX_IHDR_SIZE];
    uint64_t pixels; /* offset of the first IDAT */
};

int32_t pngx_header_read(struct mim_job *job, struct mim_window *window, struct pngx_header *header,
                         struct pngx_fault *fault);

/* Whether the picture has an alpha channel or a transparent colour. */
bool pngx_header_has_alpha(const struct pngx_header *header);

/* Channels of a decoded frame. */
uint32_t pngx_header_channels(const struct pngx_header *header);

#endif
