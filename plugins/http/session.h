/* SPDX-License-Identifier: MIT */
/* The transport: what a URI names is read in ranges, or as a stream if the server has none. */
#ifndef MIM_HTTP_SESSION_H
#define MIM_HTTP_SESSION_H

#include "transfer.h"

#define SESSION_HEAD 65536u /* bytes that the first request asks for: the first that the core reads */

struct session {
    struct address address;
    struct transfer transfer;
    uint8_t *head;       /* the first bytes, until they are read */
    uint64_t head_size;
    bool is_open;        /* its first answer has come */
    bool has_ranges;
    uint64_t size;       /* UINT64_MAX: not stated */
    uint64_t position;   /* of a stream: bytes that were read */
    char validator[200]; /* of the version that is being read; "": the server has none */
    bool is_reserved;
};

int32_t session_open(struct mim_job *job, const char *uri, struct mim_transport_info *info);
int64_t session_read(struct mim_job *job, void *data, uint64_t size, uint64_t offset);
void session_close(struct mim_job *job);

#endif
