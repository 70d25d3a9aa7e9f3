/* SPDX-License-Identifier: MIT */
/* The writer's operations. Frames are coded on any thread. */
#include "write/writer.h"

#include <stdio.h>
#include <string.h>

#include <mim/kit/aspect.h>

#include "palette/quantize.h"
#include "write/encode.h"
#include "write/pending-frame.h"
#include "write/stream.h"
#include "write/view.h"

enum { PLAYS_MAX = 65536, SIDE_MAX = 65535 };

enum { ASPECT_BASE = 15, ASPECT_UNIT = 64 }; /* width to height is (byte + 15) / 64 */
enum { DITHER_AUTO = 2 };
enum { DISPOSAL_AUTO, DISPOSAL_BACKGROUND };
enum { PALETTE_AUTO, PALETTE_LOCAL, PALETTE_GLOBAL };

static const enum gif_dithering ditherings[] = { GIF_DITHER_NEVER, GIF_DITHER_ALWAYS, GIF_DITHER_UNDECIDED };
static const enum gif_table_kind table_kinds[] = { GIF_TABLE_SHARED, GIF_TABLE_NONE, GIF_TABLE_FIRST };

struct gif_writer {
    int32_t quantizer; /* options, set by the core */
    int32_t dither;
    int32_t disposal;
    int32_t palette;
    int64_t palette_size;
    int32_t subrectangles;
    int32_t merge;
    int32_t is_open;
    int64_t alpha_threshold;
    const char *comment;
    char *source_comment; /* of the source, in host memory */
    uint64_t source_comment_capacity;
    struct mim_bytes xmp; /* the packet of the source, without zeros */
    struct gif_stream stream;
    struct gif_encoding encoding;
    _Atomic(enum gif_dithering) dithering; /* of all frames */
    bool has_rest;                         /* the canvas shows all of the last frame that the next one leaves unchanged */
    struct gif_pending pending;       /* with merge=yes */
    struct gif_survey survey;         /* with palette=global */
    struct gif_global_palette global; /* its result */
};

struct gif_packet {
    bool is_repeated; /* looks like the previous frame */
    struct gif_versions versions;
};

static int32_t
check_shape(struct mim_job *job, const struct mim_frame_info *info)
{
    if (info->channels < 1 || info->channels > 4)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "GIF supports 1 to 4 channels, this frame has %u",
                               info->channels);
    if (!info->width || !info->height || info->width > SIDE_MAX || info->height > SIDE_MAX)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN,
                               "GIF supports 1 to %d pixels a side, this frame has %ux%u", SIDE_MAX, info->width,
                               info->height);
    return MIM_OK;
}

static int32_t
gif_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct gif_writer *self = job->state;
    bool is_picture = sequence->sure == MIM_SURE_EXACT && sequence->count == 1;
    bool is_played_once = is_picture && !(sequence->timing & MIM_TIMING_LOOP); /* stored without a loop count */

    self->is_open = 1;
    self->stream = (struct gif_stream){
        .width = sequence->first.width,
        .height = sequence->first.height,
        .plays = is_played_once ? 1 : sequence->loop,
        .kind = table_kinds[self->palette],
        .aspect = self->stream.aspect,
        .comment = self->comment ? self->comment : self->source_comment,
        .xmp = self->xmp,
    };
    self->encoding = (struct gif_encoding){
        .palette_size = self->palette_size,
        .quantizer = gif_quantizers[self->quantizer],
        .threshold = self->alpha_threshold,
        .wants_subrectangles = self->subrectangles,
        .dithering = &self->dithering,
        .wants_clear = self->disposal == DISPOSAL_BACKGROUND,
        .wants_merge = self->merge,
        .may_recode = self->palette == PALETTE_AUTO && !is_picture,
    };
    self->dithering = ditherings[self->dither];
    if (self->palette == PALETTE_GLOBAL) {
        sequence->passes = 2;
        self->encoding.global = &self->global;
    }
    return gif_stream_open(job, &self->stream, is_picture);
}

/* The header stores a few aspects. */
static int32_t
retain_aspect(struct gif_writer *self, int32_t type, const void *value, uint64_t size)
{
    struct mim_rational aspect;
    bool fits = mim_aspect_get(type, value, size, &aspect) && aspect.num * ASPECT_UNIT % aspect.den == 0;
    int64_t byte = fits ? aspect.num * ASPECT_UNIT / aspect.den - ASPECT_BASE : 0;

    if (byte < 1 || byte > UINT8_MAX)
        return MIM_UNSUPPORTED;
    self->stream.aspect = (uint8_t)byte;
    return MIM_OK;
}

