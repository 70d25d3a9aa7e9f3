/* SPDX-License-Identifier: MIT */
/* The writers' operations. Frames are compressed on any thread and written as chunks in order. */
#include "write/writer.h"

#include <string.h>

#include <zlib.h>

#include "chunk/control.h"
#include "chunk/emit.h"
#include "write/dirty-rect.h"
#include "write/emit-metadata.h"
#include "write/writer-state.h"

enum { CHUNK_BYTES = 1 << 20, ACTL_SIZE = 8, DEFAULT_LEVEL = 6 };
#define MAX_SIDE 0x7fffffffU

static int32_t
refuse_many(struct mim_job *job)
{
    return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN,
                           "a plain .png holds one frame: use frame_%%03d.png, .apng or apng=yes");
}

static int32_t
retain_options(struct mim_job *job, struct pngx_writer *self)
{
    int32_t status = MIM_OK;

    if (self->dpi.count) {
        const double axes[2] = { self->dpi.values[0], self->dpi.values[self->dpi.count - 1] };
        if (self->dpi.count > 2 || pngx_retain_dpi(&self->retained, axes) != MIM_OK)
            return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "dpi takes one or two numbers above 0");
    }
    for (uint64_t i = 0; i < self->text.count && status == MIM_OK; i++) {
        const char *key = self->text.items[2 * i], *text = self->text.items[2 * i + 1];
        status = pngx_retain_text(job, &self->retained, key, -1, text, strlen(text));
        if (status == MIM_UNSUPPORTED)
            return job->host->fail(
                job, MIM_OPTION, MIM_UNKNOWN,
                "text:%s: a keyword has 1 to 79 Latin-1 letters without leading, trailing or double blanks, "
                "and a text is UTF-8",
                key);
    }
    return status;
}

static int32_t
open_writer(struct mim_job *job, struct mim_sequence *sequence, bool is_animation)
{
    struct pngx_writer *self = job->state;
    bool is_one = sequence->count == MIM_UNKNOWN || sequence->sure != MIM_SURE_EXACT || sequence->count == 1;

    self->is_animation = is_animation;
    self->packing.level = (int32_t)self->level;
    self->packing.filter = self->filter ? self->filter - 1 : PNGX_FILTER_AUTO;
    if (!is_animation && !is_one)
        return refuse_many(job);
    if (!is_animation && sequence->timing & (MIM_TIMING_DURATION | MIM_TIMING_FPS | MIM_TIMING_LOOP))
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN,
                               "duration, fps and loop need an animation: name the file .apng or give apng=yes");
    self->plays = (uint32_t)sequence->loop;
    return MIM_OK;
}

static int32_t
writer_open_picture(struct mim_job *job, struct mim_sequence *sequence)
{
    const struct pngx_writer *self = job->state;

    return open_writer(job, sequence, self->apng);
}

static int32_t
writer_open_animation(struct mim_job *job, struct mim_sequence *sequence)
{
    return open_writer(job, sequence, true);
}

/* Metadata precedes the pixels, so that of the first frame can still be stored. */
static int32_t
writer_metadata(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct pngx_writer *self = job->state;

    return self->frames ? MIM_UNSUPPORTED : pngx_retain(job, &self->retained, key, type, value, size);
}

static int32_t
check_shape(struct mim_job *job, const struct mim_frame_info *info)
{
    if (info->channels < 1 || info->channels > 4)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "PNG takes 1 to 4 channels, this frame has %u",
                               info->channels);
    if (!info->width || !info->height || info->width > MAX_SIDE || info->height > MAX_SIDE)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "PNG takes 1 to %u pixels a side, this frame has %ux%u",
                               MAX_SIDE, info->width, info->height);
    return MIM_OK;
}

static struct pngx_rows
whole_rows(const struct pngx_writer *self, const struct mim_frame_info *info)
{
    struct pngx_rows rows = { .width = info->width,
                              .height = info->height,
                              .pixel = info->channels * (info->sample == MIM_SAMPLE_U16 ? 2 : 1),
                              .is_packed = info->sample == MIM_SAMPLE_U1,
                              .is_interlaced = self->interlace };
    pngx_rows_open(&rows);
    return rows;
}

/* Rectangles of an animation begin at any pixel, which bits do not. */
static int32_t
fit_samples(struct mim_job *job, uint64_t index, struct mim_frame_info *info)
{
    const struct pngx_writer *self = job->state;
    bool is_bit = info->sample == MIM_SAMPLE_U1;

    if (is_bit && !self->is_animation)
        return MIM_OK;
    if (info->sample != MIM_SAMPLE_U8)
        info->sample = is_bit || info->sample == MIM_SAMPLE_I8 ? MIM_SAMPLE_U8 : MIM_SAMPLE_U16;
    return is_bit && !index ? job->host->notice(job, MIM_NOTICE_DEPTH, "samples of 1 bit become 8 bits") : MIM_OK;
}

