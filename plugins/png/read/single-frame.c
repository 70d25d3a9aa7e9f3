/* SPDX-License-Identifier: MIT */
/*
 * libpng does not support animations, so each frame is presented as a file of its own: signature, header, palette and
 * the data as IDAT.
 */
#include "read/single-frame.h"

#include <string.h>

enum { STEP_CHUNK, STEP_DATA, STEP_END };
enum { SUM_SIZE = 4 };

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

    pngx_pixel_data_open(&file->data, job, window, frame);
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

static void
end_file(struct pngx_single_frame *file)
{
    put_chunk(file->small, PNGX_IEND, "", 0);
    set_piece(file, file->small, PNGX_CHUNK_FRAME);
    file->step = STEP_END;
}

/* Presents the head of the next chunk of pixels. */
static int32_t
start_chunk(struct pngx_single_frame *file)
{
    uint32_t size = 0;
    bool is_end = false;

    int32_t status = pngx_pixel_data_chunk(&file->data, &size, &is_end);
    if (status != MIM_OK)
        return status;
    if (is_end) {
        end_file(file);
        return MIM_OK;
    }
    mim_store_be32(mim_store_be32(file->small, size), PNGX_IDAT);
    set_piece(file, file->small, PNGX_CHUNK_HEAD);
    file->step = STEP_DATA;
    return MIM_OK;
}

static int32_t
next_piece(struct pngx_single_frame *file)
{
    if (file->step == STEP_END)
        return pngx_fault_set(&file->data.fault, MIM_CORRUPT, file->data.next, "libpng reads past the end");
    if (file->step == STEP_CHUNK)
        return start_chunk(file);
    int32_t status = pngx_pixel_data_span(&file->data, UINT64_MAX, &file->piece, &file->piece_size);
    if (status != MIM_OK || file->piece_size)
        return status;
    set_piece(file, file->small, SUM_SIZE);
    file->step = STEP_CHUNK;
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
