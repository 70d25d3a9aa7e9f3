/* SPDX-License-Identifier: MIT */
/* The encoder: which one, how it is set up, pictures in, packets out. */
#ifndef MIM_VIDEO_ENCODER_H
#define MIM_VIDEO_ENCODER_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "ffmpeg/log.h"
#include "ffmpeg/targets.h"
#include "write/frame-timing.h"
#include "write/picture.h"

/* What the caller wishes, as options. */
struct video_encoder_settings {
    const char *codec, *bitrate, *preset, *pixel_format;
    double quality, crf; /* below 0: not given */
    int64_t gop;         /* below 0: not given */
    int64_t macro_block_size;
    struct mim_pairs options;
};

/* How an encoder is told how good pictures shall be. */
enum video_rating { VIDEO_RATE_QSCALE, VIDEO_RATE_CRF, VIDEO_RATE_UP, VIDEO_RATE_BITS, VIDEO_RATE_LOSSLESS };

struct video_encoder_facts {
    const char *name;
    enum video_rating rate;
    bool takes_ticks;           /* times of any base; others count frames */
    bool has_rates;             /* only those of MPEG */
    bool has_fractions;         /* and simple fractions of them */
    bool has_no_gray;           /* though it says so: what comes back is not what went in */
    const char *required;       /* that it needs to behave, as KEY=VALUE:KEY=VALUE, or NULL */
    const char *required_small; /* instead, for pictures that are a few pixels wide or high */
    const char *params; /* an option of the encoder's that the settings are added to, after the caller's; or NULL */
    const char *presets, *tunes,
        *profiles; /* to choose from, when the encoder checks them too late to say so, or prints by itself */
};

struct video_encoder {
    const AVCodec *codec;
    struct video_encoder_facts facts;
    AVCodecContext *context;
    struct video_layout layout;
    AVRational rate;             /* that it is told */
    struct video_entry *entries; /* of frames inside, in order: a ring */
    uint64_t entry_capacity, entry_first, entry_count;
    uint64_t sent;
};

/* encoder-table.c. A list ended as each kind is; NULL: anything. */
enum video_support { VIDEO_SUPPORT_PIXELS, VIDEO_SUPPORT_SAMPLES, VIDEO_SUPPORT_RATES, VIDEO_SUPPORT_LAYOUTS };
const void *video_encoder_supports(const AVCodec *codec, enum video_support what);
void video_encoder_learn(const AVCodec *codec, struct video_encoder_facts *facts);
/* encoder-find.c: by the caller's word, else by the target's preferences. */
int32_t video_encoder_find(struct mim_job *job, const char *name, const struct video_target *target,
                           const AVOutputFormat *format, const AVCodec **codec);
/* encoder-format.c */
int32_t video_encoder_choose_format(struct mim_job *job, const struct video_encoder *encoder, const char *requested,
                                    bool container_holds_alpha, const struct mim_frame_info *first,
                                    struct video_layout *layout);
/* encoder-rate.c: quality, speed and the encoder's own settings. */
int32_t video_encoder_set_up(struct mim_job *job, const struct video_encoder *encoder,
                             const struct video_encoder_settings *settings, AVCodecContext *context);

/* encoder.c. `log` goes to the encoder's opaque. */
struct video_encoder_setup {
    const struct video_encoder_settings *settings;
    const struct video_target *target;
    const AVOutputFormat *format;
    const struct video_frame_timing *timing;
    const struct mim_frame_info *first;
    struct video_log *log;
};

int32_t video_encoder_open(struct mim_job *job, struct video_encoder *encoder, const struct video_encoder_setup *setup);
/* The picture that is shown at `time`; NULL: it was the last. MIM_OK when it is taken. The frame's buffer may stay inside. */
int32_t video_encoder_send(struct mim_job *job, struct video_encoder *encoder, AVFrame *frame,
                           const struct video_time *time);
/* MIM_END: there is nothing yet, or nothing more. Times are in ticks of the clock. */
int32_t video_encoder_receive(struct mim_job *job, struct video_encoder *encoder, AVPacket *packet);
void video_encoder_close(struct mim_job *job, struct video_encoder *encoder);

#endif
