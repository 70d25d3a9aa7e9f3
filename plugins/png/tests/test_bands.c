/* SPDX-License-Identifier: MIT */
/* Bands: the same pixels as libpng for every kind of frame, and libpng's verdict on damaged ones. */
#include "session.h"

#include <zlib.h>

#include "shared/png-filters.h"
#include "chunk/emit.h"
#include "read/bands.h"

enum { MIXED = SHARED_FILTERS, FILTER_CHOICES };

/* How a file is made. Zeroed: whole, of one piece. */
struct making {
    uint32_t width, height, depth, colour, filter;
    uint32_t piece;   /* bytes per IDAT; 0: all */
    int level;        /* of zlib */
    bool has_clear;   /* a tRNS */
    uint32_t unused;  /* colours of the palette and its tRNS that no index reaches */
    bool is_fdat;     /* a second frame, the same, in fdAT */
    uint32_t surplus; /* bytes after the last row */
    uint32_t cut;     /* rows that are missing */
    bool has_bad_sum; /* Adler-32 */
};

static const uint32_t samples_of[] = {
    [PNGX_GRAY] = 1, [PNGX_RGB] = 3, [PNGX_PALETTE] = 1, [PNGX_GRAY_ALPHA] = 2, [PNGX_RGBA] = 4
};

/* Half of the samples repeat earlier ones, so that there are matches. */
static void
fill_row(uint8_t *row, uint64_t size, uint32_t y)
{
    static uint32_t seed = 1;

    for (uint64_t i = 0; i < size; i++) {
        seed = seed * 1664525 + 1013904223;
        row[i] = (uint8_t)(y % 3 ? seed >> 24 : i * 3 + y);
    }
}

static struct mim_test_bytes
make_stream(const struct making *making)
{
    uint32_t bits = samples_of[making->colour] * making->depth, pixel = bits < 8 ? 1 : bits / 8;
    uint64_t size = ((uint64_t)making->width * bits + 7) / 8, height = making->height - making->cut;
    uint64_t all = (size + 1) * height + making->surplus;
    uint8_t *rows = calloc(2, size), *coded = calloc(1, all + 1);
    uLongf bound = compressBound(all);
    struct mim_test_bytes stream = { .data = malloc(bound) };

    CHECK(rows && coded && stream.data);
    for (uint64_t y = 0; y < height; y++) {
        uint8_t *row = rows + size * (y & 1), *above = rows + size * (~y & 1);
        fill_row(row, size, (uint32_t)y);
        int filter = (int)(making->filter == MIXED ? y % SHARED_FILTERS : making->filter);
        shared_filter_row(filter, row, y ? above : NULL, size, pixel, coded + (size + 1) * y);
    }
    CHECK(compress2(stream.data, &bound, coded, all, making->level) == Z_OK);
    stream.size = bound;
    if (making->has_bad_sum)
        stream.data[stream.size - 1] ^= 1;
    free(rows);
    free(coded);
    return stream;
}

static void
emit_control(struct mim_job *job, const struct making *making, uint32_t sequence)
{
    uint8_t control[PNGX_FCTL_SIZE] = { 0 };

    mim_store_be32(mim_store_be32(mim_store_be32(control, sequence), making->width), making->height);
    CHECK(pngx_emit_chunk(job, PNGX_FCTL, NULL, 0, control, sizeof control) == MIM_OK);
}

static void
emit_pixels(struct mim_job *job, const struct making *making, const struct mim_test_bytes *stream, uint32_t sequence)
{
    bool is_fdat = sequence > 0;
    uint8_t head[4];

    for (uint64_t at = 0, some; at < stream->size; at += some, sequence++) {
        some = making->piece && making->piece < stream->size - at ? making->piece : stream->size - at;
        mim_store_be32(head, sequence);
        CHECK(pngx_emit_chunk(job, is_fdat ? PNGX_FDAT : PNGX_IDAT, head, is_fdat ? 4 : 0, stream->data + at, some) ==
              MIM_OK);
    }
}

