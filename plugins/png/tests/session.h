/* SPDX-License-Identifier: MIT */
/* Reads and writes files through the plugin's operations, called in the order of the core. */
#ifndef MIM_PNG_TESTS_SESSION_H
#define MIM_PNG_TESTS_SESSION_H

#include <mim/kit/test-case.h>
#include <mim/kit/test-ops.h>

#include "read/reader-state.h"
#include "read/reader.h"
#include "write/writer-state.h"
#include "write/writer.h"

/* A file that is being read, without composing frames. */
struct reading {
    struct mim_job job;
    struct pngx_reader state;
    struct pngx_worker worker;
    struct mim_sequence sequence;
    struct mim_frame_info info; /* of the last frame */
    uint8_t *pixels;            /* of the last frame, packed; owned by the session */
};

/* The file is host->source. Options may be set in `state` between begin and open. */
void reading_begin(struct reading *reading, struct mim_test_host *host);
int32_t reading_open(struct reading *reading);
int32_t reading_frame(struct reading *reading, uint64_t index);
void reading_end(struct reading *reading);

/* Open a file, read all frames and metadata, and close it. Returns the first error. */
int32_t read_all(struct mim_test_host *host, uint64_t *frames);

/* Write packed frames of one shape to host->sink. `set` sets options; NULL: the defaults. */
struct animation {
    uint32_t width, height, channels, count;
    int32_t sample;
    uint32_t timing; /* MIM_TIMING_* */
    const uint8_t *frames;
    void (*set)(struct pngx_writer *);
    const struct mim_writer_ops *ops;
};
int32_t write_animation(struct mim_test_host *host, const struct animation *animation);

/* Make a file of `count` different frames as host->source; the caller frees host->source.data. */
void make_file(struct mim_test_host *host, uint32_t count);

#endif
