/* SPDX-License-Identifier: MIT */
/* A host with a sink in memory, and writing sessions on it. */
#ifndef VIDEO_TESTS_SINK_H
#define VIDEO_TESTS_SINK_H

#include "write/write.h"
#include "host.h"

struct sink {
    struct host host; /* first: the job's core */
    struct mim_host functions;
    uint8_t *bytes;
    uint64_t size, capacity;
    uint64_t fail_write, writes; /* fail from the n-th write on; 0: never */
};

void sink_init(struct sink *sink, void *state);
void sink_free(struct sink *sink);

/* A session: writes frames of a moving pattern with these options. */
struct session {
    enum video_format format;
    uint32_t width, height, channels;
    int32_t sample;
    uint32_t frames;
    struct mim_rational fps;
    const char *codec, *bitrate;
    double crf; /* 0: not given */
    bool is_abandoned;
    uint64_t fail_allocation, fail_write, fail_poll;
};

/* Returns the status of the first op that failed, and checks that the writer released all memory. The sink keeps the
 * output. */
int32_t session_run(struct sink *sink, const struct session *session);

#endif