static void
emit_head(struct mim_job *job, const struct making *making)
{
    uint8_t ihdr[PNGX_IHDR_SIZE] = { 0 }, palette[PNGX_PLTE_MAX], control[8] = { 0, 0, 0, 2 };
    uint32_t colours = (1u << (making->depth < 8 ? making->depth : 8)) + making->unused;
    const uint8_t clear[6] = { 0, 1, 0, 1, 0, 1 };
    uint32_t clear_size = making->colour == PNGX_PALETTE ? 2 + making->unused : 2 * samples_of[making->colour];

    mim_store_be32(mim_store_be32(ihdr, making->width), making->height);
    ihdr[8] = (uint8_t)making->depth;
    ihdr[9] = (uint8_t)making->colour;
    CHECK(job->host->emit(job, pngx_signature, PNGX_SIGNATURE_SIZE) == MIM_OK);
    CHECK(pngx_emit_chunk(job, PNGX_IHDR, NULL, 0, ihdr, sizeof ihdr) == MIM_OK);
    fill_row(palette, sizeof palette, 1);
    if (making->is_fdat)
        CHECK(pngx_emit_chunk(job, PNGX_ACTL, NULL, 0, control, sizeof control) == MIM_OK);
    if (making->colour == PNGX_PALETTE)
        CHECK(pngx_emit_chunk(job, PNGX_PLTE, NULL, 0, palette, 3 * (colours > 200 ? 200 : colours)) == MIM_OK);
    if (making->has_clear)
        CHECK(pngx_emit_chunk(job, PNGX_TRNS, NULL, 0, clear, clear_size) == MIM_OK);
}

static void
make_picture(struct mim_test_host *host, const struct making *making)
{
    struct mim_job job = mim_test_host_job(host, NULL, NULL);
    struct mim_test_bytes stream = make_stream(making);

    host->sink.size = 0;
    emit_head(&job, making);
    if (making->is_fdat)
        emit_control(&job, making, 0);
    emit_pixels(&job, making, &stream, 0);
    if (making->is_fdat) {
        emit_control(&job, making, 1);
        emit_pixels(&job, making, &stream, 2);
    }
    CHECK(pngx_emit_chunk(&job, PNGX_IEND, NULL, 0, NULL, 0) == MIM_OK);
    free(stream.data);
    host->source = host->sink;
    host->sink = (struct mim_test_bytes){ 0 };
}

/* Reads a frame in bands only. */
static bool
read_in_bands(struct reading *reading, const struct mim_raster *raster, uint64_t index)
{
    struct pngx_packet packet = { 0 };
    struct mim_frame_info info = { .struct_size = sizeof info };

    CHECK(pngx_reader_ops.prepare(&reading->job, index, &packet, &info) == MIM_OK);
    return pngx_bands_read(&reading->job, &packet.frame, raster);
}

/* Compares bands with libpng. Returns whether bands could read the frame. */
static bool
compare_frame(struct mim_test_host *host, uint64_t index, bool gives_indices)
{
    struct reading reading;

    reading_begin(&reading, host);
    reading.state.raw = true;
    reading.state.palette = gives_indices;
    reading.worker.uses_libpng_only = true;
    CHECK(reading_open(&reading) == MIM_OK);
    int32_t status = reading_frame(&reading, index);
    struct mim_raster raster = { .struct_size = sizeof raster,
                                 .width = reading.info.width,
                                 .height = reading.info.height };
    raster.stride = reading.info.sample == MIM_SAMPLE_U1
                        ? (raster.width + 7) / 8
                        : (uint64_t)raster.width * reading.info.channels * (reading.info.sample == MIM_SAMPLE_U16 ? 2 : 1);
    raster.data = malloc(raster.stride * raster.height);
    CHECK(raster.data);
    bool is_read = read_in_bands(&reading, &raster, index);
    CHECK(!is_read || status == MIM_OK);
    for (uint32_t y = 0; reading.info.sample == MIM_SAMPLE_U1 && y < raster.height; y++) /* unused bits */
        raster.data[(y + 1) * raster.stride - 1] &= (uint8_t)(0xff << (7 - (raster.width - 1) % 8));
    CHECK(!is_read || memcmp(raster.data, reading.pixels, raster.stride * raster.height) == 0);
    free(raster.data);
    reading_end(&reading);
    return is_read;
}

static bool
compare_picture(const struct making *making, bool gives_indices)
{
    struct mim_test_host host = { 0 };

    make_picture(&host, making);
    bool is_read = compare_frame(&host, 0, gives_indices);
    if (making->is_fdat)
        CHECK(compare_frame(&host, 1, gives_indices) == is_read);
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
    return is_read;
}

static void
every_layout_and_filter_equals_libpng(void)
{
    static const struct {
        uint32_t colour, depth;
    } layouts[] = { { PNGX_GRAY, 1 },    { PNGX_GRAY, 2 },    { PNGX_GRAY, 4 },       { PNGX_GRAY, 8 },
                    { PNGX_GRAY, 16 },   { PNGX_RGB, 8 },     { PNGX_RGB, 16 },       { PNGX_PALETTE, 1 },
                    { PNGX_PALETTE, 2 }, { PNGX_PALETTE, 4 }, { PNGX_PALETTE, 8 },    { PNGX_GRAY_ALPHA, 8 },
                    { PNGX_RGBA, 8 },    { PNGX_RGBA, 16 },   { PNGX_GRAY_ALPHA, 16 } };

    for (unsigned i = 0; i < sizeof layouts / sizeof *layouts; i++)
        for (uint32_t filter = 0; filter < FILTER_CHOICES; filter++)
            for (uint32_t width = 1; width < 36; width += width < 18 ? 1 : 16) {
                const struct making making = { .width = width,
                                               .height = 1 + width % 12,
                                               .depth = layouts[i].depth,
                                               .colour = layouts[i].colour,
                                               .filter = filter,
                                               .level = 6,
                                               .piece = width % 4 * 7 };
                CHECK(compare_picture(&making, false));
                CHECK(making.colour != PNGX_PALETTE || compare_picture(&making, true));
            }
}

