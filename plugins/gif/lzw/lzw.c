/* SPDX-License-Identifier: MIT */
/* Encodes with a hash table of strings and emits full sub-blocks. */
#include "lzw/lzw.h"

#include <endian.h>
#include <string.h>

#include "lzw/sub-blocks.h"

enum { CODE_BITS = 12, CODES = 1 << CODE_BITS, MAX_WIDTH = 12, NO_PREFIX = CODES, WINDOW = 256, MAX_CLEAR = 256 };

/* Code bytes so far. */
static uint64_t
bytes_written(const struct gif_lzw *packer)
{
    return packer->size + packer->tail.used;
}

static void
clear_table(struct gif_lzw *packer)
{
    memset(packer->slots, 0, sizeof packer->slots);
    packer->next = packer->clear + 2;
    packer->width = 32 - __builtin_clz(packer->clear);
    packer->since_clear = (struct gif_lzw_mark){ packer->indices, bytes_written(packer) };
}

static inline struct gif_lzw_tail
append_bits(uint8_t *codes, struct gif_lzw_tail tail, uint32_t value, uint32_t width)
{
    uint64_t bits = tail.bits | (uint64_t)value << tail.bit_count, low = htole64(bits);
    uint32_t count = tail.bit_count + width;

    memcpy(codes + tail.used, &low, sizeof low);
    tail.bits = bits >> (count & ~7U);
    tail.bit_count = count & 7;
    tail.used += count / 8;
    return tail;
}

static void
append_code(struct gif_lzw *packer, uint32_t code)
{
    packer->tail = append_bits(packer->codes, packer->tail, code, packer->width);
}

/* Emit full sub-blocks and, at the end, the rest and the terminator. */
static int32_t
flush_blocks(struct mim_job *job, struct gif_lzw *packer, int is_last)
{
    uint32_t taken = is_last ? packer->tail.used : packer->tail.used - packer->tail.used % GIF_SUB_BLOCK;

    if (packer->is_trial) {
        packer->size += packer->tail.used;
        packer->tail.used = 0;
        return MIM_OK;
    }
    uint32_t size = gif_split_codes(packer->blocks, packer->codes, taken);
    if (is_last)
        packer->blocks[size++] = 0;
    memmove(packer->codes, packer->codes + taken, packer->tail.used - taken);
    packer->tail.used -= taken;
    packer->size += taken;
    return size ? job->host->emit(job, packer->blocks, size) : MIM_OK;
}

/* Does the slot hold another string? The product is zero for a free slot too, which saves a branch. */
static inline bool
is_taken(uint32_t slot, uint32_t key)
{
    return (uint64_t)(slot >> CODE_BITS ^ key) * slot != 0;
}

/* The slot of a string, or the free slot where it belongs. Each lookup waits for the prefix from the previous one,
 * so the hash avoids multiplying the prefix. */
static inline uint32_t *
find_slot(struct gif_lzw *packer, uint32_t prefix, uint32_t index)
{
    uint32_t key = prefix << 8 | index, place = ((prefix << 2) + index * 0x1e35) % GIF_LZW_SLOTS;

    while (__builtin_expect(is_taken(packer->slots[place], key), 0))
        place = (place + 1) % GIF_LZW_SLOTS;
    return &packer->slots[place];
}

/* Encode while the table grows, without branching on whether a string is new, which is unpredictable. Returns the
 * number of encoded indices; stops when the code width changes or the table is full. */
static uint64_t
pack_growing(struct gif_lzw *packer, const uint8_t *indices, uint64_t size)
{
    uint32_t prefix = packer->prefix, next = packer->next, width = packer->width;
    uint32_t max_next = width < MAX_WIDTH ? 1U << width : packer->end - 1;
    struct gif_lzw_tail tail = packer->tail;
    uint64_t i = 0;

    for (; i < size && next <= max_next; i++) {
        uint32_t *slot = find_slot(packer, prefix, indices[i]), string = *slot, is_new = !string, mask = -is_new;
        *slot = string | (((prefix << 8 | indices[i]) << CODE_BITS | next) & mask);
        next += is_new;
        tail = append_bits(packer->codes, tail, prefix & mask, width & mask);
        prefix = string % CODES | (indices[i] & mask);
    }
    packer->prefix = prefix;
    packer->next = next;
    packer->tail = tail;
    return i;
}

