/* SPDX-License-Identifier: MIT */
/* The bytes of an archive as libarchive reads them: from an offset on, or with another end than the file's. */
#ifndef MIM_ARCHIVE_INPUT_H
#define MIM_ARCHIVE_INPUT_H

#include <stdbool.h>

#include <archive.h>

#include <mim/plugin.h>

enum { ARC_BLOCK = 256 * 1024, ARC_SMALL_BLOCK = 8 * 1024 };

struct arc_input {
    struct mim_job *job;
    uint64_t start;      /* offset in the source that counts as 0 */
    uint64_t position;   /* relative to it */
    uint64_t block;      /* bytes of the next read: more while reads are consecutive */
    uint8_t *bytes;      /* ARC_BLOCK bytes of the host's memory */
    const uint8_t *tail; /* follows the first `tail_start` bytes of the source; NULL: the source's own end */
    uint64_t tail_start, tail_size;
};

/* Makes `archive` read the input, and opens it. `seeks`: for formats that begin at the end. Returns libarchive's code. */
int arc_input_open(struct arc_input *input, struct archive *archive, bool seeks);
/* Begins at the start, for another layer between the input and `archive`, which has a buffer then and reads with this callback. */
int arc_input_begin(struct arc_input *input, struct archive *archive);
la_ssize_t arc_input_read(struct archive *archive, void *user, const void **block);
/* Frees the buffer. */
void arc_input_close(struct arc_input *input);

#endif
