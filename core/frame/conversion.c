/* SPDX-License-Identifier: MIT */
/* Conversion of sample types and colours. */
#include "frame/conversion.h"

#include <inttypes.h>
#include <string.h>

#include <mim/kit/ratio.h>

#include "base/error.h"
#include "base/sample.h"
#include "frame/frame.h"
#include "frame/packed-bits.h"
#include "frame/quick-conversion.h"

#define CHUNK 256 /* pixels per step, on the stack */
#define MOST_CHANNELS 4

static bool
has_alpha(uint32_t channels)
{
    return channels == 2 || channels == 4;
}

static enum mim_sample
wanted_sample(enum mim_sample sample, const struct mim_conversion_target *target)
{
    if (!target->mean && target->sample)
        return target->sample;
    return sample == MIM_SAMPLE_U1 && target->expands_bits ? MIM_SAMPLE_U8 : sample;
}

static bool
packs_bits(const struct mim_conversion *conversion)
{
    return conversion->to_sample == MIM_SAMPLE_U1 && conversion->from_sample != MIM_SAMPLE_U1;
}

enum mim_status
mim_conversion_plan(enum mim_sample sample, uint32_t channels, const struct mim_conversion_target *target,
                    struct mim_conversion *conversion, struct mim_error *err)
{
    *conversion = (struct mim_conversion){
        .from_sample = sample,
        .from_channels = channels,
        .to_sample = wanted_sample(sample, target),
        .to_channels = target->mean       ? 1
                       : target->channels ? target->channels
                                          : channels,
        .mean = target->mean && channels > 1,
        .background = { 255, 255, 255 },
    };
    if (target->has_background)
        memcpy(conversion->background, target->background, 3);
    conversion->same = conversion->to_sample == sample && conversion->to_channels == channels;

    if (!mim_sample_facts(conversion->to_sample))
        return mim_fail(err, MIM_ARGUMENT, "there is no sample type %d", (int)target->sample);
    bool is_packable = sample <= MIM_SAMPLE_U64 && conversion->to_channels == 1;
    if (conversion->to_sample == MIM_SAMPLE_U1 && !conversion->same && !is_packable)
        return mim_fail(err, MIM_ARGUMENT, "%u channels of %s cannot become %u of u1: only unsigned samples can, and only one channel",
                        channels, mim_sample_name(sample), conversion->to_channels);
    if (!conversion->mean && conversion->to_channels != channels &&
        (channels > MOST_CHANNELS || conversion->to_channels > MOST_CHANNELS))
        return mim_fail(err, MIM_ARGUMENT, "%u channels cannot become %u: 1 to 4 have a meaning, more have none",
                        channels, conversion->to_channels);
    return MIM_OK;
}

bool
mim_conversion_reduces(const struct mim_conversion *conversion)
{
    const struct mim_sample_facts *from = mim_sample_facts(conversion->from_sample),
                                  *to = mim_sample_facts(conversion->to_sample);
    if (packs_bits(conversion))
        return false; /* or it fails */
    if (from->is_float != to->is_float)
        return from->is_float || from->size >= to->size;
    return from->max > to->max || from->size > to->size;
}

bool
mim_conversion_grays(const struct mim_conversion *conversion)
{
    return conversion->from_channels >= 3 && conversion->to_channels <= 2;
}

enum mim_status
mim_conversion_fail_unscaled(const struct mim_conversion *conversion, struct mim_error *err)
{
    const char *from = mim_sample_name(conversion->from_sample), *to = mim_sample_name(conversion->to_sample);
    if (packs_bits(conversion))
        return mim_fail(err, MIM_ARGUMENT,
                        "samples of %s between 0 and %" PRIu64 " cannot become 1 bit: make them black and white first",
                        from, mim_sample_facts(conversion->from_sample)->max);
    return mim_fail(err, MIM_ARGUMENT,
                    "%s samples outside 0..1 cannot become %s: rescale them, or use a format of %s", from, to, from);
}

