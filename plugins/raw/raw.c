/* SPDX-License-Identifier: MIT */
/* Packed samples in native byte order without a header. The simplest plugin for reading and writing: copy this one. */
#include <inttypes.h>

#include <mim/kit/entry.h>

#define SAMPLE_TYPES "u8|u16|u32|u64|i8|i16|i32|i64|f32|f64" /* in the order of enum mim_sample */

static const uint32_t sample_sizes[] = { 1, 2, 4, 8, 1, 2, 4, 8, 4, 8 };

struct raw_reader {
    int64_t width, height, channels; /* options, set by the core by their offset */
    int32_t sample;                  /* index in SAMPLE_TYPES */
    int32_t pad;
    uint64_t frame_size;
};

static const struct mim_option reader_options[] = {
    { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .offset = offsetof(struct raw_reader, width), .name = "width",
      .unit = "px", .help = "pixels per row", .flags = MIM_OPTION_REQUIRED, .min = 1, .max = UINT32_MAX },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .offset = offsetof(struct raw_reader, height), .name = "height",
      .unit = "px", .help = "rows per frame", .flags = MIM_OPTION_REQUIRED, .min = 1, .max = UINT32_MAX },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .offset = offsetof(struct raw_reader, channels), .name = "channels",
      .help = "samples per pixel", .initial = 1, .min = 1, .max = 65535 },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_CHOICE, .offset = offsetof(struct raw_reader, sample), .name = "sample",
      .help = "type of a sample, in native byte order", .choices = SAMPLE_TYPES, .initial_text = "u8" },
};

static int32_t
raw_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct raw_reader *self = job->state;
    uint64_t size = sample_sizes[self->sample];

    if (__builtin_mul_overflow(size, (uint64_t)self->width, &size) ||
        __builtin_mul_overflow(size, (uint64_t)self->height, &size) ||
        __builtin_mul_overflow(size, (uint64_t)self->channels, &size))
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN,
                               "%" PRId64 "x%" PRId64 " pixels with %" PRId64 " channels exceed 2^64 bytes",
                               self->width, self->height, self->channels);
    self->frame_size = size;
    if (sequence->sequential)
        return MIM_OK;

    uint64_t total = job->host->size(job);
    sequence->count = total / size + (total % size != 0); /* prepare reports a truncated last frame */
    sequence->sure = total % size ? MIM_SURE_ESTIMATE : MIM_SURE_EXACT;
    return MIM_OK;
}

/* Is there a byte at `offset`? A stream has no known size, so try to read it. Returns 1, 0, or minus a status. */
static int64_t
has_byte(struct mim_job *job, uint64_t offset)
{
    uint8_t byte;
    return job->host->read_at(job, &byte, 1, offset);
}

static int32_t
raw_prepare(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *frame)
{
    const struct raw_reader *self = job->state;
    (void)packet;

    uint64_t offset;
    if (__builtin_mul_overflow(self->frame_size, index, &offset) || offset + self->frame_size < offset)
        return MIM_END;
    int64_t more = has_byte(job, offset);
    if (more <= 0)
        return more < 0 ? (int32_t)-more : MIM_END;
    more = has_byte(job, offset + self->frame_size - 1);
    if (more < 0)
        return (int32_t)-more;
    if (!more)
        return job->host->fail(job, MIM_TRUNCATED, offset, "the file ends before the %" PRIu64 " bytes of a frame",
                               self->frame_size);

    frame->width = (uint32_t)self->width;
    frame->height = (uint32_t)self->height;
    frame->channels = (uint32_t)self->channels;
    frame->sample = MIM_SAMPLE_U8 + self->sample;
    frame->flags = MIM_FRAME_RAW | MIM_FRAME_ALIKE; /* the core reads the samples */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    frame->flags |= MIM_FRAME_BIG_ENDIAN;
#endif
    frame->raw_offset = offset;
    frame->raw_stride = self->frame_size / frame->height;
    return MIM_OK;
}

static const struct mim_reader_ops reader = {
    .struct_size = sizeof reader,
    .flags = MIM_READER_ANY_ORDER,
    .state_size = sizeof(struct raw_reader),
    .options = reader_options,
    .option_count = sizeof reader_options / sizeof *reader_options,
    .open = raw_open,
    .prepare = raw_prepare,
};

/* Emit the rows without their padding. */
static int32_t
raw_encode(struct mim_job *job, void *packet, const struct mim_frame_info *frame, uint32_t part,
           const struct mim_raster *raster, const struct mim_neighbours *neighbours)
{
    uint64_t row = (uint64_t)frame->width * frame->channels * sample_sizes[frame->sample - MIM_SAMPLE_U8];
    (void)packet, (void)part, (void)neighbours;

    if (raster->stride == row)
        return job->host->emit(job, raster->data, row * frame->height);
    int32_t status = MIM_OK;
    for (uint32_t y = 0; y < frame->height && status == MIM_OK; y++)
        status = job->host->emit(job, raster->data + y * raster->stride, row);
    return status;
}

static const struct mim_writer_ops writer = {
    .struct_size = sizeof writer,
    .encode = raw_encode,
};

static const struct mim_format_ops raw = {
    .struct_size = sizeof raw, .name = "raw", .reader = &reader, .writer = &writer
};
static const struct mim_format_ops *const formats[] = { &raw, NULL };

MIM_PLUGIN("raw", PLUGIN_VERSION, "MIT", "raw:rw", .formats = formats);
