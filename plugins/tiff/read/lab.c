/* SPDX-License-Identifier: MIT */
/* CIE L*a*b* to sRGB: TIFF 6.0 section 23 (CIELab), Adobe Photoshop TIFF Technical Notes (ICCLab), RFC 3949 (ITULab). */
#include "read/lab.h"

#include <math.h>

#include <tiff.h>

#include "file/sample.h"

/* A stored value v stands for (v - zero) * step. */
struct component {
    bool is_signed;
    float zero, step;
};

struct coding {
    uint32_t photometric, bits;
    struct component lightness, a, b;
};

static const struct coding codings[] = {
    { PHOTOMETRIC_CIELAB, 8, { false, 0, 100 / 255.0f }, { true, 0, 1 }, { true, 0, 1 } },
    { PHOTOMETRIC_CIELAB, 16, { false, 0, 100 / 65535.0f }, { true, 0, 1 / 256.0f }, { true, 0, 1 / 256.0f } },
    { PHOTOMETRIC_ICCLAB, 8, { false, 0, 100 / 255.0f }, { false, 128, 1 }, { false, 128, 1 } },
    { PHOTOMETRIC_ICCLAB,
      16,
      { false, 0, 100 / 65280.0f },
      { false, 32768, 1 / 256.0f },
      { false, 32768, 1 / 256.0f } },
    { PHOTOMETRIC_ITULAB, 8, { false, 0, 100 / 255.0f }, { false, 128, 170 / 255.0f }, { false, 96, 200 / 255.0f } },
};

static const struct coding *
find_coding(const struct tiff_page *page)
{
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++)
        if (codings[i].photometric == page->photometric && codings[i].bits == page->bits)
            return &codings[i];
    return NULL;
}

bool
tiff_lab_is_known(const struct tiff_page *page)
{
    bool is_subsampled_jpeg = page->photometric == PHOTOMETRIC_ITULAB && page->compression == COMPRESSION_JPEG;
    return page->samples >= 3 && page->format != SAMPLEFORMAT_IEEEFP && !is_subsampled_jpeg &&
           find_coding(page);
}

static float
read_component(const struct component *component, uint32_t bits, uint32_t value)
{
    float number = (float)value;
    if (component->is_signed)
        number = bits == 8 ? (float)(int8_t)value : (float)(int16_t)value;
    return (number - component->zero) * component->step;
}

/* The inverse of the cube root with a linear part near black (CIE 15, 8.2.1). */
static float
undo_root(float t)
{
    return t > 6 / 29.0f ? t * t * t : 3 * (6 / 29.0f) * (6 / 29.0f) * (t - 4 / 29.0f);
}

/* The curve of sRGB (IEC 61966-2-1), clipped. x^(1/2.4) is x^(1/3) * x^(1/12). */
static float
encode_srgb(float light)
{
    if (!(light > 0))
        return 0;
    if (light >= 1)
        return 1;
    if (light <= 0.0031308f)
        return 12.92f * light;
    float root = cbrtf(light);
    return 1.055f * root * sqrtf(sqrtf(root)) - 0.055f;
}

/* The white point D50 becomes the white of sRGB by Bradford's transform, so that a = b = 0 is neutral. */
static void
convert_pixel(const float lab[3], float rgb[3])
{
    static const float d50[3] = { 0.96422f, 1, 0.82521f };
    static const float matrix[3][3] = {
        { 3.1338561f, -1.6168667f, -0.4906146f },
        { -0.9787684f, 1.9161415f, 0.0334540f },
        { 0.0719453f, -0.2289914f, 1.4052427f },
    };
    float y = (lab[0] + 16) / 116, root[3] = { y + lab[1] / 500, y, y - lab[2] / 200 }, xyz[3];
    for (unsigned c = 0; c < 3; c++)
        xyz[c] = d50[c] * undo_root(root[c]);
    for (unsigned c = 0; c < 3; c++)
        rgb[c] = encode_srgb(matrix[c][0] * xyz[0] + matrix[c][1] * xyz[1] + matrix[c][2] * xyz[2]);
}

#define CONVERT(type, full) \
    for (uint32_t x = 0; x < width; x++) { \
        const type *v = (const type *)from + (uint64_t)x * page->samples; \
        type *out = (type *)to + (uint64_t)x * page->out_channels; \
        float lab[3] = { read_component(&coding->lightness, page->bits, v[0]), \
                         read_component(&coding->a, page->bits, v[1]), read_component(&coding->b, page->bits, v[2]) }, \
              rgb[3]; \
        convert_pixel(lab, rgb); \
        for (uint32_t c = 0; c < 3; c++) \
            out[c] = (type)(rgb[c] * (full) + 0.5f); \
        if (page->out_channels == 4) \
            out[3] = v[3]; \
    }

void
tiff_lab_row(const struct tiff_page *page, const uint8_t *from, uint32_t width, uint8_t *to)
{
    const struct coding *coding = find_coding(page);
    if (page->bits == 8)
        CONVERT(uint8_t, 255)
    else
        CONVERT(uint16_t, 65535)
}
