/* SPDX-License-Identifier: MIT */
/* Compresses a picture as JPEG, row by row with libjpeg. */
#include "jpeg.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>
#include <jerror.h>

#include "pack.h"
#include "writer-state.h"

#define EMIT_BYTES (64u << 10)
#define FINE_QUALITY 90 /* no chroma subsampling from this quality on */
#define MAX_COEFFICIENTS (256u << 20)

struct encoder {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_destination_mgr sink;
    struct mim_job *job;
    jmp_buf out;
    int32_t status;
    uint8_t bytes[EMIT_BYTES];
};

static void
leave_libjpeg(j_common_ptr jpeg)
{
    struct encoder *encoder = jpeg->client_data;
    if (encoder->status == MIM_OK) {
        char text[JMSG_LENGTH_MAX];
        bool is_memory = jpeg->err->msg_code == JERR_OUT_OF_MEMORY;
        jpeg->err->format_message(jpeg, text);
        encoder->status = encoder->job->host->fail(encoder->job, is_memory ? MIM_NOMEM : MIM_UNSUPPORTED, MIM_UNKNOWN,
                                                   "libjpeg cannot compress this page: %s", text);
    }
    longjmp(encoder->out, 1);
}

static void
ignore_message(j_common_ptr jpeg, int level)
{
    (void)jpeg, (void)level;
}

static void
begin_sink(j_compress_ptr jpeg)
{
    struct encoder *encoder = jpeg->client_data;
    encoder->sink.next_output_byte = encoder->bytes;
    encoder->sink.free_in_buffer = EMIT_BYTES;
}

static void
emit_bytes(struct encoder *encoder, size_t size)
{
    encoder->status = encoder->job->host->emit(encoder->job, encoder->bytes, size);
    if (encoder->status != MIM_OK)
        leave_libjpeg((j_common_ptr)&encoder->jpeg);
}

static boolean
flush_sink(j_compress_ptr jpeg)
{
    emit_bytes(jpeg->client_data, EMIT_BYTES);
    begin_sink(jpeg);
    return TRUE;
}

static void
end_sink(j_compress_ptr jpeg)
{
    struct encoder *encoder = jpeg->client_data;
    emit_bytes(encoder, EMIT_BYTES - encoder->sink.free_in_buffer);
}

/* Bytes of all coefficients, which libjpeg keeps to optimize its codes; 0 if they are too many for that. */
static uint64_t
coefficient_bytes(const struct pdf_layout *layout, int quality)
{
    uint64_t columns = (layout->width + UINT64_C(15)) / 16 * 16, rows = (layout->height + UINT64_C(15)) / 16 * 16;
    uint64_t halves = layout->colour.channels < 3 ? 2 : quality >= FINE_QUALITY ? 6 : 3; /* half planes of samples */
    uint64_t size = columns * rows * halves / 2 * sizeof(JCOEF);
    return size <= MAX_COEFFICIENTS ? size : 0;
}

static void
configure_encoder(struct encoder *encoder, const struct pdf_layout *layout, int quality)
{
    bool is_colour = layout->colour.channels == 3;
    encoder->jpeg.dest = &encoder->sink;
    encoder->jpeg.image_width = layout->width;
    encoder->jpeg.image_height = layout->height;
    encoder->jpeg.input_components = is_colour ? 3 : 1;
    encoder->jpeg.in_color_space = is_colour ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(&encoder->jpeg);
    jpeg_set_quality(&encoder->jpeg, quality, TRUE);
    encoder->jpeg.optimize_coding = coefficient_bytes(layout, quality) > 0;
    if (quality >= FINE_QUALITY && is_colour)
        encoder->jpeg.comp_info[0].h_samp_factor = encoder->jpeg.comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(&encoder->jpeg, TRUE);
}

static void
encode_rows(struct encoder *encoder, const struct pdf_layout *layout, const struct mim_raster *raster, uint8_t *line)
{
    struct mim_job *job = encoder->job;
    for (uint32_t y = 0; y < layout->height; y++) {
        encoder->status = job->host->poll(job);
        if (encoder->status != MIM_OK)
            leave_libjpeg((j_common_ptr)&encoder->jpeg);
        pdf_pack_row(&layout->colour, layout, raster->data + y * raster->stride, line);
        jpeg_write_scanlines(&encoder->jpeg, &line, 1);
    }
}

static int32_t
encode_page(struct encoder *encoder, const struct pdf_layout *layout, const struct mim_raster *raster, int quality,
            uint8_t *line)
{
    encoder->status = MIM_OK;
    encoder->sink = (struct jpeg_destination_mgr){ .init_destination = begin_sink,
                                                   .empty_output_buffer = flush_sink,
                                                   .term_destination = end_sink };
    encoder->jpeg.err = jpeg_std_error(&encoder->errors);
    encoder->jpeg.client_data = encoder;
    encoder->errors.error_exit = leave_libjpeg;
    encoder->errors.emit_message = ignore_message;
    if (setjmp(encoder->out) == 0) {
        jpeg_create_compress(&encoder->jpeg);
        configure_encoder(encoder, layout, quality);
        encode_rows(encoder, layout, raster, line);
        jpeg_finish_compress(&encoder->jpeg);
    }
    jpeg_destroy_compress(&encoder->jpeg);
    return encoder->status;
}

int32_t
pdf_jpeg(struct mim_job *job, const struct pdf_layout *layout, const struct mim_raster *raster, int quality)
{
    struct pdf_writing_worker *worker = job->worker;
    int64_t reserved = (int64_t)coefficient_bytes(layout, quality);
    int32_t status = job->host->reserve(job, reserved);
    if (status == MIM_OK) {
        uint8_t *line = mim_scratch_get(job, &worker->rows, layout->colour.row_bytes);
        struct encoder *encoder = line ? job->host->resize(job, NULL, 0, sizeof *encoder) : NULL;
        status = MIM_NOMEM;
        if (encoder) {
            encoder->job = job;
            status = encode_page(encoder, layout, raster, quality, line);
        }
        job->host->resize(job, encoder, sizeof *encoder, 0);
        job->host->reserve(job, -reserved);
    }
    if (status == MIM_NOMEM)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory to compress a page");
    return status;
}
