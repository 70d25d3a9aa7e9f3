/* SPDX-License-Identifier: MIT */
/* States the streams that are not read, and the chapters. */
#include "read/offers.h"

#include <stdio.h>

#include "ffmpeg/stream.h"
#include "read/reader.h"

static int32_t
offer_stream(struct mim_job *job, const AVFormatContext *format, const AVStream *stream)
{
    char text[200];
    struct mim_offer offer = { .struct_size = sizeof offer,
                               .kind = video_stream_kind(format, stream),
                               .index = (uint32_t)stream->index,
                               .text = text };
    if (!offer.kind)
        return MIM_OK;
    video_stream_describe(stream, offer.kind, text, sizeof text);
    return job->host->offer(job, &offer);
}

static int32_t
offer_chapters(struct mim_job *job, unsigned count)
{
    char text[40];
    const struct mim_offer offer = { .struct_size = sizeof offer, .kind = MIM_OFFER_CHAPTERS, .text = text };
    snprintf(text, sizeof text, "chapters (%u)", count);
    return count ? job->host->offer(job, &offer) : MIM_OK;
}

int32_t
video_offers(struct mim_job *job)
{
    const struct video_reader *self = job->state;
    const struct video_demux *demux = &self->cursor.decoder.demux;
    int32_t status = offer_chapters(job, demux->format->nb_chapters);
    for (unsigned i = 0; i < demux->format->nb_streams && status == MIM_OK; i++)
        if (demux->format->streams[i] != demux->stream)
            status = offer_stream(job, demux->format, demux->format->streams[i]);
    return status;
}
