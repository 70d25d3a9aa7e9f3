/* SPDX-License-Identifier: MIT */
/* Reports ancillary chunks as metadata. A damaged one is ignored with a notice, since the picture is intact. */
#include "read/metadata.h"

#include <stdio.h>
#include <string.h>

#include <mim/kit/aspect.h>
#include <mim/kit/orientation.h>

#include "chunk/display.h"
#include "chunk/inflate.h"
#include "chunk/text.h"
#include "read/others.h"
#include "read/reader-state.h"

#define CODING(type) ((type) | MIM_META_CODING)

enum { UNIT_METRE = 1, PROFILE_NAME_MAX = 79 };

struct reporter {
    struct mim_job *job;
    const struct pngx_header *header;
    struct pngx_texts texts;
    uint32_t text_count;
    uint32_t type; /* of the chunk */
    struct pngx_others others;
};

/* Status of an invalid chunk, which is ignored. */
enum { INVALID = MIM_CORRUPT };
#define EXCEEDS_LIMIT "it exceeds the limits of metadata or working memory"

/* Decompressed, so that growing memory stays within the working memory. */
static uint64_t
max_size(struct mim_job *job)
{
    uint64_t metadata = job->host->limit(job, MIM_LIMIT_METADATA), working = job->host->limit(job, MIM_LIMIT_WORKING) / 4;
    return metadata < working ? metadata : working;
}

static int32_t
report_display(struct reporter *reporter, const uint8_t *data, uint64_t size)
{
    return pngx_display_report(reporter->job, reporter->type, data, size);
}

static int32_t
report_srgb(struct reporter *reporter, const uint8_t *data, uint64_t size)
{
    static const char *const intents[] = { "perceptual", "relative", "saturation", "absolute" };

    if (size != 1 || data[0] > 3)
        return INVALID;
    return reporter->job->host->meta(reporter->job, "srgb", MIM_META_TEXT, intents[data[0]], strlen(intents[data[0]]));
}

/* Converts pixels per metre, of columns and rows as stored, to pixels per centimetre. */
static int32_t
report_resolution(struct reporter *reporter, const uint8_t *data, uint64_t size)
{
    struct mim_job *job = reporter->job;

    if (size != 9 || data[8] > UNIT_METRE || !mim_load_be32(data) || !mim_load_be32(data + 4))
        return INVALID;
    const char *unit = data[8] == UNIT_METRE ? "cm" : "none";
    int64_t den = data[8] == UNIT_METRE ? 100 : 1;
    bool is_transposed = mim_orientation_get(((const struct pngx_reader *)job->state)->orientation).is_transposed;
    uint32_t x = mim_load_be32(data + (is_transposed ? 4 : 0)), y = mim_load_be32(data + (is_transposed ? 0 : 4));
    struct mim_rational axes[2] = { { x, den }, { y, den } };
    int32_t status = job->host->meta(job, "resolution", MIM_META_RATIONALS, axes, sizeof axes);
    if (status == MIM_OK)
        status = job->host->meta(job, "resolution_unit", MIM_META_TEXT, unit, strlen(unit));
    return status == MIM_OK ? mim_aspect_deliver(job, y, x) : status;
}

static int32_t
report_time(struct reporter *reporter, const uint8_t *data, uint64_t size)
{
    char text[32];

    if (size != 7)
        return INVALID;
    int length = snprintf(text, sizeof text, "%04u-%02u-%02uT%02u:%02u:%02uZ", mim_load_be16(data), data[2], data[3],
                          data[4], data[5], data[6]);
    if (length != 20 || pngx_text_time(text, (uint64_t)length) != (uint64_t)length)
        return INVALID;
    return reporter->job->host->meta(reporter->job, "modified", MIM_META_TIME, text, (uint64_t)length);
}

static int32_t
report_exif(struct reporter *reporter, const uint8_t *data, uint64_t size)
{
    return reporter->job->host->meta(reporter->job, "exif", MIM_META_BYTES, data, size);
}