/* Scales the full range, rounded half up: (v * 255 + 32767) / 65535 for u16 to u8. */
static uint64_t
scale_magnitude(uint64_t value, uint64_t from_most, uint64_t to_most)
{
    if (from_most <= UINT32_MAX && to_most <= UINT32_MAX)
        return (value * to_most + from_most / 2) / from_most;
    /* the magnitude of a signed minimum is max + 1; the product still fits 64 bits */
    return mim_ratio_scale_unsigned(value, to_most, from_most);
}

static void
scale_integers(const struct mim_sample_facts *from, const struct mim_sample_facts *to, uint64_t *values, size_t count,
               struct mim_conversion_loss *loss)
{
    for (size_t i = 0; i < count; i++) {
        bool negative = from->is_signed && (int64_t)values[i] < 0;
        if (negative && !to->is_signed) {
            loss->clipped = true;
            values[i] = 0;
        } else if (negative) {
            uint64_t scaled = scale_magnitude(-values[i], from->max, to->max);
            values[i] = -(scaled > to->max + 1 ? to->max + 1 : scaled);
        } else if (from->max != to->max) {
            values[i] = scale_magnitude(values[i], from->max, to->max);
        }
    }
}

/* Rec. 601 luma with 16-bit weights, rounded as in most programs. */
#define LUMA_RED 19595u
#define LUMA_GREEN 38470u
#define LUMA_BLUE 7471u

/* Converts pixels between any of 1..4 channels. `max` is opaque white. */
#define DEFINE_RECOLOUR(name, type, BLEND, LUMA) \
    static void name(const struct mim_conversion *c, const type *from, type *to, size_t pixels, type max, \
                     struct mim_conversion_loss *loss) \
    { \
        bool alpha_in = has_alpha(c->from_channels), alpha_out = has_alpha(c->to_channels); \
        bool gray_in = c->from_channels <= 2, gray_out = c->to_channels <= 2; \
        for (size_t i = 0; i < pixels; i++, from += c->from_channels, to += c->to_channels) { \
            type rgb[3] = { from[0], from[gray_in ? 0 : 1], from[gray_in ? 0 : 2] }; \
            type alpha = alpha_in ? from[c->from_channels - 1] : max; \
            if (!alpha_out && alpha != max) { \
                loss->transparent = true; \
                for (int k = 0; k < 3; k++) \
                    rgb[k] = BLEND(rgb[k], alpha, c->background[k], max); \
            } \
            /* gray stays exact, except on a coloured background */ \
            bool is_gray = rgb[0] == rgb[1] && rgb[1] == rgb[2]; \
            if (gray_out) \
                to[0] = is_gray ? rgb[0] : LUMA(rgb); \
            else \
                memcpy(to, rgb, sizeof rgb); \
            if (alpha_out) \
                to[c->to_channels - 1] = alpha; \
        } \
    }

#define BLEND_INTEGER(value, alpha, ground, max) \
    (((value) * (alpha) + (ground) * ((max) / 255) * ((max) - (alpha)) + (max) / 2) / (max))
#define LUMA_INTEGER(rgb) ((rgb[0] * LUMA_RED + rgb[1] * LUMA_GREEN + rgb[2] * LUMA_BLUE + 0x8000) >> 16)
#define BLEND_REAL(value, alpha, ground, max) ((value) * (alpha) + (ground) / 255.0 * ((max) - (alpha)))
#define LUMA_REAL(rgb) ((rgb[0] * LUMA_RED + rgb[1] * LUMA_GREEN + rgb[2] * LUMA_BLUE) / 65536.0)

DEFINE_RECOLOUR(recolour_integers, uint64_t, BLEND_INTEGER, LUMA_INTEGER)
DEFINE_RECOLOUR(recolour_reals, double, BLEND_REAL, LUMA_REAL)

