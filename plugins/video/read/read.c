/* SPDX-License-Identifier: MIT */
/* The reader operations: `prepare` decodes a picture, one call at a time; `pixels` converts it on any thread. */
#include "read/read.h"

#include <stdio.h>
#include <string.h>

#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>

#include "ffmpeg/matrix.h"
#include "read/alpha.h"
#include "read/metadata.h"
#include "read/offers.h"
#include "read/reader.h"

/* --- opening ------------------------------------------------------------------------------------------------------ */

/* Notify once of losses that the caller did not ask for. */
static int32_t
report_losses(struct mim_job *job, const struct video_reader *self)
{
    const AVStream *stream = self->cursor.decoder.demux.stream;
    const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(stream->codecpar->format);
    char text[120];
    int32_t status = MIM_OK;
    if (self->output.pixels == VIDEO_AUTO && descriptor && descriptor->comp[0].depth > 8)
        status = job->host->notice(job, MIM_NOTICE_DEPTH, "samples become 8 bits; pixelformat=native keeps them");
    if (status != MIM_OK || self->output.has_alpha || !video_alpha_is_stated(stream))
        return status;
    snprintf(text, sizeof text, "transparency is dropped: this FFmpeg has no decoder for alpha of %s",
             avcodec_get_name(stream->codecpar->codec_id));
    return job->host->notice(job, MIM_NOTICE_ALPHA, text);
}

static void
set_rate(struct video_reader *self, struct mim_sequence *sequence)
{
    AVRational base = self->cursor.decoder.demux.stream->time_base;
    if (self->fps.den) {
        av_reduce(&self->rate.fps.num, &self->rate.fps.den, self->fps.num, self->fps.den, INT32_MAX);
        base = av_inv_q(self->rate.fps);
    }
    sequence->time_num = (uint32_t)base.num;
    sequence->time_den = (uint32_t)base.den;
}

/* AVIF is coded as AV1, but players treat it as JPEG. */
static bool
is_bt601(const struct video_demux *demux)
{
    const AVDictionaryEntry *brand = av_dict_get(demux->format->metadata, "major_brand", NULL, 0);
    return video_codec_is_bt601(demux->stream->codecpar->codec_id) || (brand && !strncmp(brand->value, "avi", 3));
}

static int32_t
open_reader(struct mim_job *job, struct mim_sequence *sequence, const struct video_container *container)
{
    struct video_reader *self = job->state;
    int threads = self->threads ? (int)self->threads : (int)job->threads;

    video_log_open(&self->log, job);
    self->cursor.scan.setup = (struct video_demux_setup){ container, &self->log, self->stream };
    self->cursor.scan.threads = threads;
    self->cursor.scan.may_use_table = job->host->flags(job) & MIM_HOST_REMOTE && !self->fps.den;
    int32_t status = video_cursor_open(&self->cursor, job);
    if (status != MIM_OK)
        return status;
    AVStream *stream = self->cursor.decoder.demux.stream;
    self->is_stream = sequence->sequential;
    self->orientation = video_orientation_of(stream);
    self->output.has_alpha = video_alpha_is_decoded(stream);
    self->output.sizing.aspect = av_guess_sample_aspect_ratio(self->cursor.decoder.demux.format, stream, NULL);
    self->output.is_bt601 = is_bt601(&self->cursor.decoder.demux);
    sequence->loop = -1;
    set_rate(self, sequence);
    sequence->count = video_promised_count(self, &sequence->sure);
    return report_losses(job, self);
}

static int32_t
scan_stream(struct mim_job *job, struct mim_sequence *sequence)
{
    struct video_reader *self = job->state;
    int32_t status = video_scan_run(&self->cursor.scan);
    if (status != MIM_OK)
        return status;
    sequence->count = video_frame_rate_count(&self->rate, &self->cursor);
    sequence->sure = MIM_SURE_EXACT;
    return video_scan_verdict(&self->cursor.scan);
}

/* --- frames ------------------------------------------------------------------------------------------------------- */

static int32_t
set_times(struct video_reader *self, uint64_t index, uint64_t picture, struct video_read_frame *frame,
          struct mim_frame_info *info)
{
    AVRational base = self->cursor.decoder.demux.stream->time_base;
    int64_t start, end;
    int32_t status = video_cursor_times(&self->cursor, picture, &start, &end);

