/* SPDX-License-Identifier: MIT */
/*
 * Planar YUV and gray to RGB and gray. Chroma is enlarged as by swscale: columns are repeated; rows are repeated in
 * conversions from 8 to 8 bits, and otherwise interpolated by its bicubic filter.
 */
#include "read/yuv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/pixdesc.h>

#include "read/yuv-rows.h"

enum { MAX_DEPTH = 14, WIDE_DEPTH = 12 };
enum { LUMA, BLUE, RED, ALPHA }; /* planes */

/* One conversion: the layout of both sides, and the matrix in fixed point. */
struct plan {
    const AVFrame *picture;
    const AVPixFmtDescriptor *from;
    const struct video_yuv_loops *loops;
    struct video_yuv_gains gains;
    int depth, channels, luma_shift, chroma_shift; /* shift: from the depth to that of a block */
    bool is_deep, is_wide, is_gray, is_interpolated;
};

/* The channels of a supported output, or 0. */
static int
channels_of(enum AVPixelFormat to)
{
    static const enum AVPixelFormat formats[] = { AV_PIX_FMT_GRAY8, AV_PIX_FMT_GRAY16, AV_PIX_FMT_RGB24,
                                                  AV_PIX_FMT_RGB48, AV_PIX_FMT_RGBA,   AV_PIX_FMT_RGBA64 };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (formats[i] == to)
            return av_pix_fmt_desc_get(to)->nb_components;
    return 0;
}

/* Has the format one or three colours, of 8 bits or more, and at least half the rows and columns of chroma? */
static bool
is_yuv(const AVPixFmtDescriptor *from)
{
    const uint64_t others = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL;

    return !(from->flags & others) && strncmp(from->name, "xyz", 3) != 0 && from->comp[0].depth >= 8 &&
           from->nb_components != 2 && from->log2_chroma_w <= 1 && from->log2_chroma_h <= 1;
}

static bool
is_planar(const AVPixFmtDescriptor *from)
{
    int depth = from->comp[0].depth;
    bool is_host = !(from->flags & AV_PIX_FMT_FLAG_BE) == !AV_HAVE_BIGENDIAN;

    if (depth > MAX_DEPTH || (depth > 8 && !is_host))
        return false;
    for (int i = 0; i < from->nb_components; i++)
        if (from->comp[i].plane != i || from->comp[i].step != 1 + (depth > 8) || from->comp[i].shift ||
            from->comp[i].depth != depth)
            return false;
    return true;
}

bool
video_yuv_is_supported(enum AVPixelFormat from, enum AVPixelFormat to)
{
    const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(from);
    return channels_of(to) && is_yuv(descriptor) && is_planar(descriptor);
}

enum AVPixelFormat
video_yuv_planar_format(enum AVPixelFormat from, enum AVPixelFormat to, bool is_scaled)
{
    const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(from);
    int depth = descriptor->comp[0].depth < MAX_DEPTH ? descriptor->comp[0].depth : MAX_DEPTH;
    const char *alpha = descriptor->nb_components == 4 ? "a" : "", *chroma = descriptor->log2_chroma_w ? "422" : "444";
    char name[32], bits[16] = "";

    if (!channels_of(to) || !is_yuv(descriptor))
        return AV_PIX_FMT_NONE;
    if (descriptor->nb_components == 1)
        return is_planar(descriptor) ? from : AV_PIX_FMT_NONE;
    if (!is_scaled && descriptor->log2_chroma_h)
        chroma = descriptor->log2_chroma_w ? "420" : "440";
    if (depth > 8)
        snprintf(bits, sizeof bits, "%d", depth);
    snprintf(name, sizeof name, "yuv%s%sp%s", alpha, chroma, bits);
    return av_get_pix_fmt(name); /* in the byte order of the machine */
}

bool
video_yuv_is_full_range(enum AVPixelFormat format, enum AVColorRange stated)
{
    static const enum AVPixelFormat full[] = { AV_PIX_FMT_YUVJ411P, AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P,
                                               AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ444P };
    if (stated == AVCOL_RANGE_JPEG || stated == AVCOL_RANGE_MPEG)
        return stated == AVCOL_RANGE_JPEG;
    for (size_t i = 0; i < sizeof full / sizeof *full; i++)
        if (full[i] == format)
            return true;
    return av_pix_fmt_desc_get(format)->nb_components < 3;
}

