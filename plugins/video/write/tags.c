/* SPDX-License-Identifier: MIT */
/* Translates metadata to tags that the container knows. */
#include "write/tags.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <mim/kit/synonyms.h>

/* Synonyms. A key with the format's own name takes precedence, whatever the order. */
static const struct {
    const char *key, *tag;
    bool is_usual; /* of containers with a list of tags */
} other_words[] = {
    { "author", "artist", true },
    { "subject", "description", true },
    { "page_name", "title", true },
    { "description", "comment", false },
};

/* What these say of the samples would be a word that no player heeds. */
static const char of_samples[] = "resolution_unit range dynamic_hdr field_order";

static bool
holds_tag(const struct video_target *target, const char *tag)
{
    return target->tags && (*target->tags == '*' || video_lists(target->tags, tag));
}

/* The container's creation time needs a time zone; a time without one becomes a date. */
static const char *
time_tag(const char *text)
{
    const char *time_of_day = strchr(text, 'T');
    return time_of_day && strpbrk(time_of_day, "Z+-") ? "creation_time" : "date";
}

static int32_t
set_tag(struct mim_job *job, struct video_tags *tags, const char *tag, const char *text, bool replaces)
{
    uint64_t size = strlen(tag) + strlen(text) + 2;
    const AVDictionaryEntry *other = av_dict_get(tags->dictionary, tag, NULL, AV_DICT_MATCH_CASE);

    if (other && !strcmp(other->value, text))
        return MIM_OK;
    if (other && !replaces)
        return MIM_UNSUPPORTED;
    int32_t status = other ? mim_synonym_report_replaced(job, tag) : MIM_OK;
    if (status != MIM_OK)
        return status;
    if (job->host->reserve(job, (int64_t)size) != MIM_OK)
        return MIM_NOMEM;
    tags->reserved += size;
    return av_dict_set(&tags->dictionary, tag, text, AV_DICT_MATCH_CASE) < 0 ? MIM_NOMEM : MIM_OK;
}

/* The target's name of the key, or NULL. `is_own`: the name is not a synonym. */
static const char *
find_tag(const struct video_target *target, const char *key, bool *is_own)
{
    bool takes_all = target->tags && *target->tags == '*';

    *is_own = true;
    if (strncmp(key, "text:", 5) == 0)
        return holds_tag(target, key + 5) ? key + 5 : NULL;
    if (strchr(key, ':') || video_lists(of_samples, key))
        return NULL;
    for (size_t i = 0; i < sizeof other_words / sizeof *other_words; i++)
        if (!strcmp(key, other_words[i].key) &&
            ((other_words[i].is_usual && !takes_all) || video_lists(target->merged, key))) {
            *is_own = false;
            key = other_words[i].tag;
        }
    return holds_tag(target, key) ? key : NULL;
}

static int32_t
check_repeated(const struct video_tags *tags, const struct video_target *target, const char *key, const void *value,
               uint64_t size)
{
    bool is_own;
    const char *name = find_tag(target, key, &is_own);
    const AVDictionaryEntry *tag = name ? av_dict_get(tags->dictionary, name, NULL, AV_DICT_MATCH_CASE) : NULL;
    return tag && strlen(tag->value) == size && !memcmp(tag->value, value, size) ? MIM_OK : MIM_UNSUPPORTED;
}

static int32_t
add_text(struct mim_job *job, struct video_tags *tags, const struct video_target *target, const char *key,
         const char *text)
{
    bool is_own;
    const char *tag = find_tag(target, key, &is_own);
    return tag ? set_tag(job, tags, tag, text, is_own) : MIM_UNSUPPORTED;
}

int32_t
video_tags_check_frame(const struct video_tags *tags, const struct video_target *target, const char *key,
                       const void *value, uint64_t size)
{
    char text[64] = "";
    if (size < sizeof text)
        memcpy(text, value, size);
    return check_repeated(tags, target, strcmp(key, "datetime") ? key : time_tag(text), value, size);
}

int32_t
video_tags_add(struct mim_job *job, struct video_tags *tags, const struct video_target *target, const char *key,
               int32_t type, const void *value, uint64_t size)
{
    char number[32];
    int32_t kind = type & MIM_META_TYPE_MASK, status = MIM_UNSUPPORTED;

    if (kind == MIM_META_INT && size == sizeof(int64_t)) {
        int64_t integer;
        memcpy(&integer, value, sizeof integer);
        snprintf(number, sizeof number, "%" PRId64, integer);
        return strcmp(key, "track") ? MIM_UNSUPPORTED : add_text(job, tags, target, key, number);
    }
    if (kind != MIM_META_TEXT && kind != MIM_META_TIME)
        return MIM_UNSUPPORTED;
    char *text = job->host->resize(job, NULL, 0, size + 1);
    if (!text)
        return MIM_NOMEM;
    memcpy(text, value, size);
    text[size] = '\0';
    if (strlen(text) == size && strcmp(key, "datetime") != 0)
        status = add_text(job, tags, target, key, text);
    else if (strlen(text) == size)
        status = holds_tag(target, time_tag(text)) ? set_tag(job, tags, time_tag(text), text, true) : MIM_UNSUPPORTED;
    job->host->resize(job, text, size + 1, 0);
    return status;
}

void
video_tags_close(struct mim_job *job, struct video_tags *tags)
{
    av_dict_free(&tags->dictionary);
    job->host->reserve(job, -(int64_t)tags->reserved);
}
