/* SPDX-License-Identifier: MIT */
/* Frames to write: a few colours in large squares, which every format can store. */
#ifndef MIM_TOOL_CHECK_PATTERN_H
#define MIM_TOOL_CHECK_PATTERN_H

#include <mim/mim.h>

#include "check.h"

enum { PATTERN_WIDTH = 48, PATTERN_HEIGHT = 32, PATTERN_FRAMES = 4, PATTERN_RATE = 25 };
#define PATTERN_WIDTH_TEXT "48"
#define PATTERN_HEIGHT_TEXT "32"

/* How to write. Zeroed: on one thread, equal durations, a whole file. */
struct pattern_setup {
    bool is_uneven;                /* durations differ */
    unsigned threads;
    uint64_t max_frames;           /* abandon the file after this many; 0: finish it */
    struct mim_cancel *cancel;
    const struct mim_plugin *code; /* linked instead of the module */
};

/* Duration of frame i in ticks of 1 / PATTERN_RATE. */
int64_t pattern_duration(uint64_t i, bool is_uneven);
/* Make frame i; the caller clears it. Fails the trial without memory. */
void pattern_frame(struct mim_frame *frame, uint64_t i, bool is_uneven);

/* Write the pattern as a file of trial->format. The caller frees `data` with mim_free(). */
enum mim_status pattern_write(const struct check_trial *trial, const struct pattern_setup *setup, void **data, size_t *size,
                              struct mim_error *err);

#endif
