/* SPDX-License-Identifier: MIT */
/* Reading: the operations. Frames leave as rectangles of indices, and the core composes them. */
#include "plugin.h"

#include <string.h>

#include "blocks.h"
#include "comment.h"
#include "unlzw.h"

enum {
    STEP = 1 << 20,      /* pixels between two looks at whether to go on */
    TICKS_PER_SECOND = 100,
    PALETTE_SIZE = 256
};

struct gif_packet {
    struct gif_frame frame;
    uint32_t code_size;
    uint32_t palette_size; /* 0: the file has no table for this frame */
    uint8_t *codes;        /* the host's memory */
    uint64_t size, room;
    GifColorType palette[PALETTE_SIZE];
};

static int32_t
gif_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct gif_reader *self = job->state;

    int32_t status = gif_blocks_open(job, self);
    if (status != MIM_OK)
        return status;

    if (!self->raw) {
        sequence->canvas_width = self->canvas_width;
        sequence->canvas_height = self->canvas_height;
        sequence->canvas_channels = 3;
    }
    sequence->opaque = -1;
    sequence->loop = self->loop;
    sequence->time_num = 1;
    sequence->time_den = TICKS_PER_SECOND;
    return MIM_OK;
}

/* What can be told from the headers alone: the number of frames, and whether anything may show through. */
static int32_t
gif_scan(struct mim_job *job, struct mim_sequence *sequence)
{
    struct gif_reader *self = job->state;
    struct gif_frame frame;
    bool has_transparent = false, covers = false;
    uint64_t count = 0;
    int32_t status;

    gif_blocks_seek(self, 0);
    while ((status = gif_blocks_find_image(self, &frame)) == MIM_OK) {
        if ((status = gif_blocks_skip_codes(self, &frame)) != MIM_OK)
            break;
        has_transparent |= frame.transparent >= 0;
        if (count++ == 0)
            covers = gif_frame_covers(&frame, self->canvas_width, self->canvas_height);
    }
    self->tail = frame.extensions;
    sequence->count = count;
    sequence->sure = MIM_SURE_EXACT;
    sequence->loop = self->loop;
    sequence->opaque = covers && !has_transparent;
    if (!has_transparent)
        memcpy(sequence->background, self->background, sizeof self->background);
    return status == MIM_END ? MIM_OK : status;
}

static int32_t
go_to(struct gif_reader *self, uint64_t index)
{
    gif_blocks_seek(self, index);
    while (self->at.frame < index) {
        struct gif_frame frame;
        int32_t status = gif_blocks_find_image(self, &frame);
        if (status == MIM_OK)
            status = gif_blocks_skip_codes(self, &frame);
        if (status != MIM_OK)
            return status;
    }
    return MIM_OK;
}

static void
gif_release(struct mim_job *job, void *data)
{
    struct gif_packet *packet = data;

    if (packet->codes)
        job->host->resize(job, packet->codes, packet->room, 0);
    packet->codes = NULL;
}

static int32_t
load(struct gif_reader *self, struct gif_packet *packet)
{
    int32_t status = gif_blocks_find_image(self, &packet->frame);
    if (status != MIM_OK)
        return status;

    const ColorMapObject *table = gif_blocks_palette(self);
    if (table) {
        packet->palette_size = table->ColorCount;
        memcpy(packet->palette, table->Colors, table->ColorCount * sizeof *table->Colors);
    }
    return gif_blocks_load_codes(self, &packet->frame, &packet->code_size, &packet->codes, &packet->size, &packet->room);
}

/* 4 to 7 are undefined: gifsicle, Pillow and ffmpeg keep the picture. */
static int32_t
dispose_of(const struct gif_frame *frame)
{
    static const int32_t dispose[8] = {
        [DISPOSE_BACKGROUND] = MIM_DISPOSE_BACKGROUND,
        [DISPOSE_PREVIOUS] = MIM_DISPOSE_PREVIOUS,
    };

    return dispose[frame->disposal & 7];
}

/* Composing may start at a frame that finds the canvas bare, or hides all of it and does not bring it back afterwards. */
static bool
is_key(const struct gif_reader *self, const struct gif_frame *frame)
{
    if (frame->mark.frame == 0 || frame->mark.bare)
        return true;
    return frame->transparent < 0 && frame->disposal != DISPOSE_PREVIOUS
           && gif_frame_covers(frame, self->canvas_width, self->canvas_height);
}

static void
describe(const struct gif_reader *self, const struct gif_frame *frame, struct mim_frame_info *info)
{
    info->sample = self->raw ? MIM_SAMPLE_U8 : MIM_SAMPLE_INDEX8;
    info->channels = !self->raw ? 1 : frame->transparent < 0 ? 3 : 4;
    info->width = frame->width;
    info->height = frame->height;
    info->x = frame->x;
    info->y = frame->y;
    info->dispose = dispose_of(frame);
    info->blend = frame->transparent < 0 ? MIM_BLEND_REPLACE : MIM_BLEND_OVER;
    info->flags = is_key(self, frame) ? MIM_FRAME_KEY : 0;
    info->pts = frame->mark.pts;
    info->duration = frame->delay;
}