static int32_t
retain_xmp(struct mim_job *job, struct gif_writer *self, int32_t type, const void *value, uint64_t size)
{
    if ((type != MIM_META_BYTES && type != MIM_META_TEXT) || !size || memchr(value, 0, size))
        return MIM_UNSUPPORTED;
    self->xmp.size = 0;
    return mim_bytes_append(job, &self->xmp, value, size);
}

/* Keep the source's comment, XMP and aspect for the header; ignore other metadata. */
static int32_t
gif_metadata(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct gif_writer *self = job->state;

    if (!self->is_open && strcmp(key, "sample_aspect") == 0)
        return retain_aspect(self, type & MIM_META_TYPE_MASK, value, size);
    if (!self->is_open && strcmp(key, "xmp") == 0)
        return retain_xmp(job, self, type & MIM_META_TYPE_MASK, value, size);
    if (self->is_open || strcmp(key, "comment") != 0 || (type & MIM_META_TYPE_MASK) != MIM_META_TEXT)
        return MIM_UNSUPPORTED;
    char *text = job->host->resize(job, self->source_comment, self->source_comment_capacity, size + 1);
    if (!text)
        return MIM_NOMEM;
    memcpy(text, value, size);
    text[size] = '\0';
    self->source_comment = text;
    self->source_comment_capacity = size + 1;
    return MIM_OK;
}

static int32_t
gif_accepts(struct mim_job *job, uint64_t index, void *data, struct mim_frame_info *info)
{
    (void)index, (void)data;

    int32_t status = check_shape(job, info);
    if (status != MIM_OK)
        return status;
    info->sample = MIM_SAMPLE_U8; /* a palette of two colours loses none of 1 bit */
    info->channels = info->channels % 2 ? 3 : 4; /* the core repeats gray */
    info->parts = 1;
    return MIM_OK;
}

static int32_t
gif_survey(struct mim_job *job, const struct mim_frame_info *info, const struct mim_raster *raster)
{
    struct gif_writer *self = job->state;
    const struct gif_survey_options options = {
        .quantizer = self->encoding.quantizer,
        .palette_size = self->encoding.palette_size,
        .threshold = self->encoding.threshold,
        .wants_transparent = self->encoding.wants_subrectangles,
    };
    (void)info;

    if (raster)
        return gif_survey_add(job, &self->survey, &options, raster);
    int32_t status = gif_survey_end(job, &self->survey, &options, &self->global);
    gif_survey_close(job, &self->survey);
    return status;
}

static int32_t
gif_encode(struct mim_job *job, void *data, const struct mim_frame_info *info, uint32_t part,
           const struct mim_raster *raster, const struct mim_neighbours *neighbours)
{
    struct gif_writer *self = job->state;
    struct gif_packet *packet = data;
    (void)part;

    int32_t status = MIM_OK;
    if (self->merge && neighbours->previous)
        status = gif_view_equal(job, raster, neighbours->previous, self->encoding.threshold, &packet->is_repeated);
    if (status != MIM_OK)
        return status;
    return gif_encode_frame(job, job->worker, &self->encoding, (uint32_t)info->duration, raster, neighbours,
                            &packet->versions);
}

/* Returns the decision, which stays the first one. */
static enum gif_dithering
decide_dithering(struct gif_writer *self, const struct gif_packet *packet)
{
    if (packet->versions.decides && self->dithering == GIF_DITHER_UNDECIDED)
        self->dithering = packet->versions.wants_dither ? GIF_DITHER_ALWAYS : GIF_DITHER_NEVER;
    return self->dithering;
}

/* The version of a frame that is written. */
static struct mim_coded_part
choose_version(struct gif_writer *self, const struct gif_packet *packet, const struct mim_coded_part *both)
{
    enum gif_dithering dithering = decide_dithering(self, packet);
    const struct gif_versions *versions = &packet->versions;
    bool wants_second = versions->has_update ? self->has_rest : dithering == GIF_DITHER_ALWAYS;
    bool is_second = versions->first_size && wants_second;
    struct mim_coded_part part = *both;

    self->has_rest = versions->keeps_rest[is_second];
    if (!versions->first_size)
        return part;
    part.data = (const uint8_t *)both->data + (is_second ? versions->first_size : 0);
    part.size = is_second ? both->size - versions->first_size : versions->first_size;
    return part;
}

static int32_t
emit_pending(struct mim_job *job, struct gif_writer *self)
{
    return self->pending.size ? gif_stream_add(job, &self->stream, self->pending.frame, self->pending.size) : MIM_OK;
}

