/* SPDX-License-Identifier: MIT */
/* The headers of an answer. Everything in them may be wrong. */
#include "answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool
take_number(const char **text, uint64_t *number)
{
    char *end;
    if (**text < '0' || **text > '9')
        return false;
    *number = strtoull(*text, &end, 10);
    *text = end;
    return *number < INT64_MAX;
}

/* "bytes 0-99/1000", with "*" for the range or the whole if it is not known. */
static void
take_range(struct answer *answer, const char *value)
{
    answer->first = answer->last = 0;
    answer->total = UINT64_MAX;
    if (strncasecmp(value, "bytes ", 6))
        return;
    value += 6;
    bool is_range = take_number(&value, &answer->first) && *value++ == '-' && take_number(&value, &answer->last);
    if (!is_range && *value == '*')
        value++;
    bool has_total = *value == '/' && (value[1] == '*' || (value++, take_number(&value, &answer->total)));
    answer->has_range = is_range && has_total;
}

/* A weak tag does not compare bytes. */
static void
take_tag(struct answer *answer, const char *value)
{
    if (*value != '"' || strlen(value) >= sizeof answer->validator)
        return;
    strcpy(answer->validator, value);
    answer->has_tag = true;
}

static void
take_date(struct answer *answer, const char *value)
{
    if (!answer->has_tag && strlen(value) < sizeof answer->validator)
        strcpy(answer->validator, value);
}

static void
take_encoding(struct answer *answer, const char *value)
{
    if (strcasecmp(value, "identity"))
        snprintf(answer->encoding, sizeof answer->encoding, "%s", *value ? value : "nothing");
}

static void
take_retry(struct answer *answer, const char *value)
{
    uint64_t seconds;
    if (take_number(&value, &seconds))
        answer->retry_seconds = seconds < 3600 ? (unsigned)seconds : 3600;
}

static const struct {
    const char *name;
    void (*take)(struct answer *answer, const char *value);
} fields[] = {
    { "Content-Range:", take_range },       { "ETag:", take_tag },         { "Last-Modified:", take_date },
    { "Content-Encoding:", take_encoding }, { "Retry-After:", take_retry },
};

void
answer_take_line(struct answer *answer, const char *line, size_t size)
{
    char text[400];
    answer->header_bytes += size;
    if (size >= sizeof text)
        return; /* none of the fields is so long */
    memcpy(text, line, size);
    while (size && strchr(" \t\r\n", text[size - 1]))
        size--;
    text[size] = '\0';
    if (!strncmp(text, "HTTP/", 5)) {
        const char *code = strchr(text, ' ');
        *answer = (struct answer){ .status = code ? atoi(code) : 0, .header_bytes = answer->header_bytes };
        return;
    }
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!strncasecmp(text, fields[i].name, strlen(fields[i].name))) {
            const char *value = text + strlen(fields[i].name);
            fields[i].take(answer, value + strspn(value, " \t"));
        }
}
