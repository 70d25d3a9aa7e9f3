/* SPDX-License-Identifier: MIT */
/* Sessions that write a video to the test host's sink. */
#ifndef VIDEO_TESTS_SESSION_H
#define VIDEO_TESTS_SESSION_H

#include <mim/kit/test-case.h>
#include <mim/kit/test-ops.h>

#include "write/write.h"

/* A session: writes frames of a moving pattern with these options. */
struct session {
    enum video_format format;
    uint32_t width, height, channels;
    int32_t sample;
    uint32_t frames;
    const char *codec, *bitrate;
    double crf; /* 0: not given */
    bool is_abandoned;
    uint64_t fail_allocation, fail_emit, fail_patch, fail_poll; /* fail from the n-th call on; 0: never */
};

/* Returns the status of the first op that failed, and checks that the writer released all memory. The host, which this
 * sets up and the caller clears, has the output. */
int32_t session_run(struct mim_test_host *host, const struct session *session);

#endif
