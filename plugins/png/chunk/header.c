/* SPDX-License-Identifier: MIT */
/* Reads the chunks before the first IDAT that decoding depends on; read/metadata reads the others. */
#include "chunk/header.h"

#include <string.h>

#include <mim/kit/orientation.h>


enum { ACTL_SIZE = 8, EXIF_MAX = 1 << 16 };
#define MAX_SIDE 0x7fffffffU

/* Allowed depths of a colour type, as bits: 1 << depth. */
static const uint32_t depths[7] = {
    [PNGX_GRAY] = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8 | 1 << 16,
    [PNGX_RGB] = 1 << 8 | 1 << 16,
    [PNGX_PALETTE] = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8,
    [PNGX_GRAY_ALPHA] = 1 << 8 | 1 << 16,
    [PNGX_RGBA] = 1 << 8 | 1 << 16,
};

static int32_t
parse_ihdr(struct pngx_header *header, uint64_t offset, struct pngx_fault *fault)
{
    const uint8_t *ihdr = header->ihdr;

    header->width = mim_load_be32(ihdr);
    header->height = mim_load_be32(ihdr + 4);
    header->depth = ihdr[8];
    header->colour = ihdr[9];
    header->interlace = ihdr[12];
    if (!header->width || !header->height || header->width > MAX_SIDE || header->height > MAX_SIDE)
        return pngx_fault_set(fault, MIM_CORRUPT, offset, "invalid size of %ux%u pixels", header->width,
                              header->height);
    if (header->colour > PNGX_RGBA || header->depth > 16 || !(depths[header->colour] >> header->depth & 1))
        return pngx_fault_set(fault, MIM_CORRUPT, offset, "invalid colour type %u with %u bits", header->colour,
                              header->depth);
    if (ihdr[10] || ihdr[11] || header->interlace > 1)
        return pngx_fault_set(fault, MIM_UNSUPPORTED, offset,
                              "compression %u, filtering %u, interlacing %u: expected 0, 0, and 0 or 1", ihdr[10],
                              ihdr[11], header->interlace);
    return MIM_OK;
}

struct header_reader {
    struct mim_job *job;
    struct mim_window *window;
    struct pngx_header *header;
    struct pngx_fault *fault;
};

static int32_t
read_palette(const struct header_reader *self, const struct pngx_chunk *chunk)
{
    struct pngx_header *header = self->header;

    if (header->has_palette)
        return pngx_fault_set(self->fault, MIM_CORRUPT, chunk->offset, "the file has a second palette");
    header->has_palette = true;
    int32_t status = pngx_chunk_load(self->job, self->window, chunk, header->palette, PNGX_PLTE_MAX, self->fault);
    if (status != MIM_OK)
        return status;
    if (!chunk->size || chunk->size % 3)
        return pngx_fault_set(self->fault, MIM_CORRUPT, chunk->offset, "a palette of %u bytes, expected 3 per colour",
                              chunk->size);
    bool is_gray = header->colour == PNGX_GRAY || header->colour == PNGX_GRAY_ALPHA;
    header->palette_size =
        is_gray ? 0 : chunk->size; /* for RGB it is only a suggestion, for gray it is invalid and ignored */
    header->transparency_size = 0; /* tRNS before PLTE is ignored, as libpng does */
    return MIM_OK;
}

/* A tRNS that does not fit the colour type is ignored, as libpng does. */
static int32_t
read_transparency(const struct header_reader *self, const struct pngx_chunk *chunk)
{
    struct pngx_header *header = self->header;
    uint32_t used = header->palette_size / 3 >> header->depth ? 1u << header->depth : header->palette_size / 3;
    bool fits = header->colour == PNGX_GRAY      ? chunk->size == 2
                : header->colour == PNGX_RGB     ? chunk->size == 6
                : header->colour == PNGX_PALETTE ? chunk->size && chunk->size <= used
                                                 : false;

    if (!fits || header->transparency_size)
        return MIM_OK;
    header->transparency_size = chunk->size;
    return pngx_chunk_load(self->job, self->window, chunk, header->transparency, PNGX_TRNS_MAX, self->fault);
}

static int32_t
read_animation(const struct header_reader *self, const struct pngx_chunk *chunk)
{
    struct pngx_header *header = self->header;
    uint8_t control[ACTL_SIZE] = { 0 };

    if (header->is_animated)
        return pngx_fault_set(self->fault, MIM_CORRUPT, chunk->offset, "the file has a second acTL");
    int32_t status = pngx_chunk_load(self->job, self->window, chunk, control, ACTL_SIZE, self->fault);
    header->frames = mim_load_be32(control);
    header->plays = mim_load_be32(control + 4);
    header->is_animated = header->frames > 0; /* an acTL of zero frames does not make an animation */
    return status;
}