/* The parts of red and blue in luma. */
static void
luma_parts(enum AVColorSpace matrix, double *red, double *blue)
{
    static const double parts[][2] = {
        [AVCOL_SPC_BT709] = { 0.2126, 0.0722 },     [AVCOL_SPC_FCC] = { 0.30, 0.11 },
        [AVCOL_SPC_BT470BG] = { 0.299, 0.114 },     [AVCOL_SPC_SMPTE170M] = { 0.299, 0.114 },
        [AVCOL_SPC_SMPTE240M] = { 0.212, 0.087 },   [AVCOL_SPC_BT2020_NCL] = { 0.2627, 0.0593 },
        [AVCOL_SPC_BT2020_CL] = { 0.2627, 0.0593 },
    };
    *red = parts[matrix][0];
    *blue = parts[matrix][1];
}

/* Narrow loops drop the low halves of products: half a unit each, on average. */
static struct video_yuv_gains
make_gains(const struct plan *plan, enum AVColorSpace matrix, bool is_full_range)
{
    const double step = 1 << (plan->depth - 8), last = (1 << plan->depth) - 1;
    const double top = plan->is_wide ? 65535 << VIDEO_YUV_WIDE_BITS : 255 << VIDEO_YUV_NARROW_BITS;
    const double unit = plan->is_wide ? 1 : 65536, luma_unit = unit / (1 << plan->luma_shift);
    const double luma = top * luma_unit / (is_full_range ? last : 219 * step);
    const double chroma = top * unit / (1 << plan->chroma_shift) / (is_full_range ? last : 224 * step);
    const double half = plan->is_wide ? 1 << (VIDEO_YUV_WIDE_BITS - 1) : (1 << (VIDEO_YUV_NARROW_BITS - 1)) + 1;
    double red, blue;

    luma_parts(matrix, &red, &blue);
    return (struct video_yuv_gains){
        .luma = (int32_t)lrint(luma),
        .red_v = (int32_t)lrint(2 * (1 - red) * chroma),
        .green_u = (int32_t)lrint(-2 * (1 - blue) * blue / (1 - red - blue) * chroma),
        .green_v = (int32_t)lrint(-2 * (1 - red) * red / (1 - red - blue) * chroma),
        .blue_u = (int32_t)lrint(2 * (1 - blue) * chroma),
        .bias = (int32_t)lrint(half - (is_full_range ? 0 : 16 * step * rint(luma) / luma_unit)),
    };
}

static const struct video_yuv_loops *
find_loops(bool is_wide)
{
#if defined __x86_64__ || defined __i386__
    if (__builtin_cpu_supports("avx2"))
        return &video_yuv_avx2[is_wide];
    if (__builtin_cpu_supports("ssse3"))
        return &video_yuv_ssse3[is_wide];
#endif
    return &video_yuv_portable[is_wide];
}

static struct plan
make_plan(const AVFrame *picture, enum AVColorSpace matrix, enum AVPixelFormat to)
{
    const AVPixFmtDescriptor *from = av_pix_fmt_desc_get(picture->format), *rgb = av_pix_fmt_desc_get(to);
    int depth = from->comp[0].depth;
    bool is_wide = rgb->comp[0].depth > 8, is_deep = depth > 8;
    struct plan plan = { .picture = picture,
                         .from = from,
                         .loops = find_loops(is_wide),
                         .depth = depth,
                         .channels = rgb->nb_components,
                         .luma_shift = is_wide ? 0 : 16 - depth,
                         .chroma_shift = is_wide ? (depth < WIDE_DEPTH ? WIDE_DEPTH - depth : 0) : 16 - depth,
                         .is_deep = is_deep,
                         .is_wide = is_wide,
                         .is_gray = from->nb_components == 1 || rgb->nb_components == 1 };
    plan.is_interpolated =
        !plan.is_gray && from->log2_chroma_h && (is_deep || is_wide || !from->log2_chroma_w || picture->height % 2);
    plan.gains = make_gains(&plan, matrix, video_yuv_is_full_range(picture->format, picture->color_range));
    return plan;
}

static const uint8_t *
samples_at(const struct plan *plan, int plane, int row, int first)
{
    const AVFrame *picture = plan->picture;
    return picture->data[plane] + (ptrdiff_t)picture->linesize[plane] * row + ((ptrdiff_t)first << plan->is_deep);
}

/* Rows beyond the picture are like the nearest one. */
static void
find_neighbours(const struct plan *plan, int plane, int row, int first, const void *rows[4])
{
    int middle = row >> plan->from->log2_chroma_h, step = row % 2 ? 1 : -1;
    int last = -(-plan->picture->height >> plan->from->log2_chroma_h) - 1;
    const int offsets[4] = { 2 * step, step, 0, -step };

    for (int i = 0; i < 4; i++) {
        int at = middle + offsets[i];
        rows[i] = samples_at(plan, plane, at < 0 ? 0 : at > last ? last : at, first);
    }
}

