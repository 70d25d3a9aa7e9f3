/* SPDX-License-Identifier: MIT */
/* The shortest way through libjpeg. */
#include "plain.h"

#include <setjmp.h>
#include <stdlib.h>

struct error {
    struct jpeg_error_mgr base;
    jmp_buf out;
};

static void
leave(j_common_ptr jpeg)
{
    longjmp(((struct error *)jpeg->err)->out, 1);
}

static void
be_quiet(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void
fill_row(uint8_t *row, uint32_t y, size_t size)
{
    static uint32_t noise = 1;

    for (size_t x = 0; x < size; x++) {
        noise = noise * 1103515245 + 12345;
        row[x] = (uint8_t)((x / 37 + y / 23) % 2 * 90 + x % 160 / 2 + y % 64 / 2 + (noise >> 16) % 40);
    }
}

struct mim_test_bytes
plain_encode(const struct plain_layout *layout)
{
    static const J_COLOR_SPACE spaces[] = { JCS_UNKNOWN, JCS_GRAYSCALE, JCS_UNKNOWN, JCS_RGB, JCS_CMYK };
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr error;
    unsigned char *data = NULL;
    unsigned long size = 0;
    size_t row_size = (size_t)layout->width * (size_t)layout->components;
    JSAMPROW row = malloc(row_size);

    jpeg.err = jpeg_std_error(&error);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &data, &size);
    jpeg.image_width = layout->width;
    jpeg.image_height = layout->height;
    jpeg.input_components = layout->components;
    jpeg.in_color_space = spaces[layout->components];
    jpeg_set_defaults(&jpeg);
    jpeg.comp_info[0].h_samp_factor = layout->columns;
    jpeg.comp_info[0].v_samp_factor = layout->rows;
    jpeg.restart_interval = layout->restart_interval;
    if (layout->is_progressive)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    for (uint32_t y = 0; y < layout->height; y++) {
        fill_row(row, y, row_size);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    free(row);
    return (struct mim_test_bytes){ .data = data, .size = size };
}

static uint8_t *
decode_rows(struct jpeg_decompress_struct *jpeg, uint8_t *volatile *pixels, size_t max_bytes)
{
    jpeg_read_header(jpeg, TRUE);
    jpeg->out_color_space = jpeg->num_components == 1 ? JCS_GRAYSCALE : jpeg->num_components == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_start_decompress(jpeg);
    size_t stride = (size_t)jpeg->output_width * (size_t)jpeg->output_components;
    if (stride > max_bytes / jpeg->output_height)
        return NULL;
    *pixels = malloc(stride * jpeg->output_height);
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = *pixels + stride * jpeg->output_scanline;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_decompress(jpeg);
    return *pixels;
}

uint8_t *
plain_decode(const uint8_t *data, size_t size, size_t max_bytes, long *warnings)
{
    struct jpeg_decompress_struct jpeg;
    struct error error;
    uint8_t *volatile pixels = NULL, *volatile whole = NULL;

    jpeg.err = jpeg_std_error(&error.base);
    error.base.error_exit = leave;
    error.base.output_message = be_quiet;
    if (!setjmp(error.out)) {
        jpeg_create_decompress(&jpeg);
        jpeg_mem_src(&jpeg, data, size);
        whole = decode_rows(&jpeg, &pixels, max_bytes);
    }
    *warnings = error.base.num_warnings;
    jpeg_destroy_decompress(&jpeg);
    if (!whole)
        free(pixels);
    return whole;
}
