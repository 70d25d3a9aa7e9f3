/* SPDX-License-Identifier: MIT */
/* Reads the duration in the header of an MP4 or MOV track (ISO/IEC 14496-12, 8.3.2), which includes the edits. FFmpeg ends a track early
 * where the last picture shown is not the last one coded. */
#include "read/track-end.h"

#include <stdbool.h>
#include <string.h>

#include <libavutil/mathematics.h>

#include <mim/kit/bytes.h>

#include "read/boxes.h"

/* The fields of mvhd and tkhd have 32 bits in version 0. In version 1, two dates and the duration have 64 bits. */
static bool
read_header(struct mim_job *job, struct video_box parent, const char *type, uint8_t fields[36], bool *is_wide)
{
    struct video_box box;
    if (!video_box_find(job, &parent, type, &box) || box.end - box.at < 36 ||
        job->host->read_at(job, fields, 36, box.at) != 36)
        return false;
    *is_wide = fields[0] == 1;
    return true;
}

static uint32_t
movie_ticks_per_second(struct mim_job *job, struct video_box moov)
{
    uint8_t fields[36];
    bool is_wide;
    return read_header(job, moov, "mvhd", fields, &is_wide) ? mim_load_be32(fields + (is_wide ? 20 : 12)) : 0;
}

/* In ticks of the movie; 0: unknown, as in fragmented files. */
static uint64_t
track_duration(struct mim_job *job, struct video_box moov, uint32_t id)
{
    struct video_box trak;
    uint8_t fields[36];
    bool is_wide;

    while (video_box_find(job, &moov, "trak", &trak)) {
        if (!read_header(job, trak, "tkhd", fields, &is_wide) || mim_load_be32(fields + (is_wide ? 20 : 12)) != id)
            continue;
        uint64_t duration = is_wide ? mim_load_be64(fields + 28) : mim_load_be32(fields + 20);
        return duration >= (is_wide ? (uint64_t)INT64_MAX : UINT32_MAX) ? 0 : duration;
    }
    return 0;
}

static int64_t
track_end(struct mim_job *job, const AVStream *stream, int64_t *precision)
{
    uint64_t size = job->host->size(job);
    struct video_box file = { 0, size }, moov;
    *precision = 0;
    if (size == MIM_UNKNOWN || stream->id < 0 || !video_box_find(job, &file, "moov", &moov))
        return AV_NOPTS_VALUE;
    uint32_t den = movie_ticks_per_second(job, moov);
    uint64_t ticks = track_duration(job, moov, (uint32_t)stream->id);
    if (!ticks || !den || den > INT32_MAX)
        return AV_NOPTS_VALUE;
    const AVRational movie_tick = { 1, (int)den };
    *precision = av_rescale_q_rnd(1, movie_tick, stream->time_base, AV_ROUND_UP);
    return av_rescale_q((int64_t)ticks, movie_tick, stream->time_base);
}

/* Does the header tell the end of the only stream? Such formats count from 0. */
static bool
has_file_duration(const AVFormatContext *format)
{
    return format->nb_streams == 1 && format->duration != AV_NOPTS_VALUE &&
           format->duration_estimation_method == AVFMT_DURATION_FROM_STREAM;
}

bool
video_has_end_of_file(const struct video_demux *demux)
{
    return !strncmp(demux->format->iformat->name, "matroska", 8) && has_file_duration(demux->format);
}

int64_t
video_declared_end(const struct video_demux *demux, struct mim_job *job, int64_t *precision)
{
    const AVStream *stream = demux->stream;
    const AVFormatContext *format = demux->format;
    bool is_mov = !strncmp(format->iformat->name, "mov,", 4);
    int64_t stated = is_mov ? track_end(job, stream, precision) : AV_NOPTS_VALUE;
    if (stated != AV_NOPTS_VALUE)
        return video_credible_time(stated);
    *precision = 0;
    int64_t end = stream->start_time == AV_NOPTS_VALUE ? 0 : stream->start_time;
    if (stream->duration != AV_NOPTS_VALUE && !video_has_end_of_file(demux))
        return __builtin_add_overflow(end, stream->duration, &end) ? AV_NOPTS_VALUE : video_credible_time(end);
    if (!has_file_duration(format))
        return AV_NOPTS_VALUE;
    return video_credible_time(av_rescale_q(format->duration, AV_TIME_BASE_Q, stream->time_base));
}
