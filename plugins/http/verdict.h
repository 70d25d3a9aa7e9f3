/* SPDX-License-Identifier: MIT */
/* Whether an answer is what was asked for, and messages on those that are not. */
#ifndef MIM_HTTP_VERDICT_H
#define MIM_HTTP_VERDICT_H

#include "session.h"

enum verdict {
    VERDICT_RANGE,   /* the bytes that were asked for, or the first of them */
    VERDICT_WHOLE,   /* all bytes, because the server has no ranges */
    VERDICT_EMPTY,   /* there are no bytes */
    VERDICT_NONE,    /* no answer yet */
    VERDICT_LIES,    /* a range that was not asked for */
    VERDICT_CHANGED, /* of another version */
    VERDICT_ENCODED,
    VERDICT_STATUS   /* the server refuses */
};

/* Judges by the headers. */
enum verdict verdict_of(const struct session *session);
bool verdict_wants_body(const struct session *session);
/* Whether the request may be repeated after its end. */
bool verdict_is_passing(const struct session *session);
/* Whether nothing has this name, or the server does not tell: S3 answers 403 to those who may not list a bucket, and FTP refuses a
 * directory that is none. */
bool verdict_is_missing(const struct session *session);
/* Fails the job with the reason. */
int32_t verdict_fail(struct session *session, struct mim_job *job);

#endif
