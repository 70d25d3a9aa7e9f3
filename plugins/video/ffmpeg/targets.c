/* SPDX-License-Identifier: MIT */
/* The table of containers as targets of writing. */
#include "ffmpeg/targets.h"

#include <stdio.h>
#include <string.h>

#define H264 "libx264 libopenh264 "
#define MP4_TAGS \
    "title artist album album_artist comment composer copyright date description disc episode_id genre grouping keywords " \
    "location lyrics network synopsis show track creation_time"
#define MOV_TAGS "title artist album comment copyright date genre location make model creation_time"

#define ASPECT VIDEO_STATES_ASPECT
#define COLOUR (VIDEO_STATES_ASPECT | VIDEO_STATES_COLOUR | VIDEO_STATES_LIGHT)

const struct video_target video_targets[VIDEO_WRITTEN_COUNT] = {
    [VIDEO_mp4] = { H264 "mpeg4", "movflags=+faststart", MP4_TAGS, .languages = VIDEO_LANGUAGES_CODES, .sounds = "aac libmp3lame", .refused = "flac", .texts = "mov_text",
                    .states = COLOUR, .has_chapters = true, .has_many_sounds = true, .has_many_videos = true },
    [VIDEO_mov] = { H264 "mpeg4", "movflags=+faststart", MOV_TAGS, .merged = "description",
                    .languages = VIDEO_LANGUAGES_QUICKTIME, .sounds = "aac pcm_s16le", .refused = "flac opus vp8 vp9 av1", .texts = "mov_text", .states = COLOUR, .has_chapters = true,
                    .has_many_sounds = true, .has_many_videos = true },
    [VIDEO_3gp] = { H264 "mpeg4", "movflags=+faststart",
                    "title artist album comment copyright genre creation_time", .merged = "description", .sounds = "aac",
                    .languages = VIDEO_LANGUAGES_CODES, .states = ASPECT },
    [VIDEO_mkv] = { H264 "libvpx-vp9 mpeg4", NULL, "*", .languages = VIDEO_LANGUAGES_ANY, .has_track_titles = true,
                    .sounds = "libopus libvorbis aac flac", .texts = "srt",
                    .timing = VIDEO_TIMING_RATED, .states = COLOUR, .holds_alpha = true, .has_chapters = true,
                    .has_many_sounds = true, .has_many_videos = true, .has_attachments = true },
    [VIDEO_webm] = { "libvpx-vp9 libvpx libaom-av1 libsvtav1 librav1e", NULL, "*", .languages = VIDEO_LANGUAGES_ANY,
                     .has_track_titles = true, .sounds = "libopus libvorbis", .texts = "webvtt",
                     .timing = VIDEO_TIMING_RATED, .states = COLOUR, .holds_alpha = true, .has_chapters = true,
                     .has_many_sounds = true, .has_many_videos = true },
    [VIDEO_avi] = { "mpeg4 mjpeg", NULL, "title artist album comment copyright date genre language track",
                    .sounds = "libmp3lame ac3 mp2 pcm_s16le", .timing = VIDEO_TIMING_GRID, .states = ASPECT, .has_track_titles = true,
                    .has_many_sounds = true, .has_many_videos = true, .has_no_delay = true },
    [VIDEO_mpeg] = { "mpeg2video mpeg1video", .sounds = "mp2 ac3", .others = "mpeg1video mpeg2video mp2 mp3 ac3" },
    [VIDEO_ts] = { H264 "mpeg2video", .sounds = "aac mp2 ac3",
                   .others = "mpeg1video mpeg2video mpeg4 h264 hevc aac mp2 mp3 ac3 eac3 opus",
                   .languages = VIDEO_LANGUAGES_CODES, .has_many_sounds = true },
    [VIDEO_wmv] = { "wmv2 msmpeg4", NULL, "*", .merged = "description author", .languages = VIDEO_LANGUAGES_CODES,
                    .sounds = "wmav2 libmp3lame", .timing = VIDEO_TIMING_RATED, .states = ASPECT },
    [VIDEO_flv] = { H264 "flv", NULL, "*", .sounds = "aac libmp3lame", .refused = "mpeg4 h263",
                   .simple_sounds = "mp3 pcm_u8 pcm_s16le adpcm_swf", .timing = VIDEO_TIMING_RATED },
    [VIDEO_ogv] = { "libtheora libvpx", NULL, "*", .merged = "description", .languages = VIDEO_LANGUAGES_ANY,
                    .has_track_titles = true, .sounds = "libvorbis libopus flac",
                    .others = "theora vp8 vorbis opus flac speex", .states = ASPECT },
    [VIDEO_mjpeg] = { "mjpeg", .is_elementary = true },
    [VIDEO_h264] = { H264, .is_elementary = true },
    [VIDEO_hevc] = { "libx265", .is_elementary = true },
};

