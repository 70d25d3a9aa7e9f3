/* SPDX-License-Identifier: MIT */
/* Chooses the pixel format: the caller's, the most compatible for lossy codecs, or an exact one for lossless codecs. */
#include "write/encoder-format.h"

#include <stdio.h>
#include <string.h>

#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

#include "ffmpeg/codec-config.h"

static bool
has_format(const enum AVPixelFormat *list, enum AVPixelFormat format)
{
    for (; list && *list != AV_PIX_FMT_NONE; list++)
        if (*list == format)
            return true;
    return !list;
}

static bool
is_usable(enum AVPixelFormat format)
{
    const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(format);
    return descriptor && !(descriptor->flags & (AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_PAL)) &&
           sws_isSupportedOutput(format);
}

static bool
has_alpha(enum AVPixelFormat format)
{
    return av_pix_fmt_desc_get(format)->flags & AV_PIX_FMT_FLAG_ALPHA;
}

static int
depth_of(enum AVPixelFormat format)
{
    return av_pix_fmt_desc_get(format)->comp[0].depth;
}

static bool
is_gray(enum AVPixelFormat format)
{
    return av_pix_fmt_desc_get(format)->nb_components < 3;
}

static void
list_formats(const enum AVPixelFormat *list, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (; list && *list != AV_PIX_FMT_NONE && used < size; list++)
        if (is_usable(*list))
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "", av_get_pix_fmt_name(*list));
}

static int32_t
choose_requested(struct mim_job *job, const AVCodec *codec, const char *requested, enum AVPixelFormat *format)
{
    const enum AVPixelFormat *list = video_codec_supports(codec, VIDEO_SUPPORT_PIXELS);
    char text[400];

    *format = av_get_pix_fmt(requested);
    if (*format != AV_PIX_FMT_NONE && is_usable(*format) && has_format(list, *format))
        return MIM_OK;
    list_formats(list, text, sizeof text);
    return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "pixelformat '%.40s': %s takes %s", requested, codec->name,
                           *text ? text : "any that swscale can write");
}

/* The supported format that loses least; the same one if possible. */
static enum AVPixelFormat
nearest_format(const enum AVPixelFormat *list, enum AVPixelFormat wanted)
{
    enum AVPixelFormat usable[256];
    size_t count = 0;

    if (!list)
        return wanted;
    for (; *list != AV_PIX_FMT_NONE && count < 255; list++)
        if (is_usable(*list))
            usable[count++] = *list;
    usable[count] = AV_PIX_FMT_NONE;
    return avcodec_find_best_pix_fmt_of_list(usable, wanted, has_alpha(wanted), NULL);
}

/* The format of a lossy codec that keeps alpha, or AV_PIX_FMT_NONE. That of VP8 and VP9 needs the container's help. */
static enum AVPixelFormat
choose_alpha_format(const AVCodec *codec, const enum AVPixelFormat *list, bool container_holds_alpha,
                    enum AVPixelFormat source)
{
    if ((codec->id == AV_CODEC_ID_VP8 || codec->id == AV_CODEC_ID_VP9) && has_format(list, AV_PIX_FMT_YUVA420P))
        return container_holds_alpha ? AV_PIX_FMT_YUVA420P : AV_PIX_FMT_NONE;
    if (has_format(list, AV_PIX_FMT_YUVA444P10))
        return AV_PIX_FMT_YUVA444P10;
    enum AVPixelFormat nearest = nearest_format(list, source);
    return nearest != AV_PIX_FMT_NONE && has_alpha(nearest) ? nearest : AV_PIX_FMT_NONE;
}

static enum AVPixelFormat
choose_format(const struct video_encoder_facts *facts, bool container_holds_alpha, enum AVPixelFormat source)
{
    const enum AVPixelFormat *list = video_codec_supports(facts->codec, VIDEO_SUPPORT_PIXELS);
    bool is_lossy = facts->rate != VIDEO_RATE_LOSSLESS;
    enum AVPixelFormat alpha = AV_PIX_FMT_NONE;

    if (is_lossy && has_alpha(source) && list)
        alpha = choose_alpha_format(facts->codec, list, container_holds_alpha, source);
    if (alpha != AV_PIX_FMT_NONE)
        return alpha;
    if (is_lossy && has_format(list, AV_PIX_FMT_YUV420P))
        return AV_PIX_FMT_YUV420P;
    return nearest_format(list, source);
}

/* The sample layout to request from the core. */
static enum AVPixelFormat
choose_samples(enum AVPixelFormat format, const struct mim_frame_info *first)
{
    bool keeps_alpha = has_alpha(format) && (first->channels == 2 || first->channels == 4);
    bool is_rgb = av_pix_fmt_desc_get(format)->flags & AV_PIX_FMT_FLAG_RGB;
    uint32_t colours = is_gray(format) || (first->channels < 3 && !keeps_alpha && !is_rgb) ? 1 : 3;
    bool is_deep = depth_of(format) > 8 && first->sample != MIM_SAMPLE_U8;

    return video_samples_format(colours + keeps_alpha, is_deep ? MIM_SAMPLE_U16 : MIM_SAMPLE_U8);
}

int32_t
video_encoder_choose_format(struct mim_job *job, const struct video_encoder_facts *facts, const char *requested,
                            bool container_holds_alpha, const struct mim_frame_info *first, struct video_layout *layout)
{
    uint32_t channels = facts->has_no_gray && first->channels < 3 ? first->channels + 2 : first->channels;
    enum AVPixelFormat source = video_samples_format(channels, first->sample);
    if (source == AV_PIX_FMT_NONE)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "a video takes 1 to 4 channels, this frame has %u",
                               first->channels);

    int32_t status = MIM_OK;
    if (requested)
        status = choose_requested(job, facts->codec, requested, &layout->to);
    else
        layout->to = choose_format(facts, container_holds_alpha, source);
    if (status != MIM_OK)
        return status;
    if (layout->to == AV_PIX_FMT_NONE)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "%s supports no pixel format that mim can convert to",
                               facts->codec->name);

    const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(layout->to);
    bool is_jpeg = facts->codec->id == AV_CODEC_ID_MJPEG || facts->codec->id == AV_CODEC_ID_LJPEG;
    bool is_rgb = descriptor->flags & AV_PIX_FMT_FLAG_RGB;
    layout->from = choose_samples(layout->to, first);
    layout->is_full_range = is_rgb || is_jpeg || is_gray(layout->to) || strncmp(descriptor->name, "yuvj", 4) == 0;
    return MIM_OK;
}
