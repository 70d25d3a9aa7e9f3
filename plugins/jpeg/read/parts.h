/* SPDX-License-Identifier: MIT */
/* Splits a picture at its restarts, so that its parts are decoded at once. ITU-T T.81, F.2.1.3.1. */
#ifndef MIM_JPEG_PARTS_H
#define MIM_JPEG_PARTS_H

#include "read/segments.h"

enum { JPEG_MAX_PARTS = 16 };

/* Rows of a picture. Interpolated colours depend on rows before and after them, which are decoded too. */
struct jpeg_part {
    uint64_t offset;     /* of its codes */
    uint32_t restart;    /* number of restarts before them */
    uint32_t decoded;    /* first row of the codes */
    uint32_t first, end; /* rows that are delivered */
};

/* The packet of a picture. */
struct jpeg_parts {
    uint32_t count;
    struct jpeg_part parts[JPEG_MAX_PARTS];
};

/* Make the whole picture one part. */
void jpeg_parts_join(const struct jpeg_header *header, struct jpeg_parts *parts);
/* Find parts, which reads the file to the end of the picture. The result is one part if the picture is small, or if its restarts
 * are not those that the header states. Returns MIM_OK, or the status of a call of the host. */
int32_t jpeg_parts_find(struct mim_job *job, const struct jpeg_header *header, struct jpeg_parts *parts);

#endif
