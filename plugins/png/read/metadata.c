/* SPDX-License-Identifier: MIT */
/* Chunks that are no pixels, as metadata. A damaged one is left out, with a notice: the picture is good. */
#include "read/metadata.h"

#include <stdio.h>
#include <string.h>

#include "chunk/inflate.h"
#include "chunk/text.h"
#include "read/reader-state.h"

#define CODING(type) ((type) | MIM_META_CODING)

enum { FIXED = 100000, UNIT_METRE = 1, PROFILE_NAME_MAX = 79 };

struct telling {
    struct mim_job *job;
    const struct pngx_header *header;
    struct pngx_texts texts;
    uint32_t text_count;
};

/* Status of a chunk that is not what it should be: it is left out. */
enum { LEFT_OUT = MIM_CORRUPT };

static int32_t
tell_gamma(struct telling *telling, const uint8_t *data, uint64_t size)
{
    double gamma = size == 4 ? (double)pngx_get_u32(data) / FIXED : 0;

    if (!(gamma > 0))
        return LEFT_OUT;
    return telling->job->host->meta(telling->job, "gamma", MIM_META_REAL, &gamma, sizeof gamma);
}

static int32_t
tell_chromaticities(struct telling *telling, const uint8_t *data, uint64_t size)
{
    double values[8];

    if (size != 32)
        return LEFT_OUT;
    for (int i = 0; i < 8; i++)
        values[i] = (double)pngx_get_u32(data + 4 * i) / FIXED;
    return telling->job->host->meta(telling->job, "chromaticities", MIM_META_REALS, values, sizeof values);
}

static int32_t
tell_srgb(struct telling *telling, const uint8_t *data, uint64_t size)
{
    static const char *const intents[] = { "perceptual", "relative", "saturation", "absolute" };

    if (size != 1 || data[0] > 3)
        return LEFT_OUT;
    return telling->job->host->meta(telling->job, "srgb", MIM_META_TEXT, intents[data[0]], strlen(intents[data[0]]));
}

/* Per metre; a hundredth of it is per centimetre. */
static int32_t
tell_resolution(struct telling *telling, const uint8_t *data, uint64_t size)
{
    struct mim_job *job = telling->job;

    if (size != 9 || data[8] > UNIT_METRE || !pngx_get_u32(data) || !pngx_get_u32(data + 4))
        return LEFT_OUT;
    const char *unit = data[8] == UNIT_METRE ? "cm" : "none";
    int64_t den = data[8] == UNIT_METRE ? 100 : 1;
    struct mim_rational axes[2] = { { pngx_get_u32(data), den }, { pngx_get_u32(data + 4), den } };
    int32_t status = job->host->meta(job, "resolution", MIM_META_RATIONALS, axes, sizeof axes);
    return status == MIM_OK ? job->host->meta(job, "resolution_unit", MIM_META_TEXT, unit, strlen(unit)) : status;
}

static int32_t
tell_time(struct telling *telling, const uint8_t *data, uint64_t size)
{
    char text[32];

    if (size != 7)
        return LEFT_OUT;
    int length = snprintf(text, sizeof text, "%04u-%02u-%02uT%02u:%02u:%02uZ", pngx_get_u16(data), data[2], data[3],
                          data[4], data[5], data[6]);
    if (length != 20 || pngx_text_time(text, (uint64_t)length) != (uint64_t)length)
        return LEFT_OUT;
    return telling->job->host->meta(telling->job, "modified", MIM_META_TIME, text, (uint64_t)length);
}

static int32_t
tell_exif(struct telling *telling, const uint8_t *data, uint64_t size)
{
    return telling->job->host->meta(telling->job, "exif", MIM_META_BYTES, data, size);
}

/* Name, zero, method 0, the profile compressed. */
static int32_t
tell_profile(struct telling *telling, const uint8_t *data, uint64_t size)
{
    struct mim_job *job = telling->job;
    struct shared_bytes profile = { 0 };
    const uint8_t *zero = memchr(data, 0, size < PROFILE_NAME_MAX + 1 ? size : PROFILE_NAME_MAX + 1);

    if (!zero || (uint64_t)(zero - data) + 2 > size || zero[1])
        return LEFT_OUT;
    int32_t status = pngx_inflate(job, zero + 2, size - (uint64_t)(zero - data) - 2,
                                  job->host->limit(job, MIM_LIMIT_METADATA), &profile);
    if (status == MIM_OK)
        status = job->host->meta(job, "icc", MIM_META_BYTES, profile.data, profile.size);
    shared_bytes_close(job, &profile);
    return status;
}

static int32_t
tell_numbers(struct telling *telling, const char *key, const int64_t *numbers, uint32_t count)
{
    return telling->job->host->meta(telling->job, key, CODING(MIM_META_INTS), numbers, count * sizeof *numbers);
}