static int32_t
gif_prepare(struct mim_job *job, uint64_t index, void *data, struct mim_frame_info *info)
{
    struct gif_reader *self = job->state;
    struct gif_packet *packet = data;

    int32_t status = go_to(self, index);
    if (status == MIM_OK)
        status = load(self, packet);
    if (status == MIM_OK && !packet->code_size)
        status = job->host->fail(job, MIM_CORRUPT, packet->frame.extensions.end, "frame %llu has codes without bits",
                                 (unsigned long long)index);
    if (status != MIM_OK) {
        gif_release(job, packet);
        return status;
    }
    describe(self, &packet->frame, info);
    return MIM_OK;
}

/* Row of the picture that comes k-th in an interlaced file. */
static uint32_t
interlaced_row(uint32_t k, uint32_t height)
{
    static const struct {
        uint32_t first, step;
    } passes[] = { { 0, 8 }, { 4, 8 }, { 2, 4 }, { 1, 2 } };

    for (unsigned pass = 0;; pass++) {
        uint32_t first = passes[pass].first, step = passes[pass].step;
        uint32_t rows = height > first ? (height - first + step - 1) / step : 0;
        if (k < rows)
            return first + k * step;
        k -= rows;
    }
}

static int32_t
unpack(struct mim_job *job, const struct gif_packet *packet, uint8_t *out)
{
    struct gif_unlzw *decoder = job->worker;
    const struct gif_frame *frame = &packet->frame;
    uint64_t offset = frame->extensions.end;
    enum gif_unlzw_verdict verdict;

    gif_unlzw_start(decoder, packet->code_size, packet->codes, packet->size, out, (size_t)frame->width * frame->height);
    while ((verdict = gif_unlzw_run(decoder, STEP)) == GIF_UNLZW_MORE) {
        int32_t status = job->host->poll(job);
        if (status != MIM_OK)
            return status;
    }
    if (verdict == GIF_UNLZW_DONE)
        return MIM_OK;

    size_t row = (decoder->at.out - out) / frame->width + 1;
    if (verdict == GIF_UNLZW_SHORT)
        return job->host->fail(job, MIM_TRUNCATED, offset, "the data of frame %llu end in row %zu of %u",
                               (unsigned long long)frame->mark.frame, row, frame->height);
    return job->host->fail(job, MIM_CORRUPT, offset, "frame %llu has a code that stands for nothing in row %zu of %u",
                           (unsigned long long)frame->mark.frame, row, frame->height);
}

/* Indices past the table are black: no two programs agree there. Without any table they are shades of gray, as in Pillow. */
static void
fill_palette(const struct gif_packet *packet, uint8_t (*rgba)[4])
{
    for (uint32_t i = 0; i < PALETTE_SIZE; i++) {
        const GifColorType *colour = &packet->palette[i];
        uint8_t gray = packet->palette_size ? 0 : i;
        bool is_in_table = i < packet->palette_size;
        rgba[i][0] = is_in_table ? colour->Red : gray;
        rgba[i][1] = is_in_table ? colour->Green : gray;
        rgba[i][2] = is_in_table ? colour->Blue : gray;
        rgba[i][3] = (int32_t)i == packet->frame.transparent ? 0 : 255;
    }
}

static void
colour_row(const uint8_t *indices, const uint8_t (*palette)[4], const struct mim_raster *raster, uint8_t *out)
{
    for (uint32_t x = 0; x < raster->width; x++)
        memcpy(out + x * raster->channels, palette[indices[x]], raster->channels);
}

/* From rows that follow each other in the order of the file to the rows of the raster. */
static void
place_rows(const struct gif_packet *packet, const uint8_t *indices, struct mim_raster *raster)
{
    uint8_t palette[PALETTE_SIZE][4];

    fill_palette(packet, palette);
    for (uint32_t k = 0; k < raster->height; k++) {
        uint32_t y = packet->frame.interlaced ? interlaced_row(k, raster->height) : k;
        const uint8_t *row = indices + (size_t)k * raster->width;
        uint8_t *out = raster->data + y * raster->stride;
        if (raster->sample == MIM_SAMPLE_INDEX8)
            memcpy(out, row, raster->width);
        else
            colour_row(row, palette, raster, out);
    }
}

/* Rows that were unpacked side by side move to where the stride wants them, the last one first. */
static void
spread_rows(struct mim_raster *raster)
{
    if (raster->stride == raster->width)
        return;
    for (uint32_t y = raster->height; y-- > 1;)
        memmove(raster->data + y * raster->stride, raster->data + (size_t)y * raster->width, raster->width);
}

