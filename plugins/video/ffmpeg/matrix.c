/* SPDX-License-Identifier: MIT */
/* Guesses the colour matrix of pictures that state none, as mpv does. */
#include "ffmpeg/matrix.h"

#include <stddef.h>

bool
video_codec_is_bt601(enum AVCodecID codec)
{
    static const enum AVCodecID codecs[] = { AV_CODEC_ID_MJPEG, AV_CODEC_ID_MJPEGB, AV_CODEC_ID_LJPEG,
                                             AV_CODEC_ID_JPEGLS, AV_CODEC_ID_SP5X,  AV_CODEC_ID_AMV,
                                             AV_CODEC_ID_WEBP,   AV_CODEC_ID_VP8 };
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
        if (codecs[i] == codec)
            return true;
    return false;
}

enum AVColorSpace
video_guess_matrix(bool is_bt601, int width, int height)
{
    enum { HD_WIDTH = 1280, SD_HEIGHT = 576 };
    return !is_bt601 && (width >= HD_WIDTH || height > SD_HEIGHT) ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}
