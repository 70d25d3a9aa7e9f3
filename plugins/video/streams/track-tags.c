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

/* Pairs of codes of ISO 639-2 for one language. */
static const char *const pairs[][2] = {
    { "alb", "sqi" }, { "arm", "hye" }, { "baq", "eus" }, { "bur", "mya" }, { "chi", "zho" }, { "cze", "ces" }, { "dut", "nld" },
    { "fre", "fra" }, { "geo", "kat" }, { "ger", "deu" }, { "gre", "ell" }, { "ice", "isl" }, { "mac", "mkd" }, { "may", "msa" },
    { "per", "fas" }, { "rum", "ron" }, { "slo", "slk" }, { "tib", "bod" }, { "wel", "cym" },
};

/* The other code of a language, or the same one. */
static const char *
other_code(const char *language)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (int k = 0; k < 2; k++)
            if (!strcmp(pairs[i][k], language))
                return pairs[i][!k];
    return language;
}

/* The language as the container stores it, or NULL. */
static const char *
held_language(const struct video_target *target, const char *language)
{
    bool is_code = strlen(language) == 3 && strspn(language, "abcdefghijklmnopqrstuvwxyz") == 3;
    switch (target->languages) {
    case VIDEO_LANGUAGES_ANY:
        return language;
    case VIDEO_LANGUAGES_CODES:
        return is_code ? language : NULL;
    case VIDEO_LANGUAGES_QUICKTIME:
        language = video_lists(quicktime, language) ? language : other_code(language);
        return is_code && video_lists(quicktime, language) ? language : NULL;
    default:
        return NULL;
    }
}

static const char *
held_title(const struct video_target *target, const char *title)
{
    return target->has_track_titles ? title : NULL;
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
        const char *(*held)(const struct video_target *, const char *value);
    } tags[] = { { "language", held_language }, { "title", held_title } };

    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        const AVDictionaryEntry *tag = av_dict_get(from, tags[i].name, NULL, 0);
        if (!tag || !*tag->value || !strcmp(tag->value, "und"))
            continue;
        const char *held = tags[i].held(target, tag->value);
        int32_t status = held ? MIM_OK : report_lost(mux, tag->key, tag->value);
        if (status != MIM_OK)
            return status;
        if (held && av_dict_set(&to->metadata, tags[i].name, held, 0) < 0)
            return mux->job->host->fail(mux->job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a tag");
    }
    return MIM_OK;
}
