/* SPDX-License-Identifier: MIT */
/* Whether an answer is what was asked for, and messages on those that are not. */
#include "verdict.h"

#include <inttypes.h>
#include <string.h>

#define OK 200
#define PARTIAL 206
#define NO_SUCH_RANGE 416

static enum verdict
judge_range(const struct session *session)
{
    const struct transfer *transfer = &session->transfer;
    const struct answer *answer = &transfer->answer;
    if (!transfer->is_ranged || !answer->has_range || answer->first != transfer->first || answer->last < answer->first ||
        answer->last - answer->first >= transfer->space || answer->last >= answer->total)
        return VERDICT_LIES;
    if (session->is_open && (answer->total != session->size || strcmp(answer->validator, session->validator)))
        return VERDICT_CHANGED;
    return VERDICT_RANGE;
}

enum verdict
verdict_of(const struct session *session)
{
    const struct answer *answer = &session->transfer.answer;
    if (session->address.is_ftp)
        return session->transfer.is_ranged ? VERDICT_RANGE : VERDICT_WHOLE;
    if (!answer->status)
        return VERDICT_NONE;
    if (*answer->encoding && (answer->status == OK || answer->status == PARTIAL))
        return VERDICT_ENCODED;
    if (answer->status == PARTIAL)
        return judge_range(session);
    if (answer->status == OK)
        return session->has_ranges ? VERDICT_CHANGED : VERDICT_WHOLE;
    if (answer->status == NO_SUCH_RANGE && !session->is_open && !answer->total)
        return VERDICT_EMPTY;
    return answer->status == NO_SUCH_RANGE && session->is_open ? VERDICT_CHANGED : VERDICT_STATUS;
}

bool
verdict_wants_body(const struct session *session)
{
    return verdict_of(session) <= VERDICT_WHOLE;
}

/* Whether the request ended with one of the statuses, up to a 0, or one of the results, up to CURLE_OK. */
static bool
has_ended_so(const struct transfer *transfer, const int *statuses, const CURLcode *results)
{
    while (*statuses && *statuses != transfer->answer.status)
        statuses++;
    while (*results && *results != transfer->result)
        results++;
    return *statuses || *results;
}

bool
verdict_is_passing(const struct session *session)
{
    static const int statuses[] = { 429, 500, 502, 503, 504, 0 };
    static const CURLcode results[] = { CURLE_OPERATION_TIMEDOUT, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR,
                                        CURLE_PARTIAL_FILE,       CURLE_HTTP2,       CURLE_HTTP2_STREAM, CURLE_OK };
    return has_ended_so(&session->transfer, statuses, results);
}

bool
verdict_is_missing(const struct session *session)
{
    static const int statuses[] = { 403, 404, 410, 0 };
    static const CURLcode results[] = { CURLE_REMOTE_FILE_NOT_FOUND, CURLE_REMOTE_ACCESS_DENIED, CURLE_OK };
    return has_ended_so(&session->transfer, statuses, results);
}

static const char *
status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } known[] = {
        { 400, " Bad Request" },       { 401, " Unauthorized" },   { 403, " Forbidden" },
        { 404, " Not Found" },         { 407, " Proxy Authentication Required" },
        { 410, " Gone" },              { 429, " Too Many Requests" }, { 500, " Internal Server Error" },
        { 502, " Bad Gateway" },       { 503, " Service Unavailable" }, { 504, " Gateway Timeout" },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status)
            return known[i].text;
    return "";
}

static const char *
advice(const struct session *session, int status)
{
    if (status != 401 && status != 403)
        return "";
    if (session->address.is_s3)
        return session->address.signature ? "; the key of AWS_ACCESS_KEY_ID may not read it, or AWS_REGION is another"
                                          : "; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set";
    return status == 401 ? "; expected a user and a password, as in https://USER:PASSWORD@HOST/" : "";
}

