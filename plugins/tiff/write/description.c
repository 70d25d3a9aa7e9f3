/* SPDX-License-Identifier: MIT */
/* Descriptions by which other programs find the images of a stack: what they say is wrong in a file written here. */
#include "write/description.h"

#include <string.h>

#include <tiff.h>

#include <mim/kit/ratio.h>

#include "file/imagej-timing.h"
#include "file/known-tags.h"
#include "write/state.h"

/* Lines about axes are wrong once images are added or removed. */
static bool
is_about_axes(const char *line)
{
    static const char *const keys[] = { "images=", "channels=", "slices=", "frames=", "hyperstack=", "mode=" };
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strncmp(line, keys[i], strlen(keys[i])) == 0)
            return true;
    return false;
}

size_t
tiff_imagej_copy_lines(char *to, const char *from, bool of_axes)
{
    const char *end = from + strlen(from);
    size_t size = 0, length;
    for (const char *line = from + strcspn(from, "\n"); line < end; line += length) {
        line++;
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        length = (size_t)((stop ? stop : end) - line);
        if (is_about_axes(line) != of_axes || strncmp(line, "images=", 7) == 0 || length == 0)
            continue;
        memmove(to + size, line, length + (stop != NULL));
        size += length + (stop != NULL);
    }
    to[size] = '\0';
    return size;
}

void
tiff_imagej_remove_line(char *text, const char *key)
{
    char *found = strstr(text, key);
    if (found)
        memmove(found, found + 1 + strcspn(found + 1, "\n"), strlen(found + 1 + strcspn(found + 1, "\n")) + 1);
}

static int32_t
adjust_imagej(struct mim_job *job, char *text)
{
    struct tiff_writer *self = job->state;
    size_t before = strlen(text), first = strcspn(text, "\n") + 1;
    if (first < before)
        tiff_imagej_copy_lines(text + first, text, false);
    bool has_lost_axes = strlen(text) != before;
    if (self->has_other_timing) {
        tiff_imagej_remove_line(text, "\nfps=");
        tiff_imagej_remove_line(text, "\nfinterval=");
    }
    if (strlen(text) == before)
        return MIM_OK;
    int32_t status = tiff_tag_list_set_text(&self->page, job, TIFFTAG_IMAGEDESCRIPTION, text, strlen(text));
    return status != MIM_OK || !has_lost_axes
               ? status
               : job->host->notice(job, MIM_NOTICE_METADATA, "the axes of the ImageJ stack are dropped: imagej=yes keeps them");
}

/* tifffile: all images follow the first, without directories. It finds the shape of other stacks by their pages. */
static int32_t
remove_truncation(struct mim_job *job, char *text)
{
    static const char pair[] = "\"truncated\": true, ";
    struct tiff_writer *self = job->state;
    char *found = text[0] == '{' ? strstr(text, pair) : NULL;
    if (!found)
        return MIM_OK;
    memmove(found, found + strlen(pair), strlen(found + strlen(pair)) + 1);
    return tiff_tag_list_set_text(&self->page, job, TIFFTAG_IMAGEDESCRIPTION, text, strlen(text));
}

int32_t
tiff_description_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct tiff_writer *self = job->state;
    struct tiff_imagej_timing timing;
    struct tiff_tag *tag = tiff_tag_list_find(&self->file_tags, TIFFTAG_IMAGEDESCRIPTION);
    char *text = tag ? mim_scratch_get(job, &self->bytes, tag->size) : NULL;
    if (!tag || self->description)
        return MIM_OK;
    if (!text)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a description");
    memcpy(text, tiff_tag_data(tag), tag->size);
    tiff_imagej_timing_read(&timing, text);
    struct mim_rational interval = timing.fps.den ? (struct mim_rational){ timing.fps.den, timing.fps.num } : timing.interval;
    bool is_same = interval.den && sequence->time_den && sequence->first.duration > 0 && sequence->first.duration <= UINT32_MAX &&
                   mim_ratio_compare((uint64_t)sequence->first.duration * sequence->time_num, (uint64_t)interval.den,
                                     sequence->time_den, (uint64_t)interval.num) == 0;
    self->has_other_timing = sequence->time_den && !is_same;
    sequence->timing |= is_same ? MIM_TIMING_STORED : 0;
    return MIM_OK;
}

int32_t
tiff_description_adjust(struct mim_job *job)
{
    struct tiff_writer *self = job->state;
    struct tiff_tag *tag = tiff_tag_list_find(&self->page, TIFFTAG_IMAGEDESCRIPTION);
    if (!tag)
        return MIM_OK;
    char *text = mim_scratch_get(job, &self->bytes, tag->size);
    if (!text)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a description");

    memcpy(text, tiff_tag_data(tag), tag->size);
    if (!tiff_is_imagej(text, tag->size))
        return remove_truncation(job, text);
    return self->imagej ? MIM_OK : adjust_imagej(job, text);
}
