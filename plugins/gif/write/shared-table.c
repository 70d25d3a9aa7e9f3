/* SPDX-License-Identifier: MIT */
/*
 * A frame with few colours has short codes but a table of its own; with the shared table its codes grow by the bits of
 * its highest index. Both sizes are known without coding the frame again.
 */
#include "write/shared-table.h"

#include <stdlib.h>
#include <string.h>

#include "lzw/recode.h"
#include "palette/key.h"
#include "write/coded-frame.h"

/* Key of the transparent entry of pictures with alpha. Other frames skip pixels with any entry that they do not use. */
enum { CLEAR_KEY = 0x1000000 | GIF_TRANSPARENT_COLOUR, NO_ENTRY = GIF_COLOURS_MAX };

static uint32_t
colour_at(const uint8_t *frame, uint32_t entry)
{
    const uint8_t *colour = frame + GIF_FRAME_TABLE + 3 * entry;

    return (uint32_t)colour[0] << 16 | (uint32_t)colour[1] << 8 | colour[2];
}

static uint32_t
key_at(const uint8_t *frame, uint32_t entry)
{
    bool is_transparent = gif_frame_has_transparent(frame) && entry == frame[GIF_FRAME_TRANSPARENT];
    uint32_t colour = colour_at(frame, entry);

    if (!is_transparent)
        return colour;
    return colour == GIF_TRANSPARENT_COLOUR ? CLEAR_KEY : GIF_TRANSPARENT;
}

/* Number of entries in use. The transparent entry is the last one; without it the padding repeats a colour. */
static uint32_t
used_entries(const uint8_t *frame)
{
    uint32_t used = 1U << gif_frame_bits(frame);

    if (gif_frame_has_transparent(frame))
        return frame[GIF_FRAME_TRANSPARENT] + 1U;
    while (used > 1 && colour_at(frame, used - 1) == colour_at(frame, used - 2))
        used--;
    return used;
}

const uint8_t *
gif_frame_list_next(const struct gif_frame_list *frames, uint64_t *at, uint64_t *size)
{
    if (*at == frames->size)
        return NULL;
    memcpy(size, frames->bytes + *at, sizeof *size);
    const uint8_t *frame = frames->bytes + *at + sizeof *size;
    *at += sizeof *size + *size;
    return frame;
}

void
gif_shared_table_add(struct gif_shared_table *table, const uint8_t *frame, uint32_t bits)
{
    uint32_t keys[GIF_COLOURS_MAX], used = used_entries(frame), missing = 0;

    table->bits = bits;
    for (uint32_t i = 0; i < used; i++) {
        keys[missing] = key_at(frame, i);
        missing += keys[missing] != GIF_TRANSPARENT &&
                   gif_colour_set_find(&table->colours, keys[missing]) == table->colours.count;
    }
    if (gif_frame_bits(frame) <= bits && table->colours.count + missing <= 1U << bits)
        gif_colour_set_add(&table->colours, keys, missing, GIF_COLOURS_MAX);
}

/* The lowest entry that a frame does not use: there is one, as the shared table is no smaller than its own. */
static uint32_t
find_unused(const struct gif_table_use *use, uint32_t used, uint32_t skipped)
{
    bool is_used[GIF_COLOURS_MAX] = { false };
    uint32_t entry = 0;

    for (uint32_t i = 0; i < used; i++)
        if (i != skipped)
            is_used[use->entries[i]] = true;
    while (is_used[entry])
        entry++;
    return entry;
}

/* false: a colour is missing, or the table is smaller than the frame's own. */
static bool
map_entries(const struct gif_shared_table *table, const uint8_t *frame, struct gif_table_use *use)
{
    uint32_t used = used_entries(frame), skipped = NO_ENTRY, highest = 0;

    if (gif_frame_bits(frame) > table->bits)
        return false;
    for (uint32_t i = 0; i < used; i++) {
        uint32_t key = key_at(frame, i), entry = gif_colour_set_find(&table->colours, key);
        skipped = key == GIF_TRANSPARENT ? i : skipped;
        if (entry == table->colours.count && key != GIF_TRANSPARENT)
            return false;
        use->entries[i] = (uint8_t)entry;
    }
    if (skipped != NO_ENTRY)
        use->entries[skipped] = (uint8_t)find_unused(use, used, skipped);
    use->is_identity = true;
    for (uint32_t i = 0; i < used; i++) {
        use->is_identity &= use->entries[i] == i;
        highest = use->entries[i] > highest ? use->entries[i] : highest;
    }
    use->code_size = highest < 2 ? 1 : 32 - (uint32_t)__builtin_clz(highest);
    return true;
}

