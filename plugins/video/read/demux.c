/* SPDX-License-Identifier: MIT */
/* Opens a container and reads its packets. */
#include "read/demux.h"

#include <errno.h>
#include <string.h>

#include "ffmpeg/averror.h"
#include "ffmpeg/stream.h"
#include "read/alpha.h"
#include "read/truncation.h"

/* Demuxers skip what they have no memory for. malloc() leaves its error in errno. */
static int
check_memory(int code)
{
    return errno == ENOMEM ? AVERROR(ENOMEM) : code;
}

static bool
is_elementary(struct mim_job *job, const struct video_container *container)
{
    uint8_t head[4];
    return container->elementary && job->host->read_at(job, head, sizeof head, 0) == sizeof head &&
           !memcmp(head, "\0\0\1\xb3", sizeof head);
}

static int32_t
allocate_format(struct video_demux *demux)
{
    AVFormatContext *format = demux->format = avformat_alloc_context();
    if (!format)
        return MIM_NOMEM;
    video_input_attach(&demux->input, format, demux->setup->log);
    return MIM_OK;
}

/* The core has chosen the format; FFmpeg must not guess another one, such as a playlist or a concat script. */
static int32_t
open_container(struct video_demux *demux)
{
    struct mim_job *job = demux->job;
    const struct video_container *container = demux->setup->container;
    const char *name = is_elementary(job, container) ? container->elementary : container->demuxer;
    const AVInputFormat *input = av_find_input_format(name);
    if (!input)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "this FFmpeg was built without the demuxer %s", name);

    AVDictionary *options = NULL;
    int code = video_input_restrict(&options, input->name);
    errno = 0;
    if (code >= 0)
        code = check_memory(avformat_open_input(&demux->format, NULL, input, &options));
    av_dict_free(&options);
    if (code == AVERROR_INVALIDDATA && video_is_truncated(input->name, NULL, job))
        return video_fail_truncated(job);
    return code < 0 ? video_fail(job, code, "the container cannot be opened") : MIM_OK;
}

/* Does not apply the limit of pixels: a decoder that rejected the size here would leave the stream without one. The
 * decoder applies the limit later. */
static int32_t
find_streams(struct video_demux *demux)
{
    struct mim_job *job = demux->job;
    unsigned count = demux->format->nb_streams;
    AVDictionary **options = count ? av_calloc(count, sizeof *options) : NULL;
    int code = count && !options ? AVERROR(ENOMEM) : 0;

    for (unsigned i = 0; i < count && code >= 0; i++)
        code = av_dict_set_int(&options[i], "log_level_offset", video_log_offset(job), 0);
    errno = 0;
    if (code >= 0)
        code = check_memory(avformat_find_stream_info(demux->format, options));
    for (unsigned i = 0; i < count && options; i++)
        av_dict_free(&options[i]);
    av_free(options);
    return code < 0 ? video_fail(job, code, "the streams cannot be found") : MIM_OK;
}

static int32_t
fail_no_stream(struct video_demux *demux)
{
    struct mim_job *job = demux->job;
    char list[200] = "";
    size_t used = 0;

    for (unsigned i = 0; i < demux->format->nb_streams && used < sizeof list - 16; i++)
        if (video_stream_score(demux->format->streams[i]))
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%u", used ? ", " : "", i);
    if (!used)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "the file has no video stream");
    return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "stream %lld is not a video; video streams: %s",
                           (long long)demux->setup->stream, list);
}

static int32_t
choose_stream(struct video_demux *demux)
{
    int64_t best = 0;
    for (unsigned i = 0; i < demux->format->nb_streams; i++) {
        AVStream *stream = demux->format->streams[i];
        int64_t score = video_stream_score(stream);
        if (score > best && (demux->setup->stream < 0 || demux->setup->stream == i)) {
            best = score;
            demux->stream = stream;
        }
    }
    if (!demux->stream)
        return fail_no_stream(demux);
    for (unsigned i = 0; i < demux->format->nb_streams; i++)
        if (demux->format->streams[i] != demux->stream)
            demux->format->streams[i]->discard = AVDISCARD_ALL;
    return MIM_OK;
}

