/* SPDX-License-Identifier: MIT */
/* The writer operations. `encode` converts colours on any thread; `put` passes frames to the encoder in order. */
#include "write/writer.h"

#include <stdio.h>
#include <string.h>

#include "write/encoder-find.h"

static int32_t
report_padding(struct mim_job *job, const struct video_writer *self)
{
    const struct video_layout *layout = &self->encoder.layout;
    char text[160];

    if (layout->padded_width == layout->width && layout->padded_height == layout->height)
        return MIM_OK;
    snprintf(text, sizeof text, "%dx%d pixels are padded to %dx%d for %s", layout->width, layout->height,
             layout->padded_width, layout->padded_height, self->encoder.facts.codec->name);
    return job->host->notice(job, MIM_NOTICE_SIZE, text);
}

static int32_t
report_aspect(struct mim_job *job, const struct video_writer *self)
{
    char text[160];
    if (!video_properties_round_aspect(&self->properties, self->target, self->encoder.context))
        return MIM_OK;
    snprintf(text, sizeof text, "%s rounds sample_aspect %d/%d: it has only pictures of 4:3, 16:9 and 2.21:1",
             self->encoder.facts.codec->name, self->properties.aspect.num, self->properties.aspect.den);
    return job->host->notice(job, MIM_NOTICE_METADATA, text);
}

static int32_t
open_encoder(struct mim_job *job, struct video_writer *self, const struct mim_sequence *sequence)
{
    const struct video_encoder_setup setup = {
        .settings = &self->settings,
        .target = self->target,
        .format = self->mux.context->oformat,
        .timing = &self->timing,
        .first = &sequence->first,
        .properties = &self->properties,
        .log = &self->log,
    };
    int32_t status = video_encoder_open(job, &self->encoder, &setup);
    if (status == MIM_OK)
        status = report_padding(job, self);
    if (status == MIM_OK)
        status = report_aspect(job, self);
    return status == MIM_OK ? video_pictures_open(job, &self->pictures, &self->encoder.layout) : status;
}

static int32_t
open_streams(struct mim_job *job, struct video_writer *self)
{
    AVCodecParameters *parameters = avcodec_parameters_alloc();
    self->packet = av_packet_alloc();
    int code = parameters && self->packet ? avcodec_parameters_from_context(parameters, self->encoder.context) : -1;
    if (code >= 0)
        self->stream = video_mux_add(&self->mux, parameters, self->timing.tick);
    avcodec_parameters_free(&parameters);
    if (!self->stream || !video_properties_stream(&self->properties, self->stream))
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a stream");
    return MIM_OK;
}

/* Set the stream's rate from the first frames. */
static void
settle_rate(struct video_writer *self)
{
    enum video_timing kind = self->target->timing;
    AVRational rate = self->timing.rate;
    bool is_regular =
        self->timing.is_even || video_cadence_is_regular(&self->cadence, self->timing.tick, self->timing.rate, &rate);

    if (is_regular)
        self->stream->avg_frame_rate = rate;
    if (is_regular && kind == VIDEO_TIMING_FREE && video_frame_timing_set_rate(&self->timing, rate))
        self->stream->time_base = self->timing.fine_tick;
    if (kind == VIDEO_TIMING_GRID)
        self->stream->time_base = is_regular ? av_inv_q(rate) : video_cadence_grid(&self->cadence, self->timing.tick);
}

static int32_t
put_packet(struct mim_job *job, struct video_writer *self, AVPacket *packet)
{
    int32_t status = video_streams_write_until(&self->streams, packet->dts, self->timing.tick, false);
    if (status == MIM_OK && self->target->timing == VIDEO_TIMING_GRID)
        status = video_frame_timing_check_grid(job, &self->timing, packet->pts, self->stream->time_base);
    if (status != MIM_OK)
        return status;
    video_frame_timing_straighten(&self->timing, packet);
    return video_mux_put(&self->mux, packet, self->stream, video_frame_timing_tick(&self->timing));
}

static int32_t
write_header(struct mim_job *job, struct video_writer *self)
{
    settle_rate(self);
    int32_t status = video_mux_start(&self->mux, self->tags.dictionary);
    for (unsigned i = 0; i < self->retained_count && status == MIM_OK; i++)
        status = put_packet(job, self, self->retained[i]);
    return status;
}

