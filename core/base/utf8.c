/* SPDX-License-Identifier: MIT */
/* Checking UTF-8. */
#include "base/utf8.h"

#include <stdint.h>

/* Well-formed sequences by their first byte; Unicode 15, table 3-7. Further bytes are 80..bf. */
static const struct {
    uint8_t first_low, first_high, second_low, second_high;
    size_t length;
} sequences[] = {
    { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
    { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
    { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

/* Length of the character at `bytes`; 0: malformed. */
static size_t
character_length(const uint8_t *bytes, size_t size)
{
    if (bytes[0] < 0x80)
        return 1;
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
        if (bytes[0] < sequences[i].first_low || bytes[0] > sequences[i].first_high)
            continue;
        size_t length = sequences[i].length;
        if (length > size || bytes[1] < sequences[i].second_low || bytes[1] > sequences[i].second_high)
            return 0;
        for (size_t k = 2; k < length; k++)
            if ((bytes[k] & 0xc0) != 0x80)
                return 0;
        return length;
    }
    return 0;
}

bool
mim_utf8_valid(const char *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t length = character_length((const uint8_t *)bytes + at, size - at);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}
