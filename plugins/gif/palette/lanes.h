/* SPDX-License-Identifier: MIT */
/* Vectors of eight numbers. */
#ifndef MIM_GIF_LANES_H
#define MIM_GIF_LANES_H

#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef int16_t gif_signed_lanes __attribute__((vector_size(16)));

static inline gif_signed_lanes
gif_min_lanes(gif_signed_lanes one, gif_signed_lanes other)
{
#ifdef __SSE2__
    return (gif_signed_lanes)_mm_min_epi16((__m128i)one, (__m128i)other);
#else
    gif_signed_lanes is_less = one < other;

    return (one & is_less) | (other & ~is_less);
#endif
}

static inline gif_signed_lanes
gif_max_lanes(gif_signed_lanes one, gif_signed_lanes other)
{
#ifdef __SSE2__
    return (gif_signed_lanes)_mm_max_epi16((__m128i)one, (__m128i)other);
#else
    gif_signed_lanes is_less = one < other;

    return (other & is_less) | (one & ~is_less);
#endif
}

#endif
