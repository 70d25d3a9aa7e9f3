/* SPDX-License-Identifier: MIT */
/* Drops every other mark when MARKS_MAX is reached. */
#include "read/frame-index.h"

#include <mim/kit/array.h>

enum { MARKS_MAX = 65536 };

static void
halve_marks(struct gif_index *index)
{
    index->count /= 2;
    index->shift++;
    for (uint64_t i = 0; i < index->count; i++)
        index->marks[i] = index->marks[2 * i];
}

int32_t
gif_index_note(struct mim_job *job, struct gif_index *index, const struct gif_mark *mark)
{
    if (mark->frame < index->known)
        return MIM_OK;
    if (index->count == MARKS_MAX)
        halve_marks(index);
    if (mark->frame >> index->shift << index->shift == mark->frame) {
        void *marks = mim_array_reserve(job, index->marks, &index->capacity, index->count + 1, sizeof *mark);
        if (!marks)
            return MIM_NOMEM;
        index->marks = marks;
        index->marks[index->count++] = *mark;
    }
    index->known = mark->frame + 1;
    return MIM_OK;
}

const struct gif_mark *
gif_index_find(const struct gif_index *index, uint64_t frame)
{
    uint64_t place = frame >> index->shift;

    if (!index->count)
        return NULL;
    return &index->marks[place < index->count ? place : index->count - 1];
}

void
gif_index_close(struct mim_job *job, struct gif_index *index)
{
    mim_array_free(job, index->marks, index->capacity, sizeof *index->marks);
    *index = (struct gif_index){ 0 };
}
