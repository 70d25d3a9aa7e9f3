/* SPDX-License-Identifier: MIT */
/* What a URI means to libcurl: the URL, the schemes of redirects, and the signature of S3. */
#include "address.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The first variable that is set, or NULL. Programs with raised privileges see none. */
static const char *
variable(const char *name, const char *other)
{
    const char *value = secure_getenv(name);
    if ((!value || !*value) && other)
        value = secure_getenv(other);
    return value && *value ? value : NULL;
}

bool
address_add_header(struct curl_slist **headers, const char *text)
{
    struct curl_slist *longer = curl_slist_append(*headers, text);
    if (longer)
        *headers = longer;
    return longer;
}

/* Encodes a key as signatures expect it, whatever of it the URI encodes. NULL: no memory. */
static char *
encode_key(const char *key)
{
    static const char digits[] = "0123456789ABCDEF";
    char *plain = curl_easy_unescape(NULL, key, 0, NULL), *encoded = plain ? malloc(3 * strlen(plain) + 1) : NULL, *to = encoded;
    for (const char *from = plain; encoded && *from; from++) {
        unsigned char c = (unsigned char)*from;
        if ((c < 0x80 && isalnum(c)) || strchr("-._~/", c)) {
            *to++ = (char)c;
            continue;
        }
        *to++ = '%';
        *to++ = digits[c >> 4];
        *to++ = digits[c & 15];
    }
    if (encoded)
        *to = '\0';
    curl_free(plain);
    return encoded;
}

/* The URL of s3://BUCKET/KEY. Names with dots do not fit certificates, and other endpoints seldom have a host for each bucket. */
static char *
s3_url(const char *bucket, int length, const char *key, const char *region)
{
    const char *endpoint = variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
    char *path = encode_key(key), *url = NULL;
    int size = -1;
    if (path && endpoint)
        size = asprintf(&url, "%.*s/%.*s/%s", (int)(strlen(endpoint) - (endpoint[strlen(endpoint) - 1] == '/')), endpoint, length,
                        bucket, path);
    else if (path && memchr(bucket, '.', (size_t)length))
        size = asprintf(&url, "https://s3.%s.amazonaws.com/%.*s/%s", region, length, bucket, path);
    else if (path)
        size = asprintf(&url, "https://%.*s.s3.%s.amazonaws.com/%s", length, bucket, region, path);
    free(path);
    return size < 0 ? NULL : url;
}

/* Signs requests if there is a key. */
static bool
sign(struct address *address, const char *region)
{
    const char *token = variable("AWS_SESSION_TOKEN", NULL);
    char *header = NULL;
    address->key = variable("AWS_ACCESS_KEY_ID", NULL);
    address->secret = variable("AWS_SECRET_ACCESS_KEY", NULL);
    if (!address->key || !address->secret)
        return true;
    if (asprintf(&address->signature, "aws:amz:%s:s3", region) < 0) {
        address->signature = NULL;
        return false;
    }
    if (!address_add_header(&address->headers, "x-amz-content-sha256: UNSIGNED-PAYLOAD"))
        return false;
    bool added = !token || (asprintf(&header, "x-amz-security-token: %s", token) >= 0 && address_add_header(&address->headers, header));
    free(header);
    return added;
}

/* Whether a text of the environment may be part of a header or a URL. */
static bool
is_printable(const char *text)
{
    for (; text && *text; text++)
        if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7f)
            return false;
    return true;
}

static int32_t
set_s3(struct address *address, struct mim_job *job, const char *rest)
{
    static const char *const names[] = { "AWS_REGION",           "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL",
                                         "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID",  "AWS_SECRET_ACCESS_KEY" };
    const char *region = variable(names[0], names[1]), *key = strchr(rest, '/');
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!is_printable(variable(names[i], NULL)))
            return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "%s has a blank or a control character", names[i]);
    if (!key || key == rest || !key[1] || strpbrk(rest, "?#@"))
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "expected s3://BUCKET/KEY");
    region = region ? region : "us-east-1";
    address->is_s3 = true;
    address->url = s3_url(rest, (int)(key - rest), key + 1, region);
    address->schemes = address->url && !strncasecmp(address->url, "http:", 5) ? "http,https" : "https";
    return address->url && sign(address, region) ? MIM_OK : MIM_NOMEM;
}

int32_t
address_init(struct address *address, struct mim_job *job, const char *uri)
{
    /* a redirect may go on to TLS, and never back */
    static const struct {
        const char *prefix, *schemes;
        bool is_ftp;
    } kinds[] = { { "http://", "http,https", false }, { "https://", "https", false }, { "ftp://", "ftp", true }, { "ftps://", "ftps", true } };
    if (!address_add_header(&address->headers, "Accept-Encoding: identity"))
        return MIM_NOMEM;
    if (!strncasecmp(uri, "s3://", 5))
        return set_s3(address, job, uri + 5);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strncasecmp(uri, kinds[i].prefix, strlen(kinds[i].prefix))) {
            address->schemes = kinds[i].schemes;
            address->is_ftp = kinds[i].is_ftp;
        }
    address->url = strdup(uri);
    return address->url ? MIM_OK : MIM_NOMEM;
}

void
address_clear(struct address *address)
{
    curl_slist_free_all(address->headers);
    free(address->url);
    free(address->signature);
    *address = (struct address){ 0 };
}
