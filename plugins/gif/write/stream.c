/* SPDX-License-Identifier: MIT */
/* Frames are coded with local tables, and stay pending until the global table is chosen from theirs. */
#include "write/stream.h"

#include <string.h>

#include "lzw/recode.h"

enum { BLOCK = 255, PENDING_MAX = 1 << 20 };

/* The file stores the number of repeats, 0 for ever. A single play needs no block. */
static int32_t
emit_loop(struct mim_job *job, int64_t plays)
{
    uint32_t repeats = plays ? plays - 1 : 0;
    uint8_t block[19] = "\x21\xff\x0bNETSCAPE2.0\x03\x01";

    block[16] = repeats;
    block[17] = repeats >> 8;
    return plays == 1 ? MIM_OK : job->host->emit(job, block, sizeof block);
}

static int32_t
emit_comment(struct mim_job *job, const char *text)
{
    size_t left = text ? strlen(text) : 0;
    if (!left)
        return MIM_OK;

    int32_t status = job->host->emit(job, "\x21\xfe", 2);
    while (status == MIM_OK && left) {
        uint8_t size = left < BLOCK ? left : BLOCK;
        status = job->host->emit(job, &size, 1);
        if (status == MIM_OK)
            status = job->host->emit(job, text, size);
        text += size;
        left -= size;
    }
    return status == MIM_OK ? job->host->emit(job, "", 1) : status;
}

/* The trailer leads readers that take bytes of the packet for lengths of sub-blocks to the terminator. */
static int32_t
emit_xmp(struct mim_job *job, const struct mim_bytes *packet)
{
    uint8_t trailer[258] = { 1 };

    if (!packet->size)
        return MIM_OK;
    for (int i = 0; i < 256; i++)
        trailer[1 + i] = 255 - i;
    int32_t status = job->host->emit(job, "\x21\xff\x0bXMP DataXMP", 14);
    if (status == MIM_OK)
        status = job->host->emit(job, packet->data, packet->size);
    return status == MIM_OK ? job->host->emit(job, trailer, sizeof trailer) : status;
}

/* Logical screen with its table, loop block, comment and XMP. */
static int32_t
emit_header(struct mim_job *job, const struct gif_stream *stream)
{
    uint32_t width = stream->width, height = stream->height, bits = stream->table.bits;
    const uint8_t flags = bits ? 0xf0 | (bits - 1) : 0x70;
    const uint8_t screen[] = { 'G', 'I', 'F', '8', '9', 'a', width, width >> 8, height, height >> 8, flags, 0,
                               stream->aspect };
    uint8_t table[GIF_TABLE_MAX] = { 0 };

    for (uint32_t i = 0; i < stream->table.colours.count; i++) {
        uint32_t key = stream->table.colours.keys[i];
        table[3 * i] = key >> 16;
        table[3 * i + 1] = key >> 8;
        table[3 * i + 2] = key;
    }
    int32_t status = job->host->emit(job, screen, sizeof screen);
    if (status == MIM_OK && bits)
        status = job->host->emit(job, table, 3U << bits);
    if (status == MIM_OK)
        status = emit_loop(job, stream->plays);
    if (status == MIM_OK)
        status = emit_comment(job, stream->comment);
    return status == MIM_OK ? emit_xmp(job, &stream->xmp) : status;
}

/* Emit a frame that uses the global table. */
static int32_t
emit_without_table(struct mim_job *job, const uint8_t *frame, uint64_t size, const struct gif_table_use *use)
{
    uint32_t skipped = gif_frame_needs_control(frame) ? 0 : GIF_FRAME_DESCRIPTOR;
    const uint8_t *codes = frame + GIF_FRAME_TABLE + gif_table_size(frame);
    uint8_t head[GIF_FRAME_TABLE];

    memcpy(head, frame, sizeof head);
    head[GIF_FRAME_FLAGS] = 0;
    if (gif_frame_has_transparent(frame))
        head[GIF_FRAME_TRANSPARENT] = use->entries[head[GIF_FRAME_TRANSPARENT]];
    int32_t status = job->host->emit(job, head + skipped, sizeof head - skipped);
    if (status != MIM_OK)
        return status;
    return use->is_identity ? job->host->emit(job, codes, size - (uint64_t)(codes - frame))
                            : gif_recode(job, codes, use->entries, use->code_size);
}

