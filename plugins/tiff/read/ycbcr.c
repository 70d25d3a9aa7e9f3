/* SPDX-License-Identifier: MIT */
/* YCbCr of 16 bits to RGB: TIFF 6.0 section 21. */
#include "read/ycbcr.h"

#include <string.h>

#include <tiff.h>

#define FULL 65535.0f
#define MIDDLE 32768.0f

bool
tiff_ycbcr_is_known(const struct tiff_page *page)
{
    return page->subsample_x == 1 && page->subsample_y == 1 && page->format == SAMPLEFORMAT_UINT;
}

/* The values of a tag of rational or integer numbers. Leaves those without a value, or all if one cannot be read. */
static int32_t
read_numbers(struct tiff_directory *directory, const struct tiff_entry *entry, float *to, unsigned count)
{
    float numbers[6];
    const uint8_t *bytes = NULL;
    if (entry->type != TIFF_RATIONAL || entry->count < count)
        return tiff_directory_drop(directory, entry, "its type is wrong");
    int32_t status = tiff_window_get(directory->job, directory->window, entry->offset, count * 8, &bytes);
    if (status == MIM_TRUNCATED)
        return tiff_directory_drop(directory, entry, "its value is beyond the end of the file");
    for (unsigned i = 0; i < count && status == MIM_OK; i++) {
        uint64_t top = tiff_number(directory->order, bytes + 8 * i, 4);
        uint64_t bottom = tiff_number(directory->order, bytes + 8 * i + 4, 4);
        numbers[i] = bottom ? (float)top / (float)bottom : 0;
    }
    if (status == MIM_OK)
        memcpy(to, numbers, count * sizeof *to);
    return status;
}

int32_t
tiff_ycbcr_read(struct tiff_page *page, struct tiff_directory *directory)
{
    static const float luma[3] = { 0.299f, 0.587f, 0.114f }, range[6] = { 0, FULL, MIDDLE, FULL, MIDDLE, FULL };
    int32_t status = MIM_OK;
    memcpy(page->luma, luma, sizeof luma);
    memcpy(page->range, range, sizeof range);
    for (uint64_t i = 0; i < directory->count && status == MIM_OK; i++) {
        struct tiff_entry entry;
        status = tiff_directory_entry(directory, i, &entry);
        if (status == MIM_OK && entry.tag == TIFFTAG_YCBCRCOEFFICIENTS)
            status = read_numbers(directory, &entry, page->luma, 3);
        if (status == MIM_OK && entry.tag == TIFFTAG_REFERENCEBLACKWHITE)
            status = read_numbers(directory, &entry, page->range, 6);
    }
    bool is_of_8_bits = page->range[1] < 256; /* as tifffile writes them */
    for (unsigned i = 0; i < 6 && is_of_8_bits; i++)
        page->range[i] *= 257;
    if (!(page->luma[1] > 0))
        memcpy(page->luma, luma, sizeof luma);
    for (unsigned c = 0; c < 3; c++)
        if (page->range[2 * c] == page->range[2 * c + 1])
            memcpy(page->range, range, sizeof range);
    return status;
}

static uint16_t
clip(float value)
{
    return value >= FULL ? 0xffff : value > 0 ? (uint16_t)(value + 0.5f) : 0;
}

void
tiff_ycbcr_row(const struct tiff_page *page, const uint16_t *from, uint32_t width, uint16_t *to)
{
    const float *luma = page->luma, *range = page->range;
    float scale[3];
    for (unsigned c = 0; c < 3; c++)
        scale[c] = (c ? FULL / 2 - 0.5f : FULL) / (range[2 * c + 1] - range[2 * c]);
    for (uint32_t x = 0; x < width; x++, from += 3, to += 3) {
        float y = ((float)from[0] - range[0]) * scale[0];
        float red = y + ((float)from[2] - range[4]) * scale[2] * (2 - 2 * luma[0]);
        float blue = y + ((float)from[1] - range[2]) * scale[1] * (2 - 2 * luma[2]);
        to[0] = clip(red);
        to[1] = clip((y - luma[0] * red - luma[2] * blue) / luma[1]);
        to[2] = clip(blue);
    }
}
