/* SPDX-License-Identifier: MIT */
/* FFmpeg's I/O on the sink. */
#include "ffmpeg/mux.h"

#include <libavutil/mem.h>

enum { BUFFER_SIZE = 64 << 10 };

/* Reading back has a place of its own. */
struct reader {
    struct mim_job *job;
    int64_t position;
};

#if LIBAVFORMAT_VERSION_MAJOR < 61
typedef uint8_t written;
#else
typedef const uint8_t written;
#endif

static int32_t
write_at(struct video_mux *mux, const uint8_t *data, uint64_t size)
{
    static const uint8_t zeros[4096];
    const struct mim_host *host = mux->job->host;
    uint64_t end = host->tell(mux->job), position = (uint64_t)mux->position;
    int32_t status = MIM_OK;

    for (; status == MIM_OK && end < position; end = host->tell(mux->job)) {
        uint64_t gap = position - end;
        status = host->emit(mux->job, zeros, gap < sizeof zeros ? gap : sizeof zeros);
    }
    if (status != MIM_OK)
        return status;
    return position == end ? host->emit(mux->job, data, size) : host->patch(mux->job, data, size, position);
}

static int
write_bytes(void *opaque, written *data, int size)
{
    struct video_mux *mux = opaque;
    if (write_at(mux, data, (uint64_t)size) != MIM_OK)
        return AVERROR(EIO);
    mux->position += size;
    return size;
}

static int64_t
move_position(struct mim_job *job, int64_t *position, int64_t offset, int whence)
{
    int64_t size = (int64_t)job->host->tell(job);
    if (whence & AVSEEK_SIZE)
        return size;
    whence &= ~AVSEEK_FORCE;
    int64_t base = whence == SEEK_CUR ? *position : whence == SEEK_END ? size : 0;
    if (base + offset < 0)
        return AVERROR(EINVAL);
    return *position = base + offset;
}

static int64_t
seek_to(void *opaque, int64_t offset, int whence)
{
    struct video_mux *mux = opaque;
    return move_position(mux->job, &mux->position, offset, whence);
}

static int
read_bytes(void *opaque, uint8_t *data, int size)
{
    struct reader *reader = opaque;
    int64_t got = reader->job->host->read_back(reader->job, data, (uint64_t)size, (uint64_t)reader->position);
    if (got < 0)
        return AVERROR(EIO);
    reader->position += got;
    return got ? (int)got : AVERROR_EOF;
}

static int64_t
seek_reader(void *opaque, int64_t offset, int whence)
{
    struct reader *reader = opaque;
    return move_position(reader->job, &reader->position, offset, whence);
}

AVIOContext *
video_mux_io(struct video_mux *mux, bool seeks)
{
    uint8_t *buffer = av_malloc(BUFFER_SIZE);
    AVIOContext *io =
        buffer ? avio_alloc_context(buffer, BUFFER_SIZE, 1, mux, NULL, write_bytes, seeks ? seek_to : NULL) : NULL;
    if (!io)
        av_free(buffer);
    return io;
}

void
video_mux_io_free(AVIOContext **io)
{
    if (*io)
        av_freep(&(*io)->buffer);
    avio_context_free(io);
}

int
video_mux_io_open(AVFormatContext *context, AVIOContext **io, const char *url, int flags, AVDictionary **options)
{
    const struct video_mux *mux = context->pb->opaque;
    (void)url, (void)options;

    if (flags & AVIO_FLAG_WRITE)
        return AVERROR(EPERM);
    struct reader *reader = av_mallocz(sizeof *reader);
    uint8_t *buffer = av_malloc(BUFFER_SIZE);
    *io = reader && buffer ? avio_alloc_context(buffer, BUFFER_SIZE, 0, reader, read_bytes, NULL, seek_reader) : NULL;
    if (!*io) {
        av_free(buffer);
        av_free(reader);
        return AVERROR(ENOMEM);
    }
    reader->job = mux->job;
    return 0;
}

int
video_mux_io_close(AVFormatContext *context, AVIOContext *io)
{
    (void)context;
    av_free(io->opaque);
    video_mux_io_free(&io);
    return 0;
}
