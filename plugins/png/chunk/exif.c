/* SPDX-License-Identifier: MIT */
/* Finds the orientation in an eXIf chunk: Exif 2.32 section 4.6.4, a TIFF directory. */
#include "chunk/exif.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { HEAD = 8, ENTRY = 12, ORIENTATION = 274, SHORT = 3 };

static uint32_t
number_at(const uint8_t *bytes, unsigned size, bool is_big)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value = value << 8 | bytes[is_big ? i : size - 1 - i];
    return value;
}

/* Offset of the entry, or 0. */
static uint64_t
find_entry(const uint8_t *data, uint64_t size, bool is_big)
{
    if (size < HEAD || (memcmp(data, "MM\0*", 4) != 0 && memcmp(data, "II*\0", 4) != 0))
        return 0;
    uint64_t at = number_at(data + 4, 4, is_big), count = at + 2 <= size ? number_at(data + at, 2, is_big) : 0;
    for (at += 2; count > 0 && at + ENTRY <= size; count--, at += ENTRY)
        if (number_at(data + at, 2, is_big) == ORIENTATION && number_at(data + at + 2, 2, is_big) == SHORT)
            return at;
    return 0;
}

unsigned
pngx_exif_orientation(const uint8_t *data, uint64_t size)
{
    bool is_big = size && data[0] == 'M';
    uint64_t at = find_entry(data, size, is_big);
    unsigned value = at ? number_at(data + at + 8, 2, is_big) : 1;
    return value >= 1 && value <= 8 ? value : 1;
}

void
pngx_exif_set_upright(uint8_t *data, uint64_t size)
{
    bool is_big = size && data[0] == 'M';
    uint64_t at = find_entry(data, size, is_big);
    if (at) {
        data[at + 8] = !is_big;
        data[at + 9] = is_big;
    }
}
