/* SPDX-License-Identifier: MIT */
/*
 * Emits pages: a directory, its values, its strips. All sizes are known when a page is put, so each directory precedes
 * its data and already has the offset of the next one; finish() clears the last of these. The bytes do not depend on
 * the threads.
 */
#include "write/emit.h"

#include <string.h>

#include <tiff.h>

#define ALIGNMENT 8u /* of directories and of the first strip, so that samples can be mapped */

uint64_t
tiff_emit_aligned(uint64_t offset)
{
    return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

uint32_t
tiff_first_directory(bool is_big)
{
    return is_big ? TIFF_BIG_HEADER_SIZE : 8;
}

void
tiff_fill_header(bool is_big, uint64_t first, uint8_t *head)
{
    uint16_t version = is_big ? 43 : 42, offset_size = 8;
    uint32_t small_first = (uint32_t)first;

    memset(head, 0, TIFF_BIG_HEADER_SIZE);
    memset(head, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 'M' : 'I', 2);
    memcpy(head + 2, &version, 2);
    if (is_big) {
        memcpy(head + 4, &offset_size, 2);
        memcpy(head + 8, &first, 8);
    } else {
        memcpy(head + 4, &small_first, 4);
    }
}

int32_t
tiff_emit_header(struct mim_job *job)
{
    const struct tiff_writer *self = job->state;
    uint8_t head[TIFF_BIG_HEADER_SIZE];
    tiff_fill_header(self->is_big, tiff_first_directory(self->is_big), head);
    return job->host->emit(job, head, tiff_first_directory(self->is_big));
}

/* A list with one value for each channel, all the same. */
static int32_t
set_repeated(struct mim_job *job, uint16_t tag, uint32_t count, uint16_t value)
{
    struct tiff_writer *self = job->state;
    int32_t status = tiff_tag_list_set(&self->page, job, tag, TIFF_SHORT, count, NULL);
    if (status != MIM_OK)
        return status;
    uint8_t *data = tiff_tag_data(tiff_tag_list_find(&self->page, tag));
    for (uint32_t i = 0; i < count; i++)
        memcpy(data + 2 * i, &value, 2);
    return MIM_OK;
}

static int32_t
set_number(struct mim_job *job, uint16_t tag, uint32_t value)
{
    struct tiff_writer *self = job->state;
    uint16_t narrow = (uint16_t)value;
    bool is_long = tag == TIFFTAG_IMAGEWIDTH || tag == TIFFTAG_IMAGELENGTH || tag == TIFFTAG_ROWSPERSTRIP ||
                   tag == TIFFTAG_TILEWIDTH || tag == TIFFTAG_TILELENGTH;
    return tiff_tag_list_set(&self->page, job, tag, is_long ? TIFF_LONG : TIFF_SHORT, 1,
                             is_long ? (const void *)&value : (const void *)&narrow);
}

/* Readers of YCbCr in JPEG expect these tags. */
static int32_t
set_ycbcr_tags(struct mim_job *job)
{
    static const uint16_t subsampling[2] = { 2, 2 };
    static const uint32_t reference[12] = { 0, 1, 255, 1, 128, 1, 255, 1, 128, 1, 255, 1 };
    struct tiff_writer *self = job->state;
    int32_t status = tiff_tag_list_set(&self->page, job, TIFFTAG_YCBCRSUBSAMPLING, TIFF_SHORT, 2, subsampling);
    if (status == MIM_OK)
        status = tiff_tag_list_set(&self->page, job, TIFFTAG_REFERENCEBLACKWHITE, TIFF_RATIONAL, 6, reference);
    return status;
}

static int32_t
set_layout_tags(struct mim_job *job, const struct tiff_layout *layout)
{
    bool is_colour = layout->photometric == PHOTOMETRIC_RGB || layout->photometric == PHOTOMETRIC_YCBCR;
    uint32_t extra = layout->channels - (is_colour ? 3 : 1);
    bool has_alpha = extra == 1;
    const struct {
        uint16_t tag;
        bool is_wanted;
        uint32_t value;
    } numbers[] = {
        { TIFFTAG_IMAGEWIDTH, true, layout->width },
        { TIFFTAG_IMAGELENGTH, true, layout->height },
        { TIFFTAG_COMPRESSION, true, layout->codec->scheme },
        { TIFFTAG_PHOTOMETRIC, true, layout->photometric },
        { TIFFTAG_SAMPLESPERPIXEL, true, layout->channels },
        { TIFFTAG_PLANARCONFIG, true, PLANARCONFIG_CONTIG },
        { TIFFTAG_PREDICTOR, layout->predictor != PREDICTOR_NONE, layout->predictor },
        { TIFFTAG_ROWSPERSTRIP, !layout->is_tiled, layout->piece_height },
        { TIFFTAG_TILEWIDTH, layout->is_tiled, layout->piece_width },
        { TIFFTAG_TILELENGTH, layout->is_tiled, layout->piece_height },
    };
    int32_t status = MIM_OK;
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers && status == MIM_OK; i++)
        if (numbers[i].is_wanted)
            status = set_number(job, numbers[i].tag, numbers[i].value);
    if (status == MIM_OK)
        status = set_repeated(job, TIFFTAG_BITSPERSAMPLE, layout->channels, (uint16_t)layout->bits);
    if (status == MIM_OK)
        status = set_repeated(job, TIFFTAG_SAMPLEFORMAT, layout->channels, (uint16_t)layout->format);
    if (status == MIM_OK && extra)
        status = set_repeated(job, TIFFTAG_EXTRASAMPLES, extra,
                              has_alpha ? EXTRASAMPLE_UNASSALPHA : EXTRASAMPLE_UNSPECIFIED);
    if (status == MIM_OK && layout->photometric == PHOTOMETRIC_YCBCR)
        status = set_ycbcr_tags(job);
    return status;
}

