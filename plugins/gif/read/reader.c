/* SPDX-License-Identifier: MIT */
/* The reader's operations. Frames are rectangles of indices, which the core composes. */
#include "read/reader.h"

#include <string.h>

#include <mim/kit/aspect.h>

#include "lzw/unlzw.h"
#include "read/blocks.h"
#include "read/canvas-channels.h"
#include "read/comment.h"
#include "read/offers.h"
#include "read/pixels.h"
#include "read/xmp.h"

enum { ASPECT_BASE = 15, ASPECT_UNIT = 64 }; /* width to height is (byte + 15) / 64 */
enum { TICKS_PER_SECOND = 100 };

static int32_t
gif_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct gif_reader *self = job->state;

    int32_t status = gif_blocks_open(job, self);
    if (status != MIM_OK)
        return status;

    if (!self->raw && !self->palette) {
        sequence->canvas_width = self->canvas_width;
        sequence->canvas_height = self->canvas_height;
        sequence->canvas_channels = 3;
    }
    sequence->opaque = self->stream ? 0 : -1;
    sequence->loop = self->loop;
    sequence->time_num = 1;
    sequence->time_den = TICKS_PER_SECOND;
    return MIM_OK;
}

/* Walk all headers for the number of frames and the channels of the canvas. */
static int32_t
gif_scan(struct mim_job *job, struct mim_sequence *sequence)
{
    struct gif_reader *self = job->state;
    struct gif_canvas_channels channels;
    struct gif_frame frame;
    GifColorType palette[GIF_PALETTE_SIZE];
    uint32_t palette_size;
    uint64_t count = 0;
    int32_t status;
    (void)job;

    gif_canvas_channels_init(&channels, self->canvas_width, self->canvas_height);
    gif_blocks_seek(self, 0);
    while ((status = gif_blocks_find_image(self, &frame)) == MIM_OK) {
        status = gif_blocks_load_palette(self, &frame, palette, &palette_size);
        if (status == MIM_OK)
            status = gif_blocks_skip_codes(self, &frame);
        if (status != MIM_OK)
            break;
        gif_canvas_channels_add(&channels, &frame, palette, palette_size);
        count++;
    }
    if (status == MIM_END)
        self->tail = frame.extensions;
    sequence->count = count;
    sequence->sure = MIM_SURE_EXACT;
    sequence->loop = self->loop;
    sequence->opaque = channels.is_opaque;
    if (sequence->canvas_width)
        sequence->canvas_channels = gif_canvas_channels_colours(&channels);
    return status == MIM_END ? MIM_OK : status;
}

static int32_t
walk_to(struct gif_reader *self, uint64_t index)
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

static int32_t
load_packet(struct gif_reader *self, struct gif_packet *packet)
{
    int32_t status = gif_blocks_find_image(self, &packet->frame);
    if (status != MIM_OK)
        return status;

    status = gif_blocks_load_palette(self, &packet->frame, packet->palette, &packet->palette_size);
    if (status != MIM_OK)
        return status;
    return gif_blocks_skip_codes(self, &packet->frame);
}

/* 4 to 7 are undefined: gifsicle and ffmpeg keep the image. */
static int32_t
dispose_of(const struct gif_frame *frame)
{
    static const int32_t dispose[8] = {
        [DISPOSE_BACKGROUND] = MIM_DISPOSE_BACKGROUND,
        [DISPOSE_PREVIOUS] = MIM_DISPOSE_PREVIOUS,
    };

    return dispose[frame->disposal & 7];
}

/* Composing may start at a frame that finds a blank canvas, or that covers all of it and does not restore it later. */
static bool
is_key_frame(const struct gif_reader *self, const struct gif_frame *frame)
{
    if (frame->mark.frame == 0 || frame->mark.is_blank)
        return true;
    return frame->transparent < 0 && frame->disposal != DISPOSE_PREVIOUS &&
           gif_frame_covers(frame, self->canvas_width, self->canvas_height);
}

static void
fill_info(const struct gif_reader *self, const struct gif_frame *frame, struct mim_frame_info *info)
{
    info->sample = self->raw || self->palette ? MIM_SAMPLE_U8 : MIM_SAMPLE_INDEX8;
    info->channels = !self->raw || self->palette ? 1 : frame->transparent < 0 ? 3 : 4;
    info->width = frame->width;
    info->height = frame->height;
    info->x = frame->x;
    info->y = frame->y;
    info->dispose = dispose_of(frame);
    info->blend = frame->transparent < 0 ? MIM_BLEND_REPLACE : MIM_BLEND_OVER;
    info->flags = (is_key_frame(self, frame) ? MIM_FRAME_KEY : 0) | (gif_frame_is_brief(frame) ? MIM_FRAME_BRIEF : 0);
    info->pts = frame->mark.pts;
    info->duration = frame->delay;
}

