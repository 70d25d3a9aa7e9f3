/* SPDX-License-Identifier: MIT */
/* XMP in GIF is not in sub-blocks: the packet follows the name of the extension, and then a trailer that leads readers, which take
 * any byte of the packet for a length, to the terminator. */
#include "read/xmp.h"

#include <string.h>

#include <mim/kit/array.h>

enum { TRAILER = 258 }; /* 1, then 255 down to 0, then the terminator */

bool
gif_xmp_is_block(const uint8_t *block)
{
    return block[0] == 11 && !memcmp(block + 1, "XMP DataXMP", 11);
}

static bool
is_trailer(const uint8_t *bytes)
{
    bool is_equal = bytes[0] == 1 && bytes[TRAILER - 1] == 0;
    for (int i = 0; i < 256; i++)
        is_equal = is_equal && bytes[1 + i] == 255 - i;
    return is_equal;
}

int32_t
gif_xmp_deliver(struct mim_job *job, const struct gif_xmp *span)
{
    struct mim_bytes bytes = { 0 };
    uint64_t size = span->end - span->start;
    if (size <= TRAILER || size - TRAILER > job->host->limit(job, MIM_LIMIT_METADATA))
        return MIM_OK;
    int32_t status = mim_bytes_reserve(job, &bytes, size);
    int64_t got = status == MIM_OK ? job->host->read_at(job, bytes.data, size, span->start) : 0;
    if (got < 0)
        status = (int32_t)-got;
    else if ((uint64_t)got == size && is_trailer(bytes.data + size - TRAILER))
        status = job->host->meta(job, "xmp", MIM_META_BYTES, bytes.data, size - TRAILER);
    mim_bytes_clear(job, &bytes);
    return status;
}
