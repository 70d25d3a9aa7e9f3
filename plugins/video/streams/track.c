/* SPDX-License-Identifier: MIT */
/* Moves packets from the time of their source to that of the video, and cuts them at the ends of a segment. */
#include "streams/track.h"

#include <libavutil/mathematics.h>
#include <libavutil/mem.h>

#include "ffmpeg/averror.h"

static int64_t
ticks_of(const struct video_track *track, int64_t microseconds)
{
    return av_rescale_q(microseconds, AV_TIME_BASE_Q, track->base);
}

bool
video_track_copies_sound(const struct video_track *track)
{
    return track->kind == MIM_OFFER_SOUND && !track->transcoder;
}

/* The packets of lossy codecs overlap. */
int
video_track_preroll(const struct video_track *track)
{
    const AVCodecDescriptor *descriptor = avcodec_descriptor_get(track->to->codecpar->codec_id);
    return descriptor && descriptor->props & AV_CODEC_PROP_LOSSY && !av_get_bits_per_sample(descriptor->id) ? 1 : 0;
}

static int32_t
open_coder(struct video_track *track, struct video_log *log, const AVStream *from)
{
    int code = video_subtitle_coder_open(&track->coder, from->codecpar, from->time_base, track->text, log);
    return code < 0 ? video_fail(log->job, code, "subtitles") : MIM_OK;
}

int32_t
video_track_start(struct video_track *track, struct video_log *log, const struct video_source *source, unsigned place,
                  const struct video_segment *segment)
{
    track->is_active = source && source->demux && track->inputs[place] >= 0;
    track->is_first = true;
    track->has_passed = false;
    track->shift = 0;
    const AVStream *from = track->is_active ? source->demux->streams[track->inputs[place]] : NULL;
    if (from && track->transcoder)
        return video_transcoder_start(log->job, track->transcoder, from, segment->from, segment->at);
    return from && track->text != AV_CODEC_ID_NONE ? open_coder(track, log, from) : MIM_OK;
}

/* A muxer that cannot store negative times would shift the video. Drop sound that is mostly before 0, and start other sound at
 * 0. */
static bool
fit_to_start(const struct video_mux *mux, AVPacket *packet)
{
    bool may_be_negative = mux->context->oformat->flags & AVFMT_TS_NEGATIVE;
    if (packet->pts >= 0)
        return true;
    if (packet->pts + (may_be_negative ? packet->duration : packet->duration / 2) < 0)
        return false;
    if (!may_be_negative)
        packet->pts = packet->dts = 0;
    return true;
}

/* Copied sound is cut between packets. The first packet of a segment joins the sound before, so that players that count samples and
 * players that read times agree. */
static bool
place_sound(struct video_track *track, const struct video_mux *mux, const struct video_segment *segment, AVPacket *packet)
{
    packet->pts += track->shift;
    packet->dts = packet->pts;
    if (track->end == INT64_MIN && !segment->at)
        return fit_to_start(mux, packet);
    if (!track->is_first)
        return true;
    int64_t start = ticks_of(track, segment->at) - video_track_preroll(track) * packet->duration;
    int64_t join = track->end > start ? track->end : start;
    if (packet->pts + packet->duration / 2 < join)
        return false;
    if (track->end != INT64_MIN && packet->pts - track->end <= packet->duration &&
        track->end - packet->pts <= packet->duration)
        track->shift = track->end - packet->pts;
    packet->pts += track->shift;
    packet->dts = packet->pts;
    return true;
}

/* Subtitles are shown within their segment only. */
static bool
clip_subtitle(const struct video_track *track, const struct video_segment *segment, int64_t end, AVPacket *packet)
{
    int64_t start = ticks_of(track, segment->at), stop = packet->pts + packet->duration;
    if (packet->duration > 0 && stop <= start)
        return false;
    if (packet->duration <= 0 && packet->pts < start)
        return false;
    packet->pts = packet->pts > start ? packet->pts : start;
    packet->dts = packet->pts;
    if (packet->duration > 0)
        packet->duration = (stop < end ? stop : end) - packet->pts;
    return packet->pts < end;
}

static int32_t
write_packet(struct video_track *track, struct video_mux *mux, AVPacket *packet)
{
    if (track->kind == MIM_OFFER_SOUND)
        track->end = packet->pts + packet->duration;
    track->is_first = false;
    return video_mux_put(mux, packet, track->to, track->base);
}

