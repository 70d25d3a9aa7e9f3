/* SPDX-License-Identifier: MIT */
/* Draws pages with poppler and cairo. */
#ifndef MIM_PDF_RENDER_H
#define MIM_PDF_RENDER_H

#include <poppler.h>

#include "page.h"
#include "stream.h"

struct pdf_memory { /* drawing memory of a worker, which is reused */
    uint8_t *data;
    size_t size;
};

/* Bytes of drawing memory, without the raster. */
uint64_t pdf_render_size(const struct pdf_choices *choices, const struct mim_frame_info *info);

struct pdf_rendering {
    struct pdf_source *source;
    struct pdf_memory *memory;
    const struct pdf_choices *choices;
    PopplerPage *page;
    const struct pdf_page *facts;
};

int32_t pdf_render(const struct pdf_rendering *rendering, const struct mim_raster *raster);
void pdf_memory_close(struct pdf_memory *memory);

#endif
