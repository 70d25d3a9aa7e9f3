/* SPDX-License-Identifier: MIT */
/* Stacks for ImageJ. ImageJ expects uncompressed images to be adjacent, from the first strip of the first page on, and
 * reads their number from the first page's description. So the other directories follow the last image, and are
 * omitted when they would be beyond 4 GB. Compressed pages have a directory each, and no such number. */
#include "write/imagej.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tiff.h>

#include <mim/kit/text.h>

#include "file/imagej-timing.h"
#include "file/known-tags.h"
#include "file/sample.h"
#include "write/description.h"
#include "write/emit.h"
#include "write/state.h"

#define LINES_SIZE 256u /* of the lines written here, with numbers of any length */

enum { IJMETADATA_SIZES = 50838, IJMETADATA = 50839 };

/* The number in a line "key=number", else 1. */
static uint64_t
number_in(const char *description, const char *key)
{
    char line[16];
    snprintf(line, sizeof line, "\n%s=", key);
    const char *found = strstr(description, line);
    uint64_t number = found ? strtoull(found + strlen(line), NULL, 10) : 1;
    return number ? number : 1;
}

/* "fps=12.5" in any locale. */
static int
write_decimal(char *to, size_t capacity, const char *key, double value)
{
    uint64_t millionths = (uint64_t)(value * 1e6 + 0.5);
    return snprintf(to, capacity, "%s=%llu.%06llu\n", key, (unsigned long long)(millionths / 1000000),
                    (unsigned long long)(millionths % 1000000));
}

static void
write_timing(char *to, size_t capacity, double acquired, double interval)
{
    int length = write_decimal(to, capacity, "finterval", acquired);
    write_decimal(to + length, capacity - (size_t)length, "fps", 1 / interval);
}

/* What the source states holds for its own frames: those of steps last longer. */
static void
adjust_timing(const char *source_text, char *text, double interval)
{
    struct tiff_imagej_timing timing;
    tiff_imagej_timing_read(&timing, source_text);
    const struct mim_rational *acquired = &timing.interval;
    double stated = timing.fps.den    ? (double)timing.fps.den / (double)timing.fps.num
                    : acquired->den ? (double)acquired->num / (double)acquired->den
                                    : 0;
    double ratio = stated > 0 && interval > 0 ? interval / stated : 1;
    if (ratio > 1 - 1e-6 && ratio < 1 + 1e-6)
        return;
    tiff_imagej_remove_line(text, "\nfps=");
    tiff_imagej_remove_line(text, "\nfinterval=");
    tiff_imagej_remove_line(text, "\ntunit=");
    size_t length = strlen(text);
    if (text[length - 1] != '\n')
        text[length++] = '\n';
    double own = acquired->den ? (double)acquired->num / (double)acquired->den * ratio : interval;
    write_timing(text + length, LINES_SIZE / 4, own < 1e9 ? own : interval, interval);
}

/* The description of the first page of `count`. */
static void
write_description(const struct tiff_writer *self, char *to, uint64_t count)
{
    const struct tiff_imagej_stack *stack = &self->stack;
    const char *source_text = (const char *)stack->source_text.data;
    bool is_from_imagej = stack->is_from_imagej;
    char *text = to, *end = to + LINES_SIZE;
    uint64_t source_count = !is_from_imagej ? 0
                                            : number_in(source_text, "channels") * number_in(source_text, "slices") *
                                                  number_in(source_text, "frames");

    int length = is_from_imagej ? (int)strcspn(source_text, "\n") : 12;
    to += snprintf(to, LINES_SIZE, "%.*s\n", length < 32 ? length : 32, is_from_imagej ? source_text : "ImageJ=1.11a");
    if (self->is_contiguous)
        to += snprintf(to, (size_t)(end - to), "images=%llu\n", (unsigned long long)count);
    if (self->imagej == TIFF_IMAGEJ_YES && source_count == count) {
        to += tiff_imagej_copy_lines(to, source_text, true);
        if (to[-1] != '\n')
            *to++ = '\n';
    } else {
        if (count > 1)
            to += snprintf(to, (size_t)(end - to), "%s=%llu\n", stack->is_in_time ? "frames" : "slices",
                           (unsigned long long)count);
        to += snprintf(to, (size_t)(end - to), "hyperstack=true\n%s",
                       stack->first.channels == 1 ? "mode=grayscale\n" : "");
    }
    double interval = stack->time_den ? (double)stack->ticks * stack->time_num / stack->time_den / (double)count : 0;
    interval = interval < 1e6 ? interval : 0;
    if (is_from_imagej) {
        tiff_imagej_copy_lines(to, source_text, false);
        adjust_timing(source_text, text, interval);
        return;
    }
    if (interval > 0)
        write_timing(to, (size_t)(end - to), interval, interval);
    to += strlen(to);
    snprintf(to, (size_t)(end - to), "loop=false\n");
}