    if (status != MIM_OK)
        return status;
    frame->time = video_seconds(start, base);
    if (self->rate.fps.den) {
        info->pts = video_frame_rate_first(&self->rate, &self->cursor) + (int64_t)index;
        info->duration = 1;
    } else {
        info->pts = start;
        info->duration = end - start;
    }
    return MIM_OK;
}

/*
 * A decoder that gives pictures no type (qtrle) does not mark key frames either: with FFmpeg 5 all of them look like key frames,
 * with FFmpeg 7 none. Then the container's flag counts.
 */
static bool
is_key_picture(const AVFrame *picture, const struct video_index *index)
{
    uint64_t packet = (uint64_t)picture->pts; /* the decoder numbers packets so */
    if (picture->pict_type == AV_PICTURE_TYPE_NONE && packet < index->packet_count)
        return index->packets[packet].flags & AV_PKT_FLAG_KEY;
    return video_picture_is_key(picture);
}

/* Report once that frames get another size than the file's. */
static int32_t
report_square(struct mim_job *job, const struct video_reader *self, const AVFrame *picture)
{
    struct video_sizing stored = self->output.sizing;
    bool is_turned = video_reader_turns(self);
    struct video_frame_size after = video_frame_size(&stored, is_turned, picture->width, picture->height);
    char text[160];

    stored.makes_square = false;
    struct video_frame_size before = video_frame_size(&stored, is_turned, picture->width, picture->height);
    if (stored.square != VIDEO_SQUARE_AUTO || (before.width == after.width && before.height == after.height))
        return MIM_OK;
    snprintf(text, sizeof text, "samples of aspect %d/%d become square: %ux%u pixels become %ux%u; square=no keeps them",
             before.aspect.num, before.aspect.den, before.width, before.height, after.width, after.height);
    return job->host->notice(job, MIM_NOTICE_SIZE, text);
}

static int32_t
describe_frame(struct mim_job *job, struct video_reader *self, struct video_read_frame *frame,
               struct mim_frame_info *info)
{
    const AVFrame *picture = frame->picture->frame;
    int size = av_image_get_buffer_size(picture->format, picture->width, picture->height, 64);

    if (!self->has_begun) {
        video_sizing_settle(job, &self->output.sizing);
        self->has_begun = true;
        int32_t status = report_square(job, self, picture);
        if (status != MIM_OK)
            return status;
    }
    if (!video_scaling_of(picture, &self->output, &self->orientation, &frame->scaling, info))
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "pictures of pixel format %s cannot be converted",
                               av_get_pix_fmt_name(picture->format));
    frame->is_key = is_key_picture(picture, &self->cursor.scan.index);
    info->flags = MIM_FRAME_ALIKE | (frame->is_key ? MIM_FRAME_KEY : 0);
    info->work_size = size > 0 ? (uint64_t)size : 0;
    info->key_frame = self->rate.fps.den ? 0 : video_cursor_key_picture(&self->cursor);
    if (!(picture->flags & AV_FRAME_FLAG_CORRUPT) && !picture->decode_error_flags)
        return MIM_OK;
    info->flags |= MIM_FRAME_DAMAGED;
    return job->host->notice(job, MIM_NOTICE_DAMAGED, "parts of the picture are missing and were concealed");
}

static int32_t
prepare_frame(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    struct video_reader *self = job->state;
    struct video_read_frame *frame = packet;
    uint64_t picture;

    int32_t status = video_frame_rate_find(&self->rate, &self->cursor, index, &picture);
    if (status == MIM_OK)
        status = video_cursor_seek(&self->cursor, picture);
    if (status == MIM_OK)
        status = set_times(self, index, picture, frame, info);
    if (status != MIM_OK)
        return status;
    frame->picture = video_shared_picture_ref(self->cursor.current);
    status = describe_frame(job, self, frame, info);
    if (status != MIM_OK)
        video_shared_picture_unref(&frame->picture);
    return status;
}

