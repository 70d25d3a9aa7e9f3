/* SPDX-License-Identifier: MIT */
/* The state of an archive that is read or written. */
#ifndef MIM_ARCHIVE_STATE_H
#define MIM_ARCHIVE_STATE_H

#include <stdbool.h>

#include <archive.h>

#include "read/directory.h"
#include "read/failure.h"
#include "read/gunzip.h"
#include "read/input.h"

struct arc_kind {
    int (*support)(struct archive *);
    bool is_packed; /* behind a filter */
    bool is_at_end; /* its directory is */
    bool is_tar;
    uint32_t memory; /* of libarchive, as an estimate */
};

struct arc_reader {
    const struct arc_kind *kind;
    struct archive *archive; /* NULL: none is open */
    locale_t locale;
    struct arc_input input;
    struct arc_gunzip gunzip;       /* between the input and libarchive, if `is_gzip` */
    struct arc_directory directory; /* of ZIP; start and end 0: the file is cut, and has headers only */
    bool is_gzip, has_reserved;
};

struct arc_writer {
    struct archive *archive;
    struct archive_entry *entry;
    struct mim_job *job;
    locale_t locale;
    bool is_zip, is_finished;
};

/* One of them is in use; the other stays zero. */
struct arc_state {
    struct arc_reader reader;
    struct arc_writer writer;
};

static inline struct arc_reader *
arc_reader_of(struct mim_job *job)
{
    return &((struct arc_state *)job->state)->reader;
}

static inline struct arc_writer *
arc_writer_of(struct mim_job *job)
{
    return &((struct arc_state *)job->state)->writer;
}

#endif