static int32_t
write_held(struct video_track *track, struct video_mux *mux, const struct video_segment *segment, int64_t end)
{
    int32_t status = MIM_OK;
    if (track->held && clip_subtitle(track, segment, end, track->held))
        status = write_packet(track, mux, track->held);
    av_packet_free(&track->held);
    return status;
}

/* The muxer puts off a subtitle that begins before the end of the one before. */
static bool
shows_one(const struct video_track *track)
{
    return track->to->codecpar->codec_id == AV_CODEC_ID_MOV_TEXT;
}

/* The end of a segment may still be unknown: keep the latest subtitle until then. */
static int32_t
put_subtitle(struct video_track *track, struct video_mux *mux, const struct video_segment *segment, AVPacket *packet)
{
    bool is_cut = track->held && shows_one(track) && packet->pts > ticks_of(track, segment->at) &&
                  track->held->pts + track->held->duration > packet->pts;
    int32_t status = MIM_OK;
    if (is_cut)
        status = mux->job->host->notice(mux->job, MIM_NOTICE_OTHER,
                                        "a subtitle is cut where the next begins: mov_text shows one at a time");
    if (status == MIM_OK)
        status = write_held(track, mux, segment, is_cut ? packet->pts : INT64_MAX);
    if (status != MIM_OK)
        return status;
    track->held = av_packet_alloc();
    if (!track->held)
        return mux->job->host->fail(mux->job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a packet");
    av_packet_move_ref(track->held, packet);
    return MIM_OK;
}

static int32_t
put_copy(struct video_track *track, struct video_mux *mux, const struct video_segment *segment, AVPacket *packet)
{
    if (track->kind == MIM_OFFER_SUBTITLES)
        return put_subtitle(track, mux, segment, packet);
    if (track->kind == MIM_OFFER_SOUND && !place_sound(track, mux, segment, packet)) {
        av_packet_unref(packet);
        return MIM_OK;
    }
    return write_packet(track, mux, packet);
}

int32_t
video_track_put(struct video_track *track, struct video_mux *mux, const struct video_segment *segment,
                const AVStream *from, AVPacket *packet)
{
    if (track->transcoder) {
        int32_t status = video_transcoder_send(mux->job, track->transcoder, packet);
        av_packet_unref(packet);
        return status;
    }
    int code = track->text != AV_CODEC_ID_NONE ? video_subtitle_coder_convert(&track->coder, packet) : 0;
    if (code < 0)
        return video_fail(mux->job, code, "subtitles");
    if (!packet->data)
        return MIM_OK;
    int64_t shift = ticks_of(track, segment->at) - ticks_of(track, segment->from);
    av_packet_rescale_ts(packet, from->time_base, track->base);
    packet->pts += shift;
    packet->dts = packet->dts == AV_NOPTS_VALUE ? packet->pts : packet->dts + shift;
    return put_copy(track, mux, segment, packet);
}

int32_t
video_track_drain(struct video_track *track, struct video_mux *mux, const struct video_segment *segment, int64_t time,
                  bool is_silent, AVPacket *packet)
{
    int32_t status = MIM_OK;
    int64_t due = ticks_of(track, shows_one(track) && time < segment->end ? time : segment->end);
    if (track->held && track->held->pts + track->held->duration <= due)
        return write_held(track, mux, segment, INT64_MAX);
    if (!track->transcoder)
        return MIM_OK;
    if (is_silent)
        status = video_transcoder_fill(mux->job, track->transcoder, time);
    while (status == MIM_OK) {
        status = video_transcoder_receive(mux->job, track->transcoder, time, packet);
        if (status == MIM_OK && fit_to_start(mux, packet))
            status = video_mux_put(mux, packet, track->to, track->base);
        av_packet_unref(packet);
    }
    return status == MIM_END ? MIM_OK : status;
}

int32_t
video_track_stop(struct video_track *track, struct video_mux *mux, const struct video_segment *segment, bool is_endless)
{
    if (!track->is_active)
        return MIM_OK;
    track->is_active = false;
    if (track->transcoder)
        return video_transcoder_stop(mux->job, track->transcoder, is_endless ? INT64_MAX : segment->end);
    return write_held(track, mux, segment, is_endless ? INT64_MAX : ticks_of(track, segment->end));
}

void
video_track_close(struct video_track *track)
{
    video_transcoder_close(track->transcoder);
    video_subtitle_coder_close(&track->coder);
    av_packet_free(&track->held);
    av_freep(&track->inputs);
}
