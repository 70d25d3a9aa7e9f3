/* SPDX-License-Identifier: MIT */
/* Writing: the operations. Colours are converted on any thread; the encoder and the muxer get frames in order. */
#include "write/writer.h"

#include <stdio.h>
#include <string.h>

static int32_t
say_padded(struct mim_job *job, const struct video_writer *self)
{
    const struct video_layout *layout = &self->encoder.layout;
    char text[160];

    if (layout->padded_width == layout->width && layout->padded_height == layout->height)
        return MIM_OK;
    snprintf(text, sizeof text, "%dx%d pixels are padded to %dx%d for %s", layout->width, layout->height,
             layout->padded_width, layout->padded_height, self->encoder.codec->name);
    return job->host->notice(job, MIM_NOTICE_SIZE, text);
}

static int32_t
open_encoder(struct mim_job *job, struct video_writer *self, const struct mim_sequence *sequence)
{
    const struct video_encoder_setting setting = {
        .wishes = &self->wishes,
        .target = self->target,
        .format = self->mux.context->oformat,
        .clock = &self->clock,
        .first = &sequence->first,
        .log = &self->log,
    };
    int32_t status = video_encoder_open(job, &self->encoder, &setting);
    if (status == MIM_OK)
        status = say_padded(job, self);
    return status == MIM_OK ? video_pictures_open(job, &self->pictures, &self->encoder.layout) : status;
}

static int32_t
open_streams(struct mim_job *job, struct video_writer *self)
{
    AVCodecParameters *parameters = avcodec_parameters_alloc();
    self->packet = av_packet_alloc();
    int code = parameters && self->packet ? avcodec_parameters_from_context(parameters, self->encoder.context) : -1;
    if (code >= 0)
        self->stream = video_mux_add(&self->mux, parameters, self->clock.tick);
    avcodec_parameters_free(&parameters);
    if (!self->stream)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a stream");
    self->stream->sample_aspect_ratio = (AVRational){ 1, 1 };
    return MIM_OK;
}

/* The rate, from what was seen of it. */
static void
settle_rate(struct video_writer *self)
{
    enum video_timing timing = self->target->timing;
    AVRational rate = self->clock.rate;
    bool is_regular = self->clock.is_even ||
                      video_pace_is_regular(&self->pace, self->clock.tick, self->clock.rate, &rate);

    if (is_regular)
        self->stream->avg_frame_rate = rate;
    if (timing == VIDEO_TIMING_GRID)
        self->stream->time_base = is_regular ? av_inv_q(rate) : video_pace_grid(&self->pace, self->clock.tick);
}

static int32_t
put_packet(struct mim_job *job, struct video_writer *self, AVPacket *packet)
{
    int32_t status = video_audio_write_until(job, &self->audio, packet->dts, self->clock.tick, false);
    if (status == MIM_OK && self->target->timing == VIDEO_TIMING_GRID)
        status = video_clock_check_grid(job, &self->clock, packet->pts, self->stream->time_base);
    if (status == MIM_OK && self->target->timing == VIDEO_TIMING_LOOSE)
        status = video_clock_check_even(job, &self->clock, packet->duration);
    return status == MIM_OK ? video_mux_put(&self->mux, packet, self->stream, self->clock.tick) : status;
}

static int32_t
start(struct mim_job *job, struct video_writer *self)
{
    settle_rate(self);
    int32_t status = video_mux_start(&self->mux, self->keys.tags);
    for (unsigned i = 0; i < self->held_count && status == MIM_OK; i++)
        status = put_packet(job, self, self->held[i]);
    return status;
}

/* Those containers wait whose header tells the rate, unless it is known. */
static bool
waits(const struct video_writer *self)
{
    bool is_wanted = self->target->timing == VIDEO_TIMING_RATED || self->target->timing == VIDEO_TIMING_GRID;
    return is_wanted && !self->clock.is_even;
}

int32_t
video_writer_open(struct mim_job *job, struct mim_sequence *sequence, enum video_format id, bool seeks)
{
    struct video_writer *self = job->state;

    self->container = &video_containers[id];
    self->target = &video_targets[id];
    memcpy(sequence->background, self->background, sizeof self->background);
    video_log_open(&self->log, job);
    int32_t status = video_mux_open(job, &self->mux, self->container, seeks, &self->log);
    if (status == MIM_OK)
        status = video_mux_set_up(&self->mux, self->target, &self->format_settings);
    if (status == MIM_OK)
        status = video_clock_start(job, &self->clock, self->fps, sequence, self->target->timing == VIDEO_TIMING_EVEN);
    if (status == MIM_OK)
        status = open_encoder(job, self, sequence);
    if (status == MIM_OK)
        status = open_streams(job, self);
    if (status == MIM_OK)
        status = video_audio_open(job, &self->audio, &self->mux, self->target, sequence, self->clock.replaces, &self->log);
    return status == MIM_OK && !waits(self) ? start(job, self) : status;
}

int32_t
video_writer_keep(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size,
                  enum video_format id)
{
    struct video_writer *self = job->state;
    if (self->mux.context)
        return video_keys_keep_of_frame(&self->keys, &video_targets[id], key, value, size);
    return video_keys_keep(job, &self->keys, &video_targets[id], key, type, value, size);
}