/* Unsigned samples up to 32 bits, whose weighted sums fit 64 bits. Other types are converted as double. */
static bool
recolours_in_integers(const struct mim_conversion *c)
{
    const struct mim_sample_facts *to = mim_sample_facts(c->to_sample);
    return c->from_channels == c->to_channels || (!to->is_signed && to->size <= 4);
}

static void
convert_integers(const struct mim_conversion *c, const void *from, void *to, size_t pixels,
                 struct mim_conversion_loss *loss)
{
    uint64_t in[CHUNK * MOST_CHANNELS], out[CHUNK * MOST_CHANNELS];
    const struct mim_sample_facts *from_facts = mim_sample_facts(c->from_sample),
                                  *to_facts = mim_sample_facts(c->to_sample);

    mim_sample_load_integers(c->from_sample, from, pixels * c->from_channels, in);
    if (c->from_sample != c->to_sample)
        scale_integers(from_facts, to_facts, in, pixels * c->from_channels, loss);
    bool recolour = c->from_channels != c->to_channels;
    if (recolour)
        recolour_integers(c, in, out, pixels, to_facts->max, loss);
    mim_sample_store_integers(c->to_sample, recolour ? out : in, pixels * c->to_channels, to);
}

static void
clip_negative(double *values, size_t count, struct mim_conversion_loss *loss)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] < 0) {
            loss->clipped = true;
            values[i] = 0;
        }
}

static void
convert_reals(const struct mim_conversion *c, const void *from, void *to, size_t pixels,
              struct mim_conversion_loss *loss)
{
    double in[CHUNK * MOST_CHANNELS], out[CHUNK * MOST_CHANNELS];
    const struct mim_sample_facts *from_facts = mim_sample_facts(c->from_sample),
                                  *to_facts = mim_sample_facts(c->to_sample);

    mim_sample_load_reals(c->from_sample, from, pixels * c->from_channels, in);
    if (from_facts->is_signed && !from_facts->is_float && !to_facts->is_float)
        clip_negative(in, pixels * c->from_channels, loss);
    bool recolour = c->from_channels != c->to_channels;
    if (recolour)
        recolour_reals(c, in, out, pixels, 1.0, loss);
    if (!mim_sample_store_reals(c->to_sample, recolour ? out : in, pixels * c->to_channels, to))
        loss->unscaled = true;
}

static void
mean_pixel(const struct mim_conversion *c, const uint8_t *from, uint8_t *to)
{
    const struct mim_sample_facts *facts = mim_sample_facts(c->from_sample);
    if (facts->is_float) {
        double sum = 0, value;
        for (uint32_t k = 0; k < c->from_channels; k++, sum += value)
            mim_sample_load_reals(c->from_sample, from + k * facts->size, 1, &value);
        sum /= c->from_channels;
        mim_sample_store_reals(c->to_sample, &sum, 1, to);
        return;
    }

    /* signed samples are shifted to unsigned ones, for which rounding down gives the same */
    uint64_t shift = facts->is_signed ? facts->max + 1 : 0;
    struct mim_ratio_wide sum = { 0, 0 };
    for (uint32_t k = 0; k < c->from_channels; k++) {
        uint64_t value;
        mim_sample_load_integers(c->from_sample, from + k * facts->size, 1, &value);
        sum = mim_ratio_add(sum, value + shift);
    }
    uint64_t mean = mim_ratio_divide(sum, c->from_channels, NULL) - shift;
    mim_sample_store_integers(c->to_sample, &mean, 1, to);
}

static void
mean_row(const struct mim_conversion *c, const uint8_t *from, uint8_t *to, uint32_t width)
{
    size_t size = mim_sample_size(c->from_sample);
    if (c->from_sample == MIM_SAMPLE_U8 && c->from_channels == 3) {
        for (uint32_t x = 0; x < width; x++, from += 3)
            to[x] = (uint8_t)((from[0] + from[1] + from[2]) / 3);
        return;
    }
    for (uint32_t x = 0; x < width; x++)
        mean_pixel(c, from + (size_t)x * c->from_channels * size, to + x * size);
}

