/* SPDX-License-Identifier: MIT */
/* Properties of all pictures that the codec or the container states: the aspect of samples, and how displays show colours. */
#ifndef MIM_VIDEO_PROPERTIES_H
#define MIM_VIDEO_PROPERTIES_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/mastering_display_metadata.h>

#include <mim/plugin.h>

#include "ffmpeg/targets.h"

struct video_properties {
    AVRational aspect; /* 0/0: square */
    enum AVColorTransferCharacteristic transfer;
    enum AVColorPrimaries primaries; /* both 0: not given */
    bool has_display, has_light;
    AVMasteringDisplayMetadata display;
    AVContentLightMetadata light;
};

/* Is the key a property, which never becomes a tag? */
bool video_is_property(const char *key);
/* Retain a property. Returns MIM_UNSUPPORTED if neither the target nor the encoder states it. */
int32_t video_properties_set(struct video_properties *properties, const struct video_target *target, const AVCodec *encoder,
                             const char *key, int32_t type, const void *value, uint64_t size);
AVRational video_properties_aspect(const struct video_properties *properties);
/* The metadata of HDR10 as x265 takes them: "" if there are none. Free it with av_free(); NULL: out of memory. */
char *video_properties_light(const struct video_properties *properties);
/* Does the codec round the aspect in a container that does not state it? */
bool video_properties_round_aspect(const struct video_properties *properties, const struct video_target *target,
                                   const AVCodecContext *context);
/* Returns false if out of memory. */
bool video_properties_stream(const struct video_properties *properties, AVStream *stream);

#endif