int32_t
tiff_imagej_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct tiff_writer *self = job->state;
    uint16_t scheme = self->codec->scheme;
    const char *why = NULL;
    bool is_plain = scheme == COMPRESSION_NONE;

    if (!is_plain && scheme != COMPRESSION_LZW && scheme != COMPRESSION_ADOBE_DEFLATE && scheme != COMPRESSION_PACKBITS)
        why = "ImageJ supports only lzw, deflate and packbits";
    else if (self->big == TIFF_BIG_YES)
        why = "ImageJ does not support BigTIFF";
    else if (self->tile_option.count)
        why = "ImageJ does not support tiles";
    else if (is_plain && self->rows_per_strip)
        why = "an uncompressed page is one strip, so rowsperstrip cannot be set";
    else if (self->predictor == TIFF_PREDICTOR_FLOAT ||
             (self->predictor == TIFF_PREDICTOR_HORIZONTAL && scheme != COMPRESSION_LZW))
        why = "ImageJ supports only the horizontal predictor, with lzw";
    if (why)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "imagej=yes: %s", why);

    bool has_time = sequence->time_den;
    self->stack.time_num = sequence->time_num;
    self->stack.time_den = sequence->time_den;
    if (has_time)
        sequence->timing |= MIM_TIMING_STORED;
    self->stack.is_in_time = self->imagej == TIFF_IMAGEJ_FRAMES || (self->imagej == TIFF_IMAGEJ_YES && has_time);
    self->is_contiguous = is_plain;
    return MIM_OK;
}

/* For the types that ImageJ supports. */
static const char *
sample_name(int32_t sample)
{
    return sample == MIM_SAMPLE_U8 ? "u8" : sample == MIM_SAMPLE_U16 ? "u16" : sample == MIM_SAMPLE_I16 ? "i16" : "f32";
}

static int32_t
check_is_alike(struct mim_job *job, uint64_t index, const struct mim_frame_info *info)
{
    const struct tiff_writer *self = job->state;
    const struct mim_frame_info *first = &self->stack.first;
    if (info->width == first->width && info->height == first->height && info->channels == first->channels &&
        info->sample == first->sample)
        return MIM_OK;
    return job->host->fail(
        job, MIM_ARGUMENT, MIM_UNKNOWN,
        "imagej=yes: all frames of a stack must have the same size and type; frame %llu is %u x %u %s%s, the first %u x %u %s%s",
        (unsigned long long)index, info->width, info->height, sample_name(info->sample),
        info->channels == 3 ? " RGB" : "", first->width, first->height, sample_name(first->sample),
        first->channels == 3 ? " RGB" : "");
}

