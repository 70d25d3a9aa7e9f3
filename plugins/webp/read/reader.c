/* SPDX-License-Identifier: MIT */
/* The reader's operations. Frames of an animation are rectangles, which the core composes on a canvas that starts clear. */
#include "read/reader.h"

#include <mim/kit/orientation.h>

#include "read/frames.h"
#include "read/metadata.h"
#include "read/pixels.h"

enum { TICKS_PER_SECOND = 1000 };

static int32_t
reader_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct webp_reader *self = job->state;

    int32_t status = webp_header_read(job, self);
    if (status != MIM_OK)
        return status;
    self->is_stream = sequence->sequential;
    sequence->loop = self->loop;
    if (!self->is_animation) {
        sequence->count = 1;
        sequence->sure = MIM_SURE_EXACT;
        return self->orients ? webp_metadata_orient(job, self) : MIM_OK;
    }
    if (!self->raw) {
        sequence->canvas_width = self->width;
        sequence->canvas_height = self->height;
        sequence->canvas_channels = 3;
    }
    sequence->opaque = self->stream ? 0 : -1;
    sequence->time_num = 1;
    sequence->time_den = TICKS_PER_SECOND;
    return MIM_OK;
}

/* The canvas is opaque from the first frame on, if that covers it and nothing is cleared or replaced by alpha later. */
static bool
keeps_opaque(const struct webp_reader *self, uint64_t index, const struct webp_frame *frame)
{
    bool is_clear = frame->has_alpha && (index == 0 || frame->flags & WEBP_FRAME_REPLACES);

    return !is_clear && !(frame->flags & WEBP_FRAME_CLEARS) && (index > 0 || webp_frame_covers(self, frame));
}

static int32_t
reader_scan(struct mim_job *job, struct mim_sequence *sequence)
{
    struct webp_reader *self = job->state;
    struct webp_frame frame;
    bool is_opaque = true;
    uint64_t count = 0;
    int32_t status;

    while ((status = webp_frame_find(job, self, count, &frame)) == MIM_OK)
        is_opaque = keeps_opaque(self, count++, &frame) && is_opaque;
    sequence->count = count;
    sequence->sure = MIM_SURE_EXACT;
    sequence->opaque = is_opaque;
    return status == MIM_END ? MIM_OK : status;
}

static int32_t
reader_prepare(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    struct webp_reader *self = job->state;
    struct webp_frame *frame = packet;
    bool is_transposed = mim_orientation_get(self->orientation).is_transposed;

    int32_t status = webp_frame_find(job, self, index, frame);
    if (status != MIM_OK)
        return status;
    info->sample = MIM_SAMPLE_U8;
    info->channels = frame->has_alpha ? 4 : 3;
    info->width = is_transposed ? frame->height : frame->width;
    info->height = is_transposed ? frame->width : frame->height;
    info->work_size = webp_pixels_memory(frame);
    info->flags = frame->is_key ? MIM_FRAME_KEY : 0;
    if (!self->is_animation)
        return MIM_OK;
    info->x = (int32_t)frame->x;
    info->y = (int32_t)frame->y;
    info->dispose = frame->flags & WEBP_FRAME_CLEARS ? MIM_DISPOSE_BACKGROUND : MIM_DISPOSE_KEEP;
    info->blend = frame->flags & WEBP_FRAME_REPLACES ? MIM_BLEND_REPLACE : MIM_BLEND_OVER;
    info->pts = frame->pts;
    info->duration = frame->duration;
    return MIM_OK;
}

static int32_t
reader_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info)
{
    (void)info;
    return packet ? webp_metadata_of_frame(job, packet) : webp_metadata_of_file(job, job->state);
}

static void
reader_worker_close(struct mim_job *job)
{
    struct webp_worker *worker = job->worker;

    mim_scratch_clear(job, &worker->coded);
    mim_scratch_clear(job, &worker->stored);
}

static void
reader_close(struct mim_job *job)
{
    webp_header_close(job, job->state);
}

#define OPTION(member) MIM_OPTION_HEADER, .offset = offsetof(struct webp_reader, member)

static const struct mim_option options[] = {
    { OPTION(raw), .name = "raw", .type = MIM_OPTION_BOOL, .help = "return the stored rectangles, not composed" },
    { OPTION(stream), .name = "stream", .type = MIM_OPTION_BOOL,
      .help = "deliver RGBA frames at once, without searching the file for transparent pixels" },
    { OPTION(orients), .name = "orient", .type = MIM_OPTION_BOOL, .initial = 1,
      .help = "turn a picture as its Exif orientation says" },
};

const struct mim_reader_ops webp_reader_ops = {
    .struct_size = sizeof webp_reader_ops,
    .flags = MIM_READER_ANY_ORDER,
    .state_size = sizeof(struct webp_reader),
    .packet_size = sizeof(struct webp_frame),
    .worker_size = sizeof(struct webp_worker),
    .option_count = sizeof options / sizeof *options,
    .options = options,
    .open = reader_open,
    .scan = reader_scan,
    .prepare = reader_prepare,
    .pixels = webp_pixels,
    .metadata = reader_metadata,
    .worker_close = reader_worker_close,
    .close = reader_close,
};