static int32_t
writer_accepts(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    struct pngx_writer *self = job->state;
    struct pngx_layout *layout = packet;

    if (index && !self->is_animation)
        return refuse_many(job);
    int32_t status = check_shape(job, info);
    if (status == MIM_OK && !index)
        status = retain_options(job, self);
    if (status != MIM_OK)
        return status;
    status = fit_samples(job, index, info);
    if (status != MIM_OK)
        return status;
    const struct pngx_rows rows = whole_rows(self, info);
    info->parts = pngx_pack_parts(&rows);
    self->frames = index + 1;
    layout->width = info->width;
    layout->height = info->height;
    return MIM_OK;
}

/* A frame in parts is stored whole, since each part would have to search for the dirty rectangle. */
static int32_t
writer_encode(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part,
              const struct mim_raster *raster, const struct mim_neighbours *beside)
{
    const struct pngx_writer *self = job->state;
    struct pngx_writing_worker *worker = job->worker;
    struct pngx_rows rows = whole_rows(self, info);
    int32_t status = MIM_OK;

    rows.raster = raster;
    if (self->is_animation && info->parts == 1)
        status = pngx_dirty_rect_find(job, raster, beside->previous, packet, &rows);
    pngx_rows_open(&rows);
    return status == MIM_OK ? pngx_pack(job, &worker->packer, &self->packing, &rows, part, info->parts) : status;
}

static int32_t
emit_header(struct mim_job *job, struct pngx_writer *self, const struct mim_frame_info *info)
{
    static const uint8_t colours[] = { 0, PNGX_GRAY, PNGX_GRAY_ALPHA, PNGX_RGB, PNGX_RGBA };
    uint8_t ihdr[PNGX_IHDR_SIZE] = { [8] = info->sample == MIM_SAMPLE_U16 ? 16 : info->sample == MIM_SAMPLE_U1 ? 1 : 8,
                                     [9] = colours[info->channels],
                                     [12] = (uint8_t)self->interlace },
            control[ACTL_SIZE] = { 0 };

    mim_store_be32(mim_store_be32(ihdr, info->width), info->height);
    int32_t status = job->host->emit(job, pngx_signature, PNGX_SIGNATURE_SIZE);
    if (status == MIM_OK)
        status = pngx_emit_chunk(job, PNGX_IHDR, NULL, 0, ihdr, sizeof ihdr);
    self->control_at = job->host->tell(job);
    if (status == MIM_OK && self->is_animation)
        status = pngx_emit_chunk(job, PNGX_ACTL, NULL, 0, control, sizeof control);
    return status == MIM_OK ? pngx_emit_metadata(job, &self->retained, info->channels) : status;
}

static int32_t
emit_control(struct mim_job *job, struct pngx_writer *self, const struct mim_frame_info *info,
             const struct pngx_layout *layout)
{
    uint8_t control[PNGX_FCTL_SIZE], *out = mim_store_be32(control, self->sequence++);

    out = mim_store_be32(mim_store_be32(out, layout->width), layout->height);
    out = mim_store_be32(mim_store_be32(out, layout->x), layout->y);
    out = mim_store_be16(mim_store_be16(out, (uint16_t)info->duration), (uint16_t)info->duration_den);
    out[0] = PNGX_DISPOSE_NONE;
    out[1] = layout->is_over ? PNGX_BLEND_OVER : PNGX_BLEND_SOURCE;
    return pngx_emit_chunk(job, PNGX_FCTL, NULL, 0, control, sizeof control);
}

/* Emits pixels as IDAT chunks, from the second frame on as fdAT. */
static int32_t
emit_pixels(struct mim_job *job, struct pngx_writer *self, bool is_first, const uint8_t *data, uint64_t size)
{
    int32_t status = MIM_OK;

    for (uint64_t done = 0; done < size && status == MIM_OK; done += CHUNK_BYTES) {
        uint64_t some = size - done < CHUNK_BYTES ? size - done : CHUNK_BYTES;
        uint8_t sequence[4];
        if (!is_first)
            mim_store_be32(sequence, self->sequence++);
        status = pngx_emit_chunk(job, is_first ? PNGX_IDAT : PNGX_FDAT, sequence, is_first ? 0 : sizeof sequence,
                                 data + done, some);
    }
    return status;
}

/* Joins parts to a zlib stream: header, deflate data, the checksum of all. */
static int32_t
emit_parts(struct mim_job *job, struct pngx_writer *self, const struct mim_frame_info *info,
           const struct mim_coded *coded, bool is_first)
{
    static const uint8_t head[2] = { 0x78, 0x01 };
    struct pngx_rows rows = whole_rows(self, info);
    uLong sum = adler32(0, NULL, 0);
    uint8_t tail[SHARED_SUM_BYTES];

    int32_t status = emit_pixels(job, self, is_first, head, sizeof head);
    for (uint32_t i = 0; i < coded->part_count && status == MIM_OK; i++) {
        const struct mim_coded_part *part = &coded->parts[i];
        uint64_t bytes = pngx_rows_bytes(&rows, pngx_pack_first_row(&rows, i, coded->part_count),
                                         pngx_pack_first_row(&rows, i + 1, coded->part_count));
        sum = adler32_combine(sum, shared_sum_of_part(part), (z_off_t)bytes);
        status = emit_pixels(job, self, is_first, part->data, part->size - SHARED_SUM_BYTES);
    }
    mim_store_be32(tail, (uint32_t)sum);
    return status == MIM_OK ? emit_pixels(job, self, is_first, tail, sizeof tail) : status;
}

