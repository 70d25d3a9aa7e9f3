/* SPDX-License-Identifier: MIT */
/* Offsets of the frames found so far. */
#ifndef MIM_GIF_FRAME_INDEX_H
#define MIM_GIF_FRAME_INDEX_H

#include <stdbool.h>

#include <mim/plugin.h>

/* State needed to resume the walk at a frame. */
struct gif_mark {
    uint64_t frame;  /* frame number */
    uint64_t offset; /* of the first block: an extension or the image */
    int64_t pts;     /* start time in hundredths of a second, as players show the frames */
    bool is_blank;   /* the previous frame clears the whole canvas */
};

/* Marks of all frames or, in long files, of every 2nd, 4th, 8th..., which bounds the memory. Zeroed = empty. */
struct gif_index {
    struct gif_mark *marks; /* host memory */
    uint64_t count, capacity;
    uint64_t known; /* number of frames seen */
    uint32_t shift; /* marks[k] belongs to frame k << shift */
};

/* Add a frame unless it is known. MIM_NOMEM leaves the index unchanged. */
int32_t gif_index_note(struct mim_job *job, struct gif_index *index, const struct gif_mark *mark);

/* The last mark at or before `frame`; NULL if the index is empty. */
const struct gif_mark *gif_index_find(const struct gif_index *index, uint64_t frame);

void gif_index_close(struct mim_job *job, struct gif_index *index);

#endif