static int32_t
fail_answer(const struct session *session, struct mim_job *job, enum verdict verdict)
{
    const struct transfer *transfer = &session->transfer;
    const struct answer *answer = &transfer->answer;
    const struct mim_host *host = job->host;
    switch (verdict) {
    case VERDICT_LIES:
        return host->fail(job, MIM_IO, transfer->first,
                          "the server was asked for bytes %" PRIu64 "-%" PRIu64 ", and answers with others%s", transfer->first,
                          transfer->first + transfer->space - 1, answer->has_range ? "" : " that it does not number");
    case VERDICT_CHANGED:
        return host->fail(job, MIM_IO, transfer->first, "it changed on the server while it was read");
    case VERDICT_ENCODED:
        return host->fail(job, MIM_IO, MIM_UNKNOWN, "the server sends it encoded (%s), and was asked not to", answer->encoding);
    default:
        return host->fail(job, MIM_IO, MIM_UNKNOWN, "the server answers %d%s%s", answer->status, status_text(answer->status),
                          advice(session, answer->status));
    }
}

static bool
is_overfull(const struct transfer *transfer)
{
    return transfer->is_overfull;
}

static bool
is_unanswered(const struct transfer *transfer)
{
    return !transfer->answer.status;
}

/* Failures of the connection. libcurl's own text is used where it holds no part of an address. */
static const char *
result_text(const struct transfer *transfer)
{
    static const struct {
        CURLcode code;
        bool (*holds)(const struct transfer *); /* NULL: always */
        const char *text;
    } known[] = {
        { CURLE_WRITE_ERROR, is_overfull, "the server sends more bytes than it announced" },
        { CURLE_WRITE_ERROR, NULL, "the server sends too many headers" },
        { CURLE_OUT_OF_MEMORY, NULL, "a header of the server is too long, or memory is short" },
#if LIBCURL_VERSION_NUM >= 0x080600
        { CURLE_TOO_LARGE, NULL, "a header of the server is too long" },
#endif
        { CURLE_UNSUPPORTED_PROTOCOL, is_unanswered, "the server's answer is no HTTP" },
        { CURLE_UNSUPPORTED_PROTOCOL, NULL, "the server redirects to another kind of address, which is not followed" },
        { CURLE_TOO_MANY_REDIRECTS, NULL, "the server redirects more than 10 times" },
        { CURLE_URL_MALFORMAT, NULL, "it is no proper address, or the server redirects to none" },
        { CURLE_PARTIAL_FILE, NULL, "the connection was closed before all bytes arrived" },
        { CURLE_OPERATION_TIMEDOUT, NULL, "the server did not answer in time" },
        { CURLE_GOT_NOTHING, NULL, "the connection was closed without an answer" },
        { CURLE_REMOTE_FILE_NOT_FOUND, NULL, "the server has no such file" },
        { CURLE_LOGIN_DENIED, NULL, "the server refuses the user or the password" },
        { CURLE_REMOTE_ACCESS_DENIED, NULL, "the server refuses access" },
        { CURLE_WEIRD_SERVER_REPLY, NULL, "the server's answer is no HTTP" },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].code == transfer->result && (!known[i].holds || known[i].holds(transfer)))
            return known[i].text;
    bool has_detail = transfer->result == CURLE_PEER_FAILED_VERIFICATION && *transfer->error;
    return has_detail ? transfer->error : curl_easy_strerror(transfer->result);
}

static int32_t
fail_result(const struct session *session, struct mim_job *job)
{
    const struct transfer *transfer = &session->transfer;
    uint64_t at = transfer->got + (session->has_ranges ? transfer->first : session->position);
    return job->host->fail(job, MIM_IO, at, "%s%s", at ? "reading broke off: " : "", result_text(transfer));
}

int32_t
verdict_fail(struct session *session, struct mim_job *job)
{
    enum verdict verdict = verdict_of(session);
    bool is_answer = verdict > VERDICT_NONE &&
                     (session->transfer.result == CURLE_OK || session->transfer.result == CURLE_WRITE_ERROR || session->transfer.result == CURLE_PARTIAL_FILE);
    return is_answer ? fail_answer(session, job, verdict) : fail_result(session, job);
}
