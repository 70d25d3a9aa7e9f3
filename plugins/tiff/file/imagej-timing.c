/* SPDX-License-Identifier: MIT */
/* ImageJ plays a stack at `fps`. `finterval` is the time between its images when they were acquired. */
#include "file/imagej-timing.h"

#include <stdint.h>
#include <string.h>

#include <mim/kit/ratio.h>

#include "file/known-tags.h"

#define LONGEST_INTERVAL 1 /* second; longer ones are no timing, or a time lapse would be played in real time */

/* A positive decimal number such as "12.50", or 0/0. Ignores digits that exceed 32 bits. */
static struct mim_rational
parse_decimal(const char *text)
{
    struct mim_rational number = { 0, 1 };
    bool is_fraction = false;

    for (; (*text >= '0' && *text <= '9') || (*text == '.' && !is_fraction); text++) {
        if (*text == '.') {
            is_fraction = true;
            continue;
        }
        bool fits = number.num <= INT32_MAX / 10 - 1 && number.den <= INT32_MAX / 10;
        if (!fits && !is_fraction)
            return (struct mim_rational){ 0, 0 };
        if (!fits)
            continue;
        number.num = number.num * 10 + (*text - '0');
        number.den *= is_fraction ? 10 : 1;
    }
    while (number.num && number.num % 10 == 0 && number.den % 10 == 0) {
        number.num /= 10;
        number.den /= 10;
    }
    bool is_whole_line = *text == '\n' || *text == '\r' || *text == '\0';
    return number.num && is_whole_line ? number : (struct mim_rational){ 0, 0 };
}

static struct mim_rational
number_after(const char *description, const char *line)
{
    const char *found = strstr(description, line);
    return found ? parse_decimal(found + strlen(line)) : (struct mim_rational){ 0, 0 };
}

/* `tunit` is the unit of finterval: without the line, a second. Returns 0/0 for other units. */
static struct mim_rational
in_seconds(struct mim_rational interval, const char *description)
{
    static const struct {
        const char *name;
        int64_t num, den;
    } units[] = { { "sec", 1, 1 },  { "s", 1, 1 },     { "ms", 1, 1000 }, { "msec", 1, 1000 },
                  { "min", 60, 1 }, { "hr", 3600, 1 }, { "h", 3600, 1 },  { "hour", 3600, 1 } };
    const char *line = strstr(description, "\ntunit="), *unit = line ? line + 7 : "sec";
    size_t length = strcspn(unit, "\r\n");
    for (unsigned i = 0; i < sizeof units / sizeof *units && interval.den; i++) {
        if (strlen(units[i].name) != length || strncmp(units[i].name, unit, length) != 0)
            continue;
        int64_t num = interval.num * units[i].num, den = interval.den * units[i].den;
        int64_t divisor = (int64_t)mim_ratio_common_divisor((uint64_t)num, (uint64_t)den);
        bool fits = units[i].num == units[i].den || (num / divisor <= INT32_MAX && den / divisor <= INT32_MAX);
        if (!fits)
            break;
        return units[i].num == units[i].den ? interval : (struct mim_rational){ num / divisor, den / divisor };
    }
    return (struct mim_rational){ 0, 0 };
}

void
tiff_imagej_timing_read(struct tiff_imagej_timing *timing, const char *description)
{
    *timing = (struct tiff_imagej_timing){ .fps = { 0, 0 } };
    if (!tiff_is_imagej(description, strlen(description)))
        return;
    timing->fps = number_after(description, "\nfps=");
    timing->interval = in_seconds(number_after(description, "\nfinterval="), description);
}

int32_t
tiff_imagej_timing_apply(struct mim_job *job, const struct tiff_imagej_timing *timing, struct mim_sequence *sequence)
{
    const struct mim_rational *fps = &timing->fps, *interval = &timing->interval;
    if (fps->den) {
        sequence->time_num = (uint32_t)fps->den;
        sequence->time_den = (uint32_t)fps->num;
        return MIM_OK;
    }
    if (!interval->den || interval->num > LONGEST_INTERVAL * interval->den)
        return MIM_OK;
    sequence->time_num = (uint32_t)interval->num;
    sequence->time_den = (uint32_t)interval->den;
    return job->host->notice(job, MIM_NOTICE_TIMING, "the interval of acquisition is used as timing, as there is no fps");
}
