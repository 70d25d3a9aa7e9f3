/* SPDX-License-Identifier: MIT */
/* Gets and adds side data of streams. */
#include "ffmpeg/side-data.h"

#include <string.h>

#include <libavcodec/avcodec.h>

const void *
video_side_data_get(const AVStream *stream, enum AVPacketSideDataType type, size_t size)
{
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)
    const AVCodecParameters *parameters = stream->codecpar;
    const AVPacketSideData *data =
        av_packet_side_data_get(parameters->coded_side_data, parameters->nb_coded_side_data, type);
    return data && data->size >= size ? data->data : NULL;
#else
    size_t actual = 0;
    const uint8_t *data = av_stream_get_side_data(stream, type, &actual);
    return data && actual >= size ? data : NULL;
#endif
}

bool
video_side_data_add(AVStream *stream, enum AVPacketSideDataType type, const void *data, size_t size)
{
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)
    AVCodecParameters *parameters = stream->codecpar;
    AVPacketSideData *added =
        av_packet_side_data_new(&parameters->coded_side_data, &parameters->nb_coded_side_data, type, size, 0);
    uint8_t *copy = added ? added->data : NULL;
#else
    uint8_t *copy = av_stream_new_side_data(stream, type, size);
#endif
    if (copy)
        memcpy(copy, data, size);
    return copy;
}
