/* SPDX-License-Identifier: MIT */
/* Lists the frames of an animation. An error ends the list; the frames before it stay readable. */
#include "read/animation.h"

#include <mim/kit/array.h>

#include "read/time-base.h"

enum { SEQUENCE_SIZE = 4 };

struct scan {
    struct mim_job *job;
    struct mim_window *window;
    const struct pngx_header *header;
    struct pngx_animation *animation;
    struct pngx_time_base time_base;
    uint64_t max;      /* the limit on frames */
    uint64_t frame;    /* number of the next frame */
    uint32_t sequence; /* expected by the next fcTL or fdAT */
    uint64_t open_at;  /* offset of the current frame's fcTL; 0: none */
    struct pngx_control open;
    bool has_pixels;      /* the current frame has IDAT or fdAT */
    bool has_picture;     /* an IDAT was found */
    bool is_past_picture; /* and another chunk after it */
    bool has_cleared;     /* an earlier frame clears the canvas */
};

static int32_t
check_control(const struct scan *scan, const struct pngx_control *control, uint64_t offset)
{
    struct pngx_fault *fault = &scan->animation->fault;
    unsigned long long frame = scan->frame;

    if (!pngx_control_is_inside(control, scan->header))
        return pngx_fault_set(fault, MIM_CORRUPT, offset, "frame %llu is %ux%u at %u,%u, the canvas is %ux%u", frame,
                              control->width, control->height, control->x, control->y, scan->header->width,
                              scan->header->height);
    if (!scan->has_picture && !pngx_control_covers(control, scan->header))
        return pngx_fault_set(fault, MIM_CORRUPT, offset, "the first frame does not cover the canvas");
    return MIM_OK;
}

static int32_t
check_sequence(struct scan *scan, uint32_t found, uint64_t offset)
{
    if (found != scan->sequence)
        return pngx_fault_set(&scan->animation->fault, MIM_CORRUPT, offset, "sequence number %u, expected %u", found,
                              scan->sequence);
    scan->sequence++;
    return MIM_OK;
}

static int32_t
add_frame(struct scan *scan)
{
    struct pngx_animation *animation = scan->animation;

    struct pngx_mark *marks =
        mim_array_reserve(scan->job, animation->marks, &animation->capacity, animation->count + 1, sizeof *marks);
    if (!marks)
        return MIM_NOMEM;
    animation->marks = marks;
    const struct pngx_control *control = &scan->open;
    animation->marks[animation->count] = (struct pngx_mark){ scan->open_at, pngx_time_base_pack(control) };
    if (!animation->count++)
        animation->is_opaque = pngx_control_covers(control, scan->header);
    pngx_time_base_add(&scan->time_base, control);
    animation->is_opaque = animation->is_opaque && !scan->has_cleared;
    scan->has_cleared = scan->has_cleared || control->dispose == PNGX_DISPOSE_BACKGROUND ||
                        (animation->count == 1 && control->dispose == PNGX_DISPOSE_PREVIOUS);
    return MIM_OK;
}

/* Adds the current frame, which is complete. */
static int32_t
end_frame(struct scan *scan, uint64_t offset)
{
    if (!scan->open_at)
        return MIM_OK;
    if (!scan->has_pixels)
        return pngx_fault_set(&scan->animation->fault, MIM_CORRUPT, offset, "frame %llu has no pixels",
                              (unsigned long long)scan->frame - 1);
    int32_t status = add_frame(scan);
    scan->open_at = 0;
    return status;
}

static int32_t
add_control(struct scan *scan, const struct pngx_chunk *chunk)
{
    struct pngx_control control;
    struct pngx_fault *fault = &scan->animation->fault;

    int32_t status = end_frame(scan, chunk->offset);
    if (status == MIM_OK)
        status = pngx_control_load(scan->job, scan->window, chunk, &control, fault);
    if (status == MIM_OK)
        status = check_sequence(scan, control.sequence, chunk->offset);
    if (status == MIM_OK)
        status = check_control(scan, &control, chunk->offset);
    if (status != MIM_OK)
        return status;
    if (scan->frame == scan->header->frames)
        return pngx_fault_set(fault, MIM_CORRUPT, chunk->offset, "acTL counts %u frames, the file has more",
                              scan->header->frames);
    if (scan->frame == scan->max)
        return pngx_fault_set(fault, MIM_LIMIT, chunk->offset, "more frames than the limit frames=%llu", (unsigned long long)scan->max);
    scan->open = control;
    scan->open_at = chunk->offset;
    scan->has_pixels = false;
    scan->frame++;
    return MIM_OK;
}