static int32_t
gif_prepare(struct mim_job *job, uint64_t index, void *data, struct mim_frame_info *info)
{
    struct gif_reader *self = job->state;
    struct gif_packet *packet = data;

    int32_t status = walk_to(self, index);
    if (status == MIM_OK)
        status = load_packet(self, packet);
    if (status != MIM_OK)
        return status;
    if (!packet->frame.code_size)
        return job->host->fail(job, MIM_CORRUPT, packet->frame.extensions.end, "frame %llu has an LZW code size of 0",
                               (unsigned long long)index);
    fill_info(self, &packet->frame, info);
    return MIM_OK;
}

static int32_t
emit_int(struct mim_job *job, const char *key, int64_t value)
{
    return job->host->meta(job, key, MIM_META_INT | MIM_META_CODING, &value, sizeof value);
}

static int32_t
emit_text(struct mim_job *job, const char *key, const char *text)
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
    int32_t status = emit_text(job, "version", self->version);
    if (status == MIM_OK && self->netscape_loop >= 0)
        status = emit_int(job, "netscape_loop", self->netscape_loop);
    if (status == MIM_OK)
        status = job->host->meta(job, "background", MIM_META_INTS | MIM_META_CODING, background, sizeof background);
    if (status == MIM_OK && table)
        status = emit_int(job, "palette_size", table->ColorCount);
    if (status == MIM_OK && self->gif->AspectByte)
        status = mim_aspect_deliver(job, self->gif->AspectByte + ASPECT_BASE, ASPECT_UNIT);
    if (status == MIM_OK)
        status = gif_comment_deliver(job, &self->head, &self->tail);
    return status == MIM_OK ? gif_xmp_deliver(job, &self->xmp) : status;
}

static int32_t
describe_frame(struct mim_job *job, const struct gif_reader *self, const struct gif_packet *packet)
{
    static const char *const disposals[8] = { "unspecified", "keep", "background", "previous", "4", "5", "6", "7" };
    const struct gif_frame *frame = &packet->frame;
    int64_t rectangle[] = { frame->x, frame->y, frame->width, frame->height };

    int32_t status = emit_int(job, "duration_cs", frame->delay);
    if (status == MIM_OK)
        status = emit_text(job, "disposal", disposals[frame->disposal & 7]);
    if (status == MIM_OK && frame->transparent >= 0)
        status = emit_int(job, "transparency", frame->transparent);
    if (status == MIM_OK)
        status = emit_int(job, "interlaced", frame->is_interlaced);
    if (status == MIM_OK)
        status = job->host->meta(job, "rectangle", MIM_META_INTS | MIM_META_CODING, rectangle, sizeof rectangle);
    if (status == MIM_OK)
        status = emit_int(job, "palette_size", packet->palette_size);
    if (status == MIM_OK && self->palette && packet->palette_size)
        status = job->host->meta(job, "palette", MIM_META_BYTES | MIM_META_CODING, packet->palette,
                                 packet->palette_size * sizeof *packet->palette);
    if (status == MIM_OK && frame->mark.frame > 0) /* comments before the first frame belong to the file */
        status = gif_comment_deliver(job, &frame->extensions, NULL);
    return status;
}

static int32_t
gif_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info)
{
    (void)info;
    return packet ? describe_frame(job, job->state, packet) : describe_file(job, job->state);
}

static int32_t
gif_offers(struct mim_job *job)
{
    const struct gif_reader *self = job->state;
    return gif_offers_state(job, self->offers);
}

static void
gif_close(struct mim_job *job)
{
    gif_blocks_close(job, job->state);
}

static const struct mim_option reader_options[] = {
    { MIM_OPTION_HEADER, .name = "raw", .type = MIM_OPTION_BOOL, .offset = offsetof(struct gif_reader, raw),
      .help = "return the stored rectangles, not composed" },
    { MIM_OPTION_HEADER, .name = "palette", .type = MIM_OPTION_BOOL, .offset = offsetof(struct gif_reader, palette),
      .help = "return the indices of the stored rectangles, with the palette (RGB) as metadata" },
    { MIM_OPTION_HEADER, .name = "stream", .type = MIM_OPTION_BOOL, .offset = offsetof(struct gif_reader, stream),
      .help = "deliver RGBA frames at once, without searching the file for transparent and coloured pixels" },
};

const struct mim_reader_ops gif_reader_ops = {
    .struct_size = sizeof gif_reader_ops,
    .flags = MIM_READER_ANY_ORDER,
    .state_size = sizeof(struct gif_reader),
    .packet_size = sizeof(struct gif_packet),
    .worker_size = sizeof(struct gif_worker),
    .option_count = sizeof reader_options / sizeof *reader_options,
    .options = reader_options,
    .open = gif_open,
    .scan = gif_scan,
    .prepare = gif_prepare,
    .pixels = gif_pixels,
    .metadata = gif_metadata,
    .worker_close = gif_worker_close,
    .close = gif_close,
    .offers = gif_offers,
};