/* ImageJ has one interval for all images: the mean. */
static int32_t
add_duration(struct mim_job *job, struct tiff_imagej_stack *stack, uint64_t index, const struct mim_frame_info *info)
{
    int64_t brief = stack->time_num ? stack->time_den / (INT64_C(10) * stack->time_num) : 0;
    int64_t duration = info->flags & MIM_FRAME_BRIEF ? brief : info->duration > 0 ? info->duration : 0;
    if (index == 0)
        stack->first_duration = duration;
    stack->ticks += (uint64_t)duration;
    if (stack->has_reported_mean || duration == stack->first_duration)
        return MIM_OK;
    stack->has_reported_mean = true;
    return job->host->notice(job, MIM_NOTICE_TIMING, "frame durations differ, but ImageJ supports only their mean");
}

int32_t
tiff_imagej_accept(struct mim_job *job, uint64_t index, struct mim_frame_info *info)
{
    struct tiff_writer *self = job->state;
    if (info->channels == 2 || info->channels == 4)
        info->channels--; /* the core reports the loss of alpha */
    bool is_gray = info->channels == 1, is_colour = info->channels == 3;
    bool is_wide = info->sample == MIM_SAMPLE_U16 || info->sample == MIM_SAMPLE_I16 || info->sample == MIM_SAMPLE_F32;
    bool fits = info->sample == MIM_SAMPLE_U8 || (is_gray && is_wide);

    if (!is_gray && !is_colour)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN,
                               "imagej=yes: ImageJ supports gray and RGB, not %u channels", info->channels);
    if (!fits)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "imagej=yes: ImageJ supports only %s samples",
                               is_gray ? "gray of u8, u16, i16 and f32" : "RGB of u8");
    int32_t status = index > 0 ? check_is_alike(job, index, info) : MIM_OK;
    if (status != MIM_OK)
        return status;
    uint64_t size = (uint64_t)info->width * info->height * info->channels * tiff_sample_size(info->sample);
    if (size > UINT32_MAX)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN,
                               "imagej=yes: a page of %llu bytes, more than ImageJ supports", (unsigned long long)size);
    if (index == 0)
        self->stack.first = *info;
    return add_duration(job, &self->stack, index, info);
}

/* ImageJ shows this tag under Image > Show Info: use it, in UTF-16, for a description that is not ImageJ's. */
static int32_t
set_info(struct mim_job *job, const uint8_t *text, uint64_t size)
{
    struct tiff_writer *self = job->state;
    const uint8_t *end = text + size;
    uint32_t header[3] = { 0x494a494a, 0x696e666f, 1 }, sizes[2] = { sizeof header, 0 }; /* "IJIJ" "info" */
    uint8_t *data = mim_scratch_get(job, &self->bytes, sizeof header + size * 2);
    uint64_t used = sizeof header;
    if (!data)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a description");

    memcpy(data, header, sizeof header);
    while (text < end) {
        uint16_t units[2];
        uint64_t width = sizeof *units * mim_utf16_units(mim_utf8_next(&text, end), units);
        memcpy(data + used, units, width);
        used += width;
    }
    sizes[1] = (uint32_t)(used - sizeof header);
    int32_t status = tiff_tag_list_set(&self->page, job, IJMETADATA_SIZES, TIFF_LONG, 2, sizes);
    return status == MIM_OK ? tiff_tag_list_set(&self->page, job, IJMETADATA, TIFF_BYTE, used, data) : status;
}

/* Keep the description of the source, and reserve space for ours, which needs the number of pages. */
int32_t
tiff_imagej_describe(struct mim_job *job)
{
    struct tiff_writer *self = job->state;
    struct tiff_imagej_stack *stack = &self->stack;
    struct tiff_tag *tag = tiff_tag_list_find(&self->page, TIFFTAG_IMAGEDESCRIPTION);
    const uint8_t *text = tag ? tiff_tag_data(tag) : (const uint8_t *)"";
    uint64_t size = tag ? tag->size : 1;
    uint8_t *source_text = mim_scratch_get(job, &stack->source_text, size);
    if (!source_text)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a description");

    memcpy(source_text, text, size); /* with its final zero */
    stack->is_from_imagej = tiff_is_imagej(source_text, size);
    int32_t status = MIM_OK;
    if (!stack->is_from_imagej && size > 1 && !tiff_tag_list_find(&self->page, IJMETADATA))
        status = set_info(job, source_text, size - 1);
    stack->capacity = size + LINES_SIZE;
    if (status == MIM_OK)
        status = tiff_tag_list_set(&self->page, job, TIFFTAG_IMAGEDESCRIPTION, TIFF_ASCII, stack->capacity, NULL);
    if (status == MIM_OK) /* finish() patches it */
        memset(tiff_tag_data(tiff_tag_list_find(&self->page, TIFFTAG_IMAGEDESCRIPTION)), 0, stack->capacity);
    return status;
}