static int32_t
emit_frame(struct mim_job *job, const struct gif_stream *stream, const uint8_t *frame, uint64_t size)
{
    uint32_t skipped = gif_frame_needs_control(frame) ? 0 : GIF_FRAME_DESCRIPTOR;
    struct gif_table_use use;

    if (gif_shared_table_use(&stream->table, frame, size, &use))
        return emit_without_table(job, frame, size, &use);
    return job->host->emit(job, frame + skipped, size - skipped);
}

static bool
fits_pending(const struct gif_stream *stream, uint64_t size)
{
    return stream->pending_size + sizeof size <= stream->capacity &&
           size <= stream->capacity - stream->pending_size - sizeof size;
}

static void
append_pending(struct gif_stream *stream, const uint8_t *frame, uint64_t size)
{
    memcpy(stream->pending + stream->pending_size, &size, sizeof size);
    memcpy(stream->pending + stream->pending_size + sizeof size, frame, size);
    stream->pending_size += sizeof size + size;
}

/* Emit the header and the pending frames. */
static int32_t
start_file(struct mim_job *job, struct gif_stream *stream)
{
    const struct gif_frame_list frames = { stream->pending, stream->pending_size };
    const uint8_t *frame;

    if (frames.size)
        gif_shared_table_choose(&stream->table, &frames);
    stream->is_started = true;
    int32_t status = emit_header(job, stream);
    for (uint64_t at = 0, size; status == MIM_OK && (frame = gif_frame_list_next(&frames, &at, &size));)
        status = emit_frame(job, stream, frame, size);
    stream->pending_size = 0;
    return status;
}

/* Allocate everything now, while no frame holds memory, so that the output does not depend on the number of threads. */
int32_t
gif_stream_open(struct mim_job *job, struct gif_stream *stream, bool is_picture)
{
    if (is_picture || stream->kind == GIF_TABLE_NONE)
        return MIM_OK;
    stream->pending = job->host->resize(job, NULL, 0, PENDING_MAX);
    stream->capacity = stream->pending ? PENDING_MAX : 0;
    return stream->pending ? MIM_OK : MIM_NOMEM;
}

int32_t
gif_stream_add(struct mim_job *job, struct gif_stream *stream, const uint8_t *frame, uint64_t size)
{
    if (stream->is_started)
        return emit_frame(job, stream, frame, size);
    if (stream->kind == GIF_TABLE_SHARED && fits_pending(stream, size)) {
        append_pending(stream, frame, size);
        gif_shared_table_add(&stream->table, frame, GIF_TABLE_BITS_MAX);
        return stream->table.colours.count < GIF_COLOURS_MAX ? MIM_OK : start_file(job, stream);
    }
    if (!stream->pending_size && stream->kind != GIF_TABLE_NONE)
        gif_shared_table_add(&stream->table, frame, gif_frame_bits(frame));
    int32_t status = start_file(job, stream);
    return status == MIM_OK ? emit_frame(job, stream, frame, size) : status;
}

int32_t
gif_stream_end(struct mim_job *job, struct gif_stream *stream)
{
    int32_t status = stream->pending_size ? start_file(job, stream) : MIM_OK;

    return status == MIM_OK ? job->host->emit(job, ";", 1) : status;
}

void
gif_stream_close(struct mim_job *job, struct gif_stream *stream)
{
    if (stream->pending)
        job->host->resize(job, stream->pending, stream->capacity, 0);
    stream->pending = NULL;
}
