/* SPDX-License-Identifier: MIT */
/* Codes as stored in a file: blocks of up to 255 bytes, each after its length. */
#ifndef MIM_GIF_SUB_BLOCKS_H
#define MIM_GIF_SUB_BLOCKS_H

#include <stdint.h>
#include <string.h>

enum { GIF_SUB_BLOCK = 255 };

/* Split codes into sub-blocks. Returns the bytes written to `blocks`. */
static inline uint32_t
gif_split_codes(uint8_t *blocks, const uint8_t *codes, uint32_t size)
{
    uint32_t written = 0;

    for (uint32_t done = 0; done < size; done += GIF_SUB_BLOCK) {
        uint32_t length = size - done < GIF_SUB_BLOCK ? size - done : GIF_SUB_BLOCK;
        blocks[written] = (uint8_t)length;
        memcpy(blocks + written + 1, codes + done, length);
        written += 1 + length;
    }
    return written;
}

#endif
