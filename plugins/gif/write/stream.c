/* SPDX-License-Identifier: MIT */
/*
 * Shares one colour table between many frames.
 *
 * Frames are coded with local tables before the global table is known. If the global table has all colours of a
 * frame, the frame's indices are relabelled and its table is dropped. Only tables of the same size are shared: a
 * smaller local table makes shorter codes at little cost.
 */
#include "write/stream.h"

#include <string.h>

#include "lzw/relabel.h"
#include "palette/key.h"

enum { BLOCK = 255, PENDING_MAX = 1 << 20, CONTROL_FLAGS = 3, CONTROL_TRANSPARENT = 6, HAS_TRANSPARENT = 1 };

static uint32_t
bits_of(const uint8_t *frame)
{
    return (frame[GIF_FRAME_FLAGS] & GIF_TABLE_BITS) + 1;
}

static uint32_t
key_of(const uint8_t *frame, uint32_t entry)
{
    const uint8_t *colour = frame + GIF_FRAME_TABLE + 3 * entry;

    return colour[0] << 16 | colour[1] << 8 | colour[2];
}

/* Number of entries in use. The transparent entry is the last one; without it the padding repeats a colour. */
static uint32_t
used_of(const uint8_t *frame)
{
    return frame[CONTROL_FLAGS] & HAS_TRANSPARENT ? frame[CONTROL_TRANSPARENT] + 1U : 1U << bits_of(frame);
}

static uint32_t
used_key(const uint8_t *frame, uint32_t entry)
{
    bool is_transparent = frame[CONTROL_FLAGS] & HAS_TRANSPARENT && entry == frame[CONTROL_TRANSPARENT];

    return is_transparent ? GIF_TRANSPARENT : key_of(frame, entry);
}

static uint32_t
find_key(const struct gif_stream *stream, uint32_t key)
{
    uint32_t i = 0;

    while (i < stream->count && stream->keys[i] != key)
        i++;
    return i;
}

/* Add all colours of a frame to the table, or none if they do not fit. */
static void
add_colours(struct gif_stream *stream, const uint8_t *frame)
{
    uint32_t before = stream->count, used = used_of(frame);

    if (bits_of(frame) != stream->bits)
        return;
    for (uint32_t i = 0; i < used; i++) {
        uint32_t key = used_key(frame, i);
        if (find_key(stream, key) < stream->count)
            continue;
        if (stream->count == 1U << stream->bits) {
            stream->count = before;
            return;
        }
        if (key == GIF_TRANSPARENT)
            stream->transparent_colour = key_of(frame, i);
        stream->keys[stream->count++] = key;
    }
}

/* Map a frame's entries to those of the global table. false: some are missing. */
static bool
map_entries(const struct gif_stream *stream, const uint8_t *frame, uint8_t *entries)
{
    uint32_t used = used_of(frame);

    if (bits_of(frame) != stream->bits)
        return false;
    if (!memcmp(frame + GIF_FRAME_TABLE, stream->table, gif_table_size(frame))) {
        for (uint32_t i = 0; i < GIF_COLOURS_MAX; i++)
            entries[i] = i;
        return true;
    }
    for (uint32_t i = 0; i < used; i++) {
        uint32_t entry_of_file = find_key(stream, used_key(frame, i));
        if (entry_of_file == stream->count)
            return false;
        entries[i] = entry_of_file;
    }
    return true;
}

static bool
has_changes(const uint8_t *entries, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (entries[i] != i)
            return true;
    return false;
}

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

/* Logical screen with its table, loop block and comment. */
static int32_t
emit_header(struct mim_job *job, struct gif_stream *stream)
{
    uint32_t width = stream->width, height = stream->height;
    const uint8_t flags = stream->bits ? 0xf0 | (stream->bits - 1) : 0x70;
    const uint8_t screen[] = { 'G', 'I', 'F', '8', '9', 'a', width, width >> 8, height, height >> 8, flags, 0,
                               stream->aspect };

    for (uint32_t i = 0; i < stream->count; i++) {
        uint32_t key = stream->keys[i] == GIF_TRANSPARENT ? stream->transparent_colour : stream->keys[i];
        stream->table[3 * i] = key >> 16;
        stream->table[3 * i + 1] = key >> 8;
        stream->table[3 * i + 2] = key;
    }
    stream->is_started = true;
    int32_t status = job->host->emit(job, screen, sizeof screen);
    if (status == MIM_OK && stream->bits)
        status = job->host->emit(job, stream->table, 3U << stream->bits);
    if (status == MIM_OK)
        status = emit_loop(job, stream->plays);
    return status == MIM_OK ? emit_comment(job, stream->comment) : status;
}

/* Emit a frame that uses the global table. */
static int32_t
emit_without_table(struct mim_job *job, const uint8_t *frame, const uint8_t *codes, uint64_t codes_size,
                   const uint8_t *entries)
{
    uint8_t head[GIF_FRAME_TABLE];

    memcpy(head, frame, sizeof head);
    head[GIF_FRAME_FLAGS] = 0;
    if (head[CONTROL_FLAGS] & HAS_TRANSPARENT)
        head[CONTROL_TRANSPARENT] = entries[head[CONTROL_TRANSPARENT]];
    int32_t status = job->host->emit(job, head, sizeof head);
    return status == MIM_OK ? job->host->emit(job, codes, codes_size) : status;
}

/* Relabels codes in the pending buffer. A frame too large for it keeps its table, which adds little to its size. */
static int32_t
emit_frame(struct mim_job *job, struct gif_stream *stream, const uint8_t *frame, uint64_t size, uint64_t pending_at)
{
    uint64_t head_size = GIF_FRAME_TABLE + gif_table_size(frame);
    uint8_t entries[GIF_COLOURS_MAX];

    if (!map_entries(stream, frame, entries))
        return job->host->emit(job, frame, size);
    if (!has_changes(entries, used_of(frame)))
        return emit_without_table(job, frame, frame + head_size, size - head_size, entries);
    if (!stream->pending_size && size > stream->capacity)
        return job->host->emit(job, frame, size);
    if (!stream->pending_size)
        memcpy(stream->pending, frame, size);
    uint8_t *codes = stream->pending + pending_at + head_size;
    gif_relabel(codes, size - head_size, entries);
    return emit_without_table(job, frame, codes, size - head_size, entries);
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

static int32_t
start_file(struct mim_job *job, struct gif_stream *stream)
{
    uint64_t size;

    int32_t status = emit_header(job, stream);
    for (uint64_t at = 0; status == MIM_OK && at < stream->pending_size; at += size) {
        memcpy(&size, stream->pending + at, sizeof size);
        at += sizeof size;
        status = emit_frame(job, stream, stream->pending + at, size, at);
    }
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
        return emit_frame(job, stream, frame, size, 0);
    if (!stream->bits && stream->kind != GIF_TABLE_NONE)
        stream->bits = bits_of(frame);
    add_colours(stream, frame);
    if (stream->kind == GIF_TABLE_SHARED && stream->count < 1U << stream->bits && fits_pending(stream, size)) {
        append_pending(stream, frame, size);
        return MIM_OK;
    }
    int32_t status = start_file(job, stream);
    return status == MIM_OK ? emit_frame(job, stream, frame, size, 0) : status;
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
