/* SPDX-License-Identifier: MIT */
/* Where frames begin, as far as the file has been walked. */
#ifndef MIM_GIF_FRAME_INDEX_H
#define MIM_GIF_FRAME_INDEX_H

#include <stdbool.h>

#include <mim/plugin.h>

/** What must be known to go on at a frame. */
struct gif_mark {
    uint64_t frame;  /**< its number */
    uint64_t offset; /**< of its first block: an extension or the image */
    int64_t pts;     /**< hundredths of a second before it */
    bool is_blank;   /**< the frame before left the whole canvas empty */
};

/** Every frame's mark; of long files every second, fourth ... frame's, so that memory stays bounded. Zeroed = empty. */
struct gif_index {
    struct gif_mark *marks; /**< the host's memory */
    uint64_t count, capacity;
    uint64_t known; /**< frames before this one have been seen */
    uint32_t shift; /**< marks[k] is of frame k << shift */
};

/** Note a frame; those known already are left as they are. NOMEM leaves the index as it was. */
int32_t gif_index_note(struct mim_job *job, struct gif_index *index, const struct gif_mark *mark);

/** The last mark at or before a frame; NULL when nothing is noted. */
const struct gif_mark *gif_index_find(const struct gif_index *index, uint64_t frame);

void gif_index_close(struct mim_job *job, struct gif_index *index);

#endif
