/* SPDX-License-Identifier: MIT */
/* A muxer and its streams. */
#include "ffmpeg/mux.h"

#include <inttypes.h>

#include <libavutil/opt.h>

#include "ffmpeg/av-options.h"
#include "ffmpeg/averror.h"
#include "ffmpeg/log.h"

int32_t
video_mux_open(struct mim_job *job, struct video_mux *mux, const struct video_container *container, bool seeks,
               struct video_log *log)
{
    *mux = (struct video_mux){ .job = job, .name = container->name };
    for (unsigned i = 0; i < VIDEO_MAX_STREAMS; i++)
        mux->last_dts[i] = INT64_MIN;
    int code = avformat_alloc_output_context2(&mux->context, NULL, container->muxer, NULL);
    if (code == AVERROR(EINVAL))
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "this FFmpeg has no muxer '%s'", container->muxer);
    if (code < 0)
        return video_fail(job, code, container->name);
    mux->context->pb = video_output_open(&mux->output, job, seeks);
    if (!mux->context->pb)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a buffer");
    video_log_attach(log, mux->context);
    mux->context->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT; /* same frames, same bytes */
    mux->context->io_open = video_output_read_back;
    mux->context->io_close2 = video_output_close;
    return MIM_OK;
}

AVStream *
video_mux_add(struct video_mux *mux, const AVCodecParameters *parameters, AVRational base)
{
    AVStream *stream = avformat_new_stream(mux->context, NULL);
    int code = stream ? avcodec_parameters_copy(stream->codecpar, parameters) : AVERROR(ENOMEM);
    if (code < 0) {
        video_fail(mux->job, code, mux->name);
        return NULL;
    }
    stream->time_base = base;
    return stream;
}

int32_t
video_mux_set_up(struct video_mux *mux, const struct video_target *target, const struct mim_pairs *options)
{
    if (target->muxer_options && av_set_options_string(mux->context->priv_data, target->muxer_options, "=", ":") < 0)
        return mux->job->host->fail(mux->job, MIM_UNSUPPORTED, MIM_UNKNOWN, "this muxer does not support %s",
                                    target->muxer_options);
    return video_set_pairs(mux->job, mux->context, mux->name, "format:", options);
}

int32_t
video_mux_start(struct video_mux *mux, const AVDictionary *tags)
{
    int code = av_dict_copy(&mux->context->metadata, tags, 0);
    if (code >= 0)
        code = avformat_write_header(mux->context, NULL);
    if (code < 0)
        return video_fail(mux->job, code, mux->name);
    mux->has_header = true;
    return MIM_OK;
}

/* Rescaling to coarser ticks may give two frames the same time. */
static void
keep_rising(AVPacket *packet, int64_t *last)
{
    if (packet->dts <= *last)
        packet->dts = *last + 1;
    if (packet->pts < packet->dts)
        packet->pts = packet->dts;
    *last = packet->dts;
}

int32_t
video_mux_put(struct video_mux *mux, AVPacket *packet, const AVStream *stream, AVRational base)
{
    packet->stream_index = stream->index;
    packet->pos = -1;
    av_packet_rescale_ts(packet, base, stream->time_base);
    keep_rising(packet, &mux->last_dts[stream->index]);
    int code = av_interleaved_write_frame(mux->context, packet);
    return code >= 0 ? MIM_OK : video_fail(mux->job, code, mux->name);
}

int32_t
video_mux_finish(struct video_mux *mux)
{
    int code = av_write_trailer(mux->context);
    mux->has_header = false;
    if (code >= 0 && mux->context->pb->error < 0)
        code = mux->context->pb->error;
    return code >= 0 ? MIM_OK : video_fail(mux->job, code, mux->name);
}

void
video_mux_close(struct video_mux *mux)
{
    if (!mux->context)
        return;
    AVIOContext *io = mux->context->pb;
    avformat_free_context(mux->context);
    video_output_free(&io);
}