/* The data is a name, a zero, method 0 and the compressed profile. */
static int32_t
report_profile(struct reporter *reporter, const uint8_t *data, uint64_t size)
{
    struct mim_job *job = reporter->job;
    struct mim_bytes profile = { 0 };
    const uint8_t *zero = memchr(data, 0, size < PROFILE_NAME_MAX + 1 ? size : PROFILE_NAME_MAX + 1);

    if (!zero || (uint64_t)(zero - data) + 2 > size || zero[1])
        return INVALID;
    int32_t status = pngx_inflate(job, zero + 2, size - (uint64_t)(zero - data) - 2,
                                  max_size(job), &profile);
    if (status == MIM_OK)
        status = job->host->meta(job, "icc", MIM_META_BYTES, profile.data, profile.size);
    mim_bytes_clear(job, &profile);
    return status;
}

static int32_t
report_numbers(struct reporter *reporter, const char *key, const int64_t *numbers, uint32_t count)
{
    return reporter->job->host->meta(reporter->job, key, CODING(MIM_META_INTS), numbers, count * sizeof *numbers);
}

/* Values have the depth of the file; a palette index becomes its colour. */
static int32_t
report_background(struct reporter *reporter, const uint8_t *data, uint64_t size)
{
    const struct pngx_header *header = reporter->header;
    uint32_t channels = header->colour == PNGX_GRAY || header->colour == PNGX_GRAY_ALPHA ? 1 : 3;
    int64_t numbers[3];

    if (header->colour == PNGX_PALETTE) {
        if (size != 1 || data[0] * 3U + 3 > header->palette_size)
            return INVALID;
        for (uint32_t i = 0; i < channels; i++)
            numbers[i] = header->palette[data[0] * 3 + i];
        return report_numbers(reporter, "background", numbers, channels);
    }
    if (size != 2 * channels)
        return INVALID;
    for (uint32_t i = 0; i < channels; i++)
        numbers[i] = mim_load_be16(data + 2 * i);
    return report_numbers(reporter, "background", numbers, channels);
}

static int32_t
report_significant_bits(struct reporter *reporter, const uint8_t *data, uint64_t size)
{
    static const uint8_t counts[7] = {
        [PNGX_GRAY] = 1, [PNGX_RGB] = 3, [PNGX_PALETTE] = 3, [PNGX_GRAY_ALPHA] = 2, [PNGX_RGBA] = 4
    };
    int64_t numbers[4];

    if (size != counts[reporter->header->colour])
        return INVALID;
    for (uint64_t i = 0; i < size; i++)
        numbers[i] = data[i];
    return report_numbers(reporter, "significant_bits", numbers, (uint32_t)size);
}

static const struct {
    uint32_t type;
    uint32_t max; /* bytes; 0: the metadata limit */
    int32_t (*report)(struct reporter *, const uint8_t *data, uint64_t size);
} handlers[] = {
    { PNGX_TYPE('g', 'A', 'M', 'A'), 4, report_display },
    { PNGX_TYPE('c', 'H', 'R', 'M'), 32, report_display },
    { PNGX_TYPE('s', 'R', 'G', 'B'), 1, report_srgb },
    { PNGX_TYPE('c', 'I', 'C', 'P'), PNGX_CICP_SIZE, report_display },
    { PNGX_TYPE('m', 'D', 'C', 'V'), PNGX_MDCV_SIZE, report_display },
    { PNGX_TYPE('c', 'L', 'L', 'I'), PNGX_CLLI_SIZE, report_display },
    { PNGX_TYPE('p', 'H', 'Y', 's'), 9, report_resolution },
    { PNGX_TYPE('t', 'I', 'M', 'E'), 7, report_time },
    { PNGX_TYPE('e', 'X', 'I', 'f'), 0, report_exif },
    { PNGX_TYPE('i', 'C', 'C', 'P'), 0, report_profile },
    { PNGX_TYPE('b', 'K', 'G', 'D'), 6, report_background },
    { PNGX_TYPE('s', 'B', 'I', 'T'), 4, report_significant_bits },
};

static bool
is_text(uint32_t type)
{
    return type == PNGX_TYPE('t', 'E', 'X', 't') || type == PNGX_TYPE('z', 'T', 'X', 't') ||
           type == PNGX_TYPE('i', 'T', 'X', 't');
}

