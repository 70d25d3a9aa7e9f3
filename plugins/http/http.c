/* SPDX-License-Identifier: MIT */
/* HTTP, FTP and S3: libcurl speaks the protocols, and the core asks for ranges of bytes. */
#include <stdio.h>

#include <curl/curl.h>

#include <mim/kit/entry.h>

#include "session.h"

static const struct mim_transport_ops transport = {
    .struct_size = sizeof transport,
    .schemes = "http https ftp ftps s3",
    .state_size = sizeof(struct session),
    .open = session_open,
    .read = session_read,
    .close = session_close,
};

static const struct mim_transport_ops *const transports[] = { &transport, NULL };

static char versions[40];

static int32_t
start_library(const struct mim_host *host)
{
    (void)host;
    snprintf(versions, sizeof versions, "libcurl %.24s", curl_version_info(CURLVERSION_NOW)->version);
    return curl_global_init(CURL_GLOBAL_DEFAULT) ? MIM_NOMEM : MIM_OK;
}

MIM_PLUGIN_TRANSPORT("http", PLUGIN_VERSION, "MIT", "", "http https ftp ftps s3", .library = versions, .init = start_library,
                     .transports = transports);
