/* SPDX-License-Identifier: MIT */
/* A plain loop over libtiff: every page by its strips or tiles into one reused buffer. Contiguous samples only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#include "loop.h"

struct page {
    uint32_t width, height, tile_width, tile_height;
    size_t row_bytes, size;
    uint8_t *pixels;
};

static int
read_strips(TIFF *tiff, struct page *page)
{
    uint8_t *at = page->pixels;

    for (uint32_t strip = 0; strip < TIFFNumberOfStrips(tiff); strip++) {
        tmsize_t got = TIFFReadEncodedStrip(tiff, strip, at, (tmsize_t)(page->pixels + page->size - at));
        if (got < 0)
            return -1;
        at += got;
    }
    return 0;
}

static void
copy_tile(struct page *page, uint32_t x, uint32_t y, const uint8_t *tile)
{
    size_t sample = page->row_bytes / page->width;
    uint32_t columns = page->width - x < page->tile_width ? page->width - x : page->tile_width;
    uint32_t rows = page->height - y < page->tile_height ? page->height - y : page->tile_height;

    for (uint32_t row = 0; row < rows; row++)
        memcpy(page->pixels + (y + row) * page->row_bytes + x * sample, tile + (size_t)row * page->tile_width * sample,
               columns * sample);
}

static int
read_tiles(TIFF *tiff, struct page *page)
{
    uint8_t *tile = malloc((size_t)TIFFTileSize(tiff));
    int status = tile ? 0 : -1;

    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &page->tile_width);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &page->tile_height);
    for (uint32_t y = 0; y < page->height && status == 0; y += page->tile_height) {
        for (uint32_t x = 0; x < page->width && status == 0; x += page->tile_width) {
            if (TIFFReadEncodedTile(tiff, TIFFComputeTile(tiff, x, y, 0, 0), tile, -1) < 0)
                status = -1;
            else
                copy_tile(page, x, y, tile);
        }
    }
    free(tile);
    return status;
}

static int
read_page(TIFF *tiff, struct page *page)
{
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &page->width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &page->height);
    page->row_bytes = (size_t)TIFFScanlineSize(tiff);
    if (page->row_bytes * page->height != page->size) {
        free(page->pixels);
        page->size = page->row_bytes * page->height;
        page->pixels = malloc(page->size);
    }
    if (!page->pixels)
        return -1;
    return TIFFIsTiled(tiff) ? read_tiles(tiff, page) : read_strips(tiff, page);
}

static int
decode(struct loop *loop, int argc, char **argv)
{
    struct page page = { 0 };
    TIFF *tiff = TIFFOpen(argv[1], "r");
    int status = tiff ? 0 : -1;

    (void)argc;
    while (status == 0) {
        status = read_page(tiff, &page);
        if (status == 0)
            loop_frame(loop, LOOP_PLAIN, page.pixels, page.height, page.row_bytes, page.row_bytes);
        if (status != 0 || !TIFFReadDirectory(tiff))
            break;
    }
    free(page.pixels);
    if (tiff)
        TIFFClose(tiff);
    return status;
}

int
main(int argc, char **argv)
{
    return loop_main(decode, argc, argv);
}