/* In the file's own depth; of a palette its colour. */
static int32_t
tell_background(struct telling *telling, const uint8_t *data, uint64_t size)
{
    const struct pngx_header *header = telling->header;
    uint32_t channels = header->colour == PNGX_GRAY || header->colour == PNGX_GRAY_ALPHA ? 1 : 3;
    int64_t numbers[3];

    if (header->colour == PNGX_PALETTE) {
        if (size != 1 || data[0] * 3U + 3 > header->palette_size)
            return LEFT_OUT;
        for (uint32_t i = 0; i < channels; i++)
            numbers[i] = header->palette[data[0] * 3 + i];
        return tell_numbers(telling, "background", numbers, channels);
    }
    if (size != 2 * channels)
        return LEFT_OUT;
    for (uint32_t i = 0; i < channels; i++)
        numbers[i] = pngx_get_u16(data + 2 * i);
    return tell_numbers(telling, "background", numbers, channels);
}

static int32_t
tell_significant_bits(struct telling *telling, const uint8_t *data, uint64_t size)
{
    static const uint8_t counts[7] = {
        [PNGX_GRAY] = 1, [PNGX_RGB] = 3, [PNGX_PALETTE] = 3, [PNGX_GRAY_ALPHA] = 2, [PNGX_RGBA] = 4
    };
    int64_t numbers[4];

    if (size != counts[telling->header->colour])
        return LEFT_OUT;
    for (uint64_t i = 0; i < size; i++)
        numbers[i] = data[i];
    return tell_numbers(telling, "significant_bits", numbers, (uint32_t)size);
}

static const struct {
    uint32_t type;
    uint32_t most; /* bytes; 0: as many as metadata may have */
    int32_t (*tell)(struct telling *, const uint8_t *data, uint64_t size);
} tellers[] = {
    { PNGX_TYPE('g', 'A', 'M', 'A'), 4, tell_gamma },
    { PNGX_TYPE('c', 'H', 'R', 'M'), 32, tell_chromaticities },
    { PNGX_TYPE('s', 'R', 'G', 'B'), 1, tell_srgb },
    { PNGX_TYPE('p', 'H', 'Y', 's'), 9, tell_resolution },
    { PNGX_TYPE('t', 'I', 'M', 'E'), 7, tell_time },
    { PNGX_TYPE('e', 'X', 'I', 'f'), 0, tell_exif },
    { PNGX_TYPE('i', 'C', 'C', 'P'), 0, tell_profile },
    { PNGX_TYPE('b', 'K', 'G', 'D'), 6, tell_background },
    { PNGX_TYPE('s', 'B', 'I', 'T'), 4, tell_significant_bits },
};

static bool
is_text(uint32_t type)
{
    return type == PNGX_TYPE('t', 'E', 'X', 't') || type == PNGX_TYPE('z', 'T', 'X', 't') ||
           type == PNGX_TYPE('i', 'T', 'X', 't');
}

static int32_t
tell_text(struct telling *telling, uint32_t type, const uint8_t *data, uint64_t size)
{
    if (telling->text_count++ < PNGX_TEXTS_MAX)
        return pngx_texts_take(telling->job, &telling->texts, type, data, size);
    return LEFT_OUT;
}

/* Which of the tellers, or none (-1), or a text (-2)? */
static int
find_teller(uint32_t type)
{
    for (unsigned i = 0; i < sizeof tellers / sizeof *tellers; i++)
        if (tellers[i].type == type)
            return (int)i;
    return is_text(type) ? -2 : -1;
}

static int32_t
leave_out(struct mim_job *job, uint32_t type, const char *why)
{
    char line[160], name[5];

    pngx_chunk_name(type, name);
    snprintf(line, sizeof line, "the chunk %s is left out: %s", name, why);
    return job->host->notice(job, MIM_NOTICE_METADATA, line);
}

static int32_t
too_much(const struct telling *telling, const struct pngx_chunk *chunk)
{
    struct mim_job *job = telling->job;
    char name[5];

    pngx_chunk_name(chunk->type, name);
    return job->host->fail(job, MIM_LIMIT, chunk->offset, "the chunk %s holds more than metadata may have, %llu bytes",
                           name, (unsigned long long)job->host->limit(job, MIM_LIMIT_METADATA));
}

static int32_t
tell_chunk(struct telling *telling, struct pngx_window *window, const struct pngx_chunk *chunk)
{
    struct mim_job *job = telling->job;
    struct pngx_fault fault = { 0 };
    int teller = find_teller(chunk->type);
    uint64_t most = job->host->limit(job, MIM_LIMIT_METADATA);

    if (teller == -1)
        return MIM_OK;
    if (teller >= 0 && tellers[teller].most && chunk->size > tellers[teller].most)
        return leave_out(job, chunk->type, "it is too long");
    if (chunk->size > most)
        return too_much(telling, chunk);
    uint8_t *data = job->host->resize(job, NULL, 0, chunk->size + 1ULL);
    if (!data)
        return MIM_NOMEM;
    int32_t status = pngx_chunk_load(job, window, chunk, data, chunk->size, &fault);
    if (status == MIM_CORRUPT)
        status = leave_out(job, chunk->type, "its checksum is wrong");
    else if (status == MIM_OK)
        status = teller < 0 ? tell_text(telling, chunk->type, data, chunk->size)
                            : tellers[teller].tell(telling, data, chunk->size);
    else
        status = pngx_fault_raise(job, &fault);
    job->host->resize(job, data, chunk->size + 1ULL, 0);
    if (status == MIM_LIMIT)
        return too_much(telling, chunk);
    if (status != LEFT_OUT)
        return status;
    return leave_out(job, chunk->type, telling->text_count > PNGX_TEXTS_MAX ? "there are too many" : "it is damaged");
}