static uint64_t
directory_size(const struct tiff_writer *self)
{
    return self->is_big ? 8 + 20 * self->page.count + 8 : 2 + 12 * self->page.count + 4;
}

static uint64_t
values_size(const struct tiff_writer *self)
{
    uint64_t size = 0;
    for (uint64_t i = 0; i < self->page.count; i++)
        if (self->page.list[i].size > (self->is_big ? 8 : 4))
            size += tiff_emit_aligned(self->page.list[i].size);
    return size;
}

uint64_t
tiff_emitted_directory_size(const struct tiff_writer *self)
{
    return tiff_emit_aligned(directory_size(self)) + values_size(self);
}

static uint8_t *
add_offset(uint8_t *to, const struct tiff_writer *self, uint64_t value)
{
    uint32_t narrow = (uint32_t)value;
    memcpy(to, self->is_big ? (const void *)&value : (const void *)&narrow, self->is_big ? 8 : 4);
    return to + (self->is_big ? 8 : 4);
}

/* The directory at `offset`, followed by the values that do not fit into entries. */
static void
write_directory(struct tiff_writer *self, uint8_t *bytes, uint64_t offset, uint64_t next)
{
    uint64_t at = tiff_emit_aligned(directory_size(self)), word = self->is_big ? 8 : 4, count = self->page.count;
    uint16_t narrow_count = (uint16_t)count;
    uint8_t *to = bytes + (self->is_big ? 8 : 2);
    memcpy(bytes, self->is_big ? (const void *)&count : (const void *)&narrow_count, self->is_big ? 8 : 2);

    for (uint64_t i = 0; i < count; i++) {
        struct tiff_tag *tag = &self->page.list[i];
        memcpy(to, &tag->tag, 2);
        memcpy(to + 2, &tag->type, 2);
        if (tag->tag == TIFFTAG_IMAGEDESCRIPTION && self->pages == 0) { /* patched at the end of an ImageJ stack */
            self->stack.description_count = offset + (uint64_t)(to + 4 - bytes);
            self->stack.description = offset + at;
        }
        to = add_offset(to + 4, self, tag->count);
        if (tag->size <= word) {
            memcpy(to, tiff_tag_data(tag), tag->size);
            to += word;
        } else {
            memcpy(bytes + at, tiff_tag_data(tag), tag->size);
            to = add_offset(to, self, offset + at);
            at += tiff_emit_aligned(tag->size);
        }
    }
    add_offset(to, self, next);
}

