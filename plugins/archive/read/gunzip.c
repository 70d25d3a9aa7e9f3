/* SPDX-License-Identifier: MIT */
/* Decompresses gzip with zlib, and hands on all that came out before damage. */
#include "read/gunzip.h"

#include <errno.h>

enum { GZIP_ONLY = 16 + MAX_WBITS, BLOCK = 64 * 1024 };

/* Begins another gzip file after the last. */
static void
follow_on(struct arc_gunzip *gunzip)
{
    gunzip->is_between = gunzip->has_followed = true;
    inflateReset(&gunzip->stream);
}

/* More compressed bytes: their number, 0 at the end, < 0 on failure. */
static la_ssize_t
fill_input(struct arc_gunzip *gunzip, struct archive *archive)
{
    const void *bytes = NULL;
    la_ssize_t got = arc_input_read(archive, gunzip->input, &bytes);
    gunzip->stream.next_in = (Bytef *)(uintptr_t)bytes;
    gunzip->stream.avail_in = got > 0 ? (uInt)got : 0;
    if (got || gunzip->is_between)
        return got;
    archive_set_error(archive, EIO, "truncated gzip input");
    return -1;
}

static la_ssize_t
fail_damage(const struct arc_gunzip *gunzip, struct archive *archive)
{
    if (gunzip->has_followed && !gunzip->stream.total_out)
        return 0; /* no gzip follows; gzip passes over that, too */
    archive_set_error(archive, gunzip->stream.msg ? EIO : ENOMEM, "damaged gzip input: %s",
                      gunzip->stream.msg ? gunzip->stream.msg : "no memory");
    return -1;
}

static la_ssize_t
read_gunzipped(struct archive *archive, void *user, const void **block)
{
    struct arc_gunzip *gunzip = user;
    z_stream *stream = &gunzip->stream;
    *block = stream->next_out = gunzip->bytes;
    stream->avail_out = BLOCK;
    while (stream->avail_out == BLOCK) {
        la_ssize_t got = stream->avail_in ? 1 : fill_input(gunzip, archive);
        if (got <= 0)
            return got;
        gunzip->is_between = false;
        int code = inflate(stream, Z_NO_FLUSH);
        if (code == Z_STREAM_END)
            follow_on(gunzip);
        else if (code != Z_OK && code != Z_BUF_ERROR && stream->avail_out == BLOCK) /* else it fails again after these bytes */
            return fail_damage(gunzip, archive);
    }
    return BLOCK - (la_ssize_t)stream->avail_out;
}

int
arc_gunzip_open(struct arc_gunzip *gunzip, struct arc_input *input, struct archive *archive)
{
    const struct mim_host *host = input->job->host;
    if (!gunzip->bytes) {
        uint8_t *bytes = host->resize(input->job, NULL, 0, BLOCK);
        if (!bytes || inflateInit2(&gunzip->stream, GZIP_ONLY) != Z_OK) {
            host->resize(input->job, bytes, BLOCK, 0);
            archive_set_error(archive, ENOMEM, "no memory for a buffer");
            return ARCHIVE_FATAL;
        }
        gunzip->bytes = bytes;
    }
    inflateReset(&gunzip->stream);
    gunzip->stream.avail_in = 0;
    gunzip->input = input;
    gunzip->is_between = gunzip->has_followed = false;
    int code = arc_input_begin(input, archive);
    if (code != ARCHIVE_OK)
        return code;
    archive_read_set_callback_data(archive, gunzip);
    archive_read_set_read_callback(archive, read_gunzipped);
    return archive_read_open1(archive);
}

void
arc_gunzip_close(struct arc_gunzip *gunzip)
{
    if (!gunzip->bytes)
        return;
    inflateEnd(&gunzip->stream);
    gunzip->input->job->host->resize(gunzip->input->job, gunzip->bytes, BLOCK, 0);
    gunzip->bytes = NULL;
}