static int32_t
report_text(struct reporter *reporter, uint32_t type, const uint8_t *data, uint64_t size)
{
    if (reporter->text_count++ < PNGX_TEXTS_MAX)
        return pngx_texts_add(reporter->job, &reporter->texts, type, data, size);
    return INVALID;
}

/* Index of the handler, -1 for none, -2 for texts. */
static int
find_handler(uint32_t type)
{
    for (unsigned i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (handlers[i].type == type)
            return (int)i;
    return is_text(type) ? -2 : -1;
}

static int32_t
skip_chunk(struct mim_job *job, uint32_t type, const char *why)
{
    char line[160], name[5];

    pngx_chunk_name(type, name);
    snprintf(line, sizeof line, "chunk %s is ignored: %s", name, why);
    return job->host->notice(job, MIM_NOTICE_METADATA, line);
}

static int32_t
report_chunk(struct reporter *reporter, struct mim_window *window, const struct pngx_chunk *chunk)
{
    struct mim_job *job = reporter->job;
    struct pngx_fault fault = { 0 };
    int handler = find_handler(chunk->type);
    reporter->type = chunk->type;
    uint64_t max = max_size(job);

    if (handler == -1)
        return pngx_others_report(job, &reporter->others, chunk);
    if (handler >= 0 && handlers[handler].max && chunk->size > handlers[handler].max)
        return skip_chunk(job, chunk->type, "it is too long");
    if (chunk->size > max)
        return skip_chunk(job, chunk->type, EXCEEDS_LIMIT);
    uint8_t *data = job->host->resize(job, NULL, 0, chunk->size + 1ULL);
    if (!data)
        return MIM_NOMEM;
    int32_t status = pngx_chunk_load(job, window, chunk, data, chunk->size, &fault);
    if (status == MIM_OK && chunk->type == PNGX_EXIF && ((const struct pngx_reader *)job->state)->orientation > 1)
        mim_exif_set_upright(data, chunk->size); /* it is applied */
    if (status == MIM_CORRUPT)
        status = skip_chunk(job, chunk->type, "its checksum is wrong");
    else if (status == MIM_OK)
        status = handler < 0 ? report_text(reporter, chunk->type, data, chunk->size)
                             : handlers[handler].report(reporter, data, chunk->size);
    else
        status = pngx_fault_raise(job, &fault);
    job->host->resize(job, data, chunk->size + 1ULL, 0);
    if (status == MIM_LIMIT)
        return skip_chunk(job, chunk->type, EXCEEDS_LIMIT);
    if (status != INVALID)
        return status;
    return skip_chunk(job, chunk->type, reporter->text_count > PNGX_TEXTS_MAX ? "too many texts" : "it is damaged");
}

/*
 * Scans up to IEND, or in a stream up to the pixels, to avoid waiting for its end. Other operations report truncation.
 */
static int32_t
report_chunks(struct reporter *reporter, struct mim_window *window, bool is_stream)
{
    struct mim_job *job = reporter->job;
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
            status = report_chunk(reporter, window, &chunk);
    }
    return status;
}

static int32_t
report_coding(struct mim_job *job, const struct pngx_reader *self)
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
        { "orientation", header->orientation, header->orientation > 0 },
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
report_file(struct mim_job *job, struct pngx_reader *self)
{
    struct reporter reporter = { .job = job, .header = &self->header, .texts = { .left = max_size(job) } };

    int32_t status = report_chunks(&reporter, &self->window, self->is_stream);
    if (status == MIM_OK)
        status = pngx_texts_report(job, &reporter.texts);
    pngx_texts_close(job, &reporter.texts);
    return status == MIM_OK ? report_coding(job, self) : status;
}

static int32_t
report_frame(struct mim_job *job, const struct pngx_control *control)
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
    const struct pngx_packet *coded = packet;
    (void)info;

    if (!coded)
        return report_file(job, job->state);
    return coded->control.width ? report_frame(job, &coded->control) : MIM_OK;
}
