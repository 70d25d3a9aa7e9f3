/* SPDX-License-Identifier: MIT */
/* Frames count as long as everything about them is right; what is wrong ends the movie there. */
#include "read/animation.h"

#include <string.h>

#include "read/time-base.h"

enum { LEAST_ROOM = 64, SEQUENCE_SIZE = 4 };

struct walk {
    struct mim_job *job;
    struct pngx_window *window;
    const struct pngx_header *header;
    struct pngx_movie *movie;
    struct pngx_ticks ticks;
    uint64_t most;     /* frames that the job may have */
    uint64_t frame;    /* the number of the next one */
    uint32_t sequence; /* the next number of the file's */
    uint64_t open_at;  /* fcTL of the frame that is being walked; 0: none */
    struct pngx_control open;
    bool has_pixels;      /* that frame */
    bool has_picture;     /* an IDAT has passed */
    bool is_past_picture; /* and then something else */
    bool clears;          /* some frame before gives the canvas back empty */
};

static int32_t
check_control(const struct walk *walk, const struct pngx_control *control, uint64_t offset)
{
    struct pngx_fault *fault = &walk->movie->fault;
    unsigned long long frame = walk->frame;

    if (!pngx_control_is_inside(control, walk->header))
        return pngx_fault_set(fault, MIM_CORRUPT, offset, "frame %llu is %ux%u at %u,%u, the canvas is %ux%u", frame,
                              control->width, control->height, control->x, control->y, walk->header->width,
                              walk->header->height);
    if (!walk->has_picture && !pngx_control_covers(control, walk->header))
        return pngx_fault_set(fault, MIM_CORRUPT, offset, "the picture is a frame of the animation and not all of it");
    return MIM_OK;
}

static int32_t
check_sequence(struct walk *walk, uint32_t found, uint64_t offset)
{
    if (found != walk->sequence)
        return pngx_fault_set(&walk->movie->fault, MIM_CORRUPT, offset, "sequence number %u where %u was expected",
                              found, walk->sequence);
    walk->sequence++;
    return MIM_OK;
}

static int32_t
note_frame(struct walk *walk)
{
    struct pngx_movie *movie = walk->movie;

    if (movie->count == movie->room) {
        uint64_t room = movie->room ? 2 * movie->room : LEAST_ROOM;
        void *marks = walk->job->host->resize(walk->job, movie->marks, movie->room * sizeof *movie->marks,
                                              room * sizeof *movie->marks);
        if (!marks)
            return MIM_NOMEM;
        movie->marks = marks;
        movie->room = room;
    }
    const struct pngx_control *control = &walk->open;
    movie->marks[movie->count] = (struct pngx_mark){ walk->open_at, pngx_ticks_pack(control) };
    if (!movie->count++)
        movie->is_opaque = pngx_control_covers(control, walk->header);
    pngx_ticks_add(&walk->ticks, control);
    movie->is_opaque = movie->is_opaque && !walk->clears;
    walk->clears = walk->clears || control->dispose == PNGX_DISPOSE_BACKGROUND ||
                   (movie->count == 1 && control->dispose == PNGX_DISPOSE_PREVIOUS);
    return MIM_OK;
}

/* The frame that was being walked is whole. */
static int32_t
end_frame(struct walk *walk, uint64_t offset)
{
    if (!walk->open_at)
        return MIM_OK;
    if (!walk->has_pixels)
        return pngx_fault_set(&walk->movie->fault, MIM_CORRUPT, offset, "frame %llu has no pixels",
                              (unsigned long long)walk->frame - 1);
    int32_t status = note_frame(walk);
    walk->open_at = 0;
    return status;
}

static int32_t
take_control(struct walk *walk, const struct pngx_chunk *chunk)
{
    struct pngx_control control;
    struct pngx_fault *fault = &walk->movie->fault;

    int32_t status = end_frame(walk, chunk->offset);
    if (status == MIM_OK)
        status = pngx_control_load(walk->job, walk->window, chunk, &control, fault);
    if (status == MIM_OK)
        status = check_sequence(walk, control.sequence, chunk->offset);
    if (status == MIM_OK)
        status = check_control(walk, &control, chunk->offset);
    if (status != MIM_OK)
        return status;
    if (walk->frame == walk->header->frames)
        return pngx_fault_set(fault, MIM_CORRUPT, chunk->offset, "acTL counts %u frames, and there are more",
                              walk->header->frames);
    if (walk->frame == walk->most)
        return pngx_fault_set(fault, MIM_LIMIT, chunk->offset, "more than %llu frames", (unsigned long long)walk->most);
    walk->open = control;
    walk->open_at = chunk->offset;
    walk->has_pixels = false;
    walk->frame++;
    return MIM_OK;
}

