/* SPDX-License-Identifier: MIT */
/* What the writer's files share. */
#ifndef MIM_PDF_WRITE_H
#define MIM_PDF_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include <mim/plugin.h>

/* list.c: numbers that grow in count. */
struct pdf_list {
    uint64_t *items;
    uint64_t count, room;
};

int32_t pdf_list_add(struct pdf_list *list, struct mim_job *job, uint64_t item);
void pdf_list_close(struct pdf_list *list, struct mim_job *job);

/* scratch.c: memory of a worker that grows and is used again. */
struct pdf_scratch {
    uint8_t *data;
    uint64_t room;
};

uint8_t *pdf_scratch_get(struct pdf_scratch *scratch, struct mim_job *job, uint64_t size); /* NULL: no memory */
void pdf_scratch_close(struct pdf_scratch *scratch, struct mim_job *job);

/* sheet.c: how a frame becomes a page. In the packet; encode writes only `is_filtered`, of its own part. */
struct pdf_plane {            /* one image: the colours, or the alpha */
    uint32_t first, channels; /* samples of a pixel, of how many from which on */
    uint32_t rows_per_part, parts;
    uint64_t row_bytes;
    bool is_jpeg, is_filtered;
};

struct pdf_sheet {
    uint64_t index;
    uint32_t width, height, channels, bits;
    double paper_width, paper_height; /* points */
    double x, y, x_size, y_size;      /* of the picture, from the lower left corner */
    struct pdf_plane colour, alpha;   /* alpha without parts: there is none */
};

int32_t pdf_accept(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info);

/* squeeze.c, jpeg.c */
struct libdeflate_compressor;

struct pdf_writing_worker {
    int64_t reserved;                                 /* bytes announced for what compresses */
    struct libdeflate_compressor *compressor, *quick; /* quick: to compare filters */
    struct pdf_scratch rows, coded;
};

#define PDF_CHECKSUM_BYTES 4u /* after what a part of a plane was deflated to: Adler-32 of its bytes */

int32_t pdf_squeeze(struct mim_job *job, struct pdf_plane *plane, const struct pdf_sheet *sheet, uint32_t part,
                    const struct mim_raster *raster);
void pdf_squeeze_close(struct pdf_writing_worker *worker, struct mim_job *job);
int32_t pdf_jpeg(struct mim_job *job, const struct pdf_sheet *sheet, const struct mim_raster *raster, int quality);

/* info.c: what is said of the document. */
enum { PDF_TITLE, PDF_AUTHOR, PDF_SUBJECT, PDF_KEYWORDS, PDF_CREATOR, PDF_CREATED, PDF_CHANGED, PDF_INFO_COUNT };

struct pdf_text {
    char *data;
    uint64_t size;
    bool is_second; /* by a key that only fills a place left free */
};

struct pdf_resolution {
    double x, y; /* pixels a unit; 0: not said */
    double unit; /* inches; 0: not said */
};

int32_t pdf_keep(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size);
int32_t pdf_keep_options(struct mim_job *job);

/* put.c: objects in the file. */
struct pdf_body {
    struct pdf_list objects; /* object n is at items[n - 1]; 0: not yet written */
    struct pdf_list nodes;   /* of the tree of pages */
    struct pdf_list kids;    /* of the node that grows */
    uint64_t pages, node;
};

int32_t pdf_put_header(struct mim_job *job);
int32_t pdf_put_page(struct mim_job *job, const struct pdf_sheet *sheet, const struct mim_coded *coded);
int32_t pdf_put_end(struct mim_job *job);

/* writer.c */
struct pdf_writer {
    double dpi; /* options */
    const char *page_size;
    int64_t quality;
    int32_t is_lossless, pad;
    const char *title, *author, *subject, *keywords;

    bool is_open;
    double paper_width, paper_height; /* of page_size; 0: pages are as large as their pictures */
    bool turns;                       /* to suit the picture */
    struct pdf_text info[PDF_INFO_COUNT];
    struct pdf_resolution whole, coming;
    struct pdf_body body;
};

#endif
