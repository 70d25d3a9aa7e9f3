/* SPDX-License-Identifier: MIT */
/* Finds and loads chunks. */
#include "chunk/chunk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libdeflate.h>

#define MAX_CHUNK_SIZE 0x7fffffffU /* PNG specification (third edition), 5.3 */

const uint8_t pngx_signature[PNGX_SIGNATURE_SIZE] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

int32_t
pngx_fault_set(struct pngx_fault *fault, int32_t status, uint64_t offset, const char *format, ...)
{
    va_list arguments;

    fault->status = status;
    fault->offset = offset;
    va_start(arguments, format);
    vsnprintf(fault->text, sizeof fault->text, format, arguments);
    va_end(arguments);
    return status;
}

int32_t
pngx_fault_raise(struct mim_job *job, const struct pngx_fault *fault)
{
    if (fault->status == MIM_OK || !fault->text[0])
        return fault->status;
    return job->host->fail(job, fault->status, fault->offset, "%s", fault->text);
}

void
pngx_chunk_name(uint32_t type, char name[5])
{
    mim_store_be32((uint8_t *)name, type);
    name[4] = '\0';
}

static bool
is_letters(uint32_t type)
{
    for (int shift = 0; shift < 32; shift += 8) {
        uint8_t letter = (type >> shift & 0xff) | 0x20;
        if (letter < 'a' || letter > 'z')
            return false;
    }
    return true;
}

/* Reports a failed read at a place where the file must go on. */
static int32_t
report_missing(struct pngx_fault *fault, int32_t status, uint64_t offset, const char *what)
{
    if (status == MIM_TRUNCATED)
        return pngx_fault_set(fault, status, offset, "the file ends %s", what);
    fault->status = status;
    fault->text[0] = '\0';
    return status;
}

int32_t
pngx_chunk_at(struct mim_job *job, struct mim_window *window, uint64_t offset, struct pngx_chunk *chunk,
              struct pngx_fault *fault)
{
    const uint8_t *head;

    int32_t status = mim_window_get(job, window, offset, PNGX_CHUNK_HEAD, &head);
    if (status != MIM_OK)
        return report_missing(fault, status, offset, "before its last chunk");
    *chunk = (struct pngx_chunk){ .offset = offset, .size = mim_load_be32(head), .type = mim_load_be32(head + 4) };
    if (!is_letters(chunk->type))
        return pngx_fault_set(fault, MIM_CORRUPT, offset, "invalid chunk type 0x%08x", chunk->type);
    if (chunk->size > MAX_CHUNK_SIZE)
        return pngx_fault_set(fault, MIM_CORRUPT, offset, "a chunk claims %u bytes, the limit is %u", chunk->size,
                              MAX_CHUNK_SIZE);
    return MIM_OK;
}

uint64_t
pngx_chunk_next(const struct pngx_chunk *chunk)
{
    return chunk->offset + PNGX_CHUNK_FRAME + chunk->size;
}

bool
pngx_chunk_cuts_pixels(struct mim_job *job, struct mim_window *window, const struct pngx_chunk *chunk)
{
    const uint8_t *last;

    return (chunk->type == PNGX_IDAT || chunk->type == PNGX_FDAT) &&
           mim_window_get(job, window, pngx_chunk_next(chunk) - 1, 1, &last) != MIM_OK;
}

static int32_t
load_data(struct mim_job *job, struct mim_window *window, const struct pngx_chunk *chunk, uint8_t *data)
{
    uint64_t done = 0;

    while (done < chunk->size) {
        const uint8_t *bytes;
        uint64_t some;
        int32_t status = mim_window_span(job, window, chunk->offset + PNGX_CHUNK_HEAD + done, &bytes, &some);
        if (status != MIM_OK)
            return status;
        some = some < chunk->size - done ? some : chunk->size - done;
        memcpy(data + done, bytes, some);
        done += some;
    }
    return MIM_OK;
}

int32_t
pngx_chunk_load(struct mim_job *job, struct mim_window *window, const struct pngx_chunk *chunk, void *data,
                uint64_t capacity, struct pngx_fault *fault)
{
    const uint8_t *sum;
    uint8_t type[4];
    char name[5];

    pngx_chunk_name(chunk->type, name);
    if (chunk->size > capacity)
        return pngx_fault_set(fault, MIM_CORRUPT, chunk->offset, "chunk %s has %u bytes, expected at most %llu", name,
                              chunk->size, (unsigned long long)capacity);
    int32_t status = load_data(job, window, chunk, data);
    if (status == MIM_OK)
        status = mim_window_get(job, window, chunk->offset + PNGX_CHUNK_HEAD + chunk->size, 4, &sum);
    if (status != MIM_OK)
        return report_missing(fault, status, chunk->offset, "inside a chunk");

    mim_store_be32(type, chunk->type);
    if (libdeflate_crc32(libdeflate_crc32(0, type, sizeof type), data, chunk->size) != mim_load_be32(sum))
        return pngx_fault_set(fault, MIM_CORRUPT, chunk->offset, "the checksum of chunk %s is wrong", name);
    return MIM_OK;
}
