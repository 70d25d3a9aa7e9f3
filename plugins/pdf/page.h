/* SPDX-License-Identifier: MIT */
/* The size of a page in pixels. */
#ifndef MIM_PDF_PAGE_H
#define MIM_PDF_PAGE_H

#include <stdbool.h>

#include <mim/plugin.h>

/* In the packet. */
struct pdf_page {
    uint64_t index;
    double width, height;    /* points, after rotation */
    double unit;             /* UserUnit: points per unit of the page */
    double x_scale, y_scale; /* pixels per point */
};

enum { PDF_BOX_CROP, PDF_BOX_MEDIA };

struct pdf_choices {
    double dpi; /* the options of the reader */
    struct mim_size size;
    uint8_t background[4];
    int32_t box, is_antialiased, is_gray;
    const char *password;
};

/* `page` has its size in units. */
int32_t pdf_page_measure(struct pdf_page *page, struct mim_job *job, const struct pdf_choices *choices,
                         struct mim_frame_info *info);

#endif
