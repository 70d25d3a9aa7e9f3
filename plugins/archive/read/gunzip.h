/* SPDX-License-Identifier: MIT */
/* gzip, decompressed up to the last byte before a cut: libarchive's own filter loses up to 64 KB there. */
#ifndef MIM_ARCHIVE_GUNZIP_H
#define MIM_ARCHIVE_GUNZIP_H

#include <zlib.h>

#include "read/input.h"

struct arc_gunzip {
    struct arc_input *input;
    z_stream stream;
    uint8_t *bytes;    /* of the host's memory; NULL: not opened */
    bool is_between;   /* a gzip file has ended; others may follow it */
    bool has_followed; /* this is one of them */
};

/* Makes `archive` read what the input decompresses to, from its beginning, and opens it. Returns libarchive's code. */
int arc_gunzip_open(struct arc_gunzip *gunzip, struct arc_input *input, struct archive *archive);
void arc_gunzip_close(struct arc_gunzip *gunzip);

#endif
