/* SPDX-License-Identifier: MIT */
/* The layout of a frame on a page. */
#ifndef MIM_PDF_LAYOUT_H
#define MIM_PDF_LAYOUT_H

#include <stdbool.h>

#include <mim/plugin.h>

/* In the packet. encode writes only `is_filtered` of its own plane. */
struct pdf_plane {            /* one image: colours or alpha */
    uint32_t first, channels; /* samples of a pixel: index of the first, and number */
    uint32_t rows_per_part, parts;
    uint64_t row_bytes;
    bool is_jpeg, is_filtered;
};

struct pdf_layout {
    uint64_t index, profile; /* profile: its number, or 0 */
    uint32_t width, height, channels, bits;
    double paper_width, paper_height; /* points */
    double x, y, x_size, y_size;      /* place of the picture, from the lower left corner */
    struct pdf_plane colour, alpha;   /* alpha has no parts if the frame is opaque */
};

int32_t pdf_layout_frame(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info);

#endif