/* Add both tags before computing the offset of the data, which follow the directory. */
static int32_t
set_strip_tags(struct mim_job *job, const struct tiff_layout *layout, const struct mim_coded *coded, uint64_t *data)
{
    struct tiff_writer *self = job->state;
    uint16_t type = self->is_big ? TIFF_LONG8 : TIFF_LONG;
    uint16_t places = layout->is_tiled ? TIFFTAG_TILEOFFSETS : TIFFTAG_STRIPOFFSETS;
    uint16_t sizes = layout->is_tiled ? TIFFTAG_TILEBYTECOUNTS : TIFFTAG_STRIPBYTECOUNTS;
    int32_t status = tiff_tag_list_set(&self->page, job, places, type, coded->part_count, NULL);
    if (status == MIM_OK)
        status = tiff_tag_list_set(&self->page, job, sizes, type, coded->part_count, NULL);
    if (status != MIM_OK)
        return status;

    *data = tiff_emit_aligned(job->host->tell(job)) + tiff_emitted_directory_size(self);
    uint8_t *place = tiff_tag_data(tiff_tag_list_find(&self->page, places));
    uint8_t *size = tiff_tag_data(tiff_tag_list_find(&self->page, sizes));
    uint64_t at = *data;
    for (uint32_t i = 0; i < coded->part_count; i++) {
        place = add_offset(place, self, at);
        size = add_offset(size, self, coded->parts[i].size);
        at += coded->parts[i].size;
    }
    return MIM_OK;
}

/* The directory of self->page at the next aligned offset; it points to `next`. */
static int32_t
emit_directory_at_end(struct mim_job *job, uint64_t next)
{
    static const uint8_t zeros[ALIGNMENT];
    struct tiff_writer *self = job->state;
    uint64_t end = job->host->tell(job), start = tiff_emit_aligned(end), size = tiff_emitted_directory_size(self);
    uint8_t *bytes = mim_scratch_get(job, &self->bytes, size);
    if (!bytes)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a page's directory");

    memset(bytes, 0, size);
    write_directory(self, bytes, start, next);
    int32_t status = start > end ? job->host->emit(job, zeros, start - end) : MIM_OK;
    return status == MIM_OK ? job->host->emit(job, bytes, size) : status;
}

int32_t
tiff_emit_directory(struct mim_job *job, bool is_last)
{
    struct tiff_writer *self = job->state;
    uint64_t start = tiff_emit_aligned(job->host->tell(job));
    return emit_directory_at_end(job, is_last ? 0 : start + tiff_emitted_directory_size(self));
}

int32_t
tiff_emit_strips(struct mim_job *job, const struct mim_coded *coded)
{
    int32_t status = MIM_OK;
    for (uint32_t i = 0; status == MIM_OK && i < coded->part_count; i++)
        status = job->host->emit(job, coded->parts[i].data, coded->parts[i].size);
    return status;
}

int32_t
tiff_emit_page(struct mim_job *job, const struct tiff_layout *layout, const struct mim_coded *coded)
{
    struct tiff_writer *self = job->state;
    uint64_t data = 0;
    int32_t status = set_layout_tags(job, layout);
    if (status == MIM_OK)
        status = set_strip_tags(job, layout, coded, &data);
    if (status != MIM_OK)
        return status;

    uint64_t start = tiff_emit_aligned(job->host->tell(job)), next = tiff_emit_aligned(data + coded->size);
    if (!self->is_big && next > self->ceiling)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "the file exceeds 4 GB: %s",
                               self->imagej ? "ImageJ reads such files only without compression" : "use bigtiff=yes");
    self->pointer = start + directory_size(self) - (self->is_big ? 8 : 4);
    self->stack.data = data;
    self->stack.image_size = coded->size;
    status = emit_directory_at_end(job, self->is_contiguous ? 0 : next);
    return status == MIM_OK ? tiff_emit_strips(job, coded) : status;
}
