/* SPDX-License-Identifier: MIT */
/* Whole sequences written in one call: frames, one image, a volume. */
#include <mim/sequence.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api/writer-priv.h"
#include "base/error.h"
#include "base/size.h"
#include "frame/frame.h"

static enum mim_status
write_frames(struct mim_writer *writer, const struct mim_frame *frames, size_t count, const struct mim_meta *meta,
             struct mim_error *err)
{
    for (size_t i = 0; i < count; i++)
        mim_layout_join(&mim_writer_plugin(writer)->joined, frames[i].sample, frames[i].channels);
    mim_writer_expect(writer, count);
    enum mim_status status = mim_writer_set_metadata(writer, meta, err);
    for (size_t i = 0; i < count && status == MIM_OK; i++)
        status = mim_writer_lend(writer, &frames[i], err);
    if (status != MIM_OK) {
        mim_writer_abandon(writer);
        return status;
    }
    return mim_writer_finish(writer, err);
}

static enum mim_status
write_to(struct mim_context *context, struct mim_sink *sink, const struct mim_frame *frames, size_t count,
         const struct mim_meta *meta, const struct mim_write_options *options, struct mim_error *err)
{
    struct mim_writer *writer;
    enum mim_status status = mim_writer_open(&writer, context, sink, options, err);
    return status == MIM_OK ? write_frames(writer, frames, count, meta, err) : status;
}

#define IN_MEMORY "<bytes>"

enum mim_status
mim_write(struct mim_context *context, const char *uri, const struct mim_frame *frames, size_t count,
          const struct mim_meta *meta, const struct mim_write_options *options, void **bytes, size_t *size,
          struct mim_error *err)
{
    if (!frames || !count)
        return mim_fail(err, MIM_ARGUMENT, "there are no frames to write: a sequence has at least one");
    bool in_memory = uri && !strcmp(uri, IN_MEMORY);
    if (in_memory && (!bytes || !size))
        return mim_fail(err, MIM_ARGUMENT, "'%s' needs pointers for the buffer and its size", uri);
    if (in_memory && !(options && options->format))
        return mim_fail(err, MIM_ARGUMENT, "'%s' has no extension: name the format", uri);

    struct mim_sink *sink;
    enum mim_status status = in_memory ? mim_sink_open_memory(&sink, err)
                                       : mim_sink_open_path(&sink, uri, options && options->keep_existing, err);
    if (status != MIM_OK)
        return status;
    mim_sink_set_sync(sink, options && options->sync);
    status = write_to(context, sink, frames, count, meta, options, err);
    if (status == MIM_OK && in_memory)
        status = mim_sink_take(sink, bytes, size, err);
    mim_sink_close(sink);
    return status;
}

enum mim_status
mim_write_image(struct mim_context *context, const char *uri, const struct mim_frame *frame,
                const struct mim_write_options *options, struct mim_error *err)
{
    return mim_write(context, uri, frame, frame ? 1 : 0, NULL, options, NULL, NULL, err);
}

enum mim_status
mim_write_volume(struct mim_context *context, const char *uri, const struct mim_volume *volume,
                 const struct mim_write_options *options, struct mim_error *err)
{
    uint64_t row = 0, each = 0, total = 0;
    if (!volume || !volume->data || !volume->count)
        return mim_fail(err, MIM_ARGUMENT, "a volume without frames");
    mim_row_bytes(volume->width, volume->channels, volume->sample, &row);
    mim_size_mul(row, volume->height, &each);
    if (!mim_size_mul(each, volume->count, &total) || total > volume->size)
        return mim_fail(err, MIM_ARGUMENT, "the volume's shape needs %" PRIu64 " bytes, and it has %" PRIu64, total,
                        volume->size);

    if (!each)
        return mim_fail(err, MIM_ARGUMENT, "a volume of %ux%u pixels with %u channels: each must be at least 1",
                        volume->width, volume->height, volume->channels);

    struct mim_frame *frames = volume->count <= PTRDIFF_MAX ? calloc(volume->count, sizeof *frames) : NULL;
    if (!frames)
        return mim_fail_nomem(err, "frames");
    for (uint64_t i = 0; i < volume->count; i++)
        frames[i] = (struct mim_frame){
            .sample = volume->sample,
            .width = volume->width,
            .height = volume->height,
            .channels = volume->channels,
            .stride = row,
            .data = (uint8_t *)volume->data + i * each,
            .pts = MIM_NO_PTS,
            .loop = -1,
        };
    enum mim_status status = mim_write(context, uri, frames, volume->count, volume->meta, options, NULL, NULL, err);
    free(frames);
    return status;
}
