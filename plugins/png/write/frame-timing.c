/* SPDX-License-Identifier: MIT */
/*
 * Delays that a quotient of 16-bit numbers can express are exact; others are rounded, and the error is carried on to
 * the next frame.
 */
#include "write/frame-timing.h"

#include <math.h>
#include <stdbool.h>

#include "chunk/divisor.h"

static const double nearly = 1e-9; /* bound for the error of a decimal fraction in binary */

static bool
fit_quotient(uint64_t num, uint64_t den, struct pngx_delay *delay)
{
    uint64_t divisor = pngx_common_divisor(num, den);

    if (!divisor || num / divisor > UINT16_MAX || den / divisor > UINT16_MAX)
        return false;
    *delay = (struct pngx_delay){ (uint16_t)(num / divisor), (uint16_t)(den / divisor) };
    return true;
}

/* Takes the first convergent of the continued fraction that equals `seconds` within the error. */
static bool
fit_seconds(double seconds, struct pngx_delay *delay)
{
    double rest = seconds;
    uint64_t p0 = 0, q0 = 1, p1 = 1, q1 = 0;

    for (int i = 0; i < 16 && rest <= UINT16_MAX; i++) {
        uint64_t whole = (uint64_t)rest, p = whole * p1 + p0, q = whole * q1 + q0;
        if (p > UINT16_MAX || q > UINT16_MAX)
            return false;
        p0 = p1, q0 = q1, p1 = p, q1 = q;
        if (fabs((double)p / (double)q - seconds) <= nearly * (seconds > 1 ? seconds : 1)) {
            *delay = (struct pngx_delay){ (uint16_t)p, (uint16_t)q };
            return true;
        }
        rest = 1 / (rest - (double)whole);
    }
    return false;
}

static bool
round_seconds(struct pngx_frame_timing *timing, double seconds, struct pngx_delay *delay)
{
    double wanted = seconds + timing->carried_error;
    uint32_t den = 10000;

    while (den > 1 && wanted * den > UINT16_MAX)
        den /= 10;
    double num = round(wanted * den);
    if (num > UINT16_MAX)
        return false;
    *delay = (struct pngx_delay){ (uint16_t)(num > 0 ? num : 0), (uint16_t)den };
    timing->carried_error = wanted - (double)delay->num / den;
    return true;
}

int32_t
pngx_frame_timing_delay(struct pngx_frame_timing *timing, uint64_t index, int64_t duration, struct pngx_delay *delay)
{
    uint64_t num = 1, den = 10;
    double seconds;

    if (!timing->fps.den && timing->seconds.count) {
        seconds = timing->seconds.values[timing->seconds.count > 1 ? index : 0];
        return fit_seconds(seconds, delay) || round_seconds(timing, seconds, delay);
    }
    if (timing->fps.den) {
        num = (uint64_t)timing->fps.den;
        den = (uint64_t)timing->fps.num;
    } else if (timing->time_den) {
        /* 2^63 ticks of 2^32 seconds would overflow */
        if (duration > 0 && (uint64_t)duration > UINT64_MAX / timing->time_num)
            return false;
        num = duration > 0 ? (uint64_t)duration * timing->time_num : 0;
        den = timing->time_den;
    }
    seconds = (double)num / (double)den;
    return fit_quotient(num, den, delay) || round_seconds(timing, seconds, delay);
}
