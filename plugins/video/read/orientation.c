/* SPDX-License-Identifier: MIT */
/* Turns and mirrors pictures according to the display matrix that phones write. */
#include "read/orientation.h"

#include <math.h>
#include <string.h>

#include <libavutil/display.h>

#include "ffmpeg/side-data.h"

/*
 * The matrix maps (x, y) of the picture to (a x + c y, b x + d y) of the frame. For quarter turns, only the signs of the
 * nonzero coefficients matter.
 */
struct video_orientation
video_orientation_of(const AVStream *stream)
{
    const int32_t *matrix = video_side_data_get(stream, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(int32_t));
    struct video_orientation orientation = { 0 };
    double angle = matrix ? -av_display_rotation_get(matrix) : 0;

    if (!matrix || isnan(angle))
        return orientation;
    angle -= 360 * floor(angle / 360 + 0.9 / 360);
    orientation.degrees = (int)lrint(angle);
    if (fabs(angle - 90) < 1 || fabs(angle - 270) < 1) {
        orientation.is_transposed = true;
        orientation.is_mirrored = matrix[3] < 0;
        orientation.is_flipped = matrix[1] < 0;
    } else if (fabs(angle - 180) < 1 || fabs(angle) < 1) {
        orientation.is_mirrored = matrix[0] < 0;
        orientation.is_flipped = matrix[4] < 0;
    }
    return orientation;
}

bool
video_is_turned(const struct video_orientation *orientation)
{
    return orientation->is_transposed || orientation->is_mirrored || orientation->is_flipped;
}

static void
copy_row(const uint8_t *from, uint32_t width, uint32_t pixel, uint8_t *to, int64_t step_once)
{
    if (step_once == (int64_t)pixel) {
        memcpy(to, from, (size_t)width * pixel);
        return;
    }
    switch (pixel) { /* with a constant size, memcpy() compiles to a single move */
    case 1:
        for (uint32_t x = 0; x < width; x++, from += 1, to += step_once)
            *to = *from;
        return;
    case 2:
        for (uint32_t x = 0; x < width; x++, from += 2, to += step_once)
            memcpy(to, from, 2);
        return;
    case 3:
        for (uint32_t x = 0; x < width; x++, from += 3, to += step_once)
            memcpy(to, from, 3);
        return;
    case 4:
        for (uint32_t x = 0; x < width; x++, from += 4, to += step_once)
            memcpy(to, from, 4);
        return;
    default:
        for (uint32_t x = 0; x < width; x++, from += pixel, to += step_once)
            memcpy(to, from, pixel);
    }
}

void
video_turn(const struct video_orientation *orientation, const uint8_t *from, uint64_t from_stride, uint32_t width,
           uint32_t height, uint32_t pixel, const struct mim_raster *raster)
{
    int64_t along =
        orientation->is_transposed ? (int64_t)raster->stride : (int64_t)pixel; /* from pixel to pixel of a row */
    int64_t down = orientation->is_transposed ? (int64_t)pixel : (int64_t)raster->stride;
    bool is_reversed_along = orientation->is_transposed ? orientation->is_flipped : orientation->is_mirrored;
    bool is_reversed_down = orientation->is_transposed ? orientation->is_mirrored : orientation->is_flipped;
    uint8_t *to = raster->data;

    if (is_reversed_along) {
        to += along * (int64_t)(width - 1);
        along = -along;
    }
    if (is_reversed_down) {
        to += down * (int64_t)(height - 1);
        down = -down;
    }
    for (uint32_t y = 0; y < height; y++, from += from_stride, to += down)
        copy_row(from, width, pixel, to, along);
}
