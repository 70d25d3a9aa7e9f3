/* SPDX-License-Identifier: MIT */
/* Feeds inih line by line, because it cuts at 199 bytes, joins indented lines, and reports no line numbers. */
#include "registry/ini-parser.h"

#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/fd-io.h"

struct feed {
    const char *at, *end;
    unsigned line;
    const struct mim_ini_visitor *visitor;
};

static const char *
skip_byte_order_mark(const char *text, size_t size)
{
    return size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? text + 3 : text;
}

/* Why inih would misread the line, or NULL. */
static const char *
line_fault(const char *line, size_t length, size_t capacity, char *reason, size_t reason_size)
{
    size_t longest = capacity - 1 < MIM_INI_LINE ? capacity - 1 : MIM_INI_LINE;
    if (length > longest)
        snprintf(reason, reason_size, "a line of %zu bytes, and the limit is %zu", length, longest);
    else if (memchr(line, '\0', length))
        snprintf(reason, reason_size, "a zero byte");
    else if (length && *line == '[' && length > MIM_INI_SECTION + 2 && !memchr(line, ']', MIM_INI_SECTION + 2))
        snprintf(reason, reason_size, "a section name of more than %d bytes", MIM_INI_SECTION);
    else {
        /* inih also accepts KEY: VALUE, which would hide a missing "=" */
        const char *colon = length && !strchr("[;#", *line) ? memchr(line, ':', length) : NULL;
        if (!colon || memchr(line, '=', (size_t)(colon - line)))
            return NULL;
        snprintf(reason, reason_size, "no \"=\" between key and value");
    }
    return reason;
}

/* The reader for inih, called like fgets. Bad lines go to the visitor, and inih gets an empty one. */
static char *
next_line(char *into, int capacity, void *stream)
{
    struct feed *feed = stream;
    if (feed->at >= feed->end || capacity < 2)
        return NULL;

    const char *line = feed->at;
    const char *stop = memchr(line, '\n', (size_t)(feed->end - line));
    feed->at = stop ? stop + 1 : feed->end;
    feed->line++;
    if (!stop)
        stop = feed->end;
    while (stop > line && strchr(" \t\r", stop[-1]) && stop[-1])
        stop--;
    while (line < stop && (*line == ' ' || *line == '\t'))
        line++;

    char reason[96];
    size_t length = (size_t)(stop - line);
    if (line_fault(line, length, (size_t)capacity, reason, sizeof reason)) {
        feed->visitor->refuse(feed->visitor->user, feed->line, reason);
        length = 0;
    }
    memcpy(into, line, length);
    into[length] = '\0';
    return into;
}

static int
pass_on(void *user, const char *section, const char *key, const char *value)
{
    struct feed *feed = user;
    feed->visitor->pair(feed->visitor->user, feed->line, section, key, value ? value : "");
    return 1;
}

enum mim_status
mim_ini_parse(const char *text, size_t size, const struct mim_ini_visitor *visitor)
{
    struct feed feed = {
        .at = skip_byte_order_mark(text, size), .end = text + size, .line = visitor->lines_before, .visitor = visitor
    };
    int result = ini_parse_stream(next_line, &feed, pass_on, &feed);
    if (result < 0)
        return MIM_NOMEM;
    if (result > 0)
        visitor->refuse(visitor->user, visitor->lines_before + (unsigned)result,
                        "neither [SECTION] nor KEY = VALUE nor a comment");
    return MIM_OK;
}

enum mim_status
mim_ini_read(int fd, const char *name, char **text, size_t *size, struct mim_error *err)
{
    char first[4096];
    int64_t used = mim_fd_read_at(fd, first, sizeof first, 0);
    if (used < 0)
        return mim_fail_errno(err, (int)-used, "%s", name);

    bool more = used == sizeof first;
    char *all = malloc(more ? MIM_INI_FILE + 2 : (size_t)used + 1);
    if (!all)
        return mim_fail_nomem(err, "a configuration file");
    if (more)
        used = mim_fd_read_at(fd, all, MIM_INI_FILE + 1, 0);
    else
        memcpy(all, first, (size_t)used);

    if (used < 0 || used > MIM_INI_FILE) {
        free(all);
        return used < 0 ? mim_fail_errno(err, (int)-used, "%s", name)
                        : mim_fail(err, MIM_IO, "%s: more than %d bytes", name, MIM_INI_FILE);
    }
    all[used] = '\0';
    *text = all;
    *size = (size_t)used;
    return MIM_OK;
}
