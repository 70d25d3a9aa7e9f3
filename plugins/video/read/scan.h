/* SPDX-License-Identifier: MIT */
/* The packets and pictures of a stream, and passes that learn all of them. */
#ifndef MIM_VIDEO_SCAN_H
#define MIM_VIDEO_SCAN_H

#include "read/decoder.h"

struct video_scan {
    struct mim_job *job;
    struct video_demux_setup setup; /* of every pass */
    struct video_index index;
    int threads;
};

/* Learn all pictures, from timestamps or by decoding; `stream` is that of an open pass. MIM_OK also for a damaged file. */
int32_t video_scan_run(struct video_scan *scan, const AVStream *stream);
/* Forget the pictures and decode the whole stream. */
int32_t video_scan_decode(struct video_scan *scan);
/* Add picture `number`, which has come out of the decoder. */
int32_t video_scan_learn(struct video_scan *scan, const AVStream *stream, uint64_t number,
                         const struct video_decoded *decoded);
/* How long a picture lasts by its packet, or by the stream's rate. */
int64_t video_scan_duration(const struct video_scan *scan, const AVStream *stream, uint64_t number);
/* How the file ended: MIM_OK, or the error of a damaged one. */
int32_t video_scan_verdict(const struct video_scan *scan);

#endif
