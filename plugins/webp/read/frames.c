/* SPDX-License-Identifier: MIT */
/* A frame is a chunk of pixels, VP8 or VP8L, perhaps after one of alpha; in an animation, both are inside of ANMF. */
#include "read/frames.h"

#include <webp/decode.h>

/* The search for one frame. */
struct search {
    struct mim_job *job;
    struct webp_reader *reader;
    uint64_t index;
    struct webp_frame *frame;
};

static int32_t
fail_cut(const struct search *search, int32_t status, uint64_t offset)
{
    if (status != MIM_TRUNCATED)
        return status;
    return search->job->host->fail(search->job, MIM_TRUNCATED, offset, "the file ends inside frame %llu",
                                   (unsigned long long)search->index);
}

static int32_t
fail_frame(const struct search *search, uint64_t offset, const char *fault)
{
    return search->job->host->fail(search->job, MIM_CORRUPT, offset, "frame %llu %s", (unsigned long long)search->index, fault);
}

/* The file ends before `end` of the frame. Go on with the bytes that are there, if the application wants damaged frames. */
static int32_t
keep_cut(const struct search *search, int32_t status, uint64_t end)
{
    struct mim_job *job = search->job;
    struct webp_frame *frame = search->frame;

    status = fail_cut(search, status, end);
    if (status != MIM_TRUNCATED || job->host->keep_damaged(job, NULL, NULL) != MIM_OK)
        return status;
    uint64_t size = job->host->size(job);
    frame->size = size != MIM_UNKNOWN && size < end ? size - frame->offset : frame->size;
    frame->is_cut = search->reader->is_cut = true;
    return MIM_OK;
}

static bool
is_metadata(uint32_t type)
{
    return type == WEBP_EXIF || type == WEBP_XMP;
}

static bool
holds_pixels(uint32_t type)
{
    return type == WEBP_VP8 || type == WEBP_VP8L;
}

/* The size and alpha of the pixels in a chunk, all of whose bytes should be there. */
static int32_t
read_pixel_header(const struct search *search, const struct webp_chunk *chunk)
{
    enum { HEADER_MAX = 10 };
    struct webp_frame *frame = search->frame;
    struct mim_window *window = &search->reader->window;
    uint64_t size = chunk->size < HEADER_MAX ? chunk->size : HEADER_MAX;
    WebPBitstreamFeatures features;
    const uint8_t *bytes;

    int32_t status = mim_window_get(search->job, window, webp_chunk_head(chunk), WEBP_CHUNK_HEAD + size, &bytes);
    if (status != MIM_OK)
        return fail_cut(search, status, chunk->start);
    if (WebPGetFeatures(bytes, (size_t)(WEBP_CHUNK_HEAD + size), &features) != VP8_STATUS_OK)
        return fail_frame(search, chunk->start, "has no valid VP8 or VP8L header");
    frame->width = (uint32_t)features.width;
    frame->height = (uint32_t)features.height;
    frame->has_alpha |= features.has_alpha != 0;
    frame->is_lossless = chunk->type == WEBP_VP8L;
    frame->size = chunk->start + chunk->size - frame->offset;
    status = mim_window_get(search->job, window, chunk->start + chunk->size - 1, 1, &bytes);
    return keep_cut(search, status, chunk->start + chunk->size);
}

/* The first chunk of pixels from `at` on, inside something that ends at `end`. */
static int32_t
read_image(const struct search *search, uint64_t at, uint64_t end)
{
    struct webp_chunk chunk = { 0 };
    int32_t status;

    search->frame->offset = 0;
    for (;; at = webp_chunk_next(&chunk)) {
        status = webp_chunk_find(search->job, &search->reader->window, at, end, &chunk);
        if (status == MIM_END)
            return fail_frame(search, at, "has no pixels");
        if (status != MIM_OK)
            return fail_cut(search, status, at);
        if (!search->frame->offset && (chunk.type == WEBP_ALPH || holds_pixels(chunk.type)))
            search->frame->offset = webp_chunk_head(&chunk);
        if (holds_pixels(chunk.type))
            break;
        if (chunk.type == WEBP_ALPH) {
            search->frame->has_alpha = true;
            search->frame->lossless_size = chunk.size;
        }
    }
    if (chunk.type == WEBP_VP8L) { /* has alpha of its own */
        search->frame->offset = webp_chunk_head(&chunk);
        search->frame->lossless_size = chunk.size;
        search->frame->has_alpha = false;
    }
    return read_pixel_header(search, &chunk);
}

