/* SPDX-License-Identifier: MIT */
/* Samples that wait for the encoder, numbered from the start of the video. */
#ifndef MIM_VIDEO_SAMPLE_QUEUE_H
#define MIM_VIDEO_SAMPLE_QUEUE_H

#include <libavcodec/avcodec.h>
#include <libavutil/audio_fifo.h>

struct video_sample_queue {
    AVAudioFifo *fifo;
    enum AVSampleFormat format;
    int channels;
    int64_t next, end; /* the first sample in the queue, and the one after the last */
    int64_t surplus;   /* samples to come that are dropped, because they are before their time */
};

/* All of these return 0 or FFmpeg's code. */
int video_sample_queue_open(struct video_sample_queue *queue, const AVCodecContext *encoder);
/* Append samples but the surplus ones. */
int video_sample_queue_append(struct video_sample_queue *queue, uint8_t *const *data, int count);
int video_sample_queue_append_silence(struct video_sample_queue *queue, int64_t count);
/* Take the first `count` samples. */
int video_sample_queue_take(struct video_sample_queue *queue, AVFrame *frame, int count);
/* Drop the samples from number `end` on. */
int video_sample_queue_cut(struct video_sample_queue *queue, int64_t end);
void video_sample_queue_close(struct video_sample_queue *queue);

#endif
