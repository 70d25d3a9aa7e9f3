/* SPDX-License-Identifier: MIT */
/* LZW as GIF has it, from indices to sub-blocks. */
#ifndef MIM_GIF_LZW_H
#define MIM_GIF_LZW_H

#include <stdbool.h>

#include <mim/plugin.h>

enum {
    GIF_LZW_SLOTS = 16384,
    GIF_LZW_STEP = 16384,                /**< indices between two looks at the room in `codes` */
    GIF_LZW_CAPACITY = 3 * GIF_LZW_STEP, /**< flushed above one step; a step adds 1.5 bytes an index at most */
    GIF_LZW_BLOCKS = (GIF_LZW_CAPACITY + 254) / 255
};

/** The packer's memory, about 160 KB, kept by a worker and reused. */
struct gif_lzw {
    uint32_t
        slots[GIF_LZW_SLOTS]; /**< string before (12 bits), index (8), code (12); 0: free, since no string has code 0 */
    uint32_t clear, next, width; /**< the clear code, the next string's code, bits of a code by now */
    uint32_t prefix;             /**< the string that is being matched */
    struct gif_lzw_tail {
        uint64_t bits; /**< that fill no byte yet */
        uint32_t bit_count;
        uint32_t used; /**< bytes in `codes` */
    } tail;
    bool is_trial;     /**< set before begin: nothing is emitted */
    uint64_t max_size; /**< of a trial: from so many bytes on it is hopeless */
    uint64_t size;     /**< bytes of codes that are no more in `codes`: after a trial all of them */
    uint64_t indices;  /**< taken so far */
    struct gif_lzw_mark {
        uint64_t indices, written; /**< by then; bytes of codes */
    } since_clear, window;         /**< when the table was empty; with a full one, at its last test */
    uint8_t codes[GIF_LZW_CAPACITY + 8];
    uint8_t blocks[GIF_LZW_BLOCKS * 256 + 1];
};

/** Is it a trial that has come to `max_size` bytes? */
static inline bool
gif_lzw_has_failed_trial(const struct gif_lzw *packer)
{
    return packer->is_trial && packer->size + packer->tail.used >= packer->max_size;
}

/** Emit the byte of the code size, 2 to 8, and start. Each of the three: the status of emit or poll. */
int32_t gif_lzw_begin(struct mim_job *job, struct gif_lzw *packer, uint32_t code_size);

/** Go on with indices below 1 << code_size. */
int32_t gif_lzw_add(struct mim_job *job, struct gif_lzw *packer, const uint8_t *indices, uint64_t size);

/** Emit what is left, and the terminator of the sub-blocks. At least one index was added. */
int32_t gif_lzw_end(struct mim_job *job, struct gif_lzw *packer);

#endif
