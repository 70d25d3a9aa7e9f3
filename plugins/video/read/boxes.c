/* SPDX-License-Identifier: MIT */
/* Walks the boxes of MP4 and MOV files. */
#include "read/boxes.h"

#include <string.h>

#include <mim/kit/bytes.h>

bool
video_box_next(struct mim_job *job, struct video_box *parent, char type[4], struct video_box *box)
{
    uint8_t head[16];
    int64_t got = parent->at < parent->end ? job->host->read_at(job, head, sizeof head, parent->at) : 0;
    if (got < 8)
        return false;
    bool is_long = mim_load_be32(head) == 1 && got == sizeof head;
    uint64_t length = is_long ? mim_load_be64(head + 8) : mim_load_be32(head), least = is_long ? 16 : 8;
    if (length < least || length > parent->end - parent->at)
        return false;
    memcpy(type, head + 4, 4);
    *box = (struct video_box){ parent->at + least, parent->at + length };
    parent->at += length;
    return true;
}

bool
video_box_find(struct mim_job *job, struct video_box *parent, const char *type, struct video_box *box)
{
    enum { MAX_BOXES = 1 << 16 };
    char found[4];
    for (unsigned i = 0; i < MAX_BOXES && video_box_next(job, parent, found, box); i++)
        if (!memcmp(found, type, sizeof found))
            return true;
    return false;
}
