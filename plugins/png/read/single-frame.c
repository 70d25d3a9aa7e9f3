/* SPDX-License-Identifier: MIT */
/* libpng knows no animations: it gets signature, header, palette and the frame's data as IDAT chunks. */
#include "read/single-frame.h"

#include <string.h>

#include <libdeflate.h>

enum { STEP_CHUNK, STEP_DATA, STEP_END };
enum { SEQUENCE_SIZE = 4, SUM_SIZE = 4 };

static uint8_t *
put_chunk(uint8_t *out, uint32_t type, const void *data, uint32_t size)
{
    out = pngx_put_u32(pngx_put_u32(out, size), type);
    memcpy(out, data, size);
    return pngx_put_u32(out + size, 0); /* libpng is told not to look at sums */
}

void
pngx_feed_open(struct pngx_feed *feed, struct mim_job *job, struct pngx_window *window,
               const struct pngx_header *header, const struct pngx_frame *frame)
{
    uint8_t ihdr[PNGX_IHDR_SIZE], *end = feed->head + PNGX_SIGNATURE_SIZE;

    feed->job = job;
    feed->window = window;
    feed->fault = (struct pngx_fault){ 0 };
    feed->next = frame->pixels;
    feed->is_fdat = frame->is_fdat;
    feed->sequence = frame->sequence;
    feed->step = STEP_CHUNK;

    memcpy(feed->head, pngx_signature, PNGX_SIGNATURE_SIZE);
    memcpy(ihdr, header->ihdr, sizeof ihdr);
    pngx_put_u32(pngx_put_u32(ihdr, frame->width), frame->height);
    end = put_chunk(end, PNGX_IHDR, ihdr, sizeof ihdr);
    if (header->colour == PNGX_PALETTE)
        end = put_chunk(end, PNGX_PLTE, header->palette, header->palette_size);
    if (header->transparency_size)
        end = put_chunk(end, PNGX_TRNS, header->transparency, header->transparency_size);
    feed->piece = feed->head;
    feed->piece_size = (uint64_t)(end - feed->head);
}

static void
hand_out(struct pngx_feed *feed, const uint8_t *piece, uint64_t size)
{
    feed->piece = piece;
    feed->piece_size = size;
}

static int32_t
cut(struct pngx_feed *feed, int32_t status, uint64_t offset)
{
    if (status == MIM_TRUNCATED)
        return pngx_fault_set(&feed->fault, status, offset, "the file ends inside the pixels");
    feed->fault.status = status;
    return status;
}

static int32_t
check_sequence(struct pngx_feed *feed)
{
    const uint8_t *bytes;
    uint64_t at = feed->chunk.offset + PNGX_CHUNK_HEAD;

    if (feed->chunk.size < SEQUENCE_SIZE)
        return pngx_fault_set(&feed->fault, MIM_CORRUPT, at, "an fdAT of %u bytes", feed->chunk.size);
    int32_t status = pngx_window_get(feed->job, feed->window, at, SEQUENCE_SIZE, &bytes);
    if (status != MIM_OK)
        return cut(feed, status, at);
    uint32_t found = pngx_get_u32(bytes);
    if (found != feed->sequence)
        return pngx_fault_set(&feed->fault, MIM_CORRUPT, at, "sequence number %u where %u was expected", found,
                              feed->sequence);
    feed->sum = libdeflate_crc32(feed->sum, bytes, SEQUENCE_SIZE);
    feed->sequence++;
    feed->done = SEQUENCE_SIZE;
    return MIM_OK;
}

static void
end_file(struct pngx_feed *feed)
{
    put_chunk(feed->small, PNGX_IEND, "", 0);
    hand_out(feed, feed->small, PNGX_CHUNK_FRAME);
    feed->step = STEP_END;
}

/* Hand out the head of the next chunk of pixels. Between fdATs there may be others; IDATs stand together. */
static int32_t
start_chunk(struct pngx_feed *feed)
{
    uint32_t wanted = feed->is_fdat ? PNGX_FDAT : PNGX_IDAT;
    uint8_t type[4];
    int32_t status;

    do {
        status = pngx_chunk_at(feed->job, feed->window, feed->next, &feed->chunk, &feed->fault);
        if (status != MIM_OK)
            return status;
        feed->next = pngx_chunk_next(&feed->chunk);
    } while (feed->is_fdat && feed->chunk.type != wanted && feed->chunk.type != PNGX_FCTL &&
             feed->chunk.type != PNGX_IEND);
    if (feed->chunk.type != wanted) {
        end_file(feed);
        return MIM_OK;
    }

    pngx_put_u32(type, feed->chunk.type);
    feed->sum = libdeflate_crc32(0, type, sizeof type);
    feed->done = 0;
    if (feed->is_fdat)
        status = check_sequence(feed);
    pngx_put_u32(pngx_put_u32(feed->small, feed->chunk.size - (uint32_t)feed->done), PNGX_IDAT);
    hand_out(feed, feed->small, PNGX_CHUNK_HEAD);
    feed->step = STEP_DATA;
    return status;
}

static int32_t
end_chunk(struct pngx_feed *feed)
{
    const uint8_t *sum;
    uint64_t at = feed->chunk.offset + PNGX_CHUNK_HEAD + feed->chunk.size;

    int32_t status = pngx_window_get(feed->job, feed->window, at, SUM_SIZE, &sum);
    if (status != MIM_OK)
        return cut(feed, status, at);
    if (pngx_get_u32(sum) != feed->sum)
        return pngx_fault_set(&feed->fault, MIM_CORRUPT, feed->chunk.offset, "the checksum of the chunk %s is wrong",
                              feed->is_fdat ? "fdAT" : "IDAT");
    hand_out(feed, feed->small, SUM_SIZE);
    feed->step = STEP_CHUNK;
    return MIM_OK;
}

static int32_t
next_piece(struct pngx_feed *feed)
{
    const uint8_t *bytes;
    uint64_t some, at = feed->chunk.offset + PNGX_CHUNK_HEAD + feed->done, left = feed->chunk.size - feed->done;

    if (feed->step == STEP_END)
        return pngx_fault_set(&feed->fault, MIM_CORRUPT, feed->next, "libpng reads past the end");
    if (feed->step == STEP_CHUNK)
        return start_chunk(feed);
    if (!left)
        return end_chunk(feed);
    int32_t status = pngx_window_span(feed->job, feed->window, at, &bytes, &some);
    if (status != MIM_OK)
        return cut(feed, status, at);
    some = some < left ? some : left;
    feed->sum = libdeflate_crc32(feed->sum, bytes, some);
    feed->done += some;
    hand_out(feed, bytes, some);
    return MIM_OK;
}

int32_t
pngx_feed_read(struct pngx_feed *feed, uint8_t *data, uint64_t size)
{
    while (size) {
        int32_t status = feed->piece_size ? MIM_OK : next_piece(feed);
        if (status != MIM_OK)
            return status;
        uint64_t some = size < feed->piece_size ? size : feed->piece_size;
        memcpy(data, feed->piece, some);
        feed->piece += some;
        feed->piece_size -= some;
        data += some;
        size -= some;
    }
    return MIM_OK;
}
