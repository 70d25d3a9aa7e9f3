/* SPDX-License-Identifier: MIT */
/* A picture as JPEG, by libjpeg, row by row. */
#include "jpeg.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>
#include <jerror.h>

#include "pack.h"
#include "writer-state.h"

#define EMIT_BYTES (64u << 10)
#define FINE_QUALITY 90 /* from here on colours are as sharp as light */
#define MOST_COEFFICIENTS (256u << 20)

struct press {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_destination_mgr sink;
    struct mim_job *job;
    jmp_buf out;
    int32_t status;
    uint8_t bytes[EMIT_BYTES];
};

static void
leave(j_common_ptr jpeg)
{
    struct press *press = jpeg->client_data;
    if (press->status == MIM_OK) {
        char text[JMSG_LENGTH_MAX];
        bool is_memory = jpeg->err->msg_code == JERR_OUT_OF_MEMORY;
        jpeg->err->format_message(jpeg, text);
        press->status = press->job->host->fail(press->job, is_memory ? MIM_NOMEM : MIM_UNSUPPORTED, MIM_UNKNOWN,
                                               "libjpeg cannot compress this page: %s", text);
    }
    longjmp(press->out, 1);
}

static void
say_nothing(j_common_ptr jpeg, int level)
{
    (void)jpeg, (void)level;
}

static void
begin_sink(j_compress_ptr jpeg)
{
    struct press *press = jpeg->client_data;
    press->sink.next_output_byte = press->bytes;
    press->sink.free_in_buffer = EMIT_BYTES;
}

static void
emit(struct press *press, size_t size)
{
    press->status = press->job->host->emit(press->job, press->bytes, size);
    if (press->status != MIM_OK)
        leave((j_common_ptr)&press->jpeg);
}

static boolean
flush_sink(j_compress_ptr jpeg)
{
    emit(jpeg->client_data, EMIT_BYTES);
    begin_sink(jpeg);
    return TRUE;
}

static void
end_sink(j_compress_ptr jpeg)
{
    struct press *press = jpeg->client_data;
    emit(press, EMIT_BYTES - press->sink.free_in_buffer);
}

/* Bytes of all coefficients, which libjpeg keeps to choose the codes by; 0: they are too many for that. */
static uint64_t
coefficient_bytes(const struct pdf_sheet *sheet, int quality)
{
    uint64_t columns = (sheet->width + UINT64_C(15)) / 16 * 16, rows = (sheet->height + UINT64_C(15)) / 16 * 16;
    uint64_t halves = sheet->colour.channels < 3 ? 2 : quality >= FINE_QUALITY ? 6 : 3; /* of a plane of samples */
    uint64_t size = columns * rows * halves / 2 * sizeof(JCOEF);
    return size <= MOST_COEFFICIENTS ? size : 0;
}

static void
set_up(struct press *press, const struct pdf_sheet *sheet, int quality)
{
    bool is_colour = sheet->colour.channels == 3;
    press->jpeg.dest = &press->sink;
    press->jpeg.image_width = sheet->width;
    press->jpeg.image_height = sheet->height;
    press->jpeg.input_components = is_colour ? 3 : 1;
    press->jpeg.in_color_space = is_colour ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(&press->jpeg);
    jpeg_set_quality(&press->jpeg, quality, TRUE);
    press->jpeg.optimize_coding = coefficient_bytes(sheet, quality) > 0;
    if (quality >= FINE_QUALITY && is_colour)
        press->jpeg.comp_info[0].h_samp_factor = press->jpeg.comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(&press->jpeg, TRUE);
}

static void
press_rows(struct press *press, const struct pdf_sheet *sheet, const struct mim_raster *raster, uint8_t *line)
{
    struct mim_job *job = press->job;
    for (uint32_t y = 0; y < sheet->height; y++) {
        press->status = job->host->poll(job);
        if (press->status != MIM_OK)
            leave((j_common_ptr)&press->jpeg);
        pdf_pack_row(&sheet->colour, sheet, raster->data + y * raster->stride, line);
        jpeg_write_scanlines(&press->jpeg, &line, 1);
    }
}

static int32_t
press_page(struct press *press, const struct pdf_sheet *sheet, const struct mim_raster *raster, int quality,
           uint8_t *line)
{
    press->status = MIM_OK;
    press->sink = (struct jpeg_destination_mgr){ .init_destination = begin_sink,
                                                 .empty_output_buffer = flush_sink,
                                                 .term_destination = end_sink };
    press->jpeg.err = jpeg_std_error(&press->errors);
    press->jpeg.client_data = press;
    press->errors.error_exit = leave;
    press->errors.emit_message = say_nothing;
    if (setjmp(press->out) == 0) {
        jpeg_create_compress(&press->jpeg);
        set_up(press, sheet, quality);
        press_rows(press, sheet, raster, line);
        jpeg_finish_compress(&press->jpeg);
    }
    jpeg_destroy_compress(&press->jpeg);
    return press->status;
}

int32_t
pdf_jpeg(struct mim_job *job, const struct pdf_sheet *sheet, const struct mim_raster *raster, int quality)
{
    struct pdf_writing_worker *worker = job->worker;
    int64_t kept = (int64_t)coefficient_bytes(sheet, quality);
    int32_t status = job->host->reserve(job, kept);
    if (status == MIM_OK) {
        uint8_t *line = pdf_scratch_get(&worker->rows, job, sheet->colour.row_bytes);
        struct press *press = line ? job->host->resize(job, NULL, 0, sizeof *press) : NULL;
        status = MIM_NOMEM;
        if (press) {
            press->job = job;
            status = press_page(press, sheet, raster, quality, line);
        }
        job->host->resize(job, press, sizeof *press, 0);
        job->host->reserve(job, -kept);
    }
    if (status == MIM_NOMEM)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory to compress a page");
    return status;
}
