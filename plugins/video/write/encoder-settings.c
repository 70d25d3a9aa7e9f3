/* SPDX-License-Identifier: MIT */
/* Translates mim's options for quality, size and speed into those of each encoder. */
#include "write/encoder-settings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>

#include "ffmpeg/av-options.h"
#include "ffmpeg/averror.h"
#include "ffmpeg/targets.h"

#define SMALL 64       /* pixels a side; slices of smaller pictures could be empty */
#define PLAIN_QSCALE 4 /* default of encoders whose own is 200 kbit/s at every size */

/* Parses a decimal of digits and at most one point; strtod() would depend on the locale. Returns 0 if it is invalid. */
static double
parse_decimal(const char *text, size_t size)
{
    double value = 0, place = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '.' && place > 0)
            return 0;
        place = text[i] == '.' ? 1 : 10 * place;
        value = text[i] == '.' ? value : 10 * value + (text[i] - '0');
    }
    return place > 0 ? value / place : value;
}

/* Parses bits per second: "2M", "800k", "1500000". Returns 0 if it is invalid. */
static int64_t
parse_bitrate(const char *text)
{
    static const struct {
        char letter;
        double factor;
    } units[] = { { '\0', 1 }, { 'k', 1e3 }, { 'K', 1e3 }, { 'M', 1e6 }, { 'm', 1e6 }, { 'G', 1e9 }, { 'g', 1e9 } };
    size_t digits = strspn(text, "0123456789.");
    double value = parse_decimal(text, digits);

    if (value <= 0 || (text[digits] && text[digits + 1]))
        return 0;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].letter == text[digits])
            return value * units[i].factor < 1e15 ? (int64_t)(value * units[i].factor) : 0;
    return 0;
}

static int32_t
refuse_option(struct mim_job *job, const struct video_encoder_facts *facts, const char *name)
{
    static const char *const instead[] = {
        [VIDEO_RATE_QSCALE] = "it takes quality or bitrate",
        [VIDEO_RATE_CRF] = "it takes quality, crf or bitrate",
        [VIDEO_RATE_UP] = "it takes quality or bitrate",
        [VIDEO_RATE_BITS] = "it takes bitrate",
        [VIDEO_RATE_LOSSLESS] = "it is lossless",
    };
    return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "%s has no %s: %s", facts->codec->name, name,
                           instead[facts->rate]);
}

static void
set_qscale(AVCodecContext *context, int scale)
{
    context->flags |= AV_CODEC_FLAG_QSCALE;
    context->global_quality = scale * FF_QP2LAMBDA;
}

static int32_t
set_crf(struct mim_job *job, const struct video_encoder_facts *facts, AVCodecContext *context, double crf)
{
    char text[40];
    long long thousandths = llrint(crf * 1000);
    int used = snprintf(text, sizeof text, "%lld", thousandths / 1000);
    if (thousandths % 1000) /* not %g, whose decimal point depends on the locale */
        snprintf(text + used, sizeof text - (size_t)used, ".%03lld", thousandths % 1000);
    context->bit_rate = 0;
    return video_set(job, context, facts->codec->name, "", "crf", text);
}

static int32_t
set_quality(struct mim_job *job, const struct video_encoder_facts *facts, AVCodecContext *context, double quality)
{
    switch (facts->rate) {
    case VIDEO_RATE_CRF:
        return set_crf(job, facts, context, trunc((10 - quality) * 5.1 + 1e-9));
    case VIDEO_RATE_QSCALE:
        set_qscale(context, 1 + (int)((10 - quality) * 3 + 1e-9));
        return MIM_OK;
    case VIDEO_RATE_UP:
        set_qscale(context, (int)quality);
        return MIM_OK;
    default:
        return refuse_option(job, facts, "quality");
    }
}

static int32_t
set_bitrate(struct mim_job *job, const struct video_encoder_facts *facts, AVCodecContext *context, const char *text)
{
    int64_t bits = parse_bitrate(text);
    if (!bits)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN,
                               "bitrate '%.40s' is invalid: expected bits per second, such as 800k or 2M", text);
    if (facts->rate == VIDEO_RATE_LOSSLESS)
        return refuse_option(job, facts, "bitrate");
    context->bit_rate = bits;
    return MIM_OK;
}

