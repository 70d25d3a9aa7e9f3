/* SPDX-License-Identifier: MIT */
/* What a URI means to libcurl: the URL, the schemes of redirects, and the signature of S3. */
#ifndef MIM_HTTP_ADDRESS_H
#define MIM_HTTP_ADDRESS_H

#include <stdbool.h>

#include <curl/curl.h>

#include <mim/plugin.h>

struct address {
    char *url;
    const char *schemes; /* that the URL and redirects may have */
    bool is_ftp, is_s3;
    char *signature;             /* for CURLOPT_AWS_SIGV4; NULL: requests are not signed */
    const char *key, *secret;    /* of the environment, or NULL */
    struct curl_slist *headers;  /* of each request */
};

/* Fills the zeroed struct. ARGUMENT: no proper S3 address; NOMEM. */
int32_t address_init(struct address *address, struct mim_job *job, const char *uri);
void address_clear(struct address *address);

/* Adds a header. false: no memory. */
bool address_add_header(struct curl_slist **headers, const char *text);

#endif
