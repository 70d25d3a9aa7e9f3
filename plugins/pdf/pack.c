/* SPDX-License-Identifier: MIT */
/* Rows as PDF has them, and the filters of PNG, which PDF takes over: what compresses well is differences. */
#include "pack.h"

#include <string.h>

enum { FILTER_NONE, FILTER_SUB, FILTER_UP, FILTER_AVERAGE, FILTERS };

static void
pack_bytes(const uint8_t *from, uint8_t *to, uint32_t width, uint32_t step, uint32_t channels)
{
    if (step == channels) {
        memcpy(to, from, (size_t)width * channels);
        return;
    }
    for (uint32_t x = 0; x < width; x++)
        for (uint32_t c = 0; c < channels; c++)
            to[(size_t)x * channels + c] = from[(size_t)x * step + c];
}

/* Most significant byte first. */
static void
pack_words(const uint8_t *from, uint8_t *to, uint32_t width, uint32_t step, uint32_t channels)
{
    for (uint32_t x = 0; x < width; x++)
        for (uint32_t c = 0; c < channels; c++) {
            uint16_t word;
            memcpy(&word, from + 2 * ((size_t)x * step + c), sizeof word);
            to[2 * ((size_t)x * channels + c)] = (uint8_t)(word >> 8);
            to[2 * ((size_t)x * channels + c) + 1] = (uint8_t)word;
        }
}

void
pdf_pack_row(const struct pdf_plane *plane, const struct pdf_sheet *sheet, const uint8_t *from, uint8_t *to)
{
    if (sheet->bits == 8)
        pack_bytes(from + plane->first, to, sheet->width, sheet->channels, plane->channels);
    else
        pack_words(from + 2 * (size_t)plane->first, to, sheet->width, sheet->channels, plane->channels);
}

static void
take_sub(const uint8_t *row, uint64_t size, uint64_t step, uint8_t *to)
{
    uint64_t head = step < size ? step : size;
    memcpy(to, row, head);
    for (uint64_t i = head; i < size; i++)
        to[i] = (uint8_t)(row[i] - row[i - step]);
}

static void
take_up(const uint8_t *row, const uint8_t *above, uint64_t size, uint8_t *to)
{
    for (uint64_t i = 0; i < size; i++)
        to[i] = (uint8_t)(row[i] - above[i]);
}

static void
take_average(const uint8_t *row, const uint8_t *above, uint64_t size, uint64_t step, uint8_t *to)
{
    uint64_t head = step < size ? step : size;
    for (uint64_t i = 0; i < head; i++)
        to[i] = (uint8_t)(row[i] - above[i] / 2);
    for (uint64_t i = head; i < size; i++)
        to[i] = (uint8_t)(row[i] - (row[i - step] + above[i]) / 2);
}

/* Sum of the differences' sizes: small ones compress well. */
static uint64_t
weigh(const uint8_t *row, uint64_t size)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < size; i += 4096) {
        uint64_t end = size - i < 4096 ? size : i + 4096;
        uint32_t some = 0;
        for (uint64_t j = i; j < end; j++)
            some += row[j] < 128 ? row[j] : 256u - row[j];
        sum += some;
    }
    return sum;
}

void
pdf_filter_row(const uint8_t *row, const uint8_t *above, uint64_t size, uint64_t step, uint8_t *to, uint8_t *spare)
{
    uint64_t best = UINT64_MAX;
    for (int filter = FILTER_NONE; filter < FILTERS; filter++) {
        if (filter == FILTER_NONE)
            memcpy(spare, row, size);
        else if (filter == FILTER_SUB)
            take_sub(row, size, step, spare);
        else if (filter == FILTER_UP)
            take_up(row, above, size, spare);
        else
            take_average(row, above, size, step, spare);
        uint64_t weight = weigh(spare, size);
        if (weight < best) {
            best = weight;
            to[0] = (uint8_t)filter;
            memcpy(to + 1, spare, size);
        }
    }
}
