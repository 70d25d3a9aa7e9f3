/* SPDX-License-Identifier: MIT */
/* The writer's operations. Frames are coded on any thread and written in order. */
#include "write/writer.h"

#include "write/state.h"

enum { SIDE_MAX = 16383, TICKS_PER_SECOND = 1000, DURATION_MAX = (1 << 24) - 1 };
enum { DEFAULT_QUALITY = 75, QUALITY_MAX = 100, DEFAULT_METHOD = 4, METHOD_MAX = 6 };

static int32_t
writer_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct webp_writer *self = job->state;

    self->stream.plays = sequence->loop > 0 ? (uint32_t)sequence->loop : 0;
    self->stream.is_timed = sequence->timing & (MIM_TIMING_DURATION | MIM_TIMING_FPS | MIM_TIMING_LOOP);
    return MIM_OK;
}

static int32_t
writer_metadata(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct webp_writer *self = job->state;

    return self->is_accepting ? MIM_UNSUPPORTED : webp_retain(job, &self->retained, key, type, value, size);
}

static int32_t
check_shape(struct mim_job *job, const struct mim_frame_info *info)
{
    if (info->channels < 1 || info->channels > 4)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "WebP takes 1 to 4 channels, this frame has %u", info->channels);
    if (!info->width || !info->height || info->width > SIDE_MAX || info->height > SIDE_MAX)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN,
                               "WebP takes 1 to %d pixels a side, this frame has %ux%u", SIDE_MAX, info->width, info->height);
    return MIM_OK;
}

static int32_t
writer_accepts(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    struct webp_writer *self = job->state;
    (void)index, (void)packet;

    int32_t status = check_shape(job, info);
    if (status != MIM_OK)
        return status;
    self->is_accepting = true;
    self->stream.width = info->width;
    self->stream.height = info->height;
    info->sample = MIM_SAMPLE_U8; /* a palette of two colours loses none of 1 bit */
    info->channels = info->channels % 2 ? 3 : 4; /* the core repeats gray */
    info->parts = 1;
    return MIM_OK;
}

static int32_t
writer_encode(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part,
              const struct mim_raster *raster, const struct mim_neighbours *beside)
{
    const struct webp_writer *self = job->state;
    (void)info, (void)part;

    return webp_encode_frame(job, job->worker, &self->encoding, raster, beside->previous, packet);
}

/* Losses that are the choice of `auto` are reported, once. */
static int32_t
report_lossy(struct mim_job *job, struct webp_writer *self, const struct webp_coded_frame *frame)
{
    if (!frame->is_lossy || self->encoding.lossless != WEBP_LOSSLESS_AUTO || self->is_lossy_reported)
        return MIM_OK;
    self->is_lossy_reported = true;
    return job->host->notice(job, MIM_NOTICE_COLOUR,
                             "frames of more than 256 colours are coded with losses: lossless=yes keeps them exact");
}

static int32_t
writer_put(struct mim_job *job, void *packet, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    struct webp_writer *self = job->state;
    struct webp_coded_frame *frame = packet;

    frame->duration = (uint32_t)info->duration;
    int32_t status = report_lossy(job, self, frame);
    return status == MIM_OK ? webp_stream_put(job, &self->stream, &self->retained, frame, &coded->parts[0]) : status;
}

static int32_t
writer_finish(struct mim_job *job)
{
    struct webp_writer *self = job->state;

    return webp_stream_finish(job, &self->stream, &self->retained);
}

static void
writer_worker_close(struct mim_job *job)
{
    struct webp_encoder *encoder = job->worker;

    mim_bytes_clear(job, &encoder->file);
    mim_bytes_clear(job, &encoder->other);
}

static void
writer_close(struct mim_job *job)
{
    struct webp_writer *self = job->state;

    webp_stream_close(job, &self->stream);
    webp_retained_close(job, &self->retained);
}

#define OPTION(member) MIM_OPTION_HEADER, .offset = offsetof(struct webp_writer, encoding.member)

static const struct mim_option options[] = {
    { OPTION(lossless), .name = "lossless", .type = MIM_OPTION_CHOICE, .choices = "auto|yes|no",
      .help = "keep all pixels exact; auto: in frames whose changes have at most 256 colours" },
    { OPTION(quality), .name = "quality", .type = MIM_OPTION_REAL, .initial = DEFAULT_QUALITY, .max = QUALITY_MAX,
      .help = "from 0 (small) to 100 (good); of lossless frames, from 0 (fast) to 100 (small)" },
    { OPTION(method), .name = "method", .type = MIM_OPTION_INT, .initial = DEFAULT_METHOD, .max = METHOD_MAX,
      .help = "effort, from 0 (fast) to 6 (small)" },
    { OPTION(exact), .name = "exact", .type = MIM_OPTION_BOOL, .initial = 1,
      .help = "keep the colours of transparent pixels in lossless frames" },
};

static const struct mim_writer_timing timing = {
    .struct_size = sizeof timing,
    .grid = MIM_GRID_FIXED,
    .den = TICKS_PER_SECOND,
    .max_duration = DURATION_MAX,
    .max_loop = UINT16_MAX,
};

const struct mim_writer_ops webp_writer_ops = {
    .struct_size = sizeof webp_writer_ops,
    .flags = MIM_WRITER_PREVIOUS | MIM_WRITER_SEEKS | MIM_WRITER_TIMING | MIM_WRITER_LOOP | MIM_WRITER_SQUARE | MIM_WRITER_BITS,
    .state_size = sizeof(struct webp_writer),
    .packet_size = sizeof(struct webp_coded_frame),
    .worker_size = sizeof(struct webp_encoder),
    .option_count = sizeof options / sizeof *options,
    .options = options,
    .open = writer_open,
    .accepts = writer_accepts,
    .encode = writer_encode,
    .put = writer_put,
    .metadata = writer_metadata,
    .finish = writer_finish,
    .worker_close = writer_worker_close,
    .close = writer_close,
    .timing = &timing,
};