int32_t
tiff_imagej_report_lost(struct mim_job *job, const struct tiff_tag_list *tags)
{
    struct tiff_writer *self = job->state;
    bool is_lost = false;
    for (uint64_t i = 0; i < tags->count; i++) {
        struct tiff_tag *tag = &tags->list[i], *first_tag = tiff_tag_list_find(&self->page, tag->tag);
        if (tiff_tag_list_find(&self->option_tags, tag->tag)) /* options apply to all pages */
            continue;
        const uint8_t *data = first_tag ? tiff_tag_data(first_tag) : NULL;
        uint64_t size = first_tag ? first_tag->size : 0;
        if (tag->tag == TIFFTAG_IMAGEDESCRIPTION) {
            data = self->stack.source_text.data;
            size = self->stack.capacity - LINES_SIZE;
        }
        is_lost = is_lost || size != tag->size || memcmp(data, tiff_tag_data(tag), size) != 0;
    }
    if (!is_lost)
        return MIM_OK;
    return job->host->notice(job, MIM_NOTICE_METADATA, "ImageJ stacks keep only the metadata of their first page");
}

/* Emit the directories of all pages but the first. `*first` is their offset, or 0 if they are omitted. */
static int32_t
emit_directories(struct mim_job *job, uint64_t *first)
{
    struct tiff_writer *self = job->state;
    static const uint16_t of_the_first[] = { TIFFTAG_IMAGEDESCRIPTION, IJMETADATA_SIZES, IJMETADATA };
    uint64_t size = self->stack.image_size, at = self->stack.data;
    for (unsigned i = 0; i < sizeof of_the_first / sizeof *of_the_first; i++)
        tiff_tag_list_remove(&self->page, job, of_the_first[i]);

    *first = tiff_emit_aligned(job->host->tell(job));
    uint64_t each = tiff_emitted_directory_size(self);
    if (self->pages < 2 || *first > self->ceiling || each > (self->ceiling - *first) / (self->pages - 1)) {
        *first = 0;
        return MIM_OK;
    }
    int32_t status = MIM_OK;
    for (uint64_t i = 1; i < self->pages && status == MIM_OK; i++) {
        uint32_t place = (uint32_t)(at + i * size);
        memcpy(tiff_tag_data(tiff_tag_list_find(&self->page, TIFFTAG_STRIPOFFSETS)), &place, sizeof place);
        status = tiff_emit_directory(job, i + 1 == self->pages);
    }
    return status;
}

int32_t
tiff_imagej_finish(struct mim_job *job)
{
    struct tiff_writer *self = job->state;
    struct tiff_imagej_stack *stack = &self->stack;
    uint64_t first = 0;
    int32_t status = self->is_contiguous ? emit_directories(job, &first) : MIM_OK;
    if (status != MIM_OK)
        return status;

    char *text = mim_scratch_get(job, &self->bytes, stack->capacity);
    if (!text)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a description");
    memset(text, 0, stack->capacity);
    write_description(self, text, self->pages);
    uint32_t count = (uint32_t)strlen(text) + 1, next = (uint32_t)first;
    status = job->host->patch(job, text, stack->capacity, stack->description);
    if (status == MIM_OK)
        status = job->host->patch(job, &count, sizeof count, stack->description_count);
    return status == MIM_OK && first ? job->host->patch(job, &next, sizeof next, self->pointer) : status;
}
