/* SPDX-License-Identifier: MIT */
/* Reading a sample through libmim, in many ways that must all give the same frames. */
#ifndef MIM_TOOL_CHECK_READING_H
#define MIM_TOOL_CHECK_READING_H

#include <mim/mim.h>

#include "check.h"

/* How to get the bytes. */
enum reading_source { FROM_MEMORY, FROM_CALLS, FROM_SINGLE_BYTES, FROM_STREAM };

#define READ_NONE UINT64_MAX

/* How to read. Zeroed: all frames, forwards, from memory, on one thread. */
struct reading_setup {
    const uint8_t *data;           /* NULL: the sample's */
    size_t size;
    enum reading_source source;
    uint64_t fail_at;              /* FROM_CALLS: this read and later ones fail; 0: none */
    unsigned threads;
    bool is_counted;               /* count the frames first */
    bool is_backwards;
    uint32_t channels;             /* convert to this many; 0: keep them */
    uint64_t max_frames;           /* close the reader after this many, or READ_NONE; 0: all */
    uint64_t working_bytes;
    struct mim_cancel *cancel;
    const struct mim_plugin *code; /* linked instead of the module */
};

/* A frame, without its pixels. */
struct picture {
    uint32_t width, height, channels;
    enum mim_sample sample;
    int64_t pts, duration;
    struct mim_rational time_base;
    uint64_t hash;
};

/* The frames that were delivered, and how the reading ended. */
struct reading {
    enum mim_status status; /* MIM_OK: after the last frame */
    struct mim_error err;
    struct picture *pictures;
    size_t count;
    uint64_t notices;       /* and damaged frames */
    uint64_t reads;         /* FROM_CALLS: calls of the source */
};

/* A context with the plugin of the subject only. Fails the trial if there is none. */
struct mim_context *reading_context(const struct check_subject *subject, unsigned threads);
/* The same with `code` linked instead of the module, unless it is NULL. */
struct mim_context *reading_context_of(const struct check_subject *subject, const struct mim_plugin *code, unsigned threads);

/* The options that the format needs, as those of the written samples; NULL: none. */
struct mim_options *reading_options(const struct check_trial *trial, struct mim_context *context);

void reading_run(const struct check_trial *trial, const struct reading_setup *setup, struct reading *reading);
void reading_clear(struct reading *reading);

/* Read the whole sample in the plain way, which must succeed, else the trial fails. */
void reading_run_plain(const struct check_trial *trial, struct reading *reading);

/* Fail the trial unless both have the same frames. `how` names the second. */
void reading_expect_same(const struct reading *plain, const struct reading *other, const char *how);

/* Take the facts of a frame, and a hash of its pixels. */
struct picture picture_of(const struct mim_frame *frame);

#endif
