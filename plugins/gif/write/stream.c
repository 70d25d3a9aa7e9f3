/* SPDX-License-Identifier: MIT */
/*
 * One colour table for many frames.
 *
 * Frames are coded before anybody knows the file's table, each with a table of its own. When all its colours are in the
 * file's, its indices are changed to those and its table is left out. Tables of one size are one: a smaller one has shorter
 * codes, and costs little.
 */
#include "write/stream.h"

#include <string.h>

#include "lzw/relabel.h"
#include "palette/key.h"

enum { BLOCK = 255, HELD_MOST = 1 << 20, CONTROL_FLAGS = 3, CONTROL_NOTHING = 6, HAS_NOTHING = 1 };

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

/* Behind the transparent entry comes nothing; without one the last colour is repeated. */
static uint32_t
used_of(const uint8_t *frame)
{
    return frame[CONTROL_FLAGS] & HAS_NOTHING ? frame[CONTROL_NOTHING] + 1U : 1U << bits_of(frame);
}

static uint32_t
used_key(const uint8_t *frame, uint32_t entry)
{
    bool is_nothing = frame[CONTROL_FLAGS] & HAS_NOTHING && entry == frame[CONTROL_NOTHING];

    return is_nothing ? GIF_NOTHING : key_of(frame, entry);
}

static uint32_t
find(const struct gif_stream *stream, uint32_t key)
{
    uint32_t i = 0;

    while (i < stream->count && stream->keys[i] != key)
        i++;
    return i;
}

/* Take a frame's colours into the table, all or none. */
static void
gather(struct gif_stream *stream, const uint8_t *frame)
{
    uint32_t before = stream->count, used = used_of(frame);

    if (bits_of(frame) != stream->bits)
        return;
    for (uint32_t i = 0; i < used; i++) {
        uint32_t key = used_key(frame, i);
        if (find(stream, key) < stream->count)
            continue;
        if (stream->count == 1U << stream->bits) {
            stream->count = before;
            return;
        }
        stream->keys[stream->count++] = key;
    }
}

/* The file's numbers of a frame's entries. false: not all are there. */
static bool
numbers_of(const struct gif_stream *stream, const uint8_t *frame, uint8_t *numbers)
{
    uint32_t used = used_of(frame);

    if (bits_of(frame) != stream->bits)
        return false;
    if (!memcmp(frame + GIF_FRAME_TABLE, stream->table, gif_table_size(frame))) {
        for (uint32_t i = 0; i < GIF_COLOURS_MAX; i++)
            numbers[i] = i;
        return true;
    }
    for (uint32_t i = 0; i < used; i++) {
        uint32_t number = find(stream, used_key(frame, i));
        if (number == stream->count)
            return false;
        numbers[i] = number;
    }
    return true;
}

static bool
changes(const uint8_t *numbers, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (numbers[i] != i)
            return true;
    return false;
}

/* In the file stands how often the animation is repeated, 0 for ever; played once needs no block. */
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

