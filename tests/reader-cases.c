/* SPDX-License-Identifier: MIT */
/* Sequences that readers are tested with, and what is expected of them. */
#include "reader-cases.h"

const unsigned thread_counts[THREAD_COUNTS] = { 1, 2, 3, 8 };

/* --- sequences that the cases are about --------------------------------------------------------------------------- */

static void
pages_of_any_shape(uint64_t index, struct mim_frame_info *info)
{
    info->width = 3 + (uint32_t)(index * 7 % 40);
    info->height = 5 + (uint32_t)(index * 3 % 70);
    info->channels = 1 + (uint32_t)(index % 4);
}

static void
canvas_of_20x48(struct mim_sequence *sequence)
{
    sequence->canvas_width = 20;
    sequence->canvas_height = 48;
    sequence->time_num = 1;
    sequence->time_den = 100;
    sequence->loop = 3;
    memcpy(sequence->background, (uint8_t[]){ 9, 8, 7, 0 }, 4);
}

/* Every dispose with every blend, in and out of the canvas, key frames now and then. */
static void
rectangles(uint64_t index, struct mim_frame_info *info)
{
    info->sample = MIM_SAMPLE_INDEX8;
    info->width = 4 + (uint32_t)(index * 5 % 30);
    info->height = 3 + (uint32_t)(index * 11 % 50);
    info->x = (int32_t)(index * 13 % 30) - 8;
    info->y = (int32_t)(index * 7 % 50) - 4;
    info->dispose = (int32_t)(index % 3);
    info->blend = (int32_t)(index / 3 % 2);
    if (index % 9 == 4) {
        info->flags = MIM_FRAME_KEY;
        info->blend = MIM_BLEND_REPLACE;
        info->x = info->y = 0;
        info->width = 20;
        info->height = 48;
    }
    info->duration = (int64_t)index + 1;
}

static void
fill_indices(uint64_t index, uint32_t part, struct mim_raster *raster)
{
    (void)part;
    for (uint32_t y = 0; y < raster->height; y++)
        for (uint32_t x = 0; x < raster->width; x++)
            raster->data[y * raster->stride + x] = (uint8_t)((x + 3 * y + index) % 7);
    for (uint32_t i = 0; i < 7; i++) {
        const uint8_t colour[4] = { (uint8_t)(i * 30 + index), (uint8_t)(i * 17), (uint8_t)(255 - i), i % 3 ? 255 : 0 };
        memcpy(raster->palette + 4 * i, colour, 4);
    }
    raster->palette_size = 7;
}

const struct mock_script pages = { .count = 23, .shape = pages_of_any_shape, .busy_us = 150, .has_metadata = true };
const struct mock_script parts = {
    .count = 17, .shape = pages_of_any_shape, .busy_us = 100, .parts = 5, .any_order = true, .has_metadata = true
};
const struct mock_script animation = { .count = 31,
                                       .sequence = canvas_of_20x48,
                                       .shape = rectangles,
                                       .fill = fill_indices,
                                       .busy_us = 150,
                                       .has_metadata = true };

const struct mock_script *
with(const struct mock_script *base, bool any_order)
{
    static struct mock_script copy;
    copy = *base;
    copy.any_order = any_order;
    return &copy;
}

/* --- comparing ---------------------------------------------------------------------------------------------------- */

struct mim_frame expected[MOST_EXPECTED];
size_t expected_count;

void
forget_expected(void)
{
    for (size_t i = 0; i < expected_count; i++)
        mim_frame_clear(&expected[i]);
    expected_count = 0;
}

/* The truth: one thread, one frame after another. */
void
expect(const struct mock_script *script)
{
    struct mim_context *context = mock_context(script, 1);
    struct mim_reader *reader = mock_reader(context, NULL);
    enum mim_status status;
    forget_expected();
    while ((status = mim_reader_next(reader, &expected[expected_count], NULL)) == MIM_OK)
        expected_count++;
    CHECK(status == MIM_END && expected_count == script->count);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

bool
same(const struct mim_frame *a, const struct mim_frame *b)
{
    struct mim_meta_item x, y;
    if (a->width != b->width || a->height != b->height || a->channels != b->channels || a->sample != b->sample ||
        a->index != b->index || a->pts != b->pts || a->duration != b->duration || a->loop != b->loop ||
        a->damaged != b->damaged || mim_meta_count(a->meta) != mim_meta_count(b->meta))
        return false;
    if (mim_meta_at(a->meta, 0, &x) && mim_meta_at(b->meta, 0, &y) && memcmp(x.data, y.data, x.size) != 0)
        return false;
    size_t row = (size_t)a->width * a->channels * mim_sample_size(a->sample);
    for (uint32_t i = 0; i < a->height; i++)
        if (memcmp((char *)a->data + i * a->stride, (char *)b->data + i * b->stride, row) != 0)
            return false;
    return true;
}

static void
check_frame(const struct mim_frame *frame, size_t i)
{
    if (!same(frame, &expected[i]))
        print_message("# frame %zu (of index %u) is not the one of a scan\n", i, (unsigned)frame->index);
    CHECK(same(frame, &expected[i]));
}

void
check_next(struct mim_reader *reader, size_t i)
{
    struct mim_frame frame = { 0 };
    CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK);
    check_frame(&frame, i);
    mim_frame_clear(&frame);
}

void
check_read(struct mim_reader *reader, size_t i)
{
    struct mim_frame frame = { 0 };
    CHECK(mim_reader_read(reader, i, &frame, NULL) == MIM_OK);
    check_frame(&frame, i);
    mim_frame_clear(&frame);
}

enum mim_status
next_status(struct mim_reader *reader)
{
    struct mim_frame frame = { 0 };
    struct mim_error err = { 0 };
    enum mim_status status = mim_reader_next(reader, &frame, &err);
    CHECK(status == MIM_OK || status == MIM_END || (err.status == status && err.message[0]));
    mim_frame_clear(&frame);
    return status;
}
