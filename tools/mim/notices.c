/* SPDX-License-Identifier: MIT */
/* Collects notices while a job runs, to print them at its end. */
#include "notices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "progress.h"
#include "text.h"

#define SHOWN_VALUES 4
#define MAX_VALUES 1000 /* the others are counted */

/* Returns whether notices of this kind are counted by their text. The texts of other kinds differ only in the frame. */
static bool
is_keyed_by_text(enum mim_notice_code code)
{
    switch (code) {
    case MIM_NOTICE_DEPTH:
    case MIM_NOTICE_ALPHA:
    case MIM_NOTICE_TIMING:
    case MIM_NOTICE_LOOP:
    case MIM_NOTICE_SIZE:
        return false;
    default:
        return true;
    }
}

/* Returns the quoted value at the end of a notice about metadata, which is kept with others of the same text; else NULL. */
static const char *
value_of(const struct mim_notice *notice)
{
    const char *first = notice->code == MIM_NOTICE_METADATA ? strchr(notice->text, '\'') : NULL;
    return first && first[1] && notice->text[strlen(notice->text) - 1] == '\'' ? first : NULL;
}

static size_t
find_kind(const struct notices *notices, enum mim_notice_code code, const char *text)
{
    for (size_t i = 0; i < notices->count; i++)
        if (notices->kinds[i].code == code && (!is_keyed_by_text(code) || !strcmp(notices->kinds[i].text, text)))
            return i;
    return notices->count;
}

static struct notice_kind *
add_kind(struct notices *notices, enum mim_notice_code code, const char *text)
{
    size_t i = find_kind(notices, code, text);
    if (i == NOTICE_KINDS)
        i = NOTICE_KINDS - 1; /* full: count it with the last kind */
    if (i == notices->count) {
        notices->count++;
        notices->kinds[i] = (struct notice_kind){ .code = code };
        snprintf(notices->kinds[i].text, sizeof notices->kinds[i].text, "%s", text);
    }
    return &notices->kinds[i];
}

/* Adds a value unless it is known or there is no memory for it. */
static void
add_value(struct notice_kind *kind, const char *value, size_t length)
{
    char *line = NULL, *grown = NULL;
    const char *known = kind->values ? kind->values : "";
    if (kind->value_count >= MAX_VALUES) {
        kind->value_count++;
    } else if (asprintf(&line, "%.*s\n", (int)length, value) >= 0 && !strstr(known, line) &&
               asprintf(&grown, "%s%s", known, line) >= 0) {
        free(kind->values);
        kind->values = grown;
        kind->value_count++;
    }
    free(line);
}

void
notices_add(void *user, const struct mim_notice *notice)
{
    const char *value = value_of(notice);
    char text[NOTICE_TEXT] = "";
    size_t length = value ? (size_t)(value - notice->text) : strlen(notice->text);
    memcpy(text, notice->text, length < sizeof text ? length : sizeof text - 1);
    struct notice_kind *kind = add_kind(user, notice->code, text);
    kind->times++;
    if (value)
        add_value(kind, value, strlen(value));
}

void
notices_move(struct notices *to, struct notices *from)
{
    for (size_t i = 0; i < from->count; i++) {
        struct notice_kind *kind = add_kind(to, from->kinds[i].code, from->kinds[i].text);
        kind->times += from->kinds[i].times;
        for (const char *value = from->kinds[i].values, *end; value && (end = strchr(value, '\n')); value = end + 1)
            add_value(kind, value, (size_t)(end - value));
    }
    notices_clear(from);
}

void
notices_clear(struct notices *notices)
{
    for (size_t i = 0; i < notices->count; i++)
        free(notices->kinds[i].values);
    notices->count = 0;
}

static void
print_values(const struct notice_kind *kind, size_t max)
{
    const char *value = kind->values, *end;
    size_t shown = 0;
    for (; shown < max && (end = strchr(value, '\n')); value = end + 1, shown++) {
        char *text = strndup(value, (size_t)(end - value));
        fputs(shown ? ", " : "", stderr);
        print_text(stderr, text ? text : "?");
        free(text);
    }
    if (shown < kind->value_count)
        fprintf(stderr, " and %zu more%s", kind->value_count - shown, max < MAX_VALUES ? "; --verbose lists all" : "");
}

void
notices_print(struct notices *notices, const char *file)
{
    if (notices->count)
        progress_clear();
    for (size_t i = 0; i < notices->count; i++) {
        const struct notice_kind *kind = &notices->kinds[i];
        fputs("mim: note: ", stderr);
        if (file) {
            print_text(stderr, file);
            fputs(": ", stderr);
        }
        print_text(stderr, kind->text);
        if (kind->values)
            print_values(kind, notices->is_verbose ? MAX_VALUES : SHOWN_VALUES);
        else if (kind->times > 1)
            fprintf(stderr, " (%llu times)", (unsigned long long)kind->times);
        fputc('\n', stderr);
    }
    notices_clear(notices);
}