static void
transparency_equals_libpng(void)
{
    for (uint32_t depth = 1; depth <= 16; depth *= 2)
        for (uint32_t colour = PNGX_GRAY; colour <= PNGX_PALETTE; colour++) {
            const struct making making = { .width = 37,
                                           .height = 9,
                                           .depth = depth,
                                           .colour = colour,
                                           .filter = MIXED,
                                           .level = 6,
                                           .has_clear = true };
            bool is_valid =
                colour == PNGX_GRAY || (colour == PNGX_RGB && depth >= 8) || (colour == PNGX_PALETTE && depth <= 8);
            if (is_valid)
                CHECK(compare_picture(&making, false) == (colour != PNGX_RGB && depth <= 8));
        }
}

static void
transparency_of_unused_colours_is_ignored(void)
{
    const struct making making = {
        .width = 9, .height = 9, .depth = 1, .colour = PNGX_PALETTE, .level = 6, .has_clear = true, .unused = 1
    };
    struct mim_test_host host = { 0 };
    struct reading reading;

    make_picture(&host, &making);
    CHECK(compare_frame(&host, 0, false));
    reading_begin(&reading, &host);
    CHECK(reading_open(&reading) == MIM_OK && reading_frame(&reading, 0) == MIM_OK && reading.info.channels == 3);
    reading_end(&reading);
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

/* Several bands, rows longer than a band, and blocks of every kind. */
static void
large_pictures_equal_libpng(void)
{
    static const struct making makings[] = {
        { .width = 700, .height = 500, .depth = 8, .colour = PNGX_RGB, .filter = MIXED, .level = 6, .piece = 8192 },
        { .width = 700, .height = 300, .depth = 8, .colour = PNGX_RGBA, .filter = MIXED, .level = 0 },
        { .width = 65000, .height = 5, .depth = 16, .colour = PNGX_RGB, .filter = MIXED, .level = 1, .piece = 40000 },
        { .width = 1, .height = 300000, .depth = 8, .colour = PNGX_GRAY, .filter = SHARED_FILTER_UP, .level = 9 },
        { .width = 300000, .height = 3, .depth = 1, .colour = PNGX_PALETTE, .filter = SHARED_FILTER_NONE, .level = 6 },
        { .width = 400,
          .height = 200,
          .depth = 8,
          .colour = PNGX_RGB,
          .filter = MIXED,
          .level = 6,
          .piece = 999,
          .is_fdat = true },
    };

    for (unsigned i = 0; i < sizeof makings / sizeof *makings; i++)
        CHECK(compare_picture(&makings[i], false));
}

/* libpng accepts surplus rows and a wrong sum, and refuses missing rows. */
static void
doubtful_pixels_are_left_to_libpng(void)
{
    const struct making sound = { .width = 40, .height = 30, .depth = 8, .colour = PNGX_RGB, .level = 6 };
    struct making surplus = sound, row = sound, missing = sound, sum = sound, filter = sound, huge = sound;

    surplus.surplus = 1;
    row.surplus = 121;
    missing.cut = 1;
    sum.has_bad_sum = true;
    huge.surplus = 9999999;
    huge.height = 1;
    CHECK(compare_picture(&sound, false));
    CHECK(!compare_picture(&surplus, false) && !compare_picture(&row, false) && !compare_picture(&missing, false));
    CHECK(!compare_picture(&sum, false) && !compare_picture(&huge, false));
    filter.filter = SHARED_FILTERS + 1; /* written as the number of an unknown filter */
    CHECK(!compare_picture(&filter, false));
}

static void
bands_need_little_memory(void)
{
    const struct making making = { .width = 2000, .height = 2000, .depth = 8, .colour = PNGX_RGB, .level = 1 };
    struct mim_test_host host = { 0 };

    make_picture(&host, &making);
    CHECK(compare_frame(&host, 0, false) && host.max_allocated < 600000);
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(every_layout_and_filter_equals_libpng),     CASE(transparency_equals_libpng),
        CASE(transparency_of_unused_colours_is_ignored), CASE(large_pictures_equal_libpng),
        CASE(doubtful_pixels_are_left_to_libpng),        CASE(bands_need_little_memory),
    };
    return cmocka_run_group_tests_name("png bands", cases, NULL, NULL);
}
