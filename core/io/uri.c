/* SPDX-License-Identifier: MIT */
/* Paths and URIs: file:// becomes a path, and transports read other schemes. */
#include "io/uri.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/error.h"
#include "base/number.h"

/* isalpha() and friends depend on the locale. */
static int
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

size_t
mim_uri_scheme(const char *uri)
{
    if (!is_letter(*uri))
        return 0;
    size_t n = 1;
    while (is_letter(uri[n]) || mim_is_digit(uri[n]) || (uri[n] && strchr("+.-", uri[n])))
        n++;
    return strncmp(uri + n, "://", 3) == 0 ? n : 0;
}

static bool
is_file(const char *uri, size_t scheme)
{
    return scheme == strlen("file") && strncasecmp(uri, "file", scheme) == 0;
}

bool
mim_uri_is_remote(const char *uri)
{
    size_t scheme = uri ? mim_uri_scheme(uri) : 0;
    return scheme && !is_file(uri, scheme);
}

char *
mim_uri_shown(const char *uri)
{
    const char *authority = uri + mim_uri_scheme(uri) + strlen("://"), *path = authority + strcspn(authority, "/?#");
    const char *user = memrchr(authority, '@', (size_t)(path - authority)), *host = user ? user + 1 : authority;
    char *shown = NULL;
    int length = asprintf(&shown, "%.*s%.*s", (int)(authority - uri), uri, (int)strcspn(host, "?#"), host);
    return length < 0 ? NULL : shown;
}

bool
mim_uri_decode(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        int high = mim_hex_digit(from[1]);
        int low = high < 0 ? -1 : mim_hex_digit(from[2]);
        if (low < 0 || high + low == 0)
            return false;
        *to++ = (char)(high << 4 | low);
        from += 2;
    }
    *to = '\0';
    return true;
}

static enum mim_status
fail_tilde(const char *uri, struct mim_error *err)
{
    return mim_fail(err, MIM_ARGUMENT, "%.300s: only a shell replaces ~ by the home directory; write the whole path", uri);
}

static enum mim_status
decode_file_uri(char **path, const char *uri, struct mim_error *err)
{
    const char *rest = uri + strlen("file://");
    if (strncasecmp(rest, "localhost/", strlen("localhost/")) == 0)
        rest += strlen("localhost");
    if (*rest == '~')
        return fail_tilde(uri, err);
    if (*rest != '/')
        return mim_fail(err, MIM_ARGUMENT,
                        "%.300s: a file URI names an absolute path on this machine, as in file:///tmp/x", uri);
    char *copy = strdup(rest);
    if (!copy)
        return mim_fail_nomem(err, "a file name");
    if (!mim_uri_decode(copy)) {
        free(copy);
        return mim_fail(err, MIM_ARGUMENT, "%.300s: a %% without two hexadecimal digits, or %%00", uri);
    }
    *path = copy;
    return MIM_OK;
}

static enum mim_status
fail_remote(const char *uri, struct mim_error *err)
{
    char *shown = mim_uri_shown(uri);
    enum mim_status status = shown ? mim_fail(err, MIM_NO_PLUGIN, "%.300s: only local files can be written", shown)
                                   : mim_fail_nomem(err, "a file name");
    free(shown);
    return status;
}

enum mim_status
mim_uri_to_path(char **path, const char *uri, struct mim_error *err)
{
    if (!uri || !*uri)
        return mim_fail(err, MIM_ARGUMENT, "the name of the file is empty");

    size_t scheme = mim_uri_scheme(uri);
    if (is_file(uri, scheme))
        return decode_file_uri(path, uri, err);
    if (scheme > 0)
        return fail_remote(uri, err);

    if (strncmp(uri, "~/", 2) == 0 && access("~", F_OK) != 0)
        return fail_tilde(uri, err);
    *path = strdup(uri);
    return *path ? MIM_OK : mim_fail_nomem(err, "a file name");
}
