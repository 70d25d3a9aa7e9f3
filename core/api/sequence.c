/* SPDX-License-Identifier: MIT */
/* Whole sequences read in one call: frames, one image, a volume. */
#include <mim/sequence.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/size.h"
#include "frame/frame.h"
#include "frame/meta.h"
#include "registry/config.h"

static const struct mim_read_options default_read = { 0 };

void
mim_frames_clear(struct mim_frames *frames)
{
    if (!frames)
        return;
    for (size_t i = 0; i < frames->count; i++)
        mim_frame_clear(&frames->frames[i]);
    free(frames->frames);
    mim_meta_destroy(frames->meta);
    *frames = (struct mim_frames){ 0 };
}

static enum mim_status
open_selected(struct mim_reader **out, struct mim_context *context, struct mim_source *source,
              const struct mim_read_options *options, struct mim_error *err)
{
    struct mim_reader *reader;
    struct mim_open_options open = options->open;
    open.partial = open.partial || options->partial;
    enum mim_status status = mim_reader_open(&reader, context, source, &open, err);
    if (status != MIM_OK)
        return status;
    status = mim_reader_select(reader, options->ranges, options->range_count, options->partial, err);
    if (status != MIM_OK) {
        mim_reader_close(reader);
        return status;
    }
    *out = reader;
    return MIM_OK;
}

static enum mim_status
grow_frames(struct mim_frames *frames, size_t *capacity, struct mim_error *err)
{
    if (frames->count < *capacity)
        return MIM_OK;
    size_t more = *capacity ? *capacity * 2 : 16;
    struct mim_frame *moved = realloc(frames->frames, more * sizeof *moved);
    if (!moved)
        return mim_fail_nomem(err, "frames");
    memset(moved + *capacity, 0, (more - *capacity) * sizeof *moved);
    frames->frames = moved;
    *capacity = more;
    return MIM_OK;
}

static enum mim_status
read_all(struct mim_reader *reader, struct mim_frames *frames, struct mim_error *err)
{
    size_t capacity = 0;
    for (;;) {
        enum mim_status status = grow_frames(frames, &capacity, err);
        if (status == MIM_OK)
            status = mim_reader_next(reader, &frames->frames[frames->count], err);
        if (status != MIM_OK) {
            if (frames->count < capacity)
                mim_frame_clear(&frames->frames[frames->count]);
            return status == MIM_END ? MIM_OK : status;
        }
        frames->loop = frames->frames[frames->count++].loop;
        status = mim_reader_damage(reader, err);
        if (status != MIM_OK)
            return status;
    }
}

enum mim_status
mim_read_source(struct mim_context *context, struct mim_source *source, const struct mim_read_options *options,
                struct mim_frames *out, struct mim_error *err)
{
    if (!options)
        options = &default_read;
    struct mim_reader *reader;
    enum mim_status status = open_selected(&reader, context, source, options, err);
    if (status != MIM_OK)
        return status;

    struct mim_frames frames = { .loop = -1 };
    /* with `partial`, frames are delivered until one exceeds the limit */
    status = mim_reader_limit_result(reader, options->partial ? 0 : mim_reader_selected(reader, NULL), err);
    if (status == MIM_OK)
        status = mim_reader_load_metadata(reader, err);
    if (status == MIM_OK)
        status = mim_meta_copy(&frames.meta, mim_reader_metadata(reader), err);
    if (status == MIM_OK)
        status = read_all(reader, &frames, err);
    mim_reader_close(reader);
    if (status != MIM_OK && !options->partial) {
        mim_frames_clear(&frames);
        return status;
    }
    *out = frames;
    return status;
}

enum mim_status
mim_read(struct mim_context *context, const char *uri, const struct mim_read_options *options, struct mim_frames *out,
         struct mim_error *err)
{
    struct mim_source *source;
    enum mim_status status = mim_source_open_path(&source, uri, err);
    if (status != MIM_OK)
        return status;
    status = mim_read_source(context, source, options, out, err);
    mim_source_close(source);
    return status;
}

enum mim_status
mim_read_image(struct mim_context *context, const char *uri, const struct mim_read_options *given,
               struct mim_frame *out, struct mim_error *err)
{
    static const struct mim_range first = { .has_start = 1, .has_stop = 1, .stop = 1 };
    struct mim_read_options options = given ? *given : default_read;
    options.ranges = &first;
    options.range_count = 1;
    options.partial = 0;

    struct mim_frames frames;
    enum mim_status status = mim_read(context, uri, &options, &frames, err);
    if (status != MIM_OK)
        return status;
    if (!frames.count) {
        mim_frames_clear(&frames);
        return mim_fail(err, MIM_CORRUPT, "%s has no frame", uri);
    }
    mim_frame_clear(out);
    *out = frames.frames[0];
    frames.frames[0] = (struct mim_frame){ 0 };
    mim_frames_clear(&frames);
    return MIM_OK;
}

void
mim_volume_clear(struct mim_volume *volume)
{
    if (!volume)
        return;
    mim_free(volume->data);
    mim_meta_destroy(volume->meta);
    *volume = (struct mim_volume){ 0 };
}

