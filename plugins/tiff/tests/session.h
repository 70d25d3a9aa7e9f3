/* SPDX-License-Identifier: MIT */
/* Reads or writes a file with the plugin's operations, in the order of plugin.h, and makes small files to read. */
#ifndef MIM_TIFF_TESTS_SESSION_H
#define MIM_TIFF_TESTS_SESSION_H

#include <mim/kit/test-case.h>
#include <mim/kit/test-ops.h>

#include "file/sample.h"
#include "read/reader.h"
#include "read/worker.h"
#include "write/codec-table.h"
#include "write/encode.h"
#include "write/state.h"
#include "write/writer.h"

/* One tag of a file to be made. Values that do not fit into the entry are in `data`, in the byte order of the machine. */
struct field {
    uint16_t tag, type;
    uint32_t count, value;
    const void *data;
};

/* Append a number in the byte order of the file. */
void put_number(struct mim_test_bytes *bytes, uint64_t value, unsigned size, int is_big_endian);

/* A little-endian classic TIFF of one page: directory at 8, then the values, then `pixels`. Returns the offset of
 * these, which becomes the value of StripOffsets unless the tag has `data`. */
uint64_t make_page(struct mim_test_bytes *file, const struct field *fields, unsigned count, const void *pixels, uint64_t size);

struct reading {
    struct mim_test_host host;
    struct mim_job serial, worker;
    struct mim_sequence sequence;
    struct mim_frame_info info;
    struct mim_raster raster; /* of the last frame; packed, owned */
};

/* Set the options after this and before reading_open. */
void reading_begin(struct reading *reading, const void *data, uint64_t size);
int32_t reading_open(struct reading *reading);
/* Prepare, decode all parts from the last to the first, release. */
int32_t reading_frame(struct reading *reading, uint64_t index);
int32_t reading_metadata(struct reading *reading);
void reading_end(struct reading *reading);

struct writing {
    struct mim_test_host host;
    struct mim_job serial, worker;
    struct mim_frame_info info; /* as accepted */
    uint64_t index;
};

void writing_begin(struct writing *writing);
int32_t writing_open(struct writing *writing, uint64_t count, const struct mim_raster *first);
int32_t writing_frame(struct writing *writing, const struct mim_raster *frame);
int32_t writing_finish(struct writing *writing);
void writing_end(struct writing *writing);

#endif
