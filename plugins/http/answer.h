/* SPDX-License-Identifier: MIT */
/* The headers of an answer. Everything in them may be wrong. */
#ifndef MIM_HTTP_ANSWER_H
#define MIM_HTTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct answer {
    int status;                  /* 0 before the first line, and of FTP */
    bool has_range;              /* Content-Range could be read */
    uint64_t first, last, total; /* of Content-Range; total UINT64_MAX: not stated */
    char validator[200];         /* a strong ETag, else the date of the last change, for If-Range; "": none */
    bool has_tag;
    char encoding[24];           /* of the content; "": none */
    unsigned retry_seconds;      /* of Retry-After; 0: none */
    uint64_t header_bytes;       /* of all answers of a transfer, redirects included */
};

/* Takes a line of headers. A status line begins a new answer. */
void answer_take_line(struct answer *answer, const char *line, size_t size);

#endif
