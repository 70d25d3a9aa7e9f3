/* SPDX-License-Identifier: MIT */
/* States that a file has chunks that have no key, so that a conversion reports their loss. */
#include "read/others.h"

#include <stdbool.h>
#include <stdio.h>

enum { IS_ANCILLARY = 0x20000000 }; /* a lower-case first letter */

/* iDOT is Apple's table of the places where threads begin. */
static bool
is_coding(uint32_t type)
{
    static const uint32_t types[] = {
        PNGX_TRNS, PNGX_ACTL, PNGX_FCTL, PNGX_FDAT, PNGX_TYPE('h', 'I', 'S', 'T'), PNGX_TYPE('s', 'P', 'L', 'T'),
        PNGX_TYPE('i', 'D', 'O', 'T')
    };
    for (unsigned i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i] == type)
            return true;
    return !(type & IS_ANCILLARY);
}

static bool
is_stated(const struct pngx_others *others, uint32_t type)
{
    for (unsigned i = 0; i < others->count; i++)
        if (others->types[i] == type)
            return true;
    return others->count == sizeof others->types / sizeof *others->types;
}

int32_t
pngx_others_report(struct mim_job *job, struct pngx_others *others, const struct pngx_chunk *chunk)
{
    char key[16], name[5];
    const int64_t size = chunk->size;
    if (is_coding(chunk->type) || is_stated(others, chunk->type))
        return MIM_OK;
    others->types[others->count++] = chunk->type;
    pngx_chunk_name(chunk->type, name);
    snprintf(key, sizeof key, "chunk:%s", name);
    return job->host->meta(job, key, MIM_META_INT, &size, sizeof size);
}