static int32_t
add_frame_data(struct scan *scan, const struct pngx_chunk *chunk)
{
    const uint8_t *sequence;
    struct pngx_fault *fault = &scan->animation->fault;

    if (chunk->size < SEQUENCE_SIZE)
        return pngx_fault_set(fault, MIM_CORRUPT, chunk->offset, "fdAT has only %u bytes", chunk->size);
    int32_t status = mim_window_get(scan->job, scan->window, chunk->offset + PNGX_CHUNK_HEAD, SEQUENCE_SIZE, &sequence);
    if (status == MIM_TRUNCATED)
        return pngx_fault_set(fault, status, chunk->offset, "the file ends inside an fdAT");
    if (status == MIM_OK)
        status = check_sequence(scan, mim_load_be32(sequence), chunk->offset);
    if (status != MIM_OK)
        return status;
    bool is_picture = scan->open_at && scan->open_at < scan->header->pixels;
    if (!scan->open_at || !scan->has_picture || is_picture)
        return pngx_fault_set(fault, MIM_CORRUPT, chunk->offset, "an fdAT belongs to no frame");
    scan->has_pixels = true;
    return MIM_OK;
}

static int32_t
scan_chunk(struct scan *scan, const struct pngx_chunk *chunk)
{
    if (chunk->type == PNGX_IDAT && scan->is_past_picture)
        return pngx_fault_set(&scan->animation->fault, MIM_CORRUPT, chunk->offset,
                              "the IDAT chunks are not consecutive");
    scan->is_past_picture = scan->has_picture && chunk->type != PNGX_IDAT;
    switch (chunk->type) {
    case PNGX_FCTL:
        return add_control(scan, chunk);
    case PNGX_FDAT:
        return add_frame_data(scan, chunk);
    case PNGX_IDAT:
        scan->has_pixels = true;
        scan->has_picture = true;
    }
    return MIM_OK;
}

static int32_t
scan_end(struct scan *scan, const struct pngx_chunk *chunk)
{
    uint8_t empty[1];
    struct pngx_fault *fault = &scan->animation->fault;

    int32_t status = end_frame(scan, chunk->offset);
    if (status == MIM_OK && scan->frame < scan->header->frames)
        return pngx_fault_set(fault, MIM_CORRUPT, chunk->offset, "acTL counts %u frames, the file has %llu",
                              scan->header->frames, (unsigned long long)scan->frame);
    return status == MIM_OK ? pngx_chunk_load(scan->job, scan->window, chunk, empty, 0, fault) : status;
}

/* The file ends without IEND. The current frame counts unless it is cut; with all that acTL announced, this is no error. */
static int32_t
scan_truncation(struct scan *scan, const struct pngx_chunk *chunk)
{
    struct pngx_animation *animation = scan->animation;

    if ((scan->open_at && !scan->has_pixels) || pngx_chunk_cuts_pixels(scan->job, scan->window, chunk))
        return MIM_TRUNCATED;
    int32_t status = end_frame(scan, chunk->offset);
    if (status != MIM_OK || scan->frame < scan->header->frames)
        return status == MIM_OK ? MIM_TRUNCATED : status;
    animation->fault = (struct pngx_fault){ 0 };
    animation->lacks_end = true;
    return MIM_OK;
}

static int32_t
scan_chunks(struct scan *scan)
{
    struct pngx_chunk chunk = { .offset = PNGX_SIGNATURE_SIZE };
    uint64_t offset = PNGX_SIGNATURE_SIZE;
    int32_t status = MIM_OK;

    for (; status == MIM_OK; offset = pngx_chunk_next(&chunk)) {
        status = pngx_chunk_at(scan->job, scan->window, offset, &chunk, &scan->animation->fault);
        if (status == MIM_OK && chunk.type == PNGX_IEND)
            break;
        if (status == MIM_OK)
            status = scan_chunk(scan, &chunk);
    }
    if (status == MIM_OK)
        status = scan_end(scan, &chunk);
    return status == MIM_TRUNCATED ? scan_truncation(scan, &chunk) : status;
}

static void
settle_times(struct pngx_animation *animation, const struct pngx_time_base *time_base)
{
    int64_t pts = 0;

    animation->time_den = pngx_time_base_value(time_base);
    for (uint64_t i = 0; i < animation->count; i++) {
        int64_t duration = pngx_time_base_unpack(animation->marks[i].pts, animation->time_den);
        animation->marks[i].pts = pts;
        pts += duration;
    }
}

int32_t
pngx_animation_read(struct mim_job *job, struct mim_window *window, const struct pngx_header *header,
                    struct pngx_animation *animation)
{
    struct scan scan = {
        .job = job,
        .window = window,
        .header = header,
        .animation = animation,
        .max = job->host->limit(job, MIM_LIMIT_FRAMES),
    };

    int32_t status = scan_chunks(&scan);
    animation->is_opaque = (animation->is_opaque || !animation->count) && !pngx_header_has_alpha(header);
    settle_times(animation, &scan.time_base);
    return status == MIM_CORRUPT || status == MIM_TRUNCATED || status == MIM_LIMIT ? MIM_OK : status;
}

void
pngx_animation_close(struct mim_job *job, struct pngx_animation *animation)
{
    mim_array_free(job, animation->marks, animation->capacity, sizeof *animation->marks);
    *animation = (struct pngx_animation){ 0 };
}
