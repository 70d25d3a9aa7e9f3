/* SPDX-License-Identifier: MIT */
/* Reports how displays show the colours, which conversions of pixels leave unchanged. */
#include "read/colour.h"

#include <string.h>

#include <libavutil/mastering_display_metadata.h>
#include <libavutil/pixdesc.h>

#include "ffmpeg/side-data.h"

bool
video_colour_is_hdr(const AVStream *stream)
{
    enum AVColorTransferCharacteristic transfer = stream->codecpar->color_trc;
    return transfer == AVCOL_TRC_SMPTE2084 || transfer == AVCOL_TRC_ARIB_STD_B67;
}

static const void *
frame_data(const AVFrame *frame, enum AVFrameSideDataType type)
{
    const AVFrameSideData *data = frame ? av_frame_get_side_data(frame, type) : NULL;
    return data ? data->data : NULL;
}

/* Ordinary displays show these alike, and formats that state nothing mean them. */
static bool
is_ordinary_transfer(enum AVColorTransferCharacteristic transfer)
{
    return transfer == AVCOL_TRC_BT709 || transfer == AVCOL_TRC_GAMMA22 || transfer == AVCOL_TRC_GAMMA28 ||
           transfer == AVCOL_TRC_SMPTE170M || transfer == AVCOL_TRC_SMPTE240M || transfer == AVCOL_TRC_IEC61966_2_1 ||
           transfer == AVCOL_TRC_BT2020_10 || transfer == AVCOL_TRC_BT2020_12;
}

static bool
are_ordinary_primaries(enum AVColorPrimaries primaries)
{
    return primaries == AVCOL_PRI_BT709 || primaries == AVCOL_PRI_BT470BG || primaries == AVCOL_PRI_SMPTE170M;
}

static int32_t
report_name(struct mim_job *job, const char *key, const char *name, int32_t flag)
{
    return name ? job->host->meta(job, key, MIM_META_TEXT | flag, name, strlen(name)) : MIM_OK;
}

static int32_t
report_names(struct mim_job *job, const AVCodecParameters *stream)
{
    int32_t status = MIM_OK;
    if (stream->color_trc != AVCOL_TRC_UNSPECIFIED)
        status = report_name(job, "transfer", av_color_transfer_name(stream->color_trc),
                             is_ordinary_transfer(stream->color_trc) ? MIM_META_IMPLIED : 0);
    if (status == MIM_OK && stream->color_primaries != AVCOL_PRI_UNSPECIFIED)
        status = report_name(job, "primaries", av_color_primaries_name(stream->color_primaries),
                             are_ordinary_primaries(stream->color_primaries) ? MIM_META_IMPLIED : 0);
    if (status == MIM_OK && stream->color_space != AVCOL_SPC_UNSPECIFIED)
        status = report_name(job, "matrix", av_color_space_name(stream->color_space), MIM_META_CODING);
    if (status == MIM_OK && stream->color_range != AVCOL_RANGE_UNSPECIFIED)
        status = report_name(job, "range", av_color_range_name(stream->color_range), MIM_META_CODING);
    return status;
}

static struct mim_rational
to_rational(AVRational value)
{
    return value.den > 0 ? (struct mim_rational){ value.num, value.den } : (struct mim_rational){ 0, 1 };
}

/* Zeros stand for numbers that are missing. */
static int32_t
report_display(struct mim_job *job, const AVMasteringDisplayMetadata *display)
{
    struct mim_rational values[10] = { 0 };
    for (int i = 0; i < 10; i++)
        values[i].den = 1;
    for (int i = 0; i < 6 && display->has_primaries; i++)
        values[i] = to_rational(display->display_primaries[i / 2][i % 2]);
    for (int i = 0; i < 2 && display->has_primaries; i++)
        values[6 + i] = to_rational(display->white_point[i]);
    if (display->has_luminance) {
        values[8] = to_rational(display->min_luminance);
        values[9] = to_rational(display->max_luminance);
    }
    return job->host->meta(job, "mastering_display", MIM_META_RATIONALS, values, sizeof values);
}

static int32_t
report_light(struct mim_job *job, const AVContentLightMetadata *light)
{
    const int64_t values[2] = { light->MaxCLL, light->MaxFALL };
    return light->MaxCLL || light->MaxFALL
               ? job->host->meta(job, "content_light", MIM_META_INTS, values, sizeof values)
               : MIM_OK;
}

/* Metadata that change from scene to scene, which only their own decoders apply. */
static int32_t
report_dynamic(struct mim_job *job, const AVStream *stream, const AVFrame *first)
{
    int32_t status = MIM_OK;
    if (video_side_data_get(stream, AV_PKT_DATA_DOVI_CONF, 1))
        status = report_name(job, "dynamic_hdr", "dolby-vision", 0);
    else if (frame_data(first, AV_FRAME_DATA_DYNAMIC_HDR_PLUS))
        status = report_name(job, "dynamic_hdr", "hdr10+", 0);
    return status;
}

int32_t
video_colour_report(struct mim_job *job, const AVStream *stream, const AVFrame *first)
{
    const AVMasteringDisplayMetadata *display =
        video_side_data_get(stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA, sizeof *display);
    const AVContentLightMetadata *light =
        video_side_data_get(stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL, sizeof *light);

    if (!display)
        display = frame_data(first, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA);
    if (!light)
        light = frame_data(first, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL);
    int32_t status = report_names(job, stream->codecpar);
    if (status == MIM_OK && display)
        status = report_display(job, display);
    if (status == MIM_OK && light)
        status = report_light(job, light);
    return status == MIM_OK ? report_dynamic(job, stream, first) : status;
}
