/* SPDX-License-Identifier: MIT */
/* Which encoder: the caller's word, or the container's preferences and what is built in. */
#include "write/encoder-find.h"

#include <stdio.h>
#include <string.h>

/* What could be asked for instead. */
static void
list_encoders(const struct video_target *target, const AVOutputFormat *format, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (size_t i = 0; video_known_encoders[i] && used < size; i++) {
        const AVCodec *codec = avcodec_find_encoder_by_name(video_known_encoders[i]);
        if (codec && video_target_holds(target, format, codec->id))
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "", codec->name);
    }
}

/* An encoder's name, else a codec's: of one with several encoders the one that is preferred. */
static const AVCodec *
find_named(const char *name)
{
    const AVCodec *codec = avcodec_find_encoder_by_name(name);
    const AVCodecDescriptor *descriptor = codec ? NULL : avcodec_descriptor_get_by_name(name);

    for (size_t i = 0; descriptor && !codec && video_known_encoders[i]; i++) {
        codec = avcodec_find_encoder_by_name(video_known_encoders[i]);
        if (codec && codec->id != descriptor->id)
            codec = NULL;
    }
    if (descriptor && !codec)
        codec = avcodec_find_encoder(descriptor->id);
    return codec && codec->type == AVMEDIA_TYPE_VIDEO ? codec : NULL;
}

int32_t
video_encoder_find(struct mim_job *job, const char *name, const struct video_target *target,
                   const AVOutputFormat *format, const AVCodec **codec)
{
    char list[300];

    *codec = name ? find_named(name) : video_first_encoder(target->encoders, NULL, NULL);
    if (*codec && (!name || video_target_holds(target, format, (*codec)->id)))
        return MIM_OK;
    list_encoders(target, format, list, sizeof list);
    if (!name)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN,
                               "FFmpeg has none of the encoders %s; codec can be one of: %s", target->encoders, list);
    return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "codec '%.40s' %s; here are: %s", name,
                           *codec ? "does not go into this container" : "is no video encoder of this FFmpeg", list);
}
