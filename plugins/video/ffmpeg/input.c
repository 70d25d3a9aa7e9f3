/* SPDX-License-Identifier: MIT */
/* Custom I/O on host->read_at, which never reads anything but the given source. */
#include "ffmpeg/input.h"

#include <string.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

enum {
    BUFFER_SIZE = 64 << 10,
    LEAST_FETCHED = 256 << 10, /* less takes three requests at most */
    MOST_FETCHED = 4 << 20
};

static int64_t
read_zeros(const struct video_input *input, uint8_t *data, uint64_t size, uint64_t offset)
{
    uint64_t end = input->job->host->size(input->job), left = offset < end ? end - offset : 0;
    size = size < left ? size : left;
    memset(data, 0, size);
    return (int64_t)size;
}

static uint64_t
copy_fetched(const struct video_input *input, uint8_t *data, uint64_t size, uint64_t offset)
{
    if (offset < input->fetched_at || offset - input->fetched_at >= input->fetched_size)
        return 0;
    uint64_t from = offset - input->fetched_at, left = input->fetched_size - from;
    size = size < left ? size : left;
    memcpy(data, input->fetched.data + from, size);
    return size;
}

static int64_t
read_source(const struct video_input *input, uint8_t *data, uint64_t size, uint64_t offset)
{
    struct mim_job *job = input->job;
    if (input->is_blank)
        return read_zeros(input, data, size, offset);
    uint64_t copied = copy_fetched(input, data, size, offset);
    if (copied)
        return (int64_t)copied;
    return input->side ? job->host->side_read(job, input->side, data, size, offset)
                       : job->host->read_at(job, data, size, offset);
}

static int
read_bytes(void *opaque, uint8_t *data, int size)
{
    struct video_input *input = opaque;
    int64_t got = read_source(input, data, (uint64_t)size, (uint64_t)input->position);
    if (got < 0)
        return AVERROR(EIO);
    if (!got)
        return AVERROR_EOF;
    input->position += got;
    return (int)got;
}

static int64_t
seek_to(void *opaque, int64_t offset, int whence)
{
    struct video_input *input = opaque;
    struct mim_job *job = input->job;
    int64_t base = 0;

    whence &= ~AVSEEK_FORCE;
    if (whence == SEEK_CUR) {
        base = input->position;
    } else if (whence == SEEK_END || whence == AVSEEK_SIZE) {
        uint64_t size = input->side ? job->host->side_size(job, input->side) : job->host->size(job);
        if (size > INT64_MAX)
            return AVERROR(EIO);
        base = (int64_t)size;
    } else if (whence != SEEK_SET) {
        return AVERROR(EINVAL);
    }
    if (whence == AVSEEK_SIZE)
        return base;
    if (__builtin_add_overflow(base, offset, &base) || base < 0)
        return AVERROR(EINVAL);
    return input->position = base;
}

int32_t
video_input_open(struct video_input *input, struct mim_job *job)
{
    uint8_t *buffer = av_malloc(BUFFER_SIZE);

    *input = (struct video_input){ .job = job };
    if (buffer)
        input->io = avio_alloc_context(buffer, BUFFER_SIZE, 0, input, read_bytes, NULL, seek_to);
    if (!input->io)
        av_free(buffer);
    return input->io ? MIM_OK : MIM_NOMEM;
}

static int
refuse_io(AVFormatContext *format, AVIOContext **io, const char *url, int flags, AVDictionary **options)
{
    (void)format, (void)io, (void)url, (void)flags, (void)options;
    return AVERROR(EPERM);
}

static int
is_interrupted(void *opaque)
{
    struct mim_job *job = opaque;
    return job->host->poll(job) != MIM_OK;
}

void
video_input_attach(struct video_input *input, AVFormatContext *format, struct video_log *log)
{
    format->pb = input->io;
    format->flags |= AVFMT_FLAG_CUSTOM_IO;
    format->interrupt_callback = (AVIOInterruptCB){ is_interrupted, input->job };
    format->io_open = refuse_io;
    video_log_attach(log, format);
}

int
video_input_restrict(AVDictionary **options, const char *demuxers)
{
    int code = av_dict_set(options, "protocol_whitelist", "", 0);
    if (code >= 0)
        code = av_dict_set(options, "format_whitelist", demuxers, 0);
    return code >= 0 ? av_dict_set(options, "enable_drefs", "0", 0) : code; /* mov: references to other files */
}

void
video_input_fetch(struct video_input *input, uint64_t offset, uint64_t size)
{
    struct mim_job *job = input->job;
    size = size < MOST_FETCHED ? size : MOST_FETCHED;
    if (offset >= input->fetched_at && offset - input->fetched_at + size <= input->fetched_size)
        return; /* a step back in the same group */
    input->fetched_size = 0;
    if (size < LEAST_FETCHED || !mim_scratch_get(job, &input->fetched, size))
        return;
    int64_t got = job->host->read_at(job, input->fetched.data, size, offset);
    input->fetched_at = offset;
    input->fetched_size = got > 0 ? (uint64_t)got : 0; /* a failure is that of the next read, too */
}

void
video_input_close(struct video_input *input)
{
    if (input->job)
        mim_scratch_clear(input->job, &input->fetched);
    if (input->io)
        av_freep(&input->io->buffer);
    avio_context_free(&input->io);
}
