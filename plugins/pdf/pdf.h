/* SPDX-License-Identifier: MIT */
/* What the reader's files share, in the order in which a page meets them. */
#ifndef MIM_PDF_H
#define MIM_PDF_H

#include <stdbool.h>
#include <stdint.h>

#include <poppler.h>

#include <mim/plugin.h>

/* media.c: what poppler gets to read instead of what stands in the source. */
struct pdf_patch {
    uint64_t offset, size, room;
    uint8_t *bytes; /* NULL: a byte that nothing is called by */
};

struct pdf_patches {
    struct pdf_patch *list; /* in the order of their offsets */
    uint64_t count, room;
};

/* Patches that hide all crop boxes. */
int32_t pdf_media_find(struct pdf_patches *patches, struct mim_job *job);
void pdf_media_apply(const struct pdf_patches *patches, uint8_t *bytes, uint64_t size, uint64_t offset);
void pdf_media_close(struct pdf_patches *patches, struct mim_job *job);

/* stream.c: the source as poppler reads it. One thread at a time. */
struct pdf_source {
    struct mim_job *job; /* of the op that runs; it reads and is asked whether to go on */
    uint64_t size;
    const struct pdf_patches *patches;
    int32_t status; /* of the read that failed: poppler takes it for the end of the file */
};

/* `source` outlives the stream. NULL: no memory. */
GInputStream *pdf_stream_create(struct pdf_source *source);

/* document.c: a poppler document of one thread's own. */
struct pdf_document {
    PopplerDocument *poppler; /* NULL: not open */
    struct pdf_source source;
};

/* Make `document` ready for an op of `job`, opening it the first time. */
int32_t pdf_document_use(struct pdf_document *document, struct mim_job *job);
/* Say so when the file is cut short and was opened all the same. */
int32_t pdf_document_look(struct mim_job *job);
/* What a read that failed during this op came to; MIM_OK when none did. */
int32_t pdf_document_check(const struct pdf_document *document);
/* Page `index`, a new reference. */
int32_t pdf_document_page(struct pdf_document *document, uint64_t index, PopplerPage **page);
void pdf_document_close(struct pdf_document *document);

/* page.c: how large a page becomes. In the packet. */
struct pdf_page {
    uint64_t index;
    double width, height;    /* points, as turned */
    double x_scale, y_scale; /* pixels a point */
};

enum { PDF_BOX_CROP, PDF_BOX_MEDIA };

struct pdf_choices {
    double dpi; /* the reader's options */
    struct mim_size size;
    uint8_t background[4];
    int32_t box, is_antialiased, is_gray;
    const char *password;
};

int32_t pdf_page_measure(struct pdf_page *page, struct mim_job *job, const struct pdf_choices *choices,
                         struct mim_frame_info *info);

/* render.c */
struct pdf_memory { /* of a worker, to draw into; used again */
    uint8_t *data;
    size_t size;
};

/* Bytes that are drawn into at once, beside the raster. */
uint64_t pdf_render_size(const struct pdf_choices *choices, const struct mim_frame_info *info);
int32_t pdf_render(struct pdf_source *source, struct pdf_memory *memory, PopplerPage *page,
                   const struct pdf_page *facts, const struct mim_raster *raster);
void pdf_memory_close(struct pdf_memory *memory);

/* sharp.c: a row of pixels from rows of points, which lie `step` words apart. `to` may be `from`. */
#define PDF_SHARP_SIDE 3u
void pdf_sharpen(const uint32_t *from, uint64_t step, uint32_t *to, uint32_t width);

/* blend.c: a row of cairo's pixels, premultiplied in native words, as a frame's. */
void pdf_blend_rgb(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[4]);
void pdf_blend_gray(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[4]);
/* Straight alpha over a background that may be clear. `from` may be `to`. */
void pdf_blend_rgba(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[4]);

/* said.c: what poppler says of a document. */
void pdf_said_begin(struct mim_job *job);
/* Tell the host what was said since; to be returned. */
int32_t pdf_said_end(struct mim_job *job);

/* reader.c */
struct pdf_reader {
    struct pdf_choices choices;
    struct pdf_patches patches;
    struct pdf_document document; /* of the serial ops */
};

struct pdf_reading_worker {
    struct pdf_document document;
    struct pdf_memory memory;
};

extern const struct mim_reader_ops pdf_reader_ops;

/* metadata.c */
int32_t pdf_metadata(struct mim_job *job, struct pdf_document *document, const struct pdf_page *page);

extern const struct mim_writer_ops pdf_writer_ops;

#endif
