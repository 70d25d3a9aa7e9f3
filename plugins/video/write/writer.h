/* SPDX-License-Identifier: MIT */
/* The state of a writer, and its operations for any format. */
#ifndef MIM_VIDEO_WRITER_H
#define MIM_VIDEO_WRITER_H

#include "ffmpeg/log.h"
#include "ffmpeg/mux.h"
#include "streams/streams.h"
#include "write/cadence.h"
#include "write/encoder.h"
#include "write/tags.h"

/* A frame between `accepts` and `put`. */
struct video_pending_frame {
    struct video_pending_frame *next;
    AVFrame *frame;
    int64_t reserved;
};

struct video_writer {
    struct video_encoder_settings settings; /* options */
    struct mim_pairs format_options;
    uint8_t background[4];

    const struct video_container *container;
    const struct video_target *target;
    struct video_log log;
    struct video_tags tags;
    struct video_properties properties;
    struct video_frame_timing timing;
    struct video_encoder encoder;
    struct video_pictures pictures;
    struct video_streams streams;
    struct video_mux mux;
    struct video_cadence cadence;
    AVPacket *retained[VIDEO_CADENCE_MAX]; /* packets that wait for the header */
    unsigned retained_count;
    int64_t retained_bytes;
    int64_t end; /* when the latest frame ends */
    AVStream *stream;
    AVPacket *packet;
    struct video_pending_frame *oldest, *newest, *idle;
};

struct video_write_frame {
    struct video_pending_frame *pending;
};

/* The ops of the plugin ABI, for the format `id`. `seeks`: the sink can be patched. */
int32_t video_writer_open(struct mim_job *job, struct mim_sequence *sequence, enum video_format id, bool seeks);
int32_t video_writer_metadata(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size,
                              enum video_format id);
int32_t video_writer_accepts(struct mim_job *job, uint64_t index, void *data, struct mim_frame_info *info);
int32_t video_writer_takes(struct mim_job *job, uint32_t number, const struct mim_offer *offer);
int32_t video_writer_encode(struct mim_job *job, void *data, const struct mim_frame_info *info, uint32_t part,
                            const struct mim_raster *raster, const struct mim_neighbours *beside);
int32_t video_writer_put(struct mim_job *job, void *data, const struct mim_frame_info *info,
                         const struct mim_coded *coded);
int32_t video_writer_finish(struct mim_job *job);
void video_writer_worker_close(struct mim_job *job);
void video_writer_close(struct mim_job *job);

#endif
