/* SPDX-License-Identifier: MIT */
/* Finds an encoder by name, by codec or by the container's preferences. */
#include "write/encoder-find.h"

#include <stdio.h>
#include <string.h>

/* List the known encoders whose codec the container can hold. */
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

/* By the name of an encoder, else of a codec, of whose encoders the preferred one is taken. */
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

const AVCodec *
video_encoder_lookup(const char *name, const struct video_target *target)
{
    return name ? find_named(name) : video_first_encoder(target->encoders, NULL, NULL);
}

int32_t
video_encoder_find(struct mim_job *job, const char *name, const struct video_target *target,
                   const AVOutputFormat *format, const AVCodec **codec)
{
    char list[300];

    *codec = video_encoder_lookup(name, target);
    if (*codec && (!name || video_target_holds(target, format, (*codec)->id)))
        return MIM_OK;
    list_encoders(target, format, list, sizeof list);
    if (!name)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN,
                               "this FFmpeg has none of the encoders %s; available: %s", target->encoders, list);
    return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "codec '%.40s' %s; available: %s", name,
                           *codec ? "cannot be stored in this container" : "is not a video encoder of this FFmpeg",
                           list);
}
