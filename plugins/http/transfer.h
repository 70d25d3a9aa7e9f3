/* SPDX-License-Identifier: MIT */
/* One request at a time, and the bytes that it gets. */
#ifndef MIM_HTTP_TRANSFER_H
#define MIM_HTTP_TRANSFER_H

#include "address.h"
#include "answer.h"

struct session;

struct transfer {
    struct mim_job *job;
    CURLM *multi;
    CURL *easy;
    struct curl_slist *headers;        /* of the request */
    char error[CURL_ERROR_SIZE];       /* what libcurl says of it */
    bool (*wants_body)(const struct session *session); /* whether the body is what was asked for, given its headers */
    const struct session *session;

    bool is_ranged;     /* the request asks for `space` bytes from `first`, and gets no more */
    uint64_t first;
    uint8_t *target;    /* where bytes go; NULL: they do not count */
    uint64_t space, got;
    uint8_t spare[CURL_MAX_WRITE_SIZE]; /* bytes of a stream that were too many */
    size_t spare_size;
    bool is_overfull;   /* more came than the range has */
    bool is_paused;
    bool has_ended;
    CURLcode result;    /* once it has ended */
    int64_t moved_ms;   /* when something arrived */
    struct answer answer;
};

/* Sets up what all requests have in common. NOMEM. */
int32_t transfer_init(struct transfer *transfer, struct mim_job *job, const struct address *address);
void transfer_clear(struct transfer *transfer);

/* Begins a request, for bytes `first` to `first` + `space` or for all. `validator`: the bytes are those of this version; or NULL. */
int32_t transfer_begin(struct transfer *transfer, const struct address *address, const char *validator);
/* Asks only for the size. */
int32_t transfer_begin_size(struct transfer *transfer);
/* Runs until the request has ended, or `enough` bytes of a stream are there. Returns the status of the job. */
int32_t transfer_run(struct transfer *transfer, uint64_t enough);
/* Ends the request, if there is one. */
void transfer_end(struct transfer *transfer);
/* Gives the next bytes of a stream another target. */
void transfer_aim(struct transfer *transfer, uint8_t *target, uint64_t space);

int64_t transfer_clock_ms(void);

#endif
