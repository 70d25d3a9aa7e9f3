/* SPDX-License-Identifier: MIT */
/* The index of a stream, and passes over the file that complete it. */
#ifndef MIM_VIDEO_SCAN_H
#define MIM_VIDEO_SCAN_H

#include "read/decoder.h"

struct video_scan {
    struct mim_job *job;
    struct video_demux_setup setup; /* for every pass */
    struct video_index index;
    int threads;
    enum AVCodecID codec;
    bool has_fields;  /* possibly a packet for each field */
    bool is_verified; /* suspicious decoding was repeated */
    bool may_use_table; /* instead of reading all packets; false after one attempt */
};

/* Note the codec of a stream. */
void video_scan_set_stream(struct video_scan *scan, const AVStream *stream);
/* Complete the index, from timestamps or by decoding. MIM_OK also for a damaged file. */
int32_t video_scan_run(struct video_scan *scan);
/* The same, but the container's table is enough if it may be used, is credible and has picture `number`. A reader of
 * packets that contradict it calls video_scan_run(). */
int32_t video_scan_for(struct video_scan *scan, uint64_t number);
/* Forget all pictures and learn them anew by decoding the whole stream. */
int32_t video_scan_decode(struct video_scan *scan);
/* Add picture `number`, which the decoder returned. */
int32_t video_scan_learn(struct video_scan *scan, const AVStream *stream, uint64_t number,
                         const struct video_decoded *decoded);
/* Duration of a picture according to its packet, or else to the stream's rate. */
int64_t video_scan_duration(const struct video_scan *scan, const AVStream *stream, uint64_t number);
/* Fail because two runs decoded different pictures. */
int32_t video_scan_lost(const struct video_scan *scan);
/* MIM_OK, or the error of a damaged file, or of a decoder without memory. */
int32_t video_scan_verdict(struct video_scan *scan);

#endif