static int32_t
gif_put(struct mim_job *job, void *data, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    struct gif_writer *self = job->state;
    const struct gif_packet *packet = data;
    const struct mim_coded_part frame = choose_version(self, packet, &coded->parts[0]);
    uint32_t delay = (uint32_t)info->duration;
    bool merged = false;

    if (!self->merge)
        return gif_stream_add(job, &self->stream, frame.data, frame.size);
    int32_t status = packet->is_repeated ? gif_pending_merge(job, &self->pending, &frame, delay, &merged) : MIM_OK;
    if (status == MIM_OK && !merged)
        status = emit_pending(job, self);
    if (status == MIM_OK && !merged)
        status = gif_pending_replace(job, &self->pending, &frame, delay);
    return status;
}

static int32_t
gif_finish(struct mim_job *job)
{
    struct gif_writer *self = job->state;

    int32_t status = emit_pending(job, self);
    return status == MIM_OK ? gif_stream_end(job, &self->stream) : status;
}

static void
gif_worker_close(struct mim_job *job)
{
    gif_encoder_close(job, job->worker);
}

static void
gif_close(struct mim_job *job)
{
    struct gif_writer *self = job->state;

    gif_survey_close(job, &self->survey);
    gif_pending_close(job, &self->pending);
    gif_stream_close(job, &self->stream);
    mim_bytes_clear(job, &self->xmp);
    if (self->source_comment)
        job->host->resize(job, self->source_comment, self->source_comment_capacity, 0);
}

#define OPTION(member) MIM_OPTION_HEADER, .offset = offsetof(struct gif_writer, member)

static const struct mim_option writer_options[] = {
    { OPTION(palette_size), .name = "palettesize", .type = MIM_OPTION_INT, .initial = 256, .min = 2, .max = 256,
      .help = "maximum palette size per frame, including transparency" },
    { OPTION(quantizer), .name = "quantizer", .type = MIM_OPTION_CHOICE, .choices = GIF_QUANTIZER_NAMES,
      .help = "how to choose the palette of a frame with too many colours" },
    { OPTION(dither), .name = "dither", .type = MIM_OPTION_CHOICE, .choices = "none|floyd-steinberg|auto",
      .initial = DITHER_AUTO, .help = "dither frames with too many colours; auto: if the first of them shows bands" },
    { OPTION(palette), .name = "palette", .type = MIM_OPTION_CHOICE, .choices = "auto|local|global",
      .help = "local: one per frame; global: one for all frames; auto: local, but shared tables are stored once" },
    { OPTION(subrectangles), .name = "subrectangles", .type = MIM_OPTION_BOOL, .initial = 1,
      .help = "store only the changes from frame to frame" },
    { OPTION(merge), .name = "merge", .type = MIM_OPTION_BOOL,
      .help = "merge consecutive equal frames into one with their total duration" },
    { OPTION(disposal), .name = "disposal", .type = MIM_OPTION_CHOICE, .choices = "auto|background",
      .help = "auto: clear the canvas only when necessary; background: after every frame" },
    { OPTION(alpha_threshold), .name = "alpha_threshold", .type = MIM_OPTION_INT, .initial = 128, .min = 0, .max = 255,
      .help = "lowest alpha of an opaque pixel" },
    { OPTION(comment), .name = "comment", .type = MIM_OPTION_TEXT,
      .help = "text stored in the file; default: the source's comment" },
};

static const struct mim_writer_timing writer_timing = {
    .struct_size = sizeof writer_timing,
    .grid = MIM_GRID_FIXED,
    .den = 100,
    .max_duration = GIF_DELAY_MAX,
    .max_loop = PLAYS_MAX,
    .min_duration = 2,
};

const struct mim_writer_ops gif_writer_ops = {
    .struct_size = sizeof gif_writer_ops,
    .flags = MIM_WRITER_SQUARE | MIM_WRITER_PREVIOUS | MIM_WRITER_NEXT | MIM_WRITER_TIMING | MIM_WRITER_LOOP | MIM_WRITER_COUNTS |
             MIM_WRITER_BITS,
    .state_size = sizeof(struct gif_writer),
    .packet_size = sizeof(struct gif_packet),
    .worker_size = sizeof(struct gif_encoder),
    .option_count = sizeof writer_options / sizeof *writer_options,
    .options = writer_options,
    .open = gif_open,
    .accepts = gif_accepts,
    .survey = gif_survey,
    .encode = gif_encode,
    .put = gif_put,
    .metadata = gif_metadata,
    .finish = gif_finish,
    .worker_close = gif_worker_close,
    .close = gif_close,
    .timing = &writer_timing,
};
