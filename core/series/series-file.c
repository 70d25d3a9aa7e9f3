/* SPDX-License-Identifier: MIT */
/* One file of a series, opened by its own plugin. */
#include "series/series-file.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/sample.h"
#include "base/size.h"
#include "frame/frame.h"
#include "frame/meta.h"
#include "io/source.h"
#include "pipeline/pool.h"

#define PALETTE_BYTES 1024

struct opening {
    struct mim_series_file *file;
    const struct mim_series_request *request;
};

static enum mim_status
open_with(void *user, const struct mim_attempt *attempt, struct mim_error *err)
{
    const struct opening *opening = user;
    struct mim_series_file *file = opening->file;
    if (attempt->container)
        return mim_fail(err, MIM_UNSUPPORTED, "is an archive, not an image");
    file->plugin = attempt->plugin;
    file->other = attempt->writer_options;
    file->reader = (struct mim_plugin_reader){
        .ops = attempt->ops->reader,
        .operation = &file->operation,
        .format = attempt->candidate->format,
        .options = opening->request->options,
        .other = &file->other,
    };
    struct mim_pool *pool = mim_pool_of(file->operation.context, err);
    enum mim_status status = pool ? mim_plugin_reader_open(&file->reader, mim_pool_threads(pool), err) : MIM_NOMEM;
    if (status == MIM_OK && attempt->has_rival)
        status = mim_plugin_reader_try_first(&file->reader, err);
    if (status != MIM_OK)
        mim_plugin_reader_close(&file->reader);
    return status;
}

/* Bytes of the rectangle's pixels, without the canvas around it. */
static uint64_t
rectangle_bytes(const struct mim_frame_info *info, uint64_t *stride)
{
    uint64_t size = 0;
    if (!mim_row_bytes(info->width, info->channels, (enum mim_sample)info->sample, stride) ||
        !mim_picture_bytes(info->height, *stride, &size) || size > PTRDIFF_MAX - PALETTE_BYTES)
        return UINT64_MAX;
    return size;
}

static enum mim_status
prepare_canvas(struct mim_series_file *file, struct mim_error *err)
{
    enum mim_status status = mim_plugin_reader_settle_opacity(&file->reader, err);
    return status == MIM_OK ? mim_canvas_init(&file->canvas, &file->reader.sequence, 1, err) : status;
}

/* Reports that the file holds more images than the series shows. */
static enum mim_status
note_further_images(struct mim_series_file *file, struct mim_error *err)
{
    const struct mim_sequence *sequence = &file->reader.sequence;
    bool counted = sequence->sure == MIM_SURE_EXACT && sequence->count != MIM_UNKNOWN;
    if (counted ? sequence->count < 2 : !mim_plugin_reader_has(&file->reader, 1))
        return MIM_OK;
    return mim_operation_notice(&file->operation, MIM_NOTICE_FRAMES, MIM_UNKNOWN,
                                "the file holds several images: the first is the frame", err);
}

static enum mim_status
prepare_image(struct mim_series_file *file, struct mim_error *err)
{
    const struct mim_reader_ops *ops = file->reader.ops;
    file->is_composed = file->reader.sequence.canvas_width != 0;
    enum mim_status status = file->is_composed ? prepare_canvas(file, err) : MIM_OK;
    if (status != MIM_OK)
        return status;

    file->packet = calloc(1, ops->packet_size ? ops->packet_size : 1);
    if (!file->packet)
        return mim_fail_nomem(err, "a frame in flight");
    /* frames of a series have no duration, so do not prepare the next image for it */
    file->reader.sequence.time_den = 0;
    status = mim_plugin_reader_prepare(&file->reader, 0, file->packet, &file->info, err);
    if (status == MIM_END)
        return mim_fail(err, MIM_CORRUPT, "holds no image");
    file->is_prepared = status == MIM_OK;
    return status == MIM_OK ? note_further_images(file, err) : status;
}

enum mim_status
mim_series_file_open(struct mim_series_file **out, struct mim_operation *whole, uint64_t index,
                     const struct mim_series_request *request, struct mim_error *err)
{
    struct mim_series_file *file = calloc(1, sizeof *file);
    if (!file) {
        mim_source_close(request->source);
        return mim_fail_nomem(err, "a file of a series");
    }
    mim_operation_init_part(&file->operation, whole, index);
    mim_operation_take_source(&file->operation, request->source);

    struct opening opening = { file, request };
    enum mim_status status = mim_try_plugins(&file->operation, request->wanted, open_with, &opening, err);
    if (status == MIM_OK)
        status = prepare_image(file, err);
    if (status != MIM_OK) {
        mim_series_file_close(file);
        return status;
    }
    *out = file;
    return MIM_OK;
}