/* Whatever is wrong with it, read/metadata reports. */
static int32_t
read_exif(const struct header_reader *self, const struct pngx_chunk *chunk)
{
    struct pngx_fault fault = { 0 };
    uint8_t *data = chunk->size <= EXIF_MAX ? self->job->host->resize(self->job, NULL, 0, chunk->size + 1) : NULL;

    if (!data)
        return chunk->size <= EXIF_MAX ? pngx_fault_set(self->fault, MIM_NOMEM, chunk->offset, "%s", "") : MIM_OK;
    int32_t status = pngx_chunk_load(self->job, self->window, chunk, data, chunk->size, &fault);
    if (status == MIM_OK)
        self->header->orientation = (uint8_t)mim_exif_orientation(data, chunk->size);
    self->job->host->resize(self->job, data, chunk->size + 1, 0);
    if (status == MIM_OK || status == MIM_CORRUPT)
        return MIM_OK;
    *self->fault = fault;
    return status;
}

static int32_t
read_chunk(const struct header_reader *self, const struct pngx_chunk *chunk)
{
    char name[5];

    switch (chunk->type) {
    case PNGX_PLTE:
        return read_palette(self, chunk);
    case PNGX_TRNS:
        return read_transparency(self, chunk);
    case PNGX_ACTL:
        return read_animation(self, chunk);
    case PNGX_EXIF:
        return read_exif(self, chunk);
    case PNGX_FCTL:
        self->header->has_first_fctl = true;
        return MIM_OK;
    case PNGX_IHDR:
        return pngx_fault_set(self->fault, MIM_CORRUPT, chunk->offset, "the file has a second IHDR");
    case PNGX_IEND:
        return pngx_fault_set(self->fault, MIM_CORRUPT, chunk->offset, "no IDAT before IEND: the file has no pixels");
    }
    if (chunk->type & 0x20000000) /* a lower-case first letter: ancillary */
        return MIM_OK;
    pngx_chunk_name(chunk->type, name);
    return pngx_fault_set(self->fault, MIM_UNSUPPORTED, chunk->offset, "unknown critical chunk %s", name);
}

static int32_t
read_start(const struct header_reader *self, struct pngx_chunk *chunk)
{
    const uint8_t *start;
    struct pngx_fault *fault = self->fault;

    int32_t status = mim_window_get(self->job, self->window, 0, PNGX_SIGNATURE_SIZE, &start);
    if (status == MIM_TRUNCATED)
        return pngx_fault_set(fault, status, 0, "the file ends inside its signature");
    if (status == MIM_OK && memcmp(start, pngx_signature, PNGX_SIGNATURE_SIZE) != 0)
        return pngx_fault_set(fault, MIM_CORRUPT, 0, "not a PNG: the signature is wrong");
    if (status != MIM_OK)
        return pngx_fault_set(fault, status, 0, "%s", "");
    status = pngx_chunk_at(self->job, self->window, PNGX_SIGNATURE_SIZE, chunk, fault);
    if (status != MIM_OK)
        return status;
    if (chunk->type != PNGX_IHDR || chunk->size != PNGX_IHDR_SIZE)
        return pngx_fault_set(fault, MIM_CORRUPT, chunk->offset, "the first chunk is not a whole IHDR");
    status = pngx_chunk_load(self->job, self->window, chunk, self->header->ihdr, PNGX_IHDR_SIZE, fault);
    return status == MIM_OK ? parse_ihdr(self->header, chunk->offset, fault) : status;
}

int32_t
pngx_header_read(struct mim_job *job, struct mim_window *window, struct pngx_header *header, struct pngx_fault *fault)
{
    const struct header_reader self = { job, window, header, fault };
    struct pngx_chunk chunk;

    int32_t status = read_start(&self, &chunk);
    while (status == MIM_OK) {
        status = pngx_chunk_at(job, window, pngx_chunk_next(&chunk), &chunk, fault);
        if (status != MIM_OK || chunk.type == PNGX_IDAT)
            break;
        status = read_chunk(&self, &chunk);
    }
    if (status == MIM_OK && header->colour == PNGX_PALETTE && !header->palette_size)
        return pngx_fault_set(fault, MIM_CORRUPT, chunk.offset, "the picture needs a palette, and PLTE is missing");
    header->pixels = chunk.offset;
    return status;
}

bool
pngx_header_has_alpha(const struct pngx_header *header)
{
    return header->colour >= PNGX_GRAY_ALPHA || header->transparency_size;
}

uint32_t
pngx_header_channels(const struct pngx_header *header)
{
    uint32_t colours = header->colour == PNGX_GRAY || header->colour == PNGX_GRAY_ALPHA ? 1 : 3;

    return colours + pngx_header_has_alpha(header);
}