int32_t
video_demux_open(struct video_demux *demux, struct mim_job *job, const struct video_demux_setup *setup)
{
    *demux = (struct video_demux){ .job = job, .setup = setup };
    int32_t status = video_input_open(&demux->input, job);
    if (status == MIM_OK)
        status = allocate_format(demux);
    if (status == MIM_OK)
        status = open_container(demux);
    if (status == MIM_OK)
        status = find_streams(demux);
    if (status == MIM_OK)
        status = choose_stream(demux);
    return status;
}

static int32_t
end_pass(struct video_demux *demux, struct video_index *index, int code)
{
    struct mim_job *job = demux->job;
    int32_t status = job->host->poll(job);
    if (status != MIM_OK)
        return status;
    if (code == AVERROR(ENOMEM))
        return MIM_NOMEM;
    if (index->has_all_packets)
        return MIM_END;
    if (code != AVERROR_EOF)
        index->fault = code;
    index->is_truncated = video_is_truncated(demux->format->iformat->name, demux->stream, job) ||
                          (index->packet_count && index->packets[index->packet_count - 1].flags & AV_PKT_FLAG_CORRUPT);
    index->has_all_packets = demux->next == index->packet_count;
    return MIM_END;
}

/* A packet that changes the headers contradicts a table: packets that were not read may do so too. */
static int32_t
note_headers(struct video_demux *demux, struct video_index *index, const AVPacket *packet)
{
    uint64_t count = index->headers.count;
    if (demux->input.is_blank || (demux->next < index->packet_count && !index->is_stated))
        return MIM_OK;
    int32_t status = video_headers_note(&index->headers, demux->job, demux->next, packet, demux->stream->codecpar);
    demux->is_lost |= index->is_stated && index->headers.count > count;
    return status;
}

static int32_t
note_packet(struct video_demux *demux, struct video_index *index, const AVPacket *packet)
{
    demux->is_lost |= !video_index_is(index, demux->next, packet);
    int32_t status = note_headers(demux, index, packet);
    if (status == MIM_OK)
        status = video_index_note(index, demux->job, demux->next, packet, demux->stream->codecpar->codec_id);
    demux->next++;
    return status;
}

static int32_t
read_packet(struct video_demux *demux, struct video_index *index, AVPacket *packet)
{
    struct mim_job *job = demux->job;
    for (;;) {
        int32_t status = job->host->poll(job);
        if (status != MIM_OK)
            return status;
        errno = 0;
        int code = check_memory(av_read_frame(demux->format, packet));
        if (code == AVERROR(EAGAIN))
            continue;
        if (demux->input.io->error < 0 && demux->input.io->error != AVERROR_EOF)
            return video_fail(job, demux->input.io->error, "the source cannot be read");
        if (code < 0)
            return end_pass(demux, index, code);
        if (packet->stream_index == demux->stream->index) {
            video_alpha_check_key(packet, demux->stream->codecpar->codec_id);
            return MIM_OK;
        }
        av_packet_unref(packet);
    }
}

int32_t
video_demux_next(struct video_demux *demux, struct video_index *index, AVPacket *packet)
{
    int32_t status = read_packet(demux, index, packet);
    if (status == MIM_OK)
        status = note_packet(demux, index, packet);
    if (status != MIM_OK)
        av_packet_unref(packet);
    return status;
}

void
video_demux_fetch(struct video_demux *demux, const struct video_index *index, uint64_t first, uint64_t last)
{
    uint64_t start = UINT64_MAX, end = 0;
    for (uint64_t i = first; i <= last && i < index->packet_count; i++) {
        uint64_t position = (uint64_t)index->packets[i].position, behind = position + index->packets[i].size;
        start = position < start ? position : start;
        end = behind > end ? behind : end;
    }
    if (start < end)
        video_input_fetch(&demux->input, start, end - start);
}

void
video_demux_close(struct video_demux *demux)
{
    avformat_close_input(&demux->format);
    video_input_close(&demux->input);
}

