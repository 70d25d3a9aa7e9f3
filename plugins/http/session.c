/* SPDX-License-Identifier: MIT */
/* The transport: what a URI names is read in ranges, or as a stream if the server has none. */
#include "session.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "verdict.h"

#define LIBRARY_BYTES 524288 /* that libcurl and TLS allocate for a connection */
#define MOST_RETRIES 3u      /* in a row, with little progress */
#define PROGRESS 65536u      /* bytes */
#define FIRST_WAIT_MS 250
#define LONGEST_WAIT_MS 10000

/* Waits before a request is repeated, as long as the server wants within reason. */
static int32_t
wait_before_retry(struct session *session, struct mim_job *job, unsigned failures)
{
    static const struct timespec tick = { .tv_nsec = 50000000 };
    int64_t wait = session->transfer.answer.retry_seconds ? 1000 * (int64_t)session->transfer.answer.retry_seconds
                                                          : (int64_t)FIRST_WAIT_MS << (failures - 1);
    int64_t end = transfer_clock_ms() + (wait < LONGEST_WAIT_MS ? wait : LONGEST_WAIT_MS);
    int32_t status = MIM_OK;
    while (status == MIM_OK && transfer_clock_ms() < end) {
        nanosleep(&tick, NULL);
        status = job->host->poll(job);
    }
    return status;
}

/* Decides after a request that failed: MIM_OK to repeat it. */
static int32_t
consider_retry(struct session *session, struct mim_job *job, unsigned *failures)
{
    if (session->transfer.got >= PROGRESS)
        *failures = 0;
    if (!verdict_is_passing(session) || ++*failures > MOST_RETRIES)
        return verdict_fail(session, job);
    job->host->log(job, MIM_LOG_INFO, "the request is repeated");
    return wait_before_retry(session, job, *failures);
}

static bool
is_good(const struct session *session)
{
    return session->transfer.result == CURLE_OK && verdict_of(session) <= VERDICT_EMPTY;
}

/* Asks for the first bytes, or for all of them if the server has no ranges. */
static int32_t
fetch_head(struct session *session, struct mim_job *job)
{
    struct transfer *transfer = &session->transfer;
    for (unsigned failures = 0;;) {
        transfer->first = 0;
        transfer->target = session->head;
        transfer->space = SESSION_HEAD;
        int32_t status = transfer_begin(transfer, &session->address, NULL);
        if (status == MIM_OK)
            status = transfer_run(transfer, 0);
        if (status != MIM_OK || is_good(session))
            return status;
        status = consider_retry(session, job, &failures);
        if (status != MIM_OK)
            return status;
    }
}

/* FTP states the size of files on request. A server that does not is read as a stream. */
static int32_t
fetch_size(struct session *session, struct mim_job *job)
{
    struct transfer *transfer = &session->transfer;
    curl_off_t size = -1;
    for (unsigned failures = 0;;) {
        int32_t status = transfer_begin_size(transfer);
        if (status == MIM_OK)
            status = transfer_run(transfer, 0);
        if (status != MIM_OK)
            return status;
        if (transfer->result == CURLE_OK)
            break;
        status = consider_retry(session, job, &failures);
        if (status != MIM_OK)
            return status;
    }
    curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
    session->has_ranges = transfer->is_ranged = size >= 0;
    session->size = size < 0 ? UINT64_MAX : (uint64_t)size;
    transfer->space = SESSION_HEAD;
    return size < 0 ? fetch_head(session, job) : MIM_OK;
}

/* What the first answer states. */
static void
note_facts(struct session *session)
{
    struct transfer *transfer = &session->transfer;
    const struct answer *answer = &transfer->answer;
    enum verdict verdict = verdict_of(session);
    curl_off_t size = -1;
    session->head_size = transfer->got;
    session->is_open = true;
    if (session->address.is_ftp)
        return;
    strcpy(session->validator, answer->validator);
    session->has_ranges = verdict != VERDICT_WHOLE && answer->total != UINT64_MAX;
    session->size = answer->total;
    if (verdict != VERDICT_WHOLE)
        return;
    curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
    session->size = size < 0 ? UINT64_MAX : (uint64_t)size;
}

