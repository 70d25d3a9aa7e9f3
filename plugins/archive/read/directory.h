/* SPDX-License-Identifier: MIT */
/* The directory at the end of a ZIP file, and a directory of one member for libarchive, which then reads nothing of others. */
#ifndef MIM_ARCHIVE_DIRECTORY_H
#define MIM_ARCHIVE_DIRECTORY_H

#include <mim/kit/window.h>

struct arc_directory {
    struct mim_window window;
    uint64_t start, end;   /* in the source; 0, 0: the file has none, because it is cut */
    uint64_t stated_start; /* by the file, which something may precede */
    uint64_t count, next;  /* members, and the offset of the next one's entry */
    uint64_t found;        /* members so far */
    uint8_t *name;         /* of the last member, with a zero; NAME_SPACE bytes */
    uint8_t *single;       /* SINGLE_SPACE bytes */
    uint64_t single_size;
};

/* Finds the directory. */
int32_t arc_directory_open(struct mim_job *job, struct arc_directory *directory);
int32_t arc_directory_next(struct mim_job *job, struct arc_directory *directory, struct mim_member *member);
/* Makes `single` the directory of the member at `position`. */
int32_t arc_directory_choose(struct mim_job *job, struct arc_directory *directory, uint64_t position);
void arc_directory_close(struct mim_job *job, struct arc_directory *directory);

#endif