unsigned
video_encoder_states(const AVCodec *encoder)
{
    switch (encoder->id) {
    case AV_CODEC_ID_HEVC: /* only x265 takes the metadata of HDR10 */
        return VIDEO_STATES_ASPECT | VIDEO_STATES_COLOUR | (strcmp(encoder->name, "libx265") ? 0 : VIDEO_STATES_LIGHT);
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_MPEG2VIDEO:
        return VIDEO_STATES_ASPECT | VIDEO_STATES_COLOUR;
    case AV_CODEC_ID_AV1:
        return VIDEO_STATES_COLOUR;
    case AV_CODEC_ID_MPEG4:
    case AV_CODEC_ID_MJPEG:
    case AV_CODEC_ID_THEORA:
        return VIDEO_STATES_ASPECT;
    default:
        return 0;
    }
}

const char *const video_known_encoders[] = {
    "libx264",   "libx264rgb", "libopenh264", "libx265", "libvpx-vp9", "libvpx",     "libaom-av1",
    "libsvtav1", "librav1e",   "mpeg4",       "libxvid", "mpeg2video", "mpeg1video", "mjpeg",
    "ffv1",      "huffyuv",    "ffvhuff",     "utvideo", "png",        "qtrle",      "prores_ks",
    "libtheora", "wmv2",       "msmpeg4",     "flv",     "h263",       NULL,
};

bool
video_lists(const char *names, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = names; at && size && (at = strcasestr(at, name)); at += size)
        if ((at == names || at[-1] == ' ') && (!at[size] || at[size] == ' '))
            return true;
    return false;
}

bool
video_target_holds(const struct video_target *target, const AVOutputFormat *format, enum AVCodecID codec)
{
    const char *name = avcodec_get_name(codec);
    if (codec == AV_CODEC_ID_RAWVIDEO || video_lists(target->refused, name))
        return false; /* muxers write raw pictures of odd widths in layouts that no demuxer reads */
    return avformat_query_codec(format, codec, FF_COMPLIANCE_NORMAL) == 1 || video_lists(target->others, name);
}

/* FLV has bits for three rates and for stereo; MP3 states its own rate. */
static bool
is_simple(const AVCodecParameters *sound)
{
    int rate = sound->sample_rate;
    bool is_held = rate == 11025 || rate == 22050 || rate == 44100 || (rate == 48000 && sound->codec_id == AV_CODEC_ID_MP3);
    return is_held && sound->ch_layout.nb_channels <= 2;
}

bool
video_target_holds_sound(const struct video_target *target, const AVOutputFormat *format,
                         const AVCodecParameters *sound)
{
    bool may_be_any = !video_lists(target->simple_sounds, avcodec_get_name(sound->codec_id));
    return video_target_holds(target, format, sound->codec_id) && (may_be_any || is_simple(sound));
}

const AVCodec *
video_first_encoder(const char *names, const struct video_target *target, const AVOutputFormat *format)
{
    char name[64];
    while (names && *names) {
        size_t size = strcspn(names, " ");
        snprintf(name, sizeof name, "%.*s", (int)size, names);
        const AVCodec *codec = avcodec_find_encoder_by_name(name);
        if (codec && (!target || video_target_holds(target, format, codec->id)))
            return codec;
        names += size;
        names += strspn(names, " ");
    }
    return NULL;
}