static void
load_chroma(const struct plan *plan, int plane, int row, int first, int count, int16_t *out)
{
    int column = first >> plan->from->log2_chroma_w;
    struct video_yuv_chroma chroma = { .gray = 1 << (plan->depth - 1),
                                       .shift = plan->chroma_shift,
                                       .is_interpolated = plan->is_interpolated };

    if (plan->is_interpolated)
        find_neighbours(plan, plane, row, column, chroma.rows);
    else
        chroma.rows[0] = samples_at(plan, plane, row >> plan->from->log2_chroma_h, column);
    plan->loops->load[plan->is_deep](&chroma, -(-count >> plan->from->log2_chroma_w), out);
}

static void
copy_alpha(const struct plan *plan, int row, int first, int count, void *rgb)
{
    enum { BITS = 15 };
    const uint8_t *bytes = samples_at(plan, ALPHA, row, first);
    const uint16_t *words = (const uint16_t *)(const void *)bytes;
    const uint32_t top = plan->is_wide ? 65535 : 255, last = (1U << plan->depth) - 1;
    const uint32_t gain = ((top << BITS) + last / 2) / last;

    for (int x = 0; x < count; x++) {
        uint32_t alpha = ((plan->is_deep ? words[x] : bytes[x]) * gain + (1 << (BITS - 1))) >> BITS;
        if (plan->is_wide)
            ((uint16_t *)rgb)[4 * x + 3] = (uint16_t)(alpha < top ? alpha : top);
        else
            ((uint8_t *)rgb)[4 * x + 3] = (uint8_t)(alpha < top ? alpha : top);
    }
}

/* Converts a part of the rows that have the same chroma. */
static void
convert_block(const struct plan *plan, int row, int rows, int first, uint8_t *data, uint64_t stride)
{
    struct video_yuv_block block;
    int left = plan->picture->width - first, count = left < VIDEO_YUV_BLOCK ? left : VIDEO_YUV_BLOCK;

    if (plan->is_gray) {
        memset(block.u, 0, sizeof block.u);
        memset(block.v, 0, sizeof block.v);
    } else {
        load_chroma(plan, BLUE, row, first, count, block.u);
        load_chroma(plan, RED, row, first, count, block.v);
    }
    plan->loops->share(&block, &plan->gains, count, plan->is_gray ? 0 : plan->from->log2_chroma_w);
    for (int y = row; y < row + rows && y < plan->picture->height; y++) {
        void *rgb = data + stride * (uint64_t)y + (((size_t)first * (size_t)plan->channels) << plan->is_wide);
        plan->loops->add[plan->is_deep][plan->channels](&block, &plan->gains, samples_at(plan, LUMA, y, first),
                                                        plan->luma_shift, count, rgb);
        if (plan->channels == 4 && plan->from->nb_components == 4)
            copy_alpha(plan, y, first, count, rgb);
    }
}

static void
convert_blocks(const struct plan *plan, uint8_t *data, uint64_t stride)
{
    int rows = plan->is_gray || plan->is_interpolated ? 1 : 1 << plan->from->log2_chroma_h;
    for (int row = 0; row < plan->picture->height; row += rows)
        for (int first = 0; first < plan->picture->width; first += VIDEO_YUV_BLOCK)
            convert_block(plan, row, rows, first, data, stride);
}

/* The frequent case, without a block in between. */
static bool
has_pairs(const struct plan *plan)
{
    int width = plan->picture->width;
    return plan->loops->pair[plan->channels] && !plan->is_deep && !plan->is_gray && !plan->is_interpolated &&
           plan->from->log2_chroma_w && plan->from->log2_chroma_h && width % 2 == 0 && width >= VIDEO_YUV_PAIR_WIDTH;
}

static void
convert_pairs(const struct plan *plan, uint8_t *data, uint64_t stride)
{
    const AVFrame *picture = plan->picture;
    for (int row = 0; row < picture->height; row += 2, data += 2 * stride) {
        const struct video_yuv_pair pair = {
            .luma = { samples_at(plan, LUMA, row, 0), samples_at(plan, LUMA, row + 1, 0) },
            .u = samples_at(plan, BLUE, row / 2, 0),
            .v = samples_at(plan, RED, row / 2, 0),
            .out = { data, data + stride },
        };
        plan->loops->pair[plan->channels](&pair, &plan->gains, picture->width);
        for (int i = 0; i < 2 && plan->channels == 4 && plan->from->nb_components == 4; i++)
            copy_alpha(plan, row + i, 0, picture->width, pair.out[i]);
    }
}

void
video_yuv_convert(const AVFrame *picture, enum AVColorSpace matrix, enum AVPixelFormat to, uint8_t *data,
                  uint64_t stride)
{
    const struct plan plan = make_plan(picture, matrix, to);
    (has_pairs(&plan) ? convert_pairs : convert_blocks)(&plan, data, stride);
}
