/* SPDX-License-Identifier: MIT */
/* Replaces the codes of single indices, and shifts those of strings, which depend on their order alone. */
#include "lzw/recode.h"

#include "lzw/sub-blocks.h"

enum { BLOCKS = 16, MAX_WIDTH = 12 };

/* Widths of successive codes. */
struct widths {
    uint32_t code_size, width, next;
};

struct code_reader {
    const uint8_t *at;
    uint32_t left; /* bytes of the sub-block */
    uint32_t bits, bit_count;
    struct widths widths;
};

struct code_writer {
    uint32_t bits, bit_count;
    uint32_t used;
    struct widths widths;
    uint8_t codes[BLOCKS * GIF_SUB_BLOCK];
};

static struct widths
first_widths(uint32_t code_size)
{
    return (struct widths){ code_size, code_size + 1, (1U << code_size) + 1 };
}

/* Follow a code as a decoder does. */
static inline void
widen(struct widths *widths, uint32_t code)
{
    if (code == 1U << widths->code_size)
        *widths = first_widths(widths->code_size);
    else if (++widths->next == 1U << widths->width && widths->width < MAX_WIDTH)
        widths->width++;
}

static inline uint32_t
read_code(struct code_reader *reader)
{
    while (reader->bit_count < reader->widths.width) {
        if (!reader->left)
            reader->left = *reader->at++;
        reader->bits |= (uint32_t)*reader->at++ << reader->bit_count;
        reader->left--;
        reader->bit_count += 8;
    }
    uint32_t code = reader->bits & ((1U << reader->widths.width) - 1);
    reader->bits >>= reader->widths.width;
    reader->bit_count -= reader->widths.width;
    widen(&reader->widths, code);
    return code;
}

static int32_t
flush_codes(struct mim_job *job, struct code_writer *writer)
{
    uint8_t blocks[BLOCKS * (GIF_SUB_BLOCK + 1)];
    uint32_t size = gif_split_codes(blocks, writer->codes, writer->used);

    writer->used = 0;
    return job->host->emit(job, blocks, size);
}

static inline int32_t
write_code(struct mim_job *job, struct code_writer *writer, uint32_t code)
{
    int32_t status = MIM_OK;

    writer->bits |= code << writer->bit_count;
    for (writer->bit_count += writer->widths.width; writer->bit_count >= 8; writer->bit_count -= 8) {
        writer->codes[writer->used++] = (uint8_t)writer->bits;
        writer->bits >>= 8;
        if (writer->used == sizeof writer->codes && status == MIM_OK)
            status = flush_codes(job, writer);
    }
    widen(&writer->widths, code);
    return status;
}

uint64_t
gif_recoded_size(const uint8_t *coded, uint32_t new_code_size)
{
    uint32_t clear = 1U << coded[0], shift = (1U << new_code_size) - clear, code;
    struct code_reader reader = { .at = coded + 1, .widths = first_widths(coded[0]) };
    struct widths widths = first_widths(new_code_size);
    uint64_t bits = 0;

    do {
        code = read_code(&reader);
        bits += widths.width;
        widen(&widths, code < clear ? 0 : code + shift);
    } while (code != clear + 1);
    return (bits + 7) / 8;
}

int32_t
gif_recode(struct mim_job *job, const uint8_t *coded, const uint8_t *to, uint32_t new_code_size)
{
    uint32_t clear = 1U << coded[0], shift = (1U << new_code_size) - clear, code;
    struct code_reader reader = { .at = coded + 1, .widths = first_widths(coded[0]) };
    struct code_writer writer = { .widths = first_widths(new_code_size) };

    int32_t status = job->host->emit(job, &(uint8_t){ (uint8_t)new_code_size }, 1);
    do {
        code = read_code(&reader);
        if (status == MIM_OK)
            status = write_code(job, &writer, code < clear ? to[code] : code + shift);
    } while (status == MIM_OK && code != clear + 1);
    if (writer.bit_count)
        writer.codes[writer.used++] = (uint8_t)writer.bits;
    if (status == MIM_OK && writer.used)
        status = flush_codes(job, &writer);
    return status == MIM_OK ? job->host->emit(job, "", 1) : status;
}
