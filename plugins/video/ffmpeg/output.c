/* SPDX-License-Identifier: MIT */
/* Custom I/O on the host's sink functions. */
#include "ffmpeg/output.h"

#include <libavutil/mem.h>

enum { BUFFER_SIZE = 64 << 10 };

/* Reading back has its own position. */
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
write_at(struct video_output *output, const uint8_t *data, uint64_t size)
{
    static const uint8_t zeros[4096];
    const struct mim_host *host = output->job->host;
    uint64_t end = host->tell(output->job), position = (uint64_t)output->position;
    int32_t status = MIM_OK;

    for (; status == MIM_OK && end < position; end = host->tell(output->job)) {
        uint64_t gap = position - end;
        status = host->emit(output->job, zeros, gap < sizeof zeros ? gap : sizeof zeros);
    }
    if (status != MIM_OK)
        return status;
    return position == end ? host->emit(output->job, data, size) : host->patch(output->job, data, size, position);
}

static int
write_bytes(void *opaque, written *data, int size)
{
    struct video_output *output = opaque;
    if (write_at(output, data, (uint64_t)size) != MIM_OK)
        return AVERROR(EIO);
    output->position += size;
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
    struct video_output *output = opaque;
    return move_position(output->job, &output->position, offset, whence);
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
video_output_open(struct video_output *output, struct mim_job *job, bool seeks)
{
    *output = (struct video_output){ .job = job };
    uint8_t *buffer = av_malloc(BUFFER_SIZE);
    AVIOContext *io =
        buffer ? avio_alloc_context(buffer, BUFFER_SIZE, 1, output, NULL, write_bytes, seeks ? seek_to : NULL) : NULL;
    if (!io)
        av_free(buffer);
    return io;
}

void
video_output_free(AVIOContext **io)
{
    if (*io)
        av_freep(&(*io)->buffer);
    avio_context_free(io);
}

int
video_output_read_back(AVFormatContext *context, AVIOContext **io, const char *url, int flags, AVDictionary **options)
{
    const struct video_output *output = context->pb->opaque;
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
    reader->job = output->job;
    return 0;
}

int
video_output_close(AVFormatContext *context, AVIOContext *io)
{
    (void)context;
    av_free(io->opaque);
    video_output_free(&io);
    return 0;
}