static int32_t
take_frame_data(struct walk *walk, const struct pngx_chunk *chunk)
{
    const uint8_t *sequence;
    struct pngx_fault *fault = &walk->movie->fault;

    if (chunk->size < SEQUENCE_SIZE)
        return pngx_fault_set(fault, MIM_CORRUPT, chunk->offset, "an fdAT of %u bytes", chunk->size);
    int32_t status =
        pngx_window_get(walk->job, walk->window, chunk->offset + PNGX_CHUNK_HEAD, SEQUENCE_SIZE, &sequence);
    if (status == MIM_TRUNCATED)
        return pngx_fault_set(fault, status, chunk->offset, "the file ends inside an fdAT");
    if (status == MIM_OK)
        status = check_sequence(walk, pngx_get_u32(sequence), chunk->offset);
    if (status != MIM_OK)
        return status;
    bool is_picture = walk->open_at && walk->open_at < walk->header->pixels;
    if (!walk->open_at || !walk->has_picture || is_picture)
        return pngx_fault_set(fault, MIM_CORRUPT, chunk->offset, "an fdAT that belongs to no frame");
    walk->has_pixels = true;
    return MIM_OK;
}

static int32_t
take(struct walk *walk, const struct pngx_chunk *chunk)
{
    if (chunk->type == PNGX_IDAT && walk->is_past_picture)
        return pngx_fault_set(&walk->movie->fault, MIM_CORRUPT, chunk->offset, "an IDAT apart from the others");
    walk->is_past_picture = walk->has_picture && chunk->type != PNGX_IDAT;
    switch (chunk->type) {
    case PNGX_FCTL:
        return take_control(walk, chunk);
    case PNGX_FDAT:
        return take_frame_data(walk, chunk);
    case PNGX_IDAT:
        walk->has_pixels = true;
        walk->has_picture = true;
    }
    return MIM_OK;
}

static int32_t
walk_chunks(struct walk *walk)
{
    struct pngx_chunk chunk = { .offset = PNGX_SIGNATURE_SIZE };
    uint64_t offset = PNGX_SIGNATURE_SIZE;
    int32_t status = MIM_OK;

    for (; status == MIM_OK; offset = pngx_chunk_next(&chunk)) {
        status = pngx_chunk_at(walk->job, walk->window, offset, &chunk, &walk->movie->fault);
        if (status != MIM_OK)
            return status;
        if (chunk.type == PNGX_IEND)
            break;
        status = take(walk, &chunk);
    }
    if (status == MIM_OK)
        status = end_frame(walk, chunk.offset);
    if (status == MIM_OK && walk->frame < walk->header->frames)
        return pngx_fault_set(&walk->movie->fault, MIM_CORRUPT, chunk.offset, "acTL counts %u frames, there are %llu",
                              walk->header->frames, (unsigned long long)walk->frame);
    uint8_t nothing[1];
    return status == MIM_OK ? pngx_chunk_load(walk->job, walk->window, &chunk, nothing, 0, &walk->movie->fault)
                            : status;
}

static void
settle_times(struct pngx_movie *movie, const struct pngx_ticks *ticks)
{
    int64_t pts = 0;

    movie->time_den = pngx_ticks_base(ticks);
    for (uint64_t i = 0; i < movie->count; i++) {
        int64_t duration = pngx_ticks_unpack(movie->marks[i].pts, movie->time_den);
        movie->marks[i].pts = pts;
        pts += duration;
    }
}

int32_t
pngx_movie_read(struct mim_job *job, struct pngx_window *window, const struct pngx_header *header,
                struct pngx_movie *movie)
{
    struct walk walk = {
        .job = job,
        .window = window,
        .header = header,
        .movie = movie,
        .most = job->host->limit(job, MIM_LIMIT_FRAMES),
    };

    int32_t status = walk_chunks(&walk);
    movie->is_opaque = movie->is_opaque && !pngx_header_has_alpha(header);
    settle_times(movie, &walk.ticks);
    return status == MIM_CORRUPT || status == MIM_TRUNCATED || status == MIM_LIMIT ? MIM_OK : status;
}

void
pngx_movie_close(struct mim_job *job, struct pngx_movie *movie)
{
    if (movie->marks)
        job->host->resize(job, movie->marks, movie->room * sizeof *movie->marks, 0);
    *movie = (struct pngx_movie){ 0 };
}
