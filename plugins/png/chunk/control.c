/* SPDX-License-Identifier: MIT */
/* Parses fcTL: position, delay, disposal and blending of a frame. */
#include "chunk/control.h"

static void
parse_control(const uint8_t *bytes, struct pngx_control *control)
{
    *control = (struct pngx_control){
        .sequence = mim_load_be32(bytes),
        .width = mim_load_be32(bytes + 4),
        .height = mim_load_be32(bytes + 8),
        .x = mim_load_be32(bytes + 12),
        .y = mim_load_be32(bytes + 16),
        .delay_num = mim_load_be16(bytes + 20),
        .delay_den = mim_load_be16(bytes + 22),
        .dispose = bytes[24],
        .blend = bytes[25],
    };
    if (!control->delay_den)
        control->delay_den = 100;
}

int32_t
pngx_control_load(struct mim_job *job, struct mim_window *window, const struct pngx_chunk *chunk,
                  struct pngx_control *control, struct pngx_fault *fault)
{
    uint8_t bytes[PNGX_FCTL_SIZE];

    if (chunk->size != PNGX_FCTL_SIZE)
        return pngx_fault_set(fault, MIM_CORRUPT, chunk->offset, "fcTL has %u bytes, expected %d", chunk->size,
                              PNGX_FCTL_SIZE);
    int32_t status = pngx_chunk_load(job, window, chunk, bytes, sizeof bytes, fault);
    if (status != MIM_OK)
        return status;
    parse_control(bytes, control);
    if (control->dispose > PNGX_DISPOSE_PREVIOUS || control->blend > PNGX_BLEND_OVER)
        return pngx_fault_set(fault, MIM_CORRUPT, chunk->offset,
                              "fcTL has disposal %u and blending %u, expected 0 to 2 and 0 or 1", control->dispose,
                              control->blend);
    return MIM_OK;
}

/* In 64 bits, the sums cannot overflow. */
bool
pngx_control_is_inside(const struct pngx_control *control, const struct pngx_header *header)
{
    return control->width && control->height && (uint64_t)control->x + control->width <= header->width &&
           (uint64_t)control->y + control->height <= header->height;
}

bool
pngx_control_covers(const struct pngx_control *control, const struct pngx_header *header)
{
    return control->width == header->width && control->height == header->height;
}

int32_t
pngx_control_read(struct mim_job *job, struct mim_window *window, uint64_t offset, struct pngx_control *control,
                  uint64_t *pixels, struct pngx_fault *fault)
{
    struct pngx_chunk chunk;

    int32_t status = pngx_chunk_at(job, window, offset, &chunk, fault);
    if (status == MIM_OK)
        status = pngx_control_load(job, window, &chunk, control, fault);
    while (status == MIM_OK && chunk.type != PNGX_IDAT && chunk.type != PNGX_FDAT)
        status = pngx_chunk_at(job, window, pngx_chunk_next(&chunk), &chunk, fault);
    *pixels = chunk.offset;
    return status;
}
