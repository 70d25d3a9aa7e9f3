/* SPDX-License-Identifier: MIT */
/* Muxers drop a language that they cannot store, without an error. */
#include "streams/track-tags.h"

#include <stdio.h>
#include <string.h>

/* The languages that FFmpeg writes as the codes of QuickTime. */
static const char quicktime[] =
    "alb amh ara arm asm aym aze baq bel ben bul bur cat ces chi dan dut dzo eng epo est fin fra geo ger gre grn guj heb hin "
    "hun ice ind ita jav jpn kan kas kaz khm kin kir kor kur lao lat lav lit mac mal mar may mlg mlt mon nep nor nya ori orm "
    "per pol por pus que ron run rus san sin slk slv smi snd som spa sve swa tam tat tel tgk tgl tha tib tir tuk tur uig ukr "
    "urd uzb vie wel yid";

static bool
holds_language(const struct video_target *target, const char *language)
{
    bool is_code = strlen(language) == 3 && strspn(language, "abcdefghijklmnopqrstuvwxyz") == 3;
    switch (target->languages) {
    case VIDEO_LANGUAGES_ANY:
        return true;
    case VIDEO_LANGUAGES_CODES:
        return is_code;
    case VIDEO_LANGUAGES_QUICKTIME:
        return is_code && video_lists(quicktime, language);
    default:
        return false;
    }
}

static bool
holds_title(const struct video_target *target, const char *title)
{
    (void)title;
    return target->has_track_titles;
}

static int32_t
report_lost(const struct video_mux *mux, const char *tag, const char *value)
{
    char text[160];
    snprintf(text, sizeof text, "the %s '%.60s' of a track is left out: %s cannot hold it", tag, value, mux->name);
    return mux->job->host->notice(mux->job, MIM_NOTICE_METADATA, text);
}

int32_t
video_track_tags_copy(const struct video_mux *mux, const struct video_target *target, AVStream *to, const AVDictionary *from)
{
    static const struct {
        const char *name;
        bool (*is_held)(const struct video_target *, const char *value);
    } tags[] = { { "language", holds_language }, { "title", holds_title } };

    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        const AVDictionaryEntry *tag = av_dict_get(from, tags[i].name, NULL, 0);
        if (!tag || !*tag->value || !strcmp(tag->value, "und"))
            continue;
        bool is_held = tags[i].is_held(target, tag->value);
        int32_t status = is_held ? MIM_OK : report_lost(mux, tag->key, tag->value);
        if (status != MIM_OK)
            return status;
        if (is_held && av_dict_set(&to->metadata, tags[i].name, tag->value, 0) < 0)
            return mux->job->host->fail(mux->job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a tag");
    }
    return MIM_OK;
}
