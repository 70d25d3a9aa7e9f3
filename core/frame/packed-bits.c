/* SPDX-License-Identifier: MIT */
/* Expands and packs rows of bits, a byte at a time. */
#include "frame/packed-bits.h"

#include <string.h>

#include "base/sample.h"

void
mim_packed_bits_expand(const uint8_t *from, size_t count, uint8_t *to)
{
    for (size_t i = 0; i < count; i += 8, from++) {
        uint8_t samples[8];
        for (unsigned bit = 0; bit < 8; bit++)
            samples[bit] = (uint8_t)-(*from >> (7 - bit) & 1);
        memcpy(to + i, samples, count - i < 8 ? count - i : 8);
    }
}

bool
mim_packed_bits_pack(enum mim_sample sample, const void *from, size_t count, uint8_t *to)
{
    size_t size = mim_sample_size(sample);
    uint64_t max = mim_sample_facts(sample)->max, samples[8];
    bool is_exact = true;
    for (size_t i = 0; i < count; i += 8) {
        unsigned some = count - i < 8 ? (unsigned)(count - i) : 8, byte = 0;
        mim_sample_load_integers(sample, (const uint8_t *)from + i * size, some, samples);
        for (unsigned bit = 0; bit < some; bit++) {
            is_exact = is_exact && (samples[bit] == 0 || samples[bit] == max);
            byte |= (samples[bit] == max) << (7 - bit);
        }
        *to++ = (uint8_t)byte;
    }
    return is_exact;
}