/* The same with a full table; stops when the codes fill a window. */
static uint64_t
pack_full(struct gif_lzw *packer, const uint8_t *indices, uint64_t size)
{
    uint32_t prefix = packer->prefix, stop = packer->window.written + WINDOW - packer->size;
    struct gif_lzw_tail tail = packer->tail;
    uint64_t i = 0;

    for (; i < size && tail.used < stop; i++) {
        uint32_t string = *find_slot(packer, prefix, indices[i]), mask = -(uint32_t)!string;
        tail = append_bits(packer->codes, tail, prefix & mask, MAX_WIDTH & mask);
        prefix = string % CODES | (indices[i] & mask);
    }
    packer->prefix = prefix;
    packer->tail = tail;
    return i;
}

/* Keep a full table while the codes of a window, about 170, encode more indices than the average since the last
 * clear. */
static void
judge_table(struct gif_lzw *packer)
{
    uint64_t indices = packer->indices, bytes = bytes_written(packer);

    if (bytes < packer->window.written + WINDOW)
        return;
    if ((indices - packer->window.indices) * (bytes - packer->since_clear.written) <
        (indices - packer->since_clear.indices) * (bytes - packer->window.written)) {
        append_code(packer, packer->clear);
        clear_table(packer);
    }
    packer->window = (struct gif_lzw_mark){ indices, bytes };
}

static void
pack_step(struct gif_lzw *packer, const uint8_t *indices, uint64_t size)
{
    uint64_t done = 0;

    if (packer->prefix == NO_PREFIX && size)
        packer->prefix = indices[done++];
    while (done < size) {
        bool is_full = packer->next == packer->end;
        uint64_t some = (is_full ? pack_full : pack_growing)(packer, indices + done, size - done);
        done += some;
        packer->indices += some;
        if (is_full)
            judge_table(packer);
        else if (packer->next > 1U << packer->width)
            packer->width++;
        else if (packer->next == packer->end)
            packer->window = (struct gif_lzw_mark){ packer->indices, bytes_written(packer) };
    }
}

int32_t
gif_lzw_begin(struct mim_job *job, struct gif_lzw *packer, uint32_t code_size)
{
    uint8_t first = code_size;

    packer->clear = 1U << code_size;
    packer->end = packer->has_room ? CODES - MAX_CLEAR + packer->clear : CODES;
    packer->prefix = NO_PREFIX;
    packer->tail = (struct gif_lzw_tail){ 0 };
    packer->size = packer->indices = 0;
    clear_table(packer);
    append_code(packer, packer->clear);
    return packer->is_trial ? MIM_OK : job->host->emit(job, &first, 1);
}

int32_t
gif_lzw_add(struct mim_job *job, struct gif_lzw *packer, const uint8_t *indices, uint64_t size)
{
    for (uint64_t done = 0; done < size; done += GIF_LZW_STEP) {
        pack_step(packer, indices + done, size - done < GIF_LZW_STEP ? size - done : GIF_LZW_STEP);
        int32_t status = packer->tail.used > GIF_LZW_STEP ? flush_blocks(job, packer, 0) : MIM_OK;
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
    append_code(packer, packer->prefix);
    /* a decoder adds strings one code later, so its width may have just grown */
    if (packer->next == 1U << packer->width && packer->width < MAX_WIDTH)
        packer->width++;
    append_code(packer, packer->clear + 1);
    uint32_t low = htole32((uint32_t)packer->tail.bits);
    memcpy(packer->codes + packer->tail.used, &low, sizeof low);
    packer->tail.used += (packer->tail.bit_count + 7) / 8;
    return flush_blocks(job, packer, 1);
}
