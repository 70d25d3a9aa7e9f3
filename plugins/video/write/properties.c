/* SPDX-License-Identifier: MIT */
/* Retains properties from metadata, and states them in encoders and streams. */
#include "write/properties.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/mathematics.h>
#include <libavutil/mem.h>
#include <libavutil/pixdesc.h>

#include <mim/kit/aspect.h>

#include "ffmpeg/side-data.h"

static int32_t
set_aspect(struct video_properties *properties, const void *value, uint64_t size)
{
    struct mim_rational aspect;
    if (!mim_aspect_get(MIM_META_RATIONAL, value, size, &aspect))
        return MIM_UNSUPPORTED;
    av_reduce(&properties->aspect.num, &properties->aspect.den, aspect.num, aspect.den, UINT16_MAX);
    return properties->aspect.num && properties->aspect.den ? MIM_OK : MIM_UNSUPPORTED;
}

/* FFmpeg's number of a name; 0: none. */
static int
number_of(int (*find)(const char *name), const void *value, uint64_t size)
{
    char name[32] = "";
    int number = size < sizeof name ? find(memcpy(name, value, size)) : 0;
    return number > 0 ? number : 0;
}

static int32_t
set_transfer(struct video_properties *properties, const void *value, uint64_t size)
{
    properties->transfer = (enum AVColorTransferCharacteristic)number_of(av_color_transfer_from_name, value, size);
    return properties->transfer ? MIM_OK : MIM_UNSUPPORTED;
}

static int32_t
set_primaries(struct video_properties *properties, const void *value, uint64_t size)
{
    properties->primaries = (enum AVColorPrimaries)number_of(av_color_primaries_from_name, value, size);
    return properties->primaries ? MIM_OK : MIM_UNSUPPORTED;
}

/* x and y of red, green, blue and white, then the luminance of black and of white. Zeros stand for missing numbers. */
static int32_t
set_display(struct video_properties *properties, const void *value, uint64_t size)
{
    AVMasteringDisplayMetadata *display = &properties->display;
    struct mim_rational from[10];
    AVRational to[10];

    if (size != sizeof from)
        return MIM_UNSUPPORTED;
    memcpy(from, value, sizeof from);
    for (int i = 0; i < 10; i++) {
        if (from[i].num < 0 || from[i].den <= 0)
            return MIM_UNSUPPORTED;
        av_reduce(&to[i].num, &to[i].den, from[i].num, from[i].den, INT32_MAX);
    }
    memcpy(display->display_primaries, to, sizeof display->display_primaries);
    memcpy(display->white_point, to + 6, sizeof display->white_point);
    display->min_luminance = to[8];
    display->max_luminance = to[9];
    display->has_primaries = to[6].num > 0;
    display->has_luminance = to[9].num > 0;
    properties->has_display = true;
    return MIM_OK;
}

static int32_t
set_light(struct video_properties *properties, const void *value, uint64_t size)
{
    int64_t numbers[2];
    if (size != sizeof numbers)
        return MIM_UNSUPPORTED;
    memcpy(numbers, value, sizeof numbers);
    if (numbers[0] < 0 || numbers[0] > UINT16_MAX || numbers[1] < 0 || numbers[1] > UINT16_MAX)
        return MIM_UNSUPPORTED;
    properties->light = (AVContentLightMetadata){ (unsigned)numbers[0], (unsigned)numbers[1] };
    properties->has_light = true;
    return MIM_OK;
}

static const struct {
    const char *key;
    int32_t type;
    unsigned statement;
    int32_t (*set)(struct video_properties *properties, const void *value, uint64_t size);
} known[] = {
    { "sample_aspect", MIM_META_RATIONAL, VIDEO_STATES_ASPECT, set_aspect },
    { "transfer", MIM_META_TEXT, VIDEO_STATES_COLOUR, set_transfer },
    { "primaries", MIM_META_TEXT, VIDEO_STATES_COLOUR, set_primaries },
    { "mastering_display", MIM_META_RATIONALS, VIDEO_STATES_LIGHT, set_display },
    { "content_light", MIM_META_INTS, VIDEO_STATES_LIGHT, set_light },
};

bool
video_is_property(const char *key)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(key, known[i].key))
            return true;
    return false;
}

int32_t
video_properties_set(struct video_properties *properties, const struct video_target *target, const AVCodec *encoder,
                     const char *key, int32_t type, const void *value, uint64_t size)
{
    unsigned statements = target->states | video_encoder_states(encoder);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(key, known[i].key) && (type & MIM_META_TYPE_MASK) == known[i].type && statements & known[i].statement)
            return known[i].set(properties, value, size);
    return MIM_UNSUPPORTED;
}

AVRational
video_properties_aspect(const struct video_properties *properties)
{
    return properties->aspect.num ? properties->aspect : (AVRational){ 1, 1 };
}

static int
scale_number(AVRational value, int64_t unit)
{
    return value.den ? (int)av_rescale(value.num, unit, value.den) : 0;
}

char *
video_properties_light(const struct video_properties *properties)
{
    enum { POINT = 50000, CANDELA = 10000 };
    const AVMasteringDisplayMetadata *display = &properties->display;
    int red[2], green[2], blue[2], white[2];
    char text[200] = "";
    size_t used = 0;

    for (int i = 0; i < 2; i++) {
        red[i] = scale_number(display->display_primaries[0][i], POINT);
        green[i] = scale_number(display->display_primaries[1][i], POINT);
        blue[i] = scale_number(display->display_primaries[2][i], POINT);
        white[i] = scale_number(display->white_point[i], POINT);
    }
    if (properties->has_display)
        used = (size_t)snprintf(text, sizeof text, "master-display=G(%d,%d)B(%d,%d)R(%d,%d)WP(%d,%d)L(%d,%d):", green[0],
                                green[1], blue[0], blue[1], red[0], red[1], white[0], white[1],
                                scale_number(display->max_luminance, CANDELA),
                                scale_number(display->min_luminance, CANDELA));
    if (properties->has_light)
        snprintf(text + used, sizeof text - used, "max-cll=%u,%u:", properties->light.MaxCLL, properties->light.MaxFALL);
    return av_strdup(text);
}

/* MPEG-2 states the aspect of the picture, of which it has three. */
bool
video_properties_round_aspect(const struct video_properties *properties, const struct video_target *target,
                              const AVCodecContext *context)
{
    static const double aspects[] = { 4.0 / 3, 16.0 / 9, 2.21 };
    if (!properties->aspect.num || context->codec_id != AV_CODEC_ID_MPEG2VIDEO || target->states & VIDEO_STATES_ASPECT)
        return false;
    double picture = av_q2d(properties->aspect) * context->width / context->height;
    for (size_t i = 0; i < sizeof aspects / sizeof *aspects; i++)
        if (fabs(picture / aspects[i] - 1) < 0.01)
            return false;
    return true;
}

bool
video_properties_stream(const struct video_properties *properties, AVStream *stream)
{
    stream->sample_aspect_ratio = video_properties_aspect(properties);
    return (!properties->has_display || video_side_data_add(stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA,
                                                            &properties->display, sizeof properties->display)) &&
           (!properties->has_light || video_side_data_add(stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL, &properties->light,
                                                          sizeof properties->light));
}
