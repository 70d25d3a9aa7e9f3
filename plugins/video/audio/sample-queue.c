/* SPDX-License-Identifier: MIT */
/* A fifo that fills with silence, and drops samples at both ends. */
#include "audio/sample-queue.h"

#include <stdbool.h>

#include <libavutil/mem.h>
#include <libavutil/samplefmt.h>

enum { CHUNK = 1024 }; /* samples of silence at a time */

int
video_sample_queue_open(struct video_sample_queue *queue, const AVCodecContext *encoder)
{
    queue->format = encoder->sample_fmt;
    queue->channels = encoder->ch_layout.nb_channels;
    queue->fifo = av_audio_fifo_alloc(queue->format, queue->channels, 4 * CHUNK);
    return queue->fifo ? 0 : AVERROR(ENOMEM);
}

static int
allocate_samples(const struct video_sample_queue *queue, uint8_t ***data, int count)
{
    return av_samples_alloc_array_and_samples(data, NULL, queue->channels, count, queue->format, 0);
}

static void
free_samples(uint8_t ***data)
{
    if (*data)
        av_freep(&(*data)[0]);
    av_freep(data);
}

int
video_sample_queue_append(struct video_sample_queue *queue, uint8_t *const *data, int count)
{
    bool is_planar = av_sample_fmt_is_planar(queue->format);
    int planes = is_planar ? queue->channels : 1, dropped = queue->surplus < count ? (int)queue->surplus : count;
    int offset = dropped * av_get_bytes_per_sample(queue->format) * (is_planar ? 1 : queue->channels);
    uint8_t **later = av_calloc((size_t)planes, sizeof *later);
    if (!later)
        return AVERROR(ENOMEM);
    for (int i = 0; i < planes; i++)
        later[i] = data[i] + offset;
    int code = count > dropped ? av_audio_fifo_write(queue->fifo, (void **)later, count - dropped) : 0;
    av_free(later);
    queue->surplus -= dropped;
    queue->end += count - dropped;
    return code < 0 ? code : 0;
}

int
video_sample_queue_append_silence(struct video_sample_queue *queue, int64_t count)
{
    uint8_t **data = NULL;
    if (count <= 0)
        return 0;
    int code = allocate_samples(queue, &data, CHUNK);
    if (code >= 0)
        code = av_samples_set_silence(data, 0, CHUNK, queue->channels, queue->format);
    for (; count > 0 && code >= 0; count -= CHUNK)
        code = video_sample_queue_append(queue, data, count < CHUNK ? (int)count : CHUNK);
    free_samples(&data);
    return code;
}

int
video_sample_queue_take(struct video_sample_queue *queue, AVFrame *frame, int count)
{
    int code = av_audio_fifo_read(queue->fifo, (void **)frame->extended_data, count);
    queue->next += count;
    return code < 0 ? code : 0;
}

int
video_sample_queue_cut(struct video_sample_queue *queue, int64_t end)
{
    int left = end > queue->next ? (int)(end - queue->next) : 0;
    uint8_t **data = NULL;
    if (queue->end <= end)
        return 0;
    int code = left ? allocate_samples(queue, &data, left) : 0;
    if (code >= 0 && left)
        code = av_audio_fifo_read(queue->fifo, (void **)data, left);
    av_audio_fifo_reset(queue->fifo);
    if (code >= 0 && left)
        code = av_audio_fifo_write(queue->fifo, (void **)data, left);
    free_samples(&data);
    queue->end = queue->next + left;
    return code < 0 ? code : 0;
}

void
video_sample_queue_close(struct video_sample_queue *queue)
{
    av_audio_fifo_free(queue->fifo);
    queue->fifo = NULL;
}