static void
convert_row(const struct mim_conversion *c, const uint8_t *from, uint8_t *to, uint32_t width,
            struct mim_conversion_loss *loss)
{
    const struct mim_sample_facts *from_facts = mim_sample_facts(c->from_sample),
                                  *to_facts = mim_sample_facts(c->to_sample);
    bool reals = from_facts->is_float || to_facts->is_float || !recolours_in_integers(c);

    /* without a colour change a row is a run of samples, whatever the number of channels */
    struct mim_conversion flat = *c;
    uint64_t count = width;
    if (c->from_channels == c->to_channels) {
        count *= c->from_channels;
        flat.from_channels = flat.to_channels = 1;
    }
    size_t from_size = from_facts->size * flat.from_channels, to_size = to_facts->size * flat.to_channels;
    for (uint64_t x = 0; x < count; x += CHUNK) {
        size_t pixels = count - x < CHUNK ? count - x : CHUNK;
        (reals ? convert_reals : convert_integers)(&flat, from + x * from_size, to + x * to_size, pixels, loss);
    }
}

static void
convert_line(const struct mim_conversion *c, const uint8_t *from, uint8_t *to, uint32_t width,
             struct mim_conversion_loss *loss)
{
    const struct mim_layout from_layout = { c->from_sample, c->from_channels }, to_layout = { c->to_sample, c->to_channels };
    uint64_t row_size = 0;
    if (c->same && mim_row_bytes(width, c->from_channels, c->from_sample, &row_size))
        memcpy(to, from, row_size);
    else if (c->mean)
        mean_row(c, from, to, width);
    else if (!mim_quick_conversion_row(&from_layout, &to_layout, from, to, width))
        convert_row(c, from, to, width, loss);
}

static void
expand_line(const struct mim_conversion *c, const uint8_t *from, uint8_t *to, uint32_t width,
            struct mim_conversion_loss *loss)
{
    struct mim_conversion rest = *c;
    uint8_t samples[CHUNK];
    size_t pixel = c->to_channels * mim_sample_size(c->to_sample);
    rest.from_sample = MIM_SAMPLE_U8;
    rest.same = pixel == 1 && c->to_sample == MIM_SAMPLE_U8;
    for (uint32_t x = 0, count; x < width; x += count) {
        count = width - x < CHUNK ? width - x : CHUNK;
        mim_packed_bits_expand(from + x / 8, count, samples);
        convert_line(&rest, samples, to + x * pixel, count, loss);
    }
}

static void
pack_line(const struct mim_conversion *c, const uint8_t *from, uint8_t *to, uint32_t width,
          struct mim_conversion_loss *loss)
{
    struct mim_conversion gray = *c;
    uint8_t samples[CHUNK * sizeof(uint64_t)];
    size_t pixel = c->from_channels * mim_sample_size(c->from_sample);
    gray.to_sample = c->from_sample;
    gray.same = c->from_channels == 1;
    for (uint32_t x = 0, count; x < width; x += count) {
        count = width - x < CHUNK ? width - x : CHUNK;
        convert_line(&gray, from + x * pixel, samples, count, loss);
        loss->unscaled |= !mim_packed_bits_pack(c->from_sample, samples, count, to + x / 8);
    }
}

void
mim_conversion_run(const struct mim_conversion *c, const struct mim_raster *from, const struct mim_raster *to,
                   uint32_t first, uint32_t rows, struct mim_conversion_loss *loss)
{
    bool expands = c->from_sample == MIM_SAMPLE_U1 && !c->same;
    for (uint32_t y = first; y < first + rows; y++)
        (expands ? expand_line : packs_bits(c) ? pack_line : convert_line)(c, from->data + y * from->stride,
                                                                           to->data + y * to->stride, from->width, loss);
}