/* Bytes of the codes, without those of the code size, the sub-blocks and their terminator. */
static uint64_t
size_of_codes(const uint8_t *frame, uint64_t size)
{
    uint64_t blocks = size - GIF_FRAME_TABLE - gif_table_size(frame) - 2;

    return blocks - (blocks + 255) / 256;
}

bool
gif_shared_table_use(const struct gif_shared_table *table, const uint8_t *frame, uint64_t size,
                     struct gif_table_use *use)
{
    const uint8_t *coded = frame + GIF_FRAME_TABLE + gif_table_size(frame);
    uint32_t code_size = coded[0];
    uint64_t own_size = size_of_codes(frame, size);

    if (!map_entries(table, frame, use))
        return false;
    use->code_size = use->code_size > code_size ? use->code_size : code_size;
    use->is_identity &= use->code_size == code_size;
    use->size = use->code_size == code_size ? own_size : gif_recoded_size(coded, use->code_size);
    return use->size <= own_size + gif_table_size(frame);
}

/* Collect the colours of all frames that fit. */
static void
collect_colours(struct gif_shared_table *table, const struct gif_frame_list *frames, uint32_t bits)
{
    const uint8_t *frame;

    *table = (struct gif_shared_table){ 0 };
    for (uint64_t at = 0, size; (frame = gif_frame_list_next(frames, &at, &size));)
        gif_shared_table_add(table, frame, bits);
}

static int
compare_ranks(const void *one, const void *two)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)two;

    return (a > b) - (a < b);
}

/* Put the colours of most frames first, so that frames of few colours get short codes. */
static void
sort_by_use(struct gif_shared_table *table, const struct gif_frame_list *frames)
{
    uint64_t ranks[GIF_COLOURS_MAX];
    uint32_t keys[GIF_COLOURS_MAX], count = table->colours.count;
    struct gif_table_use use;
    const uint8_t *frame;

    for (uint32_t i = 0; i < count; i++)
        ranks[i] = (uint64_t)UINT32_MAX << 32 | i;
    for (uint64_t at = 0, size; (frame = gif_frame_list_next(frames, &at, &size));)
        for (uint32_t i = 0; map_entries(table, frame, &use) && i < used_entries(frame); i++)
            if (key_at(frame, i) != GIF_TRANSPARENT)
                ranks[use.entries[i]] -= UINT64_C(1) << 32;
    qsort(ranks, count, sizeof *ranks, compare_ranks);
    for (uint32_t i = 0; i < count; i++)
        keys[i] = table->colours.keys[(uint32_t)ranks[i]];
    gif_colour_set_clear(&table->colours);
    gif_colour_set_add(&table->colours, keys, count, GIF_COLOURS_MAX);
}

/* Bytes that depend on the table. */
static uint64_t
measure_frames(const struct gif_shared_table *table, const struct gif_frame_list *frames)
{
    uint64_t sum = 3U << table->bits;
    struct gif_table_use use;
    const uint8_t *frame;

    for (uint64_t at = 0, size; (frame = gif_frame_list_next(frames, &at, &size));)
        sum += gif_shared_table_use(table, frame, size, &use) ? use.size
                                                              : size_of_codes(frame, size) + gif_table_size(frame);
    return sum;
}

void
gif_shared_table_choose(struct gif_shared_table *table, const struct gif_frame_list *frames)
{
    struct gif_shared_table candidate;
    uint64_t best = UINT64_MAX;

    for (uint32_t i = 0; i < 2 * GIF_TABLE_BITS_MAX; i++) {
        collect_colours(&candidate, frames, i / 2 + 1);
        if (i % 2)
            sort_by_use(&candidate, frames);
        uint64_t size = measure_frames(&candidate, frames);
        if (size < best)
            *table = candidate;
        best = size < best ? size : best;
    }
}
