/* SPDX-License-Identifier: MIT */
/* GIF's LZW encoder: from indices to sub-blocks. */
#ifndef MIM_GIF_LZW_H
#define MIM_GIF_LZW_H

#include <stdbool.h>

#include <mim/plugin.h>

enum {
    GIF_LZW_SLOTS = 16384,
    GIF_LZW_STEP = 16384,                /* indices between two flushes */
    GIF_LZW_CAPACITY = 3 * GIF_LZW_STEP, /* flushed when above one step; a step adds at most 1.5 bytes per index */
    GIF_LZW_BLOCKS = (GIF_LZW_CAPACITY + 254) / 255
};

/* State of the encoder, about 160 KB. Reused from frame to frame. */
struct gif_lzw {
    uint32_t slots[GIF_LZW_SLOTS]; /* hash table: prefix (12 bits), index (8), code (12); 0: free */
    uint32_t clear, next, width;   /* clear code, next free code, current code width in bits */
    uint32_t end;                  /* first code that the table has no room for */
    bool has_room;                 /* set before begin: leave codes free for gif_recode() to any code size */
    uint32_t prefix;               /* code of the string matched so far */
    struct gif_lzw_tail {
        uint64_t bits; /* an incomplete byte */
        uint32_t bit_count;
        uint32_t used; /* bytes in `codes` */
    } tail;
    bool is_trial;     /* set before begin: count bytes without emitting them */
    uint64_t max_size; /* a trial fails at this size */
    uint64_t size;     /* bytes of codes that have left `codes`; after a trial all of them */
    uint64_t indices;  /* indices encoded so far */
    struct gif_lzw_mark {
        uint64_t indices, written; /* indices and code bytes so far */
    } since_clear, window;         /* at the last clear code; at the last test of a full table */
    uint8_t codes[GIF_LZW_CAPACITY + 8];
    uint8_t blocks[GIF_LZW_BLOCKS * 256 + 1];
};

/* Has a trial reached `max_size` bytes? */
static inline bool
gif_lzw_has_failed_trial(const struct gif_lzw *packer)
{
    return packer->is_trial && packer->size + packer->tail.used >= packer->max_size;
}

/* Start, and emit the code size, 2 to 8. All three return the status of emit or poll. */
int32_t gif_lzw_begin(struct mim_job *job, struct gif_lzw *packer, uint32_t code_size);

/* Encode indices below 1 << code_size. */
int32_t gif_lzw_add(struct mim_job *job, struct gif_lzw *packer, const uint8_t *indices, uint64_t size);

/* Emit the remaining codes and the terminator. At least one index must have been added. */
int32_t gif_lzw_end(struct mim_job *job, struct gif_lzw *packer);

#endif