/* From those that were written, else new. */
static struct video_coming *
take_coming(struct mim_job *job, struct video_writer *self)
{
    struct video_coming *coming = self->idle;
    if (coming) {
        self->idle = coming->next;
        coming->next = NULL;
        return coming;
    }
    coming = job->host->resize(job, NULL, 0, sizeof *coming);
    if (!coming)
        return NULL;
    *coming = (struct video_coming){ .frame = av_frame_alloc() };
    if (coming->frame)
        return coming;
    job->host->resize(job, coming, sizeof *coming, 0);
    return NULL;
}

int32_t
video_writer_accepts(struct mim_job *job, uint64_t index, void *data, struct mim_frame_info *info)
{
    struct video_writer *self = job->state;
    struct video_packet *packet = data;
    uint32_t channels = video_samples_channels(self->encoder.layout.from);

    int32_t status = video_clock_next(job, &self->clock, index, info, &packet->time);
    if (status != MIM_OK)
        return status;
    packet->coming = take_coming(job, self);
    if (!packet->coming)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a frame");
    if (self->newest)
        self->newest->next = packet->coming;
    else
        self->oldest = packet->coming;
    self->newest = packet->coming;

    info->sample = video_samples_type(self->encoder.layout.from);
    info->channels = channels;
    info->parts = 1;
    return MIM_OK;
}

/* What a picture takes narrows the window; a refusal is no reason to stop: it is there only until it is written. */
int32_t
video_writer_encode(struct mim_job *job, void *data, const struct mim_frame_info *info, uint32_t part,
                    const struct mim_raster *raster, const struct mim_neighbours *beside)
{
    const struct video_writer *self = job->state;
    const struct video_packet *packet = data;
    struct video_coming *coming = packet->coming;
    (void)info, (void)part, (void)beside;

    if (!coming->reserved && job->host->reserve(job, self->pictures.size) == MIM_OK)
        coming->reserved = self->pictures.size;
    return video_picture_fill(job, &self->pictures, job->worker, raster, coming->frame);
}

/* The header waits for some packets, if they are small. */
static int32_t
hold_packet(struct mim_job *job, struct video_writer *self)
{
    enum { LARGE_PACKET = 1 << 20 };
    AVPacket *held = av_packet_alloc();
    if (!held)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a packet");
    av_packet_move_ref(held, self->packet);
    self->held[self->held_count++] = held;
    return self->held_count == VIDEO_PACE_MOST || held->size > LARGE_PACKET ? start(job, self) : MIM_OK;
}

static int32_t
write_packets(struct mim_job *job, struct video_writer *self)
{
    for (;;) {
        int32_t status = video_encoder_receive(job, &self->encoder, self->packet);
        if (status == MIM_END)
            return MIM_OK;
        if (status == MIM_OK)
            status = self->mux.has_header ? put_packet(job, self, self->packet) : hold_packet(job, self);
        if (status != MIM_OK)
            return status;
    }
}

static void
give_back(struct mim_job *job, struct video_coming *coming)
{
    av_frame_unref(coming->frame);
    job->host->reserve(job, -coming->reserved);
    coming->reserved = 0;
}

int32_t
video_writer_put(struct mim_job *job, void *data, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    struct video_writer *self = job->state;
    const struct video_packet *packet = data;
    struct video_coming *coming = packet->coming;
    (void)info, (void)coded;

    video_pace_note(&self->pace, packet->time.start);
    self->end = packet->time.start + packet->time.duration;
    int32_t status = job->host->poll(job);
    if (status == MIM_OK)
        status = video_encoder_send(job, &self->encoder, coming->frame, &packet->time);
    if (status == MIM_OK)
        status = write_packets(job, self);

    self->oldest = coming->next; /* puts come as accepts did */
    if (!self->oldest)
        self->newest = NULL;
    give_back(job, coming);
    coming->next = self->idle;
    self->idle = coming;
    return status;
}

int32_t
video_writer_finish(struct mim_job *job)
{
    struct video_writer *self = job->state;

    int32_t status = video_encoder_send(job, &self->encoder, NULL, NULL);
    if (status == MIM_OK)
        status = write_packets(job, self);
    if (status == MIM_OK && !self->mux.has_header)
        status = start(job, self);
    if (status == MIM_OK)
        status = video_audio_write_until(job, &self->audio, self->end, self->clock.tick, true);
    return status == MIM_OK ? video_mux_finish(&self->mux) : status;
}

void
video_writer_worker_close(struct mim_job *job)
{
    video_converter_close(job, job->worker);
}

static void
free_coming(struct mim_job *job, struct video_coming *list)
{
    while (list) {
        struct video_coming *next = list->next;
        give_back(job, list);
        av_frame_free(&list->frame);
        job->host->resize(job, list, sizeof *list, 0);
        list = next;
    }
}

void
video_writer_close(struct mim_job *job)
{
    struct video_writer *self = job->state;

    free_coming(job, self->oldest);
    free_coming(job, self->idle);
    video_encoder_close(job, &self->encoder);
    video_pictures_close(&self->pictures);
    video_audio_close(&self->audio);
    for (unsigned i = 0; i < self->held_count; i++)
        av_packet_free(&self->held[i]);
    video_mux_close(&self->mux);
    video_keys_close(job, &self->keys);
    av_packet_free(&self->packet);
}