static enum mim_status
shape_volume(struct mim_volume *volume, const struct mim_frame_facts *facts, struct mim_error *err)
{
    volume->sample = facts->sample;
    volume->width = facts->width;
    volume->height = facts->height;
    volume->channels = facts->channels;
    mim_row_bytes(facts->width, facts->channels, facts->sample, &volume->size);
    mim_size_mul(volume->size, facts->height, &volume->size);
    mim_size_mul(volume->size, volume->count, &volume->size);
    volume->data = volume->size <= PTRDIFF_MAX ? malloc(volume->size ? volume->size : 1) : NULL;
    return volume->data ? MIM_OK
                        : mim_fail(err, MIM_NOMEM, "no memory for a volume of %" PRIu64 " bytes", volume->size);
}

static bool
has_same_shape(const struct mim_volume *volume, const struct mim_frame *frame)
{
    return frame->width == volume->width && frame->height == volume->height && frame->channels == volume->channels &&
           frame->sample == volume->sample;
}

static enum mim_status
fail_shape(const struct mim_volume *volume, const struct mim_frame *frame, struct mim_error *err)
{
    mim_fail(err, MIM_ARGUMENT,
             "frame %" PRIu64 " is %ux%u with %u channels of %s, and the volume's first is %ux%u with %u of %s",
             frame->index, frame->width, frame->height, frame->channels, mim_sample_name(frame->sample), volume->width,
             volume->height, volume->channels, mim_sample_name(volume->sample));
    if (err)
        err->frame = frame->index;
    return MIM_ARGUMENT;
}

/* Checks the budget for `count` frames of the first one's shape before memory is allocated. */
static enum mim_status
check_volume_budget(uint64_t count, const struct mim_frame_facts *facts, uint64_t limit, struct mim_error *err)
{
    uint64_t needed = 0;
    mim_row_bytes(facts->width, facts->channels, facts->sample, &needed);
    mim_size_mul(needed, facts->height, &needed);
    mim_size_mul(needed, count, &needed);
    if (needed <= limit)
        return MIM_OK;
    return mim_fail_limit(err, needed, limit, "the volume needs %" PRIu64 " bytes, which exceed the limit memory=%" PRIu64
                          MIM_RESULT_ADVICE,
                          needed, limit);
}

static enum mim_status
fill_volume(struct mim_reader *reader, struct mim_volume *volume, struct mim_error *err)
{
    uint64_t each = volume->count ? volume->size / volume->count : 0;
    for (uint64_t i = 0; i < volume->count; i++) {
        struct mim_frame frame = { 0 };
        mim_frame_lend(&frame, (uint8_t *)volume->data + i * each, each, 0);
        enum mim_status status = mim_reader_next(reader, &frame, err);
        if (status == MIM_END)
            status = mim_fail(err, MIM_TRUNCATED, "the sequence ends after %" PRIu64 " of %" PRIu64 " frames", i,
                              volume->count);
        else if (status == MIM_OK && !has_same_shape(volume, &frame))
            status = fail_shape(volume, &frame, err);
        mim_frame_clear(&frame);
        if (status != MIM_OK)
            return status;
    }
    return MIM_OK;
}

static enum mim_status
read_volume(struct mim_reader *reader, uint64_t limit, struct mim_volume *volume, struct mim_error *err)
{
    struct mim_frame_facts facts;
    enum mim_status status = MIM_OK;
    uint64_t first, total;
    if (mim_reader_selected(reader, NULL) == MIM_UNKNOWN)
        status = mim_reader_count_exactly(reader, &total, err);
    volume->count = mim_reader_selected(reader, &first);
    if (status == MIM_OK && first == MIM_UNKNOWN)
        return mim_fail(err, MIM_ARGUMENT, "a volume of no frames");
    if (status == MIM_OK)
        status = mim_reader_info(reader, first, &facts, err);
    if (status == MIM_OK)
        status = check_volume_budget(volume->count, &facts, limit, err);
    if (status == MIM_OK)
        status = shape_volume(volume, &facts, err);
    if (status == MIM_OK)
        status = mim_reader_load_metadata(reader, err);
    if (status == MIM_OK)
        status = mim_meta_copy(&volume->meta, mim_reader_metadata(reader), err);
    return status == MIM_OK ? fill_volume(reader, volume, err) : status;
}

static enum mim_status
read_volume_source(struct mim_context *context, struct mim_source *source, const struct mim_read_options *given,
                   struct mim_volume *volume, struct mim_error *err)
{
    struct mim_read_options options = *given;
    struct mim_limits limits;
    enum mim_status status =
        mim_context_limits(context, &given->open.control.limits, MIM_DEFAULT_VOLUME_RESULT, &limits, err);
    if (status != MIM_OK)
        return status;
    options.open.control.limits.result_bytes = limits.result_bytes;

    struct mim_reader *reader;
    status = open_selected(&reader, context, source, &options, err);
    if (status != MIM_OK)
        return status;
    status = read_volume(reader, limits.result_bytes, volume, err);
    mim_reader_close(reader);
    return status;
}

enum mim_status
mim_read_volume(struct mim_context *context, const char *uri, const struct mim_read_options *options,
                struct mim_volume *out, struct mim_error *err)
{
    struct mim_source *source;
    enum mim_status status = mim_source_open_path(&source, uri, err);
    if (status != MIM_OK)
        return status;
    struct mim_volume volume = { 0 };
    status = read_volume_source(context, source, options ? options : &default_read, &volume, err);
    mim_source_close(source);
    if (status != MIM_OK) {
        mim_volume_clear(&volume);
        return status;
    }
    *out = volume;
    return MIM_OK;
}
