/* SPDX-License-Identifier: MIT */
/* A libtiff handle over host->read_at. One thread at a time. */
#ifndef MIM_TIFF_READ_HANDLE_H
#define MIM_TIFF_READ_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

#include <tiffio.h>

#include <mim/plugin.h>

#include "file/window.h"
#include "read/page.h"

struct tiff_handle {
    TIFF *tiff;
    struct mim_job *job;
    struct mim_window window; /* for the small reads of directories */
    uint64_t position;
    uint64_t page;             /* the current directory; 0: none */
    int32_t status;            /* of the read that failed */
    int32_t memory_status;     /* MIM_NOMEM or MIM_LIMIT: libtiff goes on without the memory that it did not get */
    const struct tiff_page *repaired; /* libtiff gets this page's directory repaired */
    bool is_short;             /* the source ended */
    bool has_warned;           /* set by a warning */
    bool has_decoded;          /* since it was set to the page */
    bool has_same_tags;        /* libtiff's tags of a page that is decoded here agree with ours */
    uint32_t bad_lines;        /* of fax codes since the caller set this to 0 */
    long bad_line;             /* the last of them */
    char text[256];            /* libtiff's first error */
};

/* Set the handle to the page, opening it if need be. */
int32_t tiff_handle_set_page(struct tiff_handle *handle, struct mim_job *job, const struct tiff_page *page);
/* Call before libtiff decodes a strip. The first LZW strip that libtiff decodes decides which kind of LZW the page
 * has, so each strip is decoded as a first one: the result does not depend on the worker. */
int32_t tiff_handle_refresh(struct tiff_handle *handle, const struct tiff_page *page);
/* Set the error of the op from libtiff's messages. */
int32_t tiff_handle_fail(struct tiff_handle *handle);
/* Fail after a read or an allocation that failed and that libtiff ignored. */
int32_t tiff_handle_check(struct tiff_handle *handle);
/* Forget a failure that is dealt with. */
void tiff_handle_forget(struct tiff_handle *handle);
void tiff_handle_close(struct tiff_handle *handle);

#endif
