/* SPDX-License-Identifier: MIT */
/* Packs indices with a hash table of strings; the coded bytes leave in whole sub-blocks. */
#include "lzw.h"

#include <endian.h>
#include <string.h>

enum { CODES = 4096, MAX_WIDTH = 12, BLOCK = 255, NO_PREFIX = CODES };

static void
clear_table(struct gif_lzw *packer)
{
    memset(packer->slots, 0, sizeof packer->slots);
    packer->next = packer->clear + 2;
    packer->width = 32 - __builtin_clz(packer->clear);
}

static inline void
put_code(struct gif_lzw *packer, uint32_t code)
{
    uint64_t bits = packer->bits | (uint64_t)code << packer->bit_count, low = htole64(bits);
    uint32_t count = packer->bit_count + packer->width;

    memcpy(packer->codes + packer->used, &low, sizeof low);
    packer->used += count / 8;
    packer->bits = bits >> (count & ~7U);
    packer->bit_count = count & 7;
}

/* Emit the whole sub-blocks; at the end also what is left, and the terminator. */
static int32_t
flush(struct mim_job *job, struct gif_lzw *packer, int is_last)
{
    uint32_t taken = 0, size = 0;

    if (packer->is_trial) {
        packer->size += packer->used;
        packer->used = 0;
        return MIM_OK;
    }
    while (packer->used - taken >= BLOCK || (is_last && taken < packer->used)) {
        uint32_t length = packer->used - taken < BLOCK ? packer->used - taken : BLOCK;
        packer->blocks[size] = length;
        memcpy(packer->blocks + size + 1, packer->codes + taken, length);
        size += 1 + length;
        taken += length;
    }
    if (is_last)
        packer->blocks[size++] = 0;
    memmove(packer->codes, packer->codes + taken, packer->used - taken);
    packer->used -= taken;
    return size ? job->host->emit(job, packer->blocks, size) : MIM_OK;
}

/* The slot of a string, or the free one where it belongs. Every string waits for the one before: so the hash of the code
 * before, which is the last to be known, takes no multiplication. */
static inline uint32_t *
find(struct gif_lzw *packer, uint32_t key)
{
    uint32_t place = ((key >> 8 << 2) + (key & 0xff) * 0x1e35) % GIF_LZW_SLOTS;

    while (packer->slots[place] && packer->slots[place] >> 12 != key)
        place = (place + 1) % GIF_LZW_SLOTS;
    return &packer->slots[place];
}

static inline void
add_string(struct gif_lzw *packer, uint32_t *slot, uint32_t key)
{
    if (packer->next == CODES) {
        put_code(packer, packer->clear);
        clear_table(packer);
        return;
    }
    *slot = key << 12 | packer->next;
    if (packer->next++ == 1U << packer->width)
        packer->width++;
}

static void
pack(struct gif_lzw *packer, const uint8_t *indices, uint64_t size)
{
    uint32_t prefix = packer->prefix;
    uint64_t i = 0;

    if (prefix == NO_PREFIX && size)
        prefix = indices[i++];
    for (; i < size; i++) {
        uint32_t key = prefix << 8 | indices[i];
        uint32_t *slot = find(packer, key);
        if (*slot) {
            prefix = *slot % CODES;
            continue;
        }
        put_code(packer, prefix);
        add_string(packer, slot, key);
        prefix = indices[i];
    }
    packer->prefix = prefix;
}

int32_t
gif_lzw_begin(struct mim_job *job, struct gif_lzw *packer, uint32_t code_size)
{
    uint8_t first = code_size;

    packer->clear = 1U << code_size;
    packer->prefix = NO_PREFIX;
    packer->bits = packer->bit_count = packer->used = 0;
    packer->size = 0;
    clear_table(packer);
    put_code(packer, packer->clear);
    return packer->is_trial ? MIM_OK : job->host->emit(job, &first, 1);
}

int32_t
gif_lzw_add(struct mim_job *job, struct gif_lzw *packer, const uint8_t *indices, uint64_t size)
{
    for (uint64_t done = 0; done < size; done += GIF_LZW_STEP) {
        pack(packer, indices + done, size - done < GIF_LZW_STEP ? size - done : GIF_LZW_STEP);
        int32_t status = packer->used > GIF_LZW_STEP ? flush(job, packer, 0) : MIM_OK;
        if (status == MIM_OK)
            status = job->host->poll(job);
        if (status != MIM_OK)
            return status;
    }
    return MIM_OK;
}

int32_t
gif_lzw_end(struct mim_job *job, struct gif_lzw *packer)
{
    put_code(packer, packer->prefix);
    /* the unpacker numbers strings one code later: by now it may have come to the next width */
    if (packer->next == 1U << packer->width && packer->width < MAX_WIDTH)
        packer->width++;
    put_code(packer, packer->clear + 1);
    uint32_t low = htole32((uint32_t)packer->bits);
    memcpy(packer->codes + packer->used, &low, sizeof low);
    packer->used += (packer->bit_count + 7) / 8;
    return flush(job, packer, 1);
}
