/* SPDX-License-Identifier: MIT */
/* Finds streams with alpha beside the pictures, and decoders and keyframes of those with side data. */
#include "read/alpha.h"

#include <stdlib.h>

#include <libavutil/intreadwrite.h>
#include <libavutil/pixdesc.h>

/* libavcodec's own decoders ignore the alpha. */
static const struct {
    enum AVCodecID codec;
    const char *decoder;
} decoders[] = { { AV_CODEC_ID_VP8, "libvpx" }, { AV_CODEC_ID_VP9, "libvpx-vp9" } };

static const char *
decoder_name(enum AVCodecID codec)
{
    for (size_t i = 0; i < sizeof decoders / sizeof *decoders; i++)
        if (decoders[i].codec == codec)
            return decoders[i].decoder;
    return NULL;
}

/* Does the configuration of HEVC in ISO media (ISO/IEC 14496-15, 8.3.3.1) have the SEI alpha_channel_info? */
static bool
has_hevc_alpha(const uint8_t *data, int64_t size)
{
    enum { HEAD = 23, SEI_PREFIX = 39, UNIT_HEAD = 2, ALPHA_CHANNEL_INFO = 165 };
    const uint8_t *end = data + size;
    int arrays = size > HEAD && *data == 1 ? data[HEAD - 1] : 0;

    for (data += arrays ? HEAD : 0; arrays > 0 && end - data >= 3; arrays--) {
        int kind = *data & 0x3f, units = AV_RB16(data + 1);
        for (data += 3; units > 0 && end - data >= 2; units--) {
            int64_t length = AV_RB16(data);
            data += 2;
            if (length > end - data)
                return false;
            if (kind == SEI_PREFIX && length > UNIT_HEAD && data[UNIT_HEAD] == ALPHA_CHANNEL_INFO)
                return true;
            data += length;
        }
    }
    return false;
}

static bool
has_side_data(const AVStream *stream)
{
    const AVDictionaryEntry *mode = av_dict_get(stream->metadata, "alpha_mode", NULL, 0);
    return mode && atoi(mode->value) == 1 && decoder_name(stream->codecpar->codec_id);
}

bool
video_alpha_is_stated(const AVStream *stream)
{
    const AVCodecParameters *parameters = stream->codecpar;
    return has_side_data(stream) || (parameters->codec_id == AV_CODEC_ID_HEVC && parameters->extradata &&
                                     has_hevc_alpha(parameters->extradata, parameters->extradata_size));
}

const AVCodec *
video_alpha_decoder(const AVStream *stream)
{
    return has_side_data(stream) ? avcodec_find_decoder_by_name(decoder_name(stream->codecpar->codec_id)) : NULL;
}

bool
video_alpha_is_decoded(const AVStream *stream)
{
    const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(stream->codecpar->format);
    bool has_own = descriptor && descriptor->flags & AV_PIX_FMT_FLAG_ALPHA && !(descriptor->flags & AV_PIX_FMT_FLAG_PAL);
    return has_own || video_alpha_decoder(stream);
}

/* The first byte of a VP8 frame, and the frame marker, profile and type in the first byte of a VP9 frame. */
static bool
is_key(const uint8_t *data, enum AVCodecID codec)
{
    if (codec == AV_CODEC_ID_VP8)
        return !(*data & 1);
    unsigned shift = (*data & 0x30) == 0x30; /* profile 3 has a reserved bit */
    bool repeats_frame = *data & (8 >> shift);
    return !repeats_frame && !(*data & (4 >> shift));
}

void
video_alpha_check_key(AVPacket *packet, enum AVCodecID codec)
{
    enum { ID_SIZE = 8, ALPHA_ID = 1 };
    size_t size = 0;
    const uint8_t *data = av_packet_get_side_data(packet, AV_PKT_DATA_MATROSKA_BLOCKADDITIONAL, &size);
    if (data && size > ID_SIZE && AV_RB64(data) == ALPHA_ID && decoder_name(codec) && !is_key(data + ID_SIZE, codec))
        packet->flags &= ~AV_PKT_FLAG_KEY;
}