static int32_t
set_rate(struct mim_job *job, const struct video_encoder_facts *facts, const struct video_encoder_settings *settings,
         AVCodecContext *context)
{
    if ((settings->quality >= 0) + (settings->crf >= 0) + (settings->bitrate != NULL) > 1)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN,
                               "quality, crf and bitrate exclude each other: give only one");
    if (settings->quality >= 0)
        return set_quality(job, facts, context, settings->quality);
    if (settings->bitrate)
        return set_bitrate(job, facts, context, settings->bitrate);
    if (settings->crf >= 0)
        return facts->rate == VIDEO_RATE_CRF ? set_crf(job, facts, context, settings->crf)
                                             : refuse_option(job, facts, "crf");
    if (facts->rate == VIDEO_RATE_QSCALE)
        set_qscale(context, PLAIN_QSCALE);
    if (facts->rate == VIDEO_RATE_UP)
        set_qscale(context, 7);
    return MIM_OK;
}

/* Leaves combined values, such as several tunes, to the encoder. */
static int32_t
check_word(struct mim_job *job, const struct video_encoder_facts *facts, AVCodecContext *context, const char *name,
           const char *words)
{
    uint8_t *value = NULL;
    int32_t status = MIM_OK;

    if (!words || av_opt_get(context, name, AV_OPT_SEARCH_CHILDREN | AV_OPT_ALLOW_NULL, &value) < 0 || !value)
        return MIM_OK;
    const char *word = (const char *)value;
    if (*word && !strpbrk(word, ",./-+") && !video_lists(words, word))
        status = job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "%s '%.40s': %s has %s", name, word, facts->codec->name,
                                 words);
    av_free(value);
    return status;
}

static int32_t
check_words(struct mim_job *job, const struct video_encoder_facts *facts, AVCodecContext *context)
{
    int32_t status = check_word(job, facts, context, "preset", facts->presets);
    if (status == MIM_OK)
        status = check_word(job, facts, context, "tune", facts->tunes);
    return status == MIM_OK ? check_word(job, facts, context, "profile", facts->profiles) : status;
}

static int32_t
set_preset(struct mim_job *job, const struct video_encoder_facts *facts, const char *preset, AVCodecContext *context)
{
    if (!av_opt_find(context, "preset", NULL, 0, AV_OPT_SEARCH_CHILDREN))
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "%s has no presets", facts->codec->name);
    return video_set(job, context, facts->codec->name, "", "preset", preset);
}

static const char *
required_options(const struct video_encoder_facts *facts, const AVCodecContext *context)
{
    bool is_small = context->width < SMALL || context->height < SMALL;
    if (facts->required_alpha && av_pix_fmt_desc_get(context->pix_fmt)->flags & AV_PIX_FMT_FLAG_ALPHA)
        return facts->required_alpha;
    return is_small && facts->required_small ? facts->required_small : facts->required;
}

/* The caller's options override those before them, and the required ones after them override all. */
static int32_t
add_params(struct mim_job *job, const struct video_encoder_facts *facts, const char *light, AVCodecContext *context)
{
    const char *name = facts->params;
    uint8_t *given = NULL;
    char *all = NULL;
    int code = av_opt_get(context, name, AV_OPT_SEARCH_CHILDREN | AV_OPT_ALLOW_NULL, &given);

    if (code >= 0)
        all = av_asprintf("%s%u:%s%s%s%s", facts->preset_params, job->threads, light,
                          given ? (const char *)given : "", given && *given ? ":" : "", required_options(facts, context));
    if (code >= 0)
        code = all ? av_opt_set(context, name, all, AV_OPT_SEARCH_CHILDREN) : AVERROR(ENOMEM);
    av_free(given);
    av_free(all);
    return code >= 0 ? MIM_OK : video_fail(job, code, facts->codec->name);
}

int32_t
video_encoder_set_up(struct mim_job *job, const struct video_encoder_facts *facts,
                     const struct video_encoder_settings *settings, const char *light, AVCodecContext *context)
{
    const char *required = facts->params ? NULL : required_options(facts, context);

    if (required && av_set_options_string(context, required, "=", ":") < 0)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "this %s does not support %s", facts->codec->name,
                               required);
    int32_t status = set_rate(job, facts, settings, context);
    if (status == MIM_OK && settings->preset)
        status = set_preset(job, facts, settings->preset, context);
    if (settings->gop >= 0)
        context->gop_size = (int)settings->gop;
    if (status == MIM_OK)
        status = video_set_pairs(job, context, facts->codec->name, "codec:", &settings->options);
    if (status == MIM_OK)
        status = check_words(job, facts, context);
    if (status == MIM_OK && facts->params)
        status = add_params(job, facts, light, context);
    if (status == MIM_OK && context->flags & (AV_CODEC_FLAG_PASS1 | AV_CODEC_FLAG_PASS2))
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "codec:flags: two-pass encoding is not supported");
    return status;
}
