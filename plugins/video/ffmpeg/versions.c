/* SPDX-License-Identifier: MIT */
/* Asks the loaded libraries. FFmpeg does not report those that it is linked to, so their symbols are looked up. */
#include "ffmpeg/versions.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

typedef const char *get_text(void);

static const struct {
    const char *name;
    unsigned (*version)(void);
} own[] = {
    { "libavcodec", avcodec_version },       { "libavformat", avformat_version }, { "libavutil", avutil_version },
    { "libswresample", swresample_version }, { "libswscale", swscale_version },
};

static const struct {
    const char *name, *symbol;
    bool is_variable; /* else a function that returns the text */
} encoders[] = {
    { "libx265", "x265_version_str", true },
    { "libvpx", "vpx_codec_version_str", false },
    { "libaom", "aom_codec_version_str", false },
    { "libsvtav1", "svt_av1_get_version", false },
    { "librav1e", "rav1e_version_short", false },
    { "libtheora", "theora_version_string", false },
    { "libvorbis", "vorbis_version_string", false },
    { "libopus", "opus_get_version_string", false },
    { "libmp3lame", "get_lame_version", false },
};

struct list {
    char *text;
    size_t size, used;
};

static void
add_version(struct list *list, const char *name, const char *version)
{
    if (list->used < list->size)
        list->used += (size_t)snprintf(list->text + list->used, list->size - list->used, "%s%s %s",
                                       list->used ? ", " : "", name, version);
}

/* The name of one of x264's functions ends with its version. */
static void
add_x264(struct list *list)
{
    char name[32];
    for (int build = 100; build < 300; build++) {
        snprintf(name, sizeof name, "x264_encoder_open_%d", build);
        if (dlsym(RTLD_DEFAULT, name))
            add_version(list, "libx264", strrchr(name, '_') + 1);
    }
}

/* Some texts begin with the name of the library, or with "v". */
static void
add_encoder(struct list *list, size_t i)
{
    void *symbol = dlsym(RTLD_DEFAULT, encoders[i].symbol);
    get_text *function;
    if (!symbol)
        return;
    memcpy(&function, &symbol, sizeof function);
    const char *text = encoders[i].is_variable ? *(const char **)symbol : function();
    const char *number = text ? strpbrk(text, "0123456789") : NULL;
    if (number)
        add_version(list, encoders[i].name, number);
}

void
video_list_versions(char *text, size_t size)
{
    struct list list = { text, size, 0 };
    char number[40];

    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        unsigned version = own[i].version();
        snprintf(number, sizeof number, "%u.%u.%u", AV_VERSION_MAJOR(version), AV_VERSION_MINOR(version),
                 AV_VERSION_MICRO(version));
        add_version(&list, own[i].name, number);
    }
    add_x264(&list);
    for (size_t i = 0; i < sizeof encoders / sizeof *encoders; i++)
        add_encoder(&list, i);
}