/* A server that does not state how long the whole is gives it as a stream. */
static int32_t
open_stream(struct session *session, struct mim_job *job)
{
    session->is_open = session->transfer.is_ranged = false;
    int32_t status = fetch_head(session, job);
    if (status == MIM_OK)
        note_facts(session);
    return status;
}

int32_t
session_open(struct mim_job *job, const char *uri, struct mim_transport_info *info)
{
    struct session *session = job->state;
    struct transfer *transfer = &session->transfer;
    transfer->wants_body = verdict_wants_body;
    transfer->session = session;
    transfer->is_ranged = true;
    session->is_reserved = job->host->reserve(job, LIBRARY_BYTES) == MIM_OK;
    session->head = job->host->resize(job, NULL, 0, SESSION_HEAD);
    if (!session->is_reserved || !session->head)
        return MIM_NOMEM;
    int32_t status = address_init(&session->address, job, uri);
    if (status == MIM_OK)
        status = transfer_init(transfer, job, &session->address);
    if (status == MIM_OK)
        status = session->address.is_ftp ? fetch_size(session, job) : fetch_head(session, job);
    if (status != MIM_OK) {
        info->flags = verdict_is_missing(session) ? MIM_TRANSPORT_MISSING : 0;
        return status;
    }
    note_facts(session);
    if (!session->has_ranges && transfer->is_ranged && verdict_of(session) == VERDICT_RANGE)
        status = open_stream(session, job);
    info->flags = session->has_ranges ? MIM_TRANSPORT_RANGES : 0;
    info->size = session->size;
    return status;
}

/* The bytes that the first request got. */
static int64_t
read_head(struct session *session, struct mim_job *job, void *data, uint64_t size, uint64_t offset)
{
    uint64_t n = session->head_size - offset < size ? session->head_size - offset : size;
    memcpy(data, session->head + offset, n);
    if (offset + n == session->head_size) {
        job->host->resize(job, session->head, SESSION_HEAD, 0);
        session->head = NULL;
        session->head_size = 0;
    }
    return (int64_t)n;
}

static int64_t
read_range(struct session *session, struct mim_job *job, uint8_t *data, uint64_t size, uint64_t offset)
{
    struct transfer *transfer = &session->transfer;
    uint64_t done = 0;
    unsigned failures = 0;
    while (done < size) {
        transfer->first = offset + done;
        transfer->target = data + done;
        transfer->space = size - done;
        int32_t status = transfer_begin(transfer, &session->address, session->validator);
        if (status == MIM_OK)
            status = transfer_run(transfer, 0);
        if (status == MIM_OK && !is_good(session))
            status = consider_retry(session, job, &failures);
        else if (status == MIM_OK && !transfer->got)
            break;
        if (status != MIM_OK)
            return -status;
        done += transfer->got;
    }
    return (int64_t)done;
}

static int64_t
read_stream(struct session *session, struct mim_job *job, uint8_t *data, uint64_t size)
{
    struct transfer *transfer = &session->transfer;
    transfer_aim(transfer, data, size);
    int32_t status = transfer->got ? MIM_OK : transfer_run(transfer, 1);
    if (status != MIM_OK)
        return -status;
    if (!transfer->got && transfer->has_ended && transfer->result != CURLE_OK)
        return -verdict_fail(session, job);
    return (int64_t)transfer->got;
}

int64_t
session_read(struct mim_job *job, void *data, uint64_t size, uint64_t offset)
{
    struct session *session = job->state;
    int64_t n = 0;
    if (offset >= session->size)
        return 0;
    if (size > session->size - offset)
        size = session->size - offset;
    if (offset < session->head_size)
        n = read_head(session, job, data, size, offset);
    else
        n = session->has_ranges ? read_range(session, job, data, size, offset) : read_stream(session, job, data, size);
    if (n > 0)
        session->position = offset + (uint64_t)n;
    return n;
}

void
session_close(struct mim_job *job)
{
    struct session *session = job->state;
    transfer_clear(&session->transfer);
    address_clear(&session->address);
    job->host->resize(job, session->head, SESSION_HEAD, 0);
    if (session->is_reserved)
        job->host->reserve(job, -LIBRARY_BYTES);
}