/* ANMF: position, size, duration and flags, then the chunks of the pixels. */
static int32_t
read_rectangle(const struct search *search, const struct webp_chunk *chunk)
{
    const struct webp_reader *self = search->reader;
    struct webp_frame *frame = search->frame;
    const uint8_t *bytes;

    if (chunk->size < WEBP_ANMF_SIZE)
        return fail_frame(search, chunk->start, "is shorter than its header");
    int32_t status = mim_window_get(search->job, &search->reader->window, chunk->start, WEBP_ANMF_SIZE, &bytes);
    if (status != MIM_OK)
        return fail_cut(search, status, chunk->start);
    frame->x = 2 * webp_load24(bytes);
    frame->y = 2 * webp_load24(bytes + 3);
    uint32_t width = webp_load24(bytes + 6) + 1, height = webp_load24(bytes + 9) + 1;
    frame->duration = webp_load24(bytes + 12);
    frame->flags = bytes[15];
    status = read_image(search, chunk->start + WEBP_ANMF_SIZE, chunk->start + chunk->size);
    if (status != MIM_OK)
        return status;
    if (frame->width != width || frame->height != height)
        return fail_frame(search, chunk->start, "has another size than its pixels");
    if (frame->x + width > self->width || frame->y + height > self->height)
        return fail_frame(search, chunk->start, "reaches beyond the canvas");
    return MIM_OK;
}

static int32_t
read_picture(const struct search *search, const struct webp_chunk *chunk)
{
    const struct webp_reader *self = search->reader;

    int32_t status = read_image(search, webp_chunk_head(chunk), self->end);
    if (status == MIM_OK && self->is_extended && !webp_frame_covers(self, search->frame))
        return fail_frame(search, chunk->start, "has another size than the canvas");
    return status;
}

/* No chunk begins at `at`, after one of type `last`. A source that ends where only metadata follow misses no pixels. */
static int32_t
end_walk(const struct search *search, int32_t status, uint64_t at, uint32_t last)
{
    struct webp_reader *self = search->reader;
    struct mim_job *job = search->job;

    if (status != MIM_END && status != MIM_TRUNCATED)
        return status;
    if (search->index == 0)
        return status == MIM_END ? job->host->fail(job, MIM_CORRUPT, at, "the file has no pixels") : fail_cut(search, status, at);
    if (status == MIM_TRUNCATED && self->is_animation && self->is_cut)
        return job->host->fail(job, MIM_TRUNCATED, at, "the file ends inside frame %llu", (unsigned long long)search->index - 1);
    if (status == MIM_TRUNCATED && self->is_animation && !is_metadata(last))
        return job->host->fail(job, MIM_TRUNCATED, at, "the file ends after frame %llu, at most at byte %llu of %llu",
                               (unsigned long long)search->index - 1, (unsigned long long)at, (unsigned long long)self->end);
    self->is_walked = true;
    if (status == MIM_END || self->is_end_reported)
        return MIM_END;
    self->is_end_reported = true;
    status = job->host->notice(job, MIM_NOTICE_METADATA, "the file ends early: metadata after the pixels are missing");
    return status == MIM_OK ? MIM_END : status;
}

bool
webp_frame_covers(const struct webp_reader *self, const struct webp_frame *frame)
{
    return !frame->x && !frame->y && frame->width == self->width && frame->height == self->height;
}

/* Index the frame after this one, and conclude what shows through it. */
static int32_t
note_next(const struct search *search, uint64_t at)
{
    struct webp_reader *self = search->reader;
    struct webp_frame *frame = search->frame;
    bool covers = webp_frame_covers(self, frame), is_opaque = !frame->has_alpha || frame->flags & WEBP_FRAME_REPLACES;

    frame->is_key = self->marks[search->index].is_blank || (covers && is_opaque);
    if (search->index + 1 < self->mark_count)
        return MIM_OK;
    const struct webp_mark next = { at, frame->pts + frame->duration, covers && frame->flags & WEBP_FRAME_CLEARS };
    return webp_header_mark(search->job, self, next);
}

/* Read the frame of a known mark. */
static int32_t
read_frame(const struct search *search)
{
    struct webp_reader *self = search->reader;
    const struct webp_mark *mark = &self->marks[search->index];
    uint64_t at = mark->offset;
    struct webp_chunk chunk = { 0 };
    uint32_t last = 0;
    bool is_found = false;

    *search->frame = (struct webp_frame){ .pts = mark->pts };
    while (!is_found) {
        int32_t status = webp_header_next(search->job, self, &at, &chunk);
        if (status != MIM_OK)
            return end_walk(search, status, at, last);
        last = chunk.type;
        is_found = self->is_animation ? last == WEBP_ANMF : search->index == 0 && (last == WEBP_ALPH || holds_pixels(last));
    }
    int32_t status = self->is_animation ? read_rectangle(search, &chunk) : read_picture(search, &chunk);
    return status == MIM_OK ? note_next(search, at) : status;
}

int32_t
webp_frame_find(struct mim_job *job, struct webp_reader *self, uint64_t index, struct webp_frame *frame)
{
    struct search search = { job, self, index < self->mark_count ? index : self->mark_count - 1, frame };

    for (;; search.index++) {
        int32_t status = read_frame(&search);
        if (status != MIM_OK || search.index == index)
            return status;
    }
}