/* A header with the rate or a time base that fits it waits for the first frames, unless the rate is known. */
static bool
is_header_delayed(const struct video_writer *self)
{
    bool is_wanted = self->target->timing != VIDEO_TIMING_FREE || video_frame_timing_is_rounded(&self->timing);
    return is_wanted && !self->timing.is_even;
}

int32_t
video_writer_open(struct mim_job *job, struct mim_sequence *sequence, enum video_format id, bool seeks)
{
    struct video_writer *self = job->state;

    self->container = &video_containers[id];
    self->target = &video_targets[id];
    self->cadence.max = self->target->timing == VIDEO_TIMING_GRID ? VIDEO_CADENCE_MAX : VIDEO_CADENCE_FEW;
    memcpy(sequence->background, self->background, sizeof self->background);
    video_log_open(&self->log, job);
    int32_t status = video_mux_open(job, &self->mux, self->container, seeks, &self->log);
    if (status == MIM_OK)
        status = video_mux_set_up(&self->mux, self->target, &self->format_options);
    video_frame_timing_start(&self->timing, sequence);
    if (status == MIM_OK)
        status = open_encoder(job, self, sequence);
    if (status == MIM_OK)
        status = open_streams(job, self);
    if (status == MIM_OK)
        status = video_streams_open(job, &self->streams, &self->mux, self->target, sequence, &self->log);
    if (status == MIM_OK)
        status = video_streams_describe_video(&self->streams, &self->mux, self->stream);
    return status == MIM_OK && !is_header_delayed(self) ? write_header(job, self) : status;
}

int32_t
video_writer_metadata(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size,
                      enum video_format id)
{
    struct video_writer *self = job->state;
    if (self->mux.context)
        return video_tags_check_frame(&self->tags, &video_targets[id], key, value, size);
    const struct video_target *target = &video_targets[id];
    if (!video_is_property(key))
        return video_tags_add(job, &self->tags, target, key, type, value, size);
    const AVCodec *codec = video_encoder_lookup(self->settings.codec, target);
    return codec ? video_properties_set(&self->properties, target, codec, key, type, value, size)
                 : MIM_UNSUPPORTED;
}

/* Reuse a frame that was written, or allocate one. */
static struct video_pending_frame *
take_pending(struct mim_job *job, struct video_writer *self)
{
    struct video_pending_frame *pending = self->idle;
    if (pending) {
        self->idle = pending->next;
        pending->next = NULL;
        return pending;
    }
    pending = job->host->resize(job, NULL, 0, sizeof *pending);
    if (!pending)
        return NULL;
    *pending = (struct video_pending_frame){ .frame = av_frame_alloc() };
    if (pending->frame)
        return pending;
    job->host->resize(job, pending, sizeof *pending, 0);
    return NULL;
}

int32_t
video_writer_accepts(struct mim_job *job, uint64_t index, void *data, struct mim_frame_info *info)
{
    struct video_writer *self = job->state;
    struct video_write_frame *frame = data;
    (void)index;

    frame->pending = take_pending(job, self);
    if (!frame->pending)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a frame");
    if (self->newest)
        self->newest->next = frame->pending;
    else
        self->oldest = frame->pending;
    self->newest = frame->pending;

    info->sample = video_samples_type(self->encoder.layout.from);
    info->channels = video_samples_channels(self->encoder.layout.from);
    info->parts = 1;
    return video_streams_note_frame(&self->streams, info->pts, info->pts + info->duration, self->timing.tick);
}

int32_t
video_writer_takes(struct mim_job *job, uint32_t number, const struct mim_offer *offer)
{
    const struct video_writer *self = job->state;
    return video_streams_take(&self->streams, number, offer);
}

/* Reserving the picture's memory limits how many frames are in flight. A refusal is not an error, since the memory is
 * needed only until the frame is written. */
int32_t
video_writer_encode(struct mim_job *job, void *data, const struct mim_frame_info *info, uint32_t part,
                    const struct mim_raster *raster, const struct mim_neighbours *beside)
{
    const struct video_writer *self = job->state;
    const struct video_write_frame *frame = data;
    struct video_pending_frame *pending = frame->pending;
    (void)info, (void)part, (void)beside;

    if (!pending->reserved && job->host->reserve(job, self->pictures.size) == MIM_OK)
        pending->reserved = self->pictures.size;
    return video_picture_fill(job, &self->pictures, job->worker, raster, pending->frame);
}