/* Up to the pixels, and behind them unless that means to wait for a stream's end. What ends early says so elsewhere. */
static int32_t
tell_chunks(struct telling *telling, struct pngx_window *window, bool is_stream)
{
    struct mim_job *job = telling->job;
    struct pngx_chunk chunk = { .offset = PNGX_SIGNATURE_SIZE };
    uint64_t offset = PNGX_SIGNATURE_SIZE;
    struct pngx_fault fault = { 0 };
    int32_t status = MIM_OK;

    for (; status == MIM_OK; offset = pngx_chunk_next(&chunk)) {
        status = pngx_chunk_at(job, window, offset, &chunk, &fault);
        if (status == MIM_TRUNCATED || status == MIM_CORRUPT)
            return MIM_OK;
        if (status == MIM_OK && (chunk.type == PNGX_IEND || (chunk.type == PNGX_IDAT && is_stream)))
            break;
        if (status == MIM_OK)
            status = tell_chunk(telling, window, &chunk);
    }
    return status;
}

static int32_t
tell_coding(struct mim_job *job, const struct pngx_reader *self)
{
    static const char *const colours[7] = { [PNGX_GRAY] = "gray",
                                            [PNGX_RGB] = "rgb",
                                            [PNGX_PALETTE] = "palette",
                                            [PNGX_GRAY_ALPHA] = "graya",
                                            [PNGX_RGBA] = "rgba" };
    const struct pngx_header *header = &self->header;
    const char *colour = colours[header->colour];
    const struct {
        const char *key;
        int64_t value;
        bool is_there;
    } numbers[] = {
        { "bits", header->depth, true },
        { "interlaced", header->interlace, true },
        { "palette_size", header->palette_size / 3, header->colour == PNGX_PALETTE },
        { "has_hidden_picture", 1, header->is_animated && !header->has_first_fctl },
    };

    int32_t status = job->host->meta(job, "color_type", CODING(MIM_META_TEXT), colour, strlen(colour));
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers && status == MIM_OK; i++)
        if (numbers[i].is_there)
            status = job->host->meta(job, numbers[i].key, CODING(MIM_META_INT), &numbers[i].value, sizeof(int64_t));
    if (status == MIM_OK && pngx_gives_indices(self))
        status = job->host->meta(job, "palette", CODING(MIM_META_BYTES), header->palette, header->palette_size);
    return status;
}

static int32_t
tell_file(struct mim_job *job, struct pngx_reader *self)
{
    struct telling telling = { .job = job,
                               .header = &self->header,
                               .texts = { .left = job->host->limit(job, MIM_LIMIT_METADATA) } };

    int32_t status = tell_chunks(&telling, &self->window, self->is_stream);
    if (status == MIM_OK)
        status = pngx_texts_give(job, &telling.texts);
    pngx_texts_close(job, &telling.texts);
    return status == MIM_OK ? tell_coding(job, self) : status;
}

static int32_t
tell_frame(struct mim_job *job, const struct pngx_control *control)
{
    static const char *const disposals[] = { "keep", "background", "previous" }, *const blends[] = { "replace",
                                                                                                     "over" };
    const char *disposal = disposals[control->dispose], *blend = blends[control->blend];
    const int64_t rectangle[] = { control->x, control->y, control->width, control->height };
    const struct mim_rational delay = { control->delay_num, control->delay_den };

    int32_t status = job->host->meta(job, "rectangle", CODING(MIM_META_INTS), rectangle, sizeof rectangle);
    if (status == MIM_OK)
        status = job->host->meta(job, "delay", CODING(MIM_META_RATIONAL), &delay, sizeof delay);
    if (status == MIM_OK)
        status = job->host->meta(job, "disposal", CODING(MIM_META_TEXT), disposal, strlen(disposal));
    if (status == MIM_OK)
        status = job->host->meta(job, "blend", CODING(MIM_META_TEXT), blend, strlen(blend));
    return status;
}

int32_t
pngx_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info)
{
    struct pngx_reader *self = job->state;
    const struct pngx_packet *coded = packet;
    (void)info;

    if (!packet)
        return tell_file(job, self);
    return self->header.is_animated ? tell_frame(job, &coded->control) : MIM_OK;
}