static int32_t
convert_picture(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
                struct mim_raster *raster)
{
    const struct video_read_frame *frame = packet;
    (void)info, (void)part;
    return video_scale(job->worker, job, frame->picture->frame, &frame->scaling, raster);
}

static void
release_frame(struct mim_job *job, void *packet)
{
    struct video_read_frame *frame = packet;
    (void)job;
    video_shared_picture_unref(&frame->picture);
}

static void
close_worker(struct mim_job *job)
{
    video_scaler_close(job->worker, job);
}

static void
close_reader(struct mim_job *job)
{
    struct video_reader *self = job->state;
    video_cursor_close(&self->cursor);
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

static const struct mim_option options[] = {
    { MIM_OPTION_HEADER, .name = "fps", .type = MIM_OPTION_RATIONAL, .offset = offsetof(struct video_reader, fps),
      .unit = "1/s", .min = 0.001, .max = 10000,
      .help = "constant rate: duplicate and drop pictures as FFmpeg's filter fps" },
    { MIM_OPTION_HEADER, .name = "size", .type = MIM_OPTION_SIZE, .offset = offsetof(struct video_reader, output.sizing.size),
      .unit = "px", .help = "scale frames to this size" },
    { MIM_OPTION_HEADER, .name = "pixelformat", .type = MIM_OPTION_CHOICE,
      .offset = offsetof(struct video_reader, output.pixels), .choices = VIDEO_PIXELS_CHOICES, .initial_text = "auto",
      .help = "sample layout of frames; auto: rgb24, or rgba if there is alpha; native keeps gray and depth too" },
    { MIM_OPTION_HEADER, .name = "square", .type = MIM_OPTION_CHOICE,
      .offset = offsetof(struct video_reader, output.sizing.square), .choices = VIDEO_SQUARE_CHOICES,
      .initial_text = "auto",
      .help = "add columns or rows to make samples square; auto: for formats whose players ignore the aspect" },
    { MIM_OPTION_HEADER, .name = "matrix", .type = MIM_OPTION_CHOICE,
      .offset = offsetof(struct video_reader, output.matrix), .choices = VIDEO_MATRIX_CHOICES, .initial_text = "auto",
      .help = "colour matrix of the pictures; auto: as the file states, else BT.709 for HD and BT.601 below" },
    { MIM_OPTION_HEADER, .name = "stream", .type = MIM_OPTION_INT, .offset = offsetof(struct video_reader, stream),
      .initial = -1, .min = -1, .max = 10000,
      .help = "number of the stream in the file, -1 for the best video stream" },
    { MIM_OPTION_HEADER, .name = "threads", .type = MIM_OPTION_INT, .offset = offsetof(struct video_reader, threads),
      .max = 64, .help = "threads of the decoder, 0 for as many as the job has" },
    { MIM_OPTION_HEADER, .name = "rotate", .type = MIM_OPTION_CHOICE,
      .offset = offsetof(struct video_reader, output.keep_rotation), .choices = "apply|keep", .initial_text = "apply",
      .help = "turn frames by the rotation in the file, or keep them as coded" },
};

#define OPEN(id) \
    static int32_t open_##id(struct mim_job *job, struct mim_sequence *sequence) \
    { \
        return open_reader(job, sequence, &video_containers[VIDEO_##id]); \
    }
VIDEO_FORMATS(OPEN)

#define OPS(id) \
    [VIDEO_##id] = { \
        .struct_size = sizeof(struct mim_reader_ops), \
        .flags = MIM_READER_ANY_ORDER | MIM_READER_THREADS | MIM_READER_FORWARD, \
        .state_size = sizeof(struct video_reader), \
        .packet_size = sizeof(struct video_read_frame), \
        .worker_size = sizeof(struct video_scaler), \
        .option_count = sizeof options / sizeof *options, \
        .options = options, \
        .open = open_##id, \
        .scan = scan_stream, \
        .prepare = prepare_frame, \
        .pixels = convert_picture, \
        .metadata = video_metadata, \
        .release = release_frame, \
        .worker_close = close_worker, \
        .close = close_reader, \
        .offers = video_offers, \
    },

const struct mim_reader_ops video_readers[VIDEO_FORMAT_COUNT] = { VIDEO_FORMATS(OPS) };
