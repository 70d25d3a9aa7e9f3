/* SPDX-License-Identifier: MIT */
/* The offsets of the directories in the main chain, found as far as a caller needs them. */
#ifndef MIM_TIFF_FILE_PAGE_INDEX_H
#define MIM_TIFF_FILE_PAGE_INDEX_H

#include <stdint.h>

#include <mim/plugin.h>

#include "file/byte-order.h"
#include "file/offset-set.h"
#include "file/window.h"

struct tiff_page_index {
    struct tiff_order order;
    uint64_t *offsets;
    uint64_t count, capacity;
    uint64_t next;       /* the directory after the last known one; 0 ends the chain */
    uint64_t highest;    /* of the offsets, while they only grow */
    struct tiff_offset_set set; /* filled once they no longer do */
    int32_t end_status;         /* the error that ends the chain, or MIM_OK */
    uint64_t end_offset;
    const char *end_reason;
    const char *open_end; /* why later pages may be missing, or NULL: reported once where the chain ends */
};

int32_t tiff_page_index_open(struct tiff_page_index *pages, struct mim_job *job, struct mim_window *window);
/* Report that later pages may be missing, if so and if the end is reached. */
int32_t tiff_page_index_report_end(struct tiff_page_index *pages, struct mim_job *job);
/* Walk until page `index` is known: MIM_OK, MIM_END past the last page, or the error that ends the chain. */
int32_t tiff_page_index_extend(struct tiff_page_index *pages, struct mim_job *job, struct mim_window *window,
                               uint64_t index);
void tiff_page_index_close(struct tiff_page_index *pages, struct mim_job *job);

#endif
