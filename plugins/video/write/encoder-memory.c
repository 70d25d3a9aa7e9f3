/* SPDX-License-Identifier: MIT */
/* FFmpeg does not state what an encoder allocates, which for some is the memory of a hundred pictures. */
#include "write/encoder-memory.h"

#include <libavutil/imgutils.h>

/* The bytes that an encoder with so many threads allocates for pictures of this size, measured and rounded up. */
static int64_t
memory_of(const struct video_encoder_facts *facts, int64_t picture_size, int threads)
{
    enum { FEW = 10, FEW_OF_THREAD = 2 };
    int64_t pictures = facts->pictures ? facts->pictures : FEW;
    int64_t more = facts->pictures ? facts->thread_pictures : FEW_OF_THREAD;
    return picture_size * (pictures + more * threads);
}

int32_t
video_encoder_reserve(struct mim_job *job, struct video_encoder *encoder, const AVCodecContext *context)
{
    int64_t size = av_image_get_buffer_size(context->pix_fmt, context->width, context->height, 1);
    int64_t bytes = size < 0 ? 0 : memory_of(&encoder->facts, size, context->thread_count);
    if (job->host->reserve(job, bytes) != MIM_OK)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "%s needs about %lld MB for pictures of %dx%d pixels",
                               encoder->facts.codec->name, (long long)(bytes / 1000000), context->width, context->height);
    encoder->reserved = bytes;
    return MIM_OK;
}

void
video_encoder_release(struct mim_job *job, struct video_encoder *encoder)
{
    job->host->reserve(job, -encoder->reserved);
    encoder->reserved = 0;
}