void
mim_series_file_close(struct mim_series_file *file)
{
    if (!file)
        return;
    if (file->is_prepared)
        mim_plugin_reader_release(&file->reader, 0, file->packet);
    if (file->reader.ops)
        mim_plugin_reader_close(&file->reader);
    if (!mim_source_depth(file->operation.source)) /* those of an archive count themselves */
        mim_source_add_bytes_read(file->operation.whole->source, mim_source_bytes_read(file->operation.source));
    mim_operation_clear(&file->operation);
    free(file->packet);
    free(file);
}

void
mim_series_file_info(const struct mim_series_file *file, struct mim_frame_info *info)
{
    const struct mim_frame_info *own = &file->info;
    *info = (struct mim_frame_info){
        .struct_size = sizeof *info,
        .sample = own->sample,
        .width = own->width,
        .height = own->height,
        .channels = own->channels,
        .parts = own->parts,
        .flags = own->flags & (MIM_FRAME_RAW | MIM_FRAME_BIG_ENDIAN | MIM_FRAME_DAMAGED),
        .pts = MIM_NO_PTS,
        .raw_offset = own->raw_offset,
        .raw_stride = own->raw_stride,
        .work_size = own->work_size,
    };
    if (!file->is_composed)
        return;
    uint64_t stride, size = rectangle_bytes(own, &stride);
    mim_size_add(size, PALETTE_BYTES, &size);
    mim_size_add(size, own->work_size, &info->work_size);
    info->sample = file->canvas.raster.sample;
    info->width = file->canvas.raster.width;
    info->height = file->canvas.raster.height;
    info->channels = file->canvas.raster.channels;
    info->parts = 1;
}

static enum mim_status
decode_rectangle(struct mim_series_file *file, unsigned worker, struct mim_raster *raster, bool *refused,
                 struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    for (uint32_t part = 0; part < file->info.parts && status == MIM_OK; part++)
        status =
            mim_plugin_reader_pixels(&file->reader, worker, 0, file->packet, &file->info, part, raster, refused, err);
    return status;
}

/* Draws the first rectangle of an animation on an empty canvas, which is the frame's memory. */
static enum mim_status
draw_on_canvas(struct mim_series_file *file, unsigned worker, const struct mim_raster *frame, bool *refused,
               struct mim_error *err)
{
    const struct mim_frame_info *info = &file->info;
    uint64_t stride, size = rectangle_bytes(info, &stride);
    uint8_t *memory = size == UINT64_MAX ? NULL : malloc(size + PALETTE_BYTES);
    if (!memory)
        return mim_fail(err, MIM_NOMEM, "no memory for %ux%u pixels", info->width, info->height);

    struct mim_raster rectangle = {
        .struct_size = sizeof rectangle,
        .sample = info->sample,
        .width = info->width,
        .height = info->height,
        .channels = info->channels,
        .stride = stride,
        .data = memory,
        .palette = memory + size,
    };
    memset(rectangle.palette, 0, PALETTE_BYTES);
    enum mim_status status = decode_rectangle(file, worker, &rectangle, refused, err);
    if (status == MIM_OK) {
        const struct mim_placement placement = {
            .x = info->x, .y = info->y, .blend = info->blend, .width = info->width, .height = info->height
        };
        struct mim_canvas canvas = file->canvas;
        canvas.raster.data = frame->data;
        canvas.raster.stride = frame->stride;
        mim_canvas_compose(&canvas, 0, MIM_CANVAS_BARE, &placement, &placement, &rectangle);
    }
    free(memory);
    return status;
}

enum mim_status
mim_series_file_pixels(struct mim_series_file *file, unsigned worker, uint32_t part, struct mim_raster *raster,
                       bool *refused, struct mim_error *err)
{
    *refused = false;
    if (file->is_composed)
        return draw_on_canvas(file, worker, raster, refused, err);
    return mim_plugin_reader_pixels(&file->reader, worker, 0, file->packet, &file->info, part, raster, refused, err);
}

enum mim_status
mim_series_file_metadata(struct mim_series_file *file, unsigned worker, struct mim_meta *meta, bool *refused,
                         struct mim_error *err)
{
    enum mim_status status = mim_plugin_reader_metadata(&file->reader, worker, 0, NULL, NULL, meta, refused, err);
    if (status != MIM_OK)
        return status;
    return mim_plugin_reader_metadata(&file->reader, worker, 0, file->packet, &file->info, meta, refused, err);
}
