/* SPDX-License-Identifier: MIT */
/* The plugin's operations called as the core calls them. */
#ifndef MIM_PNG_TESTS_SESSION_H
#define MIM_PNG_TESTS_SESSION_H

#include "host.h"

#include "read/reader-state.h"
#include "read/reader.h"
#include "write/writer-state.h"
#include "write/writer.h"

/** A file being read; frames are not composed. */
struct reading {
    struct mim_job job;
    struct pngx_reader state;
    struct pngx_worker worker;
    struct mim_sequence sequence;
    struct mim_frame_info info; /**< of the last frame */
    uint8_t *pixels;            /**< of it, packed; the session's */
};

/** desk->source is the file. Options may be set in `state` between these two. */
void reading_begin(struct reading *reading, struct test_host *host);
int32_t reading_open(struct reading *reading);
int32_t reading_frame(struct reading *reading, uint64_t index);
void reading_end(struct reading *reading);

/** Open, read all frames up to the end and all metadata, close. MIM_OK when all went well. */
int32_t read_all(struct test_host *host, uint64_t *frames);

/** Write frames of one shape, packed, into desk->sink. `set` fills options in; NULL: the defaults. */
struct animation {
    uint32_t width, height, channels, count;
    int32_t sample;
    const uint8_t *frames;
    void (*set)(struct pngx_writer *);
    const struct mim_writer_ops *ops;
};
int32_t write_animation(struct test_host *host, const struct animation *animation);

/** A file of `count` frames, each another, as desk->source; the caller frees desk->source.data. */
void make_file(struct test_host *host, uint32_t count);

#endif
