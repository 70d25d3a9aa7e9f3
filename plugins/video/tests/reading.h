/* SPDX-License-Identifier: MIT */
/* Reads frames of clips in memory with the reader's operations. */
#ifndef VIDEO_TESTS_READING_H
#define VIDEO_TESTS_READING_H

#include <mim/kit/test-case.h>
#include <mim/kit/test-host.h>

#include "read/read.h"
#include "read/reader.h"
#include "clip.h"

enum { WIDTH = 48, HEIGHT = 32 }; /* of all clips */

struct reading {
    struct mim_test_host host;
    struct mim_job job;
    struct video_reader state;
    struct video_scaler scaler;
    struct mim_sequence sequence;
    const struct mim_reader_ops *ops;
    uint64_t sum; /* hash of the frame that was read last */
    int64_t pts, duration;
};

/* Set the host's switches between init and start. */
void reading_init(struct reading *reading, const struct clip *clip, enum video_format format);
int32_t reading_start(struct reading *reading);
int32_t reading_open(struct reading *reading, const struct clip *clip, enum video_format format);
/* Read frame `index` into the fields of the reading. */
int32_t reading_frame(struct reading *reading, uint64_t index);
/* Checks that the reader released all memory. */
void reading_close(struct reading *reading);

#endif
