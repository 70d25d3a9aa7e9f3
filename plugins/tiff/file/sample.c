/* SPDX-License-Identifier: MIT */
/* mim's sample types. */
#include "file/sample.h"

#include <stddef.h>

#include <tiff.h>

#include <mim/types.h>

unsigned
tiff_sample_size(int32_t sample)
{
    static const uint8_t sizes[] = {
        [MIM_SAMPLE_U8] = 1,  [MIM_SAMPLE_U16] = 2, [MIM_SAMPLE_U32] = 4, [MIM_SAMPLE_U64] = 8, [MIM_SAMPLE_I8] = 1,
        [MIM_SAMPLE_I16] = 2, [MIM_SAMPLE_I32] = 4, [MIM_SAMPLE_I64] = 8, [MIM_SAMPLE_F32] = 4, [MIM_SAMPLE_F64] = 8,
    };
    return sample >= 0 && (size_t)sample < sizeof sizes ? sizes[sample] : 0;
}

unsigned
tiff_sample_bits(int32_t sample)
{
    return sample == MIM_SAMPLE_U1 ? 1 : tiff_sample_size(sample) * 8;
}

int32_t
tiff_sample_type(uint32_t bits, uint32_t format)
{
    unsigned step = bits <= 8 ? 0 : bits <= 16 ? 1 : bits <= 32 ? 2 : 3;

    if (bits == 0 || bits > 64)
        return MIM_SAMPLE_NONE;
    switch (format) {
    case SAMPLEFORMAT_UINT:
    case SAMPLEFORMAT_VOID:
        return MIM_SAMPLE_U8 + (int32_t)step;
    case SAMPLEFORMAT_INT:
        return MIM_SAMPLE_I8 + (int32_t)step;
    case SAMPLEFORMAT_IEEEFP:
        return bits == 64 ? MIM_SAMPLE_F64 : bits == 16 || bits == 24 || bits == 32 ? MIM_SAMPLE_F32 : MIM_SAMPLE_NONE;
    default:
        return MIM_SAMPLE_NONE;
    }
}
