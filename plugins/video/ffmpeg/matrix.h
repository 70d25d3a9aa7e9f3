/* SPDX-License-Identifier: MIT */
/* The colour matrix of pictures that state none. */
#ifndef MIM_VIDEO_MATRIX_H
#define MIM_VIDEO_MATRIX_H

#include <stdbool.h>

#include <libavcodec/codec_id.h>
#include <libavutil/pixfmt.h>

/* Is the matrix of this codec BT.601 at every size? */
bool video_codec_is_bt601(enum AVCodecID codec);
/* The guess of players by the size of the coded picture. The writer uses it too, so that both agree. */
enum AVColorSpace video_guess_matrix(bool is_bt601, int width, int height);

#endif