/* The screen with its table; then what belongs to the whole. */
static int32_t
emit_header(struct mim_job *job, struct gif_stream *stream)
{
    uint32_t width = stream->width, height = stream->height;
    const uint8_t flags = stream->bits ? 0xf0 | (stream->bits - 1) : 0x70;
    const uint8_t screen[] = { 'G', 'I', 'F', '8', '9', 'a', width, width >> 8, height, height >> 8, flags, 0, 0 };

    for (uint32_t i = 0; i < stream->count; i++) {
        uint32_t key = stream->keys[i] == GIF_NOTHING ? 0 : stream->keys[i];
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

/* Without its table. */
static int32_t
emit_bare(struct mim_job *job, const uint8_t *frame, const uint8_t *codes, uint64_t codes_size, const uint8_t *numbers)
{
    uint8_t head[GIF_FRAME_TABLE];

    memcpy(head, frame, sizeof head);
    head[GIF_FRAME_FLAGS] = 0;
    if (head[CONTROL_FLAGS] & HAS_NOTHING)
        head[CONTROL_NOTHING] = numbers[head[CONTROL_NOTHING]];
    int32_t status = job->host->emit(job, head, sizeof head);
    return status == MIM_OK ? job->host->emit(job, codes, codes_size) : status;
}

/* Codes that have to change do so where they are held; a frame too large for that keeps its table, which hardly counts. */
static int32_t
emit_frame(struct mim_job *job, struct gif_stream *stream, const uint8_t *frame, uint64_t size, uint64_t held_at)
{
    uint64_t head_size = GIF_FRAME_TABLE + gif_table_size(frame);
    uint8_t numbers[GIF_COLOURS_MAX];

    if (!numbers_of(stream, frame, numbers))
        return job->host->emit(job, frame, size);
    if (!changes(numbers, used_of(frame)))
        return emit_bare(job, frame, frame + head_size, size - head_size, numbers);
    if (!stream->held_size && size > stream->room)
        return job->host->emit(job, frame, size);
    if (!stream->held_size)
        memcpy(stream->held, frame, size);
    uint8_t *codes = stream->held + held_at + head_size;
    gif_relabel(codes, size - head_size, numbers);
    return emit_bare(job, frame, codes, size - head_size, numbers);
}

static bool
has_room(const struct gif_stream *stream, uint64_t size)
{
    return stream->held_size + sizeof size <= stream->room && size <= stream->room - stream->held_size - sizeof size;
}

static void
hold(struct gif_stream *stream, const uint8_t *frame, uint64_t size)
{
    memcpy(stream->held + stream->held_size, &size, sizeof size);
    memcpy(stream->held + stream->held_size + sizeof size, frame, size);
    stream->held_size += sizeof size + size;
}

static int32_t
start(struct mim_job *job, struct gif_stream *stream)
{
    uint64_t size;

    int32_t status = emit_header(job, stream);
    for (uint64_t at = 0; status == MIM_OK && at < stream->held_size; at += size) {
        memcpy(&size, stream->held + at, sizeof size);
        at += sizeof size;
        status = emit_frame(job, stream, stream->held + at, size, at);
    }
    stream->held_size = 0;
    return status;
}

/* All memory is taken here, where no other frame holds any: how many threads there are makes no difference. */
int32_t
gif_stream_open(struct mim_job *job, struct gif_stream *stream, bool is_picture)
{
    if (is_picture || stream->kind == GIF_TABLE_NONE)
        return MIM_OK;
    stream->held = job->host->resize(job, NULL, 0, HELD_MOST);
    stream->room = stream->held ? HELD_MOST : 0;
    return stream->held ? MIM_OK : MIM_NOMEM;
}

int32_t
gif_stream_add(struct mim_job *job, struct gif_stream *stream, const uint8_t *frame, uint64_t size)
{
    if (stream->is_started)
        return emit_frame(job, stream, frame, size, 0);
    if (!stream->bits && stream->kind != GIF_TABLE_NONE)
        stream->bits = bits_of(frame);
    gather(stream, frame);
    if (stream->kind == GIF_TABLE_GATHERED && stream->count < 1U << stream->bits && has_room(stream, size)) {
        hold(stream, frame, size);
        return MIM_OK;
    }
    int32_t status = start(job, stream);
    return status == MIM_OK ? emit_frame(job, stream, frame, size, 0) : status;
}

int32_t
gif_stream_end(struct mim_job *job, struct gif_stream *stream)
{
    int32_t status = stream->held_size ? start(job, stream) : MIM_OK;

    return status == MIM_OK ? job->host->emit(job, ";", 1) : status;
}

void
gif_stream_close(struct mim_job *job, struct gif_stream *stream)
{
    if (stream->held)
        job->host->resize(job, stream->held, stream->room, 0);
    stream->held = NULL;
}
