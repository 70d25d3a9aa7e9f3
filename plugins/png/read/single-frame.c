/* SPDX-License-Identifier: MIT */
/*
 * libpng does not support animations, so each frame is presented as a file of its own: signature, header, palette and
 * the data as IDAT.
 */
#include "read/single-frame.h"

#include <string.h>

#include <libdeflate.h>

enum { STEP_CHUNK, STEP_DATA, STEP_END };
enum { SEQUENCE_SIZE = 4, SUM_SIZE = 4 };

static uint8_t *
put_chunk(uint8_t *out, uint32_t type, const void *data, uint32_t size)
{
    out = mim_store_be32(mim_store_be32(out, size), type);
    memcpy(out, data, size);
    return mim_store_be32(out + size, 0); /* libpng is set to ignore checksums */
}

void
pngx_single_frame_open(struct pngx_single_frame *file, struct mim_job *job, struct mim_window *window,
                       const struct pngx_header *header, const struct pngx_frame *frame)
{
    uint8_t ihdr[PNGX_IHDR_SIZE], *end = file->head + PNGX_SIGNATURE_SIZE;

    file->job = job;
    file->window = window;
    file->fault = (struct pngx_fault){ 0 };
    file->next = frame->pixels;
    file->is_fdat = frame->is_fdat;
    file->sequence = frame->sequence;
    file->step = STEP_CHUNK;

    memcpy(file->head, pngx_signature, PNGX_SIGNATURE_SIZE);
    memcpy(ihdr, header->ihdr, sizeof ihdr);
    mim_store_be32(mim_store_be32(ihdr, frame->width), frame->height);
    end = put_chunk(end, PNGX_IHDR, ihdr, sizeof ihdr);
    if (header->colour == PNGX_PALETTE)
        end = put_chunk(end, PNGX_PLTE, header->palette, header->palette_size);
    if (header->transparency_size)
        end = put_chunk(end, PNGX_TRNS, header->transparency, header->transparency_size);
    file->piece = file->head;
    file->piece_size = (uint64_t)(end - file->head);
}

static void
set_piece(struct pngx_single_frame *file, const uint8_t *piece, uint64_t size)
{
    file->piece = piece;
    file->piece_size = size;
}

static int32_t
report_truncation(struct pngx_single_frame *file, int32_t status, uint64_t offset)
{
    if (status == MIM_TRUNCATED)
        return pngx_fault_set(&file->fault, status, offset, "the file ends inside the pixels");
    file->fault.status = status;
    return status;
}

static int32_t
check_sequence(struct pngx_single_frame *file)
{
    const uint8_t *bytes;
    uint64_t at = file->chunk.offset + PNGX_CHUNK_HEAD;

    if (file->chunk.size < SEQUENCE_SIZE)
        return pngx_fault_set(&file->fault, MIM_CORRUPT, at, "fdAT has only %u bytes", file->chunk.size);
    int32_t status = mim_window_get(file->job, file->window, at, SEQUENCE_SIZE, &bytes);
    if (status != MIM_OK)
        return report_truncation(file, status, at);
    uint32_t found = mim_load_be32(bytes);
    if (found != file->sequence)
        return pngx_fault_set(&file->fault, MIM_CORRUPT, at, "sequence number %u, expected %u", found, file->sequence);
    file->sum = libdeflate_crc32(file->sum, bytes, SEQUENCE_SIZE);
    file->sequence++;
    file->done = SEQUENCE_SIZE;
    return MIM_OK;
}

static void
end_file(struct pngx_single_frame *file)
{
    put_chunk(file->small, PNGX_IEND, "", 0);
    set_piece(file, file->small, PNGX_CHUNK_FRAME);
    file->step = STEP_END;
}

/* Presents the head of the next chunk of pixels. Other chunks may lie between fdATs, but not between IDATs. */
static int32_t
start_chunk(struct pngx_single_frame *file)
{
    uint32_t wanted = file->is_fdat ? PNGX_FDAT : PNGX_IDAT;
    uint8_t type[4];
    int32_t status;

    do {
        status = pngx_chunk_at(file->job, file->window, file->next, &file->chunk, &file->fault);
        if (status != MIM_OK)
            return status;
        file->next = pngx_chunk_next(&file->chunk);
    } while (file->is_fdat && file->chunk.type != wanted && file->chunk.type != PNGX_FCTL &&
             file->chunk.type != PNGX_IEND);
    if (file->chunk.type != wanted) {
        end_file(file);
        return MIM_OK;
    }

    mim_store_be32(type, file->chunk.type);
    file->sum = libdeflate_crc32(0, type, sizeof type);
    file->done = 0;
    if (file->is_fdat)
        status = check_sequence(file);
    mim_store_be32(mim_store_be32(file->small, file->chunk.size - (uint32_t)file->done), PNGX_IDAT);
    set_piece(file, file->small, PNGX_CHUNK_HEAD);
    file->step = STEP_DATA;
    return status;
}

static int32_t
end_chunk(struct pngx_single_frame *file)
{
    const uint8_t *sum;
    uint64_t at = file->chunk.offset + PNGX_CHUNK_HEAD + file->chunk.size;

    int32_t status = mim_window_get(file->job, file->window, at, SUM_SIZE, &sum);
    if (status != MIM_OK)
        return report_truncation(file, status, at);
    if (mim_load_be32(sum) != file->sum)
        return pngx_fault_set(&file->fault, MIM_CORRUPT, file->chunk.offset, "the checksum of chunk %s is wrong",
                              file->is_fdat ? "fdAT" : "IDAT");
    set_piece(file, file->small, SUM_SIZE);
    file->step = STEP_CHUNK;
    return MIM_OK;
}

static int32_t
next_piece(struct pngx_single_frame *file)
{
    const uint8_t *bytes;
    uint64_t some, at = file->chunk.offset + PNGX_CHUNK_HEAD + file->done, left = file->chunk.size - file->done;

    if (file->step == STEP_END)
        return pngx_fault_set(&file->fault, MIM_CORRUPT, file->next, "libpng reads past the end");
    if (file->step == STEP_CHUNK)
        return start_chunk(file);
    if (!left)
        return end_chunk(file);
    int32_t status = mim_window_span(file->job, file->window, at, &bytes, &some);
    if (status != MIM_OK)
        return report_truncation(file, status, at);
    some = some < left ? some : left;
    file->sum = libdeflate_crc32(file->sum, bytes, some);
    file->done += some;
    set_piece(file, bytes, some);
    return MIM_OK;
}

int32_t
pngx_single_frame_read(struct pngx_single_frame *file, uint8_t *data, uint64_t size)
{
    while (size) {
        int32_t status = file->piece_size ? MIM_OK : next_piece(file);
        if (status != MIM_OK)
            return status;
        uint64_t some = size < file->piece_size ? size : file->piece_size;
        memcpy(data, file->piece, some);
        file->piece += some;
        file->piece_size -= some;
        data += some;
        size -= some;
    }
    return MIM_OK;
}