static int32_t
unpack_aside(struct mim_job *job, const struct gif_packet *packet, struct mim_raster *raster)
{
    uint64_t size = (uint64_t)raster->width * raster->height;
    uint8_t *indices = job->host->resize(job, NULL, 0, size);
    if (!indices)
        return MIM_NOMEM;

    int32_t status = unpack(job, packet, indices);
    if (status == MIM_OK)
        place_rows(packet, indices, raster);
    job->host->resize(job, indices, size, 0);
    return status;
}

static int32_t
gif_pixels(struct mim_job *job, const void *data, const struct mim_frame_info *info, uint32_t part,
           struct mim_raster *raster)
{
    const struct gif_packet *packet = data;
    (void)info, (void)part;

    if (raster->palette) {
        fill_palette(packet, (uint8_t(*)[4])raster->palette);
        raster->palette_size = packet->palette_size ? packet->palette_size : PALETTE_SIZE;
    }
    if (packet->frame.interlaced || raster->sample != MIM_SAMPLE_INDEX8)
        return unpack_aside(job, packet, raster);

    int32_t status = unpack(job, packet, raster->data);
    if (status == MIM_OK)
        spread_rows(raster);
    return status;
}

static int32_t
put_int(struct mim_job *job, const char *key, int64_t value)
{
    return job->host->meta(job, key, MIM_META_INT | MIM_META_CODING, &value, sizeof value);
}

static int32_t
put_text(struct mim_job *job, const char *key, const char *text)
{
    return job->host->meta(job, key, MIM_META_TEXT | MIM_META_CODING, text, strlen(text));
}

static int32_t
describe_file(struct mim_job *job, const struct gif_reader *self)
{
    int64_t background[4];
    const ColorMapObject *table = self->gif->SColorMap;

    for (int i = 0; i < 4; i++)
        background[i] = self->background[i];
    int32_t status = put_text(job, "version", self->version);
    if (status == MIM_OK && self->netscape_loop >= 0)
        status = put_int(job, "netscape_loop", self->netscape_loop);
    if (status == MIM_OK)
        status = job->host->meta(job, "background", MIM_META_INTS | MIM_META_CODING, background, sizeof background);
    if (status == MIM_OK && table)
        status = put_int(job, "palette_size", table->ColorCount);
    if (status == MIM_OK)
        status = gif_comment_deliver(job, &self->head, &self->tail);
    return status;
}

static int32_t
describe_frame(struct mim_job *job, const struct gif_packet *packet)
{
    static const char *const disposals[8] = { "unspecified", "keep", "background", "previous", "4", "5", "6", "7" };
    const struct gif_frame *frame = &packet->frame;
    int64_t rectangle[] = { frame->x, frame->y, frame->width, frame->height };

    int32_t status = put_int(job, "duration_cs", frame->delay);
    if (status == MIM_OK)
        status = put_text(job, "disposal", disposals[frame->disposal & 7]);
    if (status == MIM_OK && frame->transparent >= 0)
        status = put_int(job, "transparency", frame->transparent);
    if (status == MIM_OK)
        status = put_int(job, "interlaced", frame->interlaced);
    if (status == MIM_OK)
        status = job->host->meta(job, "rectangle", MIM_META_INTS | MIM_META_CODING, rectangle, sizeof rectangle);
    if (status == MIM_OK)
        status = put_int(job, "palette_size", packet->palette_size);
    if (status == MIM_OK && frame->mark.frame > 0) /* those before the first frame are the file's */
        status = gif_comment_deliver(job, &frame->extensions, NULL);
    return status;
}

static int32_t
gif_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info)
{
    (void)info;
    return packet ? describe_frame(job, packet) : describe_file(job, job->state);
}

static void
gif_close(struct mim_job *job)
{
    gif_blocks_close(job, job->state);
}

static const struct mim_option reader_options[] = {
    { MIM_OPTION_HEADER, .name = "raw", .type = MIM_OPTION_BOOL, .offset = offsetof(struct gif_reader, raw),
      .help = "frames are the rectangles of the file, not composed" },
};

const struct mim_reader_ops gif_reader_ops = {
    .struct_size = sizeof gif_reader_ops,
    .flags = MIM_READER_ANY_ORDER,
    .state_size = sizeof(struct gif_reader),
    .packet_size = sizeof(struct gif_packet),
    .worker_size = sizeof(struct gif_unlzw),
    .option_count = sizeof reader_options / sizeof *reader_options,
    .options = reader_options,
    .open = gif_open,
    .scan = gif_scan,
    .prepare = gif_prepare,
    .pixels = gif_pixels,
    .metadata = gif_metadata,
    .release = gif_release,
    .close = gif_close,
};
