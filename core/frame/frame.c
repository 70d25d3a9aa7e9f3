/* SPDX-License-Identifier: MIT */
/* Frames: their shape in memory, and its ownership. */
#include "frame/frame.h"

#include <string.h>

#include <mim/plugin.h>

#include "base/error.h"
#include "base/size.h"
#include "frame/buffer.h"
#include "frame/meta.h"

#define CACHE_LINE 64u
#define MOST_GAPS (1u << 20) /* bytes between the rows of a picture */

bool
mim_row_bytes(uint32_t width, uint32_t channels, enum mim_sample sample, uint64_t *bytes)
{
    uint64_t samples = (uint64_t)width * channels;
    return mim_size_mul(sample == MIM_SAMPLE_U1 ? samples / 8 + (samples % 8 > 0) : samples, mim_sample_size(sample), bytes);
}

bool
mim_picture_bytes(uint32_t height, uint64_t stride, uint64_t *bytes)
{
    return mim_size_mul(height, stride, bytes);
}

uint64_t
mim_aligned_stride(uint64_t row_bytes, uint32_t rows)
{
    uint64_t up = 0, gaps = 0;
    if (!mim_size_add(row_bytes, CACHE_LINE - 1, &up))
        return UINT64_MAX;

    /* a picture one pixel wide would take 64 times its size */
    up = up / CACHE_LINE * CACHE_LINE;
    bool count = mim_size_mul(up - row_bytes, rows, &gaps) && gaps > MOST_GAPS && up - row_bytes > row_bytes / 8;
    return count ? row_bytes : up;
}

struct mim_raster
mim_frame_raster(const struct mim_frame *frame)
{
    return (struct mim_raster){
        .struct_size = sizeof(struct mim_raster),
        .sample = frame->sample,
        .width = frame->width,
        .height = frame->height,
        .channels = frame->channels,
        .stride = frame->stride,
        .data = frame->data,
    };
}

bool
mim_time_base_valid(struct mim_rational base)
{
    return base.num > 0 && base.num <= UINT32_MAX && base.den > 0 && base.den <= UINT32_MAX;
}

enum mim_status
mim_frame_check(const struct mim_frame *frame, struct mim_error *err)
{
    uint64_t row = 0;
    if (!frame || !frame->data)
        return mim_fail(err, MIM_ARGUMENT, "a frame without pixels");
    if (!mim_sample_size(frame->sample) || frame->sample == MIM_SAMPLE_INDEX8)
        return mim_fail(err, MIM_ARGUMENT, "a frame of sample type %d, which does not exist", (int)frame->sample);
    if (!frame->width || !frame->height || !frame->channels)
        return mim_fail(err, MIM_ARGUMENT, "a frame of %ux%u pixels with %u channels: each must be at least 1",
                        frame->width, frame->height, frame->channels);
    if (frame->sample == MIM_SAMPLE_U1 && frame->channels > 1)
        return mim_fail(err, MIM_ARGUMENT, "a frame of u1 with %u channels: it must have 1", frame->channels);
    if (!mim_row_bytes(frame->width, frame->channels, frame->sample, &row) || frame->stride < row)
        return mim_fail(err, MIM_ARGUMENT, "a frame with rows of %llu bytes that lie %zu bytes apart",
                        (unsigned long long)row, frame->stride);
    return MIM_OK;
}

enum mim_status
mim_frame_alloc(struct mim_frame *frame, enum mim_sample sample, uint32_t width, uint32_t height, uint32_t channels,
                struct mim_error *err)
{
    mim_frame_clear(frame);

    uint64_t row = 0, size = 0;
    bool fits = mim_row_bytes(width, channels, sample, &row) &&
                mim_picture_bytes(height, mim_aligned_stride(row, height), &size);
    if (fits && (!size || (sample == MIM_SAMPLE_U1 && channels > 1)))
        return mim_fail(err, MIM_ARGUMENT, "no frame can have %ux%u pixels with %u channels of %s", width, height,
                        channels, mim_sample_name(sample));
    struct mim_buffer *buffer = fits ? mim_buffer_get(NULL, size) : NULL;
    if (!buffer)
        return mim_fail(err, MIM_NOMEM, "no memory for a frame of %ux%u pixels", width, height);

    memset(mim_buffer_data(buffer), 0, size);
    *frame = (struct mim_frame){
        .sample = sample,
        .width = width,
        .height = height,
        .channels = channels,
        .stride = mim_aligned_stride(row, height),
        .data = mim_buffer_data(buffer),
        .pts = MIM_NO_PTS,
        .loop = -1,
        .owner = buffer,
    };
    return MIM_OK;
}

void
mim_frame_lend(struct mim_frame *frame, void *memory, size_t size, size_t stride)
{
    mim_frame_clear(frame);
    frame->data = memory;
    frame->lent_size = size;
    frame->lent_stride = stride;
}

enum mim_status
mim_frame_share(struct mim_frame *to, const struct mim_frame *from, struct mim_error *err)
{
    struct mim_meta *meta = NULL;
    enum mim_status status = mim_meta_copy(&meta, from->meta, err);
    if (status != MIM_OK)
        return status;

    struct mim_frame copy = *from;
    copy.meta = meta;
    if (copy.owner)
        mim_buffer_ref(copy.owner);
    mim_frame_clear(to);
    *to = copy;
    return MIM_OK;
}

void
mim_frame_clear(struct mim_frame *frame)
{
    if (!frame)
        return;
    mim_buffer_release(frame->owner);
    mim_meta_destroy(frame->meta);
    *frame = (struct mim_frame){ 0 };
}

uint64_t
mim_frame_bytes(const struct mim_frame *frame)
{
    uint64_t row = 0, size = 0;
    mim_row_bytes(frame->width, frame->channels, frame->sample, &row);
    mim_size_mul(row, frame->height, &size);
    return size;
}

double
mim_frame_seconds(const struct mim_frame *frame)
{
    if (!frame->time_base.den)
        return 0;
    return (double)frame->duration * (double)frame->time_base.num / (double)frame->time_base.den;
}
