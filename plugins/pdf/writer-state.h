/* SPDX-License-Identifier: MIT */
/* The state that the writer's operations share. */
#ifndef MIM_PDF_WRITER_STATE_H
#define MIM_PDF_WRITER_STATE_H

#include <stdbool.h>

#include "list.h"
#include "profile.h"
#include <mim/kit/array.h>
#include <mim/kit/resolution.h>

#include "shared/deflate.h"

/* A worker of encode. */
struct pdf_writing_worker {
    struct shared_compressor compressor, quick; /* quick: to compare filters */
    struct mim_scratch rows, coded;
};

enum { PDF_TITLE, PDF_AUTHOR, PDF_SUBJECT, PDF_KEYWORDS, PDF_CREATOR, PDF_CREATED, PDF_CHANGED, PDF_INFO_COUNT };

struct pdf_text {
    char *data;
    uint64_t size;
    bool is_second; /* set by a key that yields to a better one */
};

struct pdf_resolution {
    struct mim_resolution scale;
    struct mim_rational aspect; /* width to height of samples; 0/0: square */
};

struct pdf_body {
    struct pdf_list objects; /* object n is at items[n - 1]; 0: not yet written */
    struct pdf_list nodes;   /* nodes of the page tree */
    struct pdf_list kids;    /* pages of the current node */
    uint64_t pages, node;
};

struct pdf_writer {
    double dpi; /* options */
    const char *page_size;
    int64_t quality;
    int32_t is_lossless, pad;
    const char *title, *author, *subject, *keywords;

    bool is_open;
    double paper_width, paper_height; /* from page_size; 0: pages are as large as their pictures */
    bool may_rotate;                  /* rotate the paper to suit the picture */
    struct pdf_text info[PDF_INFO_COUNT];
    struct pdf_resolution document, pending; /* pending: of the next frame */
    struct pdf_profiles profiles;
    struct pdf_body body;
};

#endif