/* --- seeking ------------------------------------------------------------------------------------------------------ */

/* Find out which packet follows a seek. A seek into the middle of a packet first returns fragments. */
static int32_t
find_place(struct video_demux *demux, struct video_index *index, uint64_t number, AVPacket *packet, bool *found)
{
    enum { MAX_PACKETS = 64 };
    for (int i = 0; i < MAX_PACKETS; i++) {
        int32_t status = read_packet(demux, index, packet);
        if (status != MIM_OK)
            return status == MIM_END ? MIM_OK : status;
        uint64_t place = video_index_find(index, packet);
        if (place == MIM_UNKNOWN) {
            av_packet_unref(packet);
            continue;
        }
        demux->next = place;
        demux->is_lost = false;
        *found = place <= number;
        return note_packet(demux, index, packet);
    }
    return MIM_OK;
}

/* Read until `packet` is packet `number`. */
static int32_t
read_up_to(struct video_demux *demux, struct video_index *index, uint64_t number, AVPacket *packet)
{
    while (demux->next <= number && !demux->is_lost) {
        av_packet_unref(packet);
        int32_t status = video_demux_next(demux, index, packet);
        if (status != MIM_OK)
            return status;
    }
    return MIM_OK;
}

/* Of several packets at the same offset, only the first has a position. */
static int64_t
byte_offset(const struct video_index *index, uint64_t number)
{
    while (number > 0 && index->packets[number].position < 0)
        number--;
    return index->packets[number].position;
}

/* FFmpeg seeks MP4 by the time of presentation: with that of decoding it may return the keyframe before. */
static int64_t
seek_time(const struct video_index *index, const struct video_packet *packet)
{
    return packet->dts != AV_NOPTS_VALUE && !index->is_stated ? packet->dts : packet->pts;
}

static bool
seek_container(struct video_demux *demux, const struct video_index *index, uint64_t number)
{
    int64_t time = seek_time(index, &index->packets[number]), byte = byte_offset(index, number);

    if (demux->setup->container->seeks_bytes && byte >= 0)
        return avformat_seek_file(demux->format, demux->stream->index, 0, byte, byte, AVSEEK_FLAG_BYTE) >= 0;
    return time != AV_NOPTS_VALUE &&
           av_seek_frame(demux->format, demux->stream->index, time, AVSEEK_FLAG_BACKWARD) >= 0;
}

static int32_t
reopen_container(struct video_demux *demux)
{
    struct mim_job *job = demux->job;
    const struct video_demux_setup *setup = demux->setup;
    video_demux_close(demux);
    return video_demux_open(demux, job, setup);
}

/* A seek may land behind the packet: retry from some packets earlier. Returns MIM_END when no seek succeeds. */
static int32_t
seek_packet(struct video_demux *demux, struct video_index *index, uint64_t number, AVPacket *packet)
{
    static const uint64_t steps_back[] = { 0, 8, 64 };
    for (size_t i = 0; i < sizeof steps_back / sizeof *steps_back && steps_back[i] < number; i++) {
        bool found = false;
        if (!seek_container(demux, index, number - steps_back[i]))
            return MIM_END;
        int32_t status = find_place(demux, index, number, packet, &found);
        if (status == MIM_OK && found)
            status = read_up_to(demux, index, number, packet);
        if (status != MIM_OK || (found && (!demux->is_lost || index->is_stated)))
            return status;
        av_packet_unref(packet);
    }
    return MIM_END;
}

int32_t
video_demux_seek(struct video_demux *demux, struct video_index *index, uint64_t number, AVPacket *packet)
{
    int32_t status = seek_packet(demux, index, number, packet);
    if (status == MIM_END && !index->is_stated)
        status = reopen_container(demux);
    if (status == MIM_OK && demux->next <= number)
        status = read_up_to(demux, index, number, packet);
    if (status == MIM_OK && !demux->is_lost)
        return MIM_OK;
    av_packet_unref(packet);
    return status == MIM_END || status == MIM_OK ? MIM_CORRUPT : status;
}
