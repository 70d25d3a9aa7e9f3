/* SPDX-License-Identifier: MIT */
/* Reads chunks of pixels and verifies their checksums and sequence numbers. */
#include "read/pixel-data.h"

#include <libdeflate.h>

enum { SEQUENCE_SIZE = 4, SUM_SIZE = 4 };

void
pngx_pixel_data_open(struct pngx_pixel_data *data, struct mim_job *job, struct mim_window *window,
                     const struct pngx_frame *frame)
{
    *data = (struct pngx_pixel_data){
        .job = job, .window = window, .is_fdat = frame->is_fdat, .next = frame->pixels, .sequence = frame->sequence
    };
}

static int32_t
report_truncation(struct pngx_pixel_data *data, int32_t status, uint64_t offset)
{
    if (status == MIM_TRUNCATED)
        return pngx_fault_set(&data->fault, status, offset, "the file ends inside the pixels");
    data->fault.status = status;
    return status;
}

static int32_t
check_sequence(struct pngx_pixel_data *data)
{
    const uint8_t *bytes;
    uint64_t at = data->chunk.offset + PNGX_CHUNK_HEAD;

    if (data->chunk.size < SEQUENCE_SIZE)
        return pngx_fault_set(&data->fault, MIM_CORRUPT, at, "fdAT has only %u bytes", data->chunk.size);
    int32_t status = mim_window_get(data->job, data->window, at, SEQUENCE_SIZE, &bytes);
    if (status != MIM_OK)
        return report_truncation(data, status, at);
    uint32_t found = mim_load_be32(bytes);
    if (found != data->sequence)
        return pngx_fault_set(&data->fault, MIM_CORRUPT, at, "sequence number %u, expected %u", found, data->sequence);
    data->sum = libdeflate_crc32(data->sum, bytes, SEQUENCE_SIZE);
    data->sequence++;
    data->done = SEQUENCE_SIZE;
    return MIM_OK;
}

/* Other chunks may lie between fdATs, but not between IDATs. */
int32_t
pngx_pixel_data_chunk(struct pngx_pixel_data *data, uint32_t *size, bool *is_end)
{
    uint32_t wanted = data->is_fdat ? PNGX_FDAT : PNGX_IDAT;
    uint8_t type[4];
    int32_t status;

    do {
        status = pngx_chunk_at(data->job, data->window, data->next, &data->chunk, &data->fault);
        if (status != MIM_OK)
            return status;
        data->next = pngx_chunk_next(&data->chunk);
    } while (data->is_fdat && data->chunk.type != wanted && data->chunk.type != PNGX_FCTL &&
             data->chunk.type != PNGX_IEND);
    *is_end = data->chunk.type != wanted;
    if (*is_end)
        return MIM_OK;

    mim_store_be32(type, data->chunk.type);
    data->sum = libdeflate_crc32(0, type, sizeof type);
    data->done = 0;
    if (data->is_fdat)
        status = check_sequence(data);
    *size = data->chunk.size - (uint32_t)data->done;
    return status;
}

static int32_t
check_sum(struct pngx_pixel_data *data)
{
    const uint8_t *sum;
    uint64_t at = data->chunk.offset + PNGX_CHUNK_HEAD + data->chunk.size;

    int32_t status = mim_window_get(data->job, data->window, at, SUM_SIZE, &sum);
    if (status != MIM_OK)
        return report_truncation(data, status, at);
    if (mim_load_be32(sum) != data->sum)
        return pngx_fault_set(&data->fault, MIM_CORRUPT, data->chunk.offset, "the checksum of chunk %s is wrong",
                              data->is_fdat ? "fdAT" : "IDAT");
    return MIM_OK;
}

int32_t
pngx_pixel_data_span(struct pngx_pixel_data *data, uint64_t max, const uint8_t **bytes, uint64_t *size)
{
    uint64_t at = data->chunk.offset + PNGX_CHUNK_HEAD + data->done, left = data->chunk.size - data->done;

    *size = 0;
    if (!left)
        return check_sum(data);
    int32_t status = mim_window_span(data->job, data->window, at, bytes, size);
    if (status != MIM_OK)
        return report_truncation(data, status, at);
    left = left < max ? left : max;
    *size = *size < left ? *size : left;
    data->sum = libdeflate_crc32(data->sum, *bytes, *size);
    data->done += *size;
    return MIM_OK;
}
