/* SPDX-License-Identifier: MIT */
/*
 * What packets leave in a decoder for those that follow: parameter sets and sequence headers, the encoder's version,
 * palettes. Recorded as packets are noted, so that a decoder that starts at a keyframe gets those of all packets before.
 */
#ifndef MIM_VIDEO_STREAM_HEADERS_H
#define MIM_VIDEO_STREAM_HEADERS_H

#include <mim/kit/array.h>

#include "read/header-units.h"

/* The header units of one kind in a packet, or a piece of side data. */
struct video_header {
    uint64_t packet, offset; /* of its bytes */
    uint32_t size;
    enum video_header_kind kind;
};

struct video_headers {
    struct video_header *items; /* in the order of packets */
    uint64_t count, capacity;
    struct mim_bytes bytes;
    bool is_incomplete;    /* decoding must start at the first packet */
    bool needs_one_thread; /* the threads of the decoder do not share a change of headers */
};

/* Record the headers of packet `number`, unless they repeat the previous ones. Returns MIM_OK or MIM_NOMEM. */
int32_t video_headers_note(struct video_headers *headers, struct mim_job *job, uint64_t number, const AVPacket *packet,
                           const AVCodecParameters *parameters);
/* The number of changes up to packet `number`: a decoder past more of them is not in the state of that packet. */
uint64_t video_headers_changes(const struct video_headers *headers, uint64_t number);
/* Put the headers of all earlier packets before the content of packet `number`, and the side data in force beside it.
 * Returns MIM_OK, MIM_NOMEM, or MIM_CORRUPT if the packet cannot begin with them. */
int32_t video_headers_apply(const struct video_headers *headers, uint64_t number, AVPacket *packet,
                            const AVCodecParameters *parameters);
void video_headers_close(struct video_headers *headers, struct mim_job *job);

#endif
