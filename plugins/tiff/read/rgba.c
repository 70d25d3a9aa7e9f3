/* SPDX-License-Identifier: MIT */
/* libtiff's RGBA interface, for colours that only libtiff converts. */
#include "read/rgba.h"

/* libtiff's pixels are 0xAABBGGRR words. */
static void
copy_rgb(const uint32_t *pixels, uint32_t width, uint8_t *to)
{
    for (uint32_t x = 0; x < width; x++, to += 3) {
        to[0] = (uint8_t)TIFFGetR(pixels[x]);
        to[1] = (uint8_t)TIFFGetG(pixels[x]);
        to[2] = (uint8_t)TIFFGetB(pixels[x]);
    }
}

int32_t
tiff_rgba_read(struct tiff_handle *handle, const struct tiff_page *page, uint32_t first_row, uint32_t rows,
               uint32_t *pixels, uint8_t *to, uint64_t stride)
{
    struct mim_job *job = handle->job;
    TIFFRGBAImage image;
    char why[1024] = "";
    if (!TIFFRGBAImageBegin(&image, handle->tiff, 1, why))
        return job->host->fail(job, MIM_UNSUPPORTED, page->offset, "libtiff: %s", why);

    image.req_orientation = image.orientation; /* the orientation is applied later */
    image.row_offset = (int)first_row;
    int is_done = TIFFRGBAImageGet(&image, pixels, page->width, rows);
    TIFFRGBAImageEnd(&image);
    if (!is_done)
        return tiff_handle_fail(handle);

    for (uint32_t y = 0; y < rows; y++)
        copy_rgb(pixels + (uint64_t)y * page->width, page->width, to + y * stride);
    return MIM_OK;
}
