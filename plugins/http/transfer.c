/* SPDX-License-Identifier: MIT */
/* One request at a time, and the bytes that it gets. */
#include "transfer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_HEADERS 262144u /* bytes */
#define CONNECT_MS 20000L
#define STALL_MS 30000
#define POLL_MS 100
#define MOST_REDIRECTS 10L

int64_t
transfer_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static size_t
take_header(char *line, size_t one, size_t size, void *user)
{
    struct transfer *transfer = user;
    (void)one;
    transfer->moved_ms = transfer_clock_ms();
    answer_take_line(&transfer->answer, line, size);
    return transfer->answer.header_bytes <= MOST_HEADERS ? size : 0;
}

/* Fills the target. More is an error in a range, and in a stream waits in `spare`, or until it is asked for. */
static size_t
take_body(char *data, size_t one, size_t size, void *user)
{
    struct transfer *transfer = user;
    (void)one;
    transfer->moved_ms = transfer_clock_ms();
    if (!transfer->target) /* libcurl makes headers of what FTP servers say, and delivers them as a body too */
        return size;
    if (!transfer->wants_body(transfer->session) || size > sizeof transfer->spare)
        return 0;
    bool is_range = transfer->is_ranged && transfer->answer.status != 200;
    uint64_t space = transfer->space - transfer->got, n;
    if (transfer->answer.has_range && space > transfer->answer.last + 1 - transfer->first - transfer->got)
        space = transfer->answer.last + 1 - transfer->first - transfer->got;
    n = size < space ? size : space;
    if (!is_range && size && !n) {
        transfer->is_paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    memcpy(transfer->target + transfer->got, data, n);
    transfer->got += n;
    if (n == size)
        return size;
    transfer->is_overfull = is_range;
    if (is_range)
        return 0;
    transfer->spare_size = size - n;
    memcpy(transfer->spare, data + n, size - n);
    return size;
}

/* The certificates that the environment names, as for the command curl. */
static void
set_certificates(CURL *easy)
{
    const char *bundle = secure_getenv("CURL_CA_BUNDLE"), *directory = secure_getenv("SSL_CERT_DIR");
    if (!bundle || !*bundle)
        bundle = secure_getenv("SSL_CERT_FILE");
    if (bundle && *bundle)
        curl_easy_setopt(easy, CURLOPT_CAINFO, bundle);
    if (directory && *directory)
        curl_easy_setopt(easy, CURLOPT_CAPATH, directory);
}

int32_t
transfer_init(struct transfer *transfer, struct mim_job *job, const struct address *address)
{
    CURL *easy = transfer->easy = curl_easy_init();
    transfer->multi = curl_multi_init();
    transfer->job = job;
    if (!easy || !transfer->multi)
        return MIM_NOMEM;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "mim/" PLUGIN_VERSION);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, MOST_REDIRECTS);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    set_certificates(easy);
    if (curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, address->schemes) ||
        curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, address->schemes) || curl_easy_setopt(easy, CURLOPT_URL, address->url))
        return MIM_NOMEM;
    if (!address->signature)
        return MIM_OK;
    return curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, address->signature) ||
                   curl_easy_setopt(easy, CURLOPT_USERNAME, address->key) || curl_easy_setopt(easy, CURLOPT_PASSWORD, address->secret)
               ? MIM_NOMEM
               : MIM_OK;
}

void
transfer_end(struct transfer *transfer)
{
    if (transfer->multi && transfer->easy)
        curl_multi_remove_handle(transfer->multi, transfer->easy);
    transfer->spare_size = 0;
    transfer->is_paused = false;
    transfer->has_ended = true;
}

void
transfer_clear(struct transfer *transfer)
{
    transfer_end(transfer);
    curl_easy_cleanup(transfer->easy);
    curl_multi_cleanup(transfer->multi);
    curl_slist_free_all(transfer->headers);
}

static int32_t
start_request(struct transfer *transfer)
{
    transfer->got = 0;
    transfer->has_ended = transfer->is_overfull = false;
    transfer->result = CURLE_OK;
    transfer->moved_ms = transfer_clock_ms();
    transfer->answer = (struct answer){ 0 };
    *transfer->error = '\0';
    return curl_multi_add_handle(transfer->multi, transfer->easy) ? MIM_NOMEM : MIM_OK;
}

static bool
set_headers(struct transfer *transfer, const struct address *address, const char *validator)
{
    char text[300];
    bool added = true;
    curl_slist_free_all(transfer->headers);
    transfer->headers = NULL;
    for (const struct curl_slist *header = address->headers; header && added; header = header->next)
        added = address_add_header(&transfer->headers, header->data);
    snprintf(text, sizeof text, "If-Range: %s", validator ? validator : "");
    return added && (!validator || !*validator || address_add_header(&transfer->headers, text)) &&
           !curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
}

int32_t
transfer_begin(struct transfer *transfer, const struct address *address, const char *validator)
{
    char range[48];
    transfer_end(transfer);
    snprintf(range, sizeof range, "%" PRIu64 "-%" PRIu64, transfer->first, transfer->first + transfer->space - 1);
    if (!set_headers(transfer, address, validator) ||
        curl_easy_setopt(transfer->easy, CURLOPT_RANGE, transfer->is_ranged ? range : NULL))
        return MIM_NOMEM;
    curl_easy_setopt(transfer->easy, CURLOPT_NOBODY, 0L);
    return start_request(transfer);
}

int32_t
transfer_begin_size(struct transfer *transfer)
{
    transfer_end(transfer);
    transfer->target = NULL;
    curl_easy_setopt(transfer->easy, CURLOPT_NOBODY, 1L);
    return start_request(transfer);
}

void
transfer_aim(struct transfer *transfer, uint8_t *target, uint64_t space)
{
    transfer->target = target;
    transfer->space = space;
    transfer->got = transfer->spare_size < space ? transfer->spare_size : space;
    memcpy(target, transfer->spare, transfer->got);
    transfer->spare_size -= transfer->got;
    memmove(transfer->spare, transfer->spare + transfer->got, transfer->spare_size);
}

static void
note_end(struct transfer *transfer)
{
    int left;
    for (const CURLMsg *message; (message = curl_multi_info_read(transfer->multi, &left));)
        if (message->msg == CURLMSG_DONE) {
            transfer->has_ended = true;
            transfer->result = message->data.result;
        }
}

int32_t
transfer_run(struct transfer *transfer, uint64_t enough)
{
    int running;
    if (transfer->is_paused && transfer->got < transfer->space) {
        transfer->is_paused = false;
        transfer->moved_ms = transfer_clock_ms();
        curl_easy_pause(transfer->easy, CURLPAUSE_CONT);
    }
    while (!transfer->has_ended && !transfer->is_paused && (!enough || transfer->got < enough)) {
        curl_multi_perform(transfer->multi, &running);
        note_end(transfer);
        if (transfer->has_ended || transfer->is_paused)
            break;
        int32_t status = transfer->job->host->poll(transfer->job);
        if (status != MIM_OK)
            return status;
        if (transfer_clock_ms() - transfer->moved_ms > STALL_MS + (transfer->answer.header_bytes ? 0 : CONNECT_MS)) {
            transfer->has_ended = true;
            transfer->result = CURLE_OPERATION_TIMEDOUT;
        }
        curl_multi_poll(transfer->multi, NULL, 0, POLL_MS, NULL);
    }
    return MIM_OK;
}