/* Retain a packet until the header is written: after enough packets, or after a large one. */
static int32_t
retain_packet(struct mim_job *job, struct video_writer *self)
{
    enum { LARGE = 1 << 20 };
    AVPacket *retained = av_packet_alloc();
    if (!retained)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a packet");
    av_packet_move_ref(retained, self->packet);
    self->retained[self->retained_count++] = retained;
    self->retained_bytes += retained->size;
    bool is_much = retained->size > LARGE ||
                   (self->retained_count > VIDEO_CADENCE_FEW && self->retained_bytes > LARGE);
    return is_much || self->retained_count == self->cadence.max ? write_header(job, self) : MIM_OK;
}

static int32_t
write_packets(struct mim_job *job, struct video_writer *self)
{
    for (;;) {
        int32_t status = video_encoder_receive(job, &self->encoder, self->packet);
        if (status == MIM_END)
            return MIM_OK;
        if (status == MIM_OK)
            status = self->mux.has_header ? put_packet(job, self, self->packet) : retain_packet(job, self);
        if (status != MIM_OK)
            return status;
    }
}

static void
recycle_frame(struct mim_job *job, struct video_pending_frame *pending)
{
    av_frame_unref(pending->frame);
    job->host->reserve(job, -pending->reserved);
    pending->reserved = 0;
}

static bool
has_place(const struct video_writer *self, const struct video_time *time)
{
    bool is_on_grid = self->target->timing == VIDEO_TIMING_GRID && self->mux.has_header;
    return !is_on_grid || video_frame_timing_has_place(&self->timing, time, self->stream->time_base);
}

int32_t
video_writer_put(struct mim_job *job, void *data, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    struct video_writer *self = job->state;
    const struct video_write_frame *frame = data;
    struct video_pending_frame *pending = frame->pending;
    const struct video_time time = { info->pts, info->duration };
    (void)coded;

    video_cadence_note(&self->cadence, time.start);
    self->end = time.start + time.duration;
    int32_t status = job->host->poll(job);
    if (status == MIM_OK)
        status = has_place(self, &time) ? video_encoder_send(job, &self->encoder, pending->frame, &time)
                                        : video_frame_timing_report_drop(job, &self->timing);
    if (status == MIM_OK)
        status = write_packets(job, self);

    self->oldest = pending->next; /* puts have the order of accepts */
    if (!self->oldest)
        self->newest = NULL;
    recycle_frame(job, pending);
    pending->next = self->idle;
    self->idle = pending;
    return status;
}

int32_t
video_writer_finish(struct mim_job *job)
{
    struct video_writer *self = job->state;

    int32_t status = video_encoder_send(job, &self->encoder, NULL, NULL);
    if (status == MIM_OK)
        status = write_packets(job, self);
    if (status == MIM_OK && !self->mux.has_header) {
        video_cadence_note(&self->cadence, self->end); /* the last frame may differ */
        status = write_header(job, self);
    }
    if (status == MIM_OK && self->target->timing == VIDEO_TIMING_GRID)
        status = video_frame_timing_check_grid(job, &self->timing, self->end, self->stream->time_base);
    if (status == MIM_OK)
        status = video_encoder_report_missing(job, &self->encoder);
    if (status == MIM_OK)
        status = video_streams_write_until(&self->streams, self->end, self->timing.tick, true);
    if (status == MIM_OK)
        status = video_streams_finish(&self->streams);
    return status == MIM_OK ? video_mux_finish(&self->mux) : status;
}

void
video_writer_worker_close(struct mim_job *job)
{
    video_converter_close(job, job->worker);
}

static void
free_pending(struct mim_job *job, struct video_pending_frame *list)
{
    while (list) {
        struct video_pending_frame *next = list->next;
        recycle_frame(job, list);
        av_frame_free(&list->frame);
        job->host->resize(job, list, sizeof *list, 0);
        list = next;
    }
}

void
video_writer_close(struct mim_job *job)
{
    struct video_writer *self = job->state;

    free_pending(job, self->oldest);
    free_pending(job, self->idle);
    video_encoder_close(job, &self->encoder);
    video_pictures_close(&self->pictures);
    video_streams_close(job, &self->streams);
    for (unsigned i = 0; i < self->retained_count; i++)
        av_packet_free(&self->retained[i]);
    video_mux_close(&self->mux);
    video_tags_close(job, &self->tags);
    av_packet_free(&self->packet);
}
