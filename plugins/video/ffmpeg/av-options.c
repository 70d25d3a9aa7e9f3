/* SPDX-License-Identifier: MIT */
/* FFmpeg's options, with errors that suggest a correction. */
#include "ffmpeg/av-options.h"

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/opt.h>

enum { NAME_SIZE = 32 };

static unsigned
min_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Levenshtein distance of two names. */
static unsigned
edit_distance(const char *a, const char *b)
{
    unsigned row[NAME_SIZE + 1], size = (unsigned)strnlen(b, NAME_SIZE);

    for (unsigned j = 0; j <= size; j++)
        row[j] = j;
    for (unsigned i = 1; a[i - 1]; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= size; j++) {
            unsigned above = row[j];
            row[j] = min_of(diagonal + (a[i - 1] != b[j - 1]), min_of(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[size];
}

static bool
is_for_writing(const AVOption *option)
{
    return option->type != AV_OPT_TYPE_CONST && option->flags & AV_OPT_FLAG_ENCODING_PARAM;
}

static void
find_nearest(void *object, const char *key, const char **best, unsigned *least_changes)
{
    for (const AVOption *option = av_opt_next(object, NULL); option; option = av_opt_next(object, option)) {
        unsigned changes = is_for_writing(option) ? edit_distance(key, option->name) : UINT32_MAX;
        if (changes < *least_changes) {
            *least_changes = changes;
            *best = option->name;
        }
    }
}

static int32_t
fail_unknown(struct mim_job *job, void *object, const char *who, const char *prefix, const char *key)
{
    const char *best = "";
    unsigned changes = UINT32_MAX;

    for (void *child = av_opt_child_next(object, NULL); child; child = av_opt_child_next(object, child))
        find_nearest(child, key, &best, &changes);
    find_nearest(object, key, &best, &changes);
    return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "%s has no option '%s%.40s'; the nearest is '%s%s'", who,
                           prefix, key, prefix, best);
}

/* Lists the named values of an option, such as flags, or else its range. */
static void
list_values(void *object, const AVOption *wanted, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (const AVOption *option = av_opt_next(object, NULL); wanted->unit && option && used < size;
         option = av_opt_next(object, option))
        if (option->type == AV_OPT_TYPE_CONST && option->unit && !strcmp(option->unit, wanted->unit))
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "", option->name);
    if (!used && wanted->max > wanted->min)
        snprintf(text, size, "%g to %g", wanted->min, wanted->max);
}

/* FFmpeg parses numbers in the current locale; options always use a decimal point. */
static int
set_plainly(void *object, const char *key, const char *value)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0)
        return AVERROR(ENOMEM);
    locale_t before = uselocale(plain); /* affects this thread only */
    int code = av_opt_set(object, key, value, 0);
    uselocale(before);
    freelocale(plain);
    return code;
}

int32_t
video_set(struct mim_job *job, void *object, const char *who, const char *prefix, const char *key, const char *value)
{
    void *owner = NULL;
    char list[300], text[AV_ERROR_MAX_STRING_SIZE];
    const AVOption *option = av_opt_find2(object, key, NULL, 0, AV_OPT_SEARCH_CHILDREN, &owner);

    if (!option || !owner || !is_for_writing(option))
        return fail_unknown(job, object, who, prefix, key);
    int code = set_plainly(owner, key, value);
    if (code >= 0)
        return MIM_OK;
    if (code == AVERROR(ENOMEM))
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for an option");
    list_values(owner, option, list, sizeof list);
    av_strerror(code, text, sizeof text);
    return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "%s: '%s%s=%.40s': %s%s%s", who, prefix, key, value, text,
                           *list ? "; it takes " : "", list);
}

int32_t
video_set_pairs(struct mim_job *job, void *object, const char *who, const char *prefix, const struct mim_pairs *pairs)
{
    int32_t status = MIM_OK;
    for (uint64_t i = 0; i < pairs->count && status == MIM_OK; i++)
        status = video_set(job, object, who, prefix, pairs->items[2 * i], pairs->items[2 * i + 1]);
    return status;
}
