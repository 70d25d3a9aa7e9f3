/* SPDX-License-Identifier: MIT */
/* Converts the rows of a file to rows of a frame. */
#ifndef MIM_PNG_EXPANSION_H
#define MIM_PNG_EXPANSION_H

#include "chunk/header.h"

enum pngx_expansion_kind {
    PNGX_EXPAND_OTHER, /* left to libpng: a transparent colour, or a transparent gray of 16 bits */
    PNGX_EXPAND_NONE,  /* the bytes are the same */
    PNGX_EXPAND_SWAP,  /* samples of 16 bits in the other byte order */
    PNGX_EXPAND_LOOKUP /* indices and gray of up to 8 bits */
};

struct pngx_expansion {
    enum pngx_expansion_kind kind;
    uint32_t depth, channels;
    uint8_t pixels[256][4]; /* LOOKUP: the pixel of each value */
};

/* `gives_indices`: indices of a palette stay indices. */
void pngx_expansion_init(struct pngx_expansion *expansion, const struct pngx_header *header, bool gives_indices);

/* Convert a row of `width` pixels. */
void pngx_expand_row(const struct pngx_expansion *expansion, const uint8_t *row, uint32_t width, uint8_t *out);

#endif