static int32_t
writer_put(struct mim_job *job, void *packet, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    struct pngx_writer *self = job->state;
    bool is_first = !self->is_started;

    int32_t status = is_first ? emit_header(job, self, info) : MIM_OK;
    self->is_started = true;
    if (status == MIM_OK && self->is_animation)
        status = emit_control(job, self, info, packet);
    if (status != MIM_OK)
        return status;
    return coded->part_count > 1 ? emit_parts(job, self, info, coded, is_first)
                                 : emit_pixels(job, self, is_first, coded->parts[0].data, coded->parts[0].size);
}

/* Stores the number of frames, which is known only at the end. */
static int32_t
patch_control(struct mim_job *job, const struct pngx_writer *self)
{
    uint8_t chunk[PNGX_CHUNK_FRAME + ACTL_SIZE], *out = mim_store_be32(chunk, ACTL_SIZE);

    out = mim_store_be32(out, PNGX_ACTL);
    out = mim_store_be32(mim_store_be32(out, (uint32_t)self->frames), self->plays);
    mim_store_be32(out, libdeflate_crc32(0, chunk + 4, 4 + ACTL_SIZE));
    return job->host->patch(job, chunk, sizeof chunk, self->control_at);
}

static int32_t
writer_finish(struct mim_job *job)
{
    struct pngx_writer *self = job->state;

    int32_t status = pngx_emit_chunk(job, PNGX_IEND, NULL, 0, NULL, 0);
    return status == MIM_OK && self->is_animation ? patch_control(job, self) : status;
}

static void
writer_worker_close(struct mim_job *job)
{
    struct pngx_writing_worker *worker = job->worker;

    pngx_packer_close(job, &worker->packer);
}

static void
writer_close(struct mim_job *job)
{
    struct pngx_writer *self = job->state;

    pngx_retained_close(job, &self->retained);
}

#define OPTION(member) MIM_OPTION_HEADER, .offset = offsetof(struct pngx_writer, member)

/* The last option is for pictures only. */
static const struct mim_option options[] = {
    { OPTION(level), .name = "level", .type = MIM_OPTION_INT, .initial = DEFAULT_LEVEL, .max = SHARED_LEVEL_MAX,
      .help = "compression level, from 0 (none) to 12 (smallest)" },
    { OPTION(filter), .name = "filter", .type = MIM_OPTION_CHOICE, .choices = "auto|none|sub|up|average|paeth",
      .help = "row filter; auto tries all of them on some rows" },
    { OPTION(interlace), .name = "interlace", .type = MIM_OPTION_BOOL,
      .help = "store in seven passes, from coarse to fine" },
    { OPTION(dpi), .name = "dpi", .type = MIM_OPTION_LIST, .unit = "1/in",
      .help = "resolution: one number, or horizontal and vertical; default: that of the source" },
    { OPTION(text), .name = "text", .type = MIM_OPTION_PAIRS,
      .help = "text:KEY=VALUE stores a text with that keyword" },
    { OPTION(apng), .name = "apng", .type = MIM_OPTION_BOOL, .help = "write an animation to a .png" },
};

static const struct mim_writer_timing timing = {
    .struct_size = sizeof timing,
    .grid = MIM_GRID_FRACTION,
    .den = UINT16_MAX,
    .max_duration = UINT16_MAX,
    .max_loop = INT32_MAX,
};

enum { OPTIONS = sizeof options / sizeof *options };

#define WRITER_OPS(first_call, count, more_flags) \
    { \
        .struct_size = sizeof(struct mim_writer_ops), \
        .flags = MIM_WRITER_PREVIOUS | MIM_WRITER_SEEKS | MIM_WRITER_TIMING | MIM_WRITER_LOOP | MIM_WRITER_COUNTS | \
                 MIM_WRITER_BITS | (more_flags), \
        .state_size = sizeof(struct pngx_writer), \
        .packet_size = sizeof(struct pngx_layout), \
        .worker_size = sizeof(struct pngx_writing_worker), \
        .option_count = count, \
        .options = options, \
        .open = first_call, \
        .accepts = writer_accepts, \
        .encode = writer_encode, \
        .put = writer_put, \
        .metadata = writer_metadata, \
        .finish = writer_finish, \
        .worker_close = writer_worker_close, \
        .close = writer_close, \
        .timing = &timing, \
    }

const struct mim_writer_ops pngx_writer_ops = WRITER_OPS(writer_open_picture, OPTIONS, 0);
const struct mim_writer_ops pngx_animation_writer_ops =
    WRITER_OPS(writer_open_animation, OPTIONS - 1, MIM_WRITER_SQUARE); /* browsers ignore pHYs */
