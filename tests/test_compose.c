/* SPDX-License-Identifier: MIT */
/* The canvas, held against a composer that goes pixel by pixel and knows nothing of bands. */
#include <stdlib.h>

#include "check.h"
#include "frame/canvas.h"

#define MOST_WIDTH 29 /* more than three of what is drawn at once, and some */
#define MOST_HEIGHT 80
#define NUDGE 5e-11 /* a half is not to get lost in real numbers; the least distance from one is 1.16e-10 */
#define FRAMES 40

/* One frame as a plugin would give it. */
struct picture {
    struct mim_placement place;
    struct mim_raster raster;
    uint8_t palette[256 * 4];
};

/* What the canvas should be: wide numbers, alpha always there. */
struct naive {
    uint32_t width, height, colours, most;
    bool opaque;
    uint32_t pixels[MOST_HEIGHT][MOST_WIDTH][4], saved[MOST_HEIGHT][MOST_WIDTH][4], bare[4];
};

static uint32_t
at_random(uint32_t below)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static uint32_t
sample_of(const struct mim_raster *raster, int64_t x, int64_t y, uint32_t k)
{
    const uint8_t *row = raster->data + (uint64_t)y * raster->stride;
    uint64_t at = (uint64_t)x * raster->channels + k;
    return raster->sample == MIM_SAMPLE_U16 ? ((const uint16_t *)row)[at] : row[at];
}

/* Colour and alpha of a source pixel, whatever it is made of; gray is the first. */
static void
look_up(const struct picture *picture, const struct naive *n, int64_t x, int64_t y, uint32_t colour[4])
{
    const struct mim_raster *raster = &picture->raster;
    if (raster->sample == MIM_SAMPLE_INDEX8) {
        const uint8_t *entry = picture->palette + 4 * sample_of(raster, x, y, 0);
        for (int k = 0; k < 4; k++)
            colour[k] = entry[k];
        return;
    }
    for (uint32_t k = 0; k < n->colours; k++)
        colour[k] = sample_of(raster, x, y, k);
    colour[3] = raster->channels > n->colours ? sample_of(raster, x, y, n->colours) : n->most;
}

/* PNG specification, 13.16, in real numbers: the result is the nearest integer. */
static void
over(const struct naive *n, const uint32_t above[4], uint32_t below[4])
{
    double a = (double)above[3] / n->most, b = n->opaque ? 1 : (double)below[3] / n->most, sum = a + b * (1 - a);
    if (above[3] == 0)
        return;
    for (uint32_t k = 0; k < n->colours; k++)
        below[k] = (uint32_t)((above[k] * a + below[k] * b * (1 - a)) / sum + 0.5 + NUDGE);
    below[3] = (uint32_t)(sum * n->most + 0.5 + NUDGE);
}

static bool
inside(const struct mim_placement *place, int64_t x, int64_t y)
{
    return x >= place->x && y >= place->y && x < (int64_t)place->x + place->width &&
           y < (int64_t)place->y + place->height;
}

static void
naive_compose(struct naive *n, enum mim_canvas_start start, const struct mim_placement *before,
              const struct picture *picture)
{
    const struct mim_placement *now = &picture->place;
    for (int64_t y = 0; y < n->height; y++)
        for (int64_t x = 0; x < n->width; x++) {
            uint32_t *pixel = n->pixels[y][x], colour[4] = { 0 };
            bool gone = start == MIM_CANVAS_AFTER && inside(before, x, y);
            if (start == MIM_CANVAS_BARE || (gone && before->dispose == MIM_DISPOSE_BACKGROUND))
                memcpy(pixel, n->bare, sizeof n->bare);
            else if (gone && before->dispose == MIM_DISPOSE_PREVIOUS)
                memcpy(pixel, n->saved[y][x], sizeof n->saved[y][x]);
            memcpy(n->saved[y][x], pixel, sizeof n->saved[y][x]);
            if (!inside(now, x, y))
                continue;
            look_up(picture, n, x - now->x, y - now->y, colour);
            if (now->blend == MIM_BLEND_OVER)
                over(n, colour, pixel);
            else
                memcpy(pixel, colour, sizeof colour);
        }
}

static void
check_canvas(const struct mim_canvas *canvas, const struct naive *n)
{
    for (uint32_t y = 0; y < n->height; y++)
        for (uint32_t x = 0; x < n->width; x++)
            for (uint32_t k = 0; k < canvas->raster.channels; k++) {
                uint32_t expected = n->pixels[y][x][k == n->colours ? 3 : k],
                         found = sample_of(&canvas->raster, x, y, k);
                if (found != expected)
                    fail_msg("%u,%u channel %u of %u: %u, not %u", x, y, k, canvas->raster.channels, found, expected);
            }
}

/* What a case is about. */
struct kind {
    uint32_t width, height, colours;
    enum mim_sample canvas, pixels; /* INDEX8 or the canvas's own */
    uint32_t pixel_channels;
    bool opaque;
};

static struct mim_canvas
canvas_of(const struct kind *kind, uint32_t bands)
{
    struct mim_sequence sequence = {
        .canvas_width = kind->width, .canvas_height = kind->height, .canvas_channels = kind->colours,
        .canvas_sample = kind->canvas, .opaque = kind->opaque, .background = { 10, 20, 30, kind->opaque ? 255 : 40 },
    };
    struct mim_canvas canvas;
    CHECK(mim_canvas_init(&canvas, &sequence, bands, NULL) == MIM_OK);
    CHECK(canvas.raster.channels == kind->colours + !kind->opaque);
    return canvas;
}

static struct naive *
naive_of(const struct kind *kind)
{
    struct naive *n = calloc(1, sizeof *n);
    CHECK(n);
    n->width = kind->width, n->height = kind->height, n->colours = kind->colours, n->opaque = kind->opaque;
    n->most = kind->canvas == MIM_SAMPLE_U16 ? UINT16_MAX : UINT8_MAX;
    uint32_t wide = kind->canvas == MIM_SAMPLE_U16 ? 257 : 1;
    for (uint32_t k = 0; k < 4; k++)
        n->bare[k] = (uint32_t[]){ 10, 20, 30, kind->opaque ? 255 : 40 }[k] * wide;
    return n;
}

/* Clear, half and full values come often: they are the special ones. */
static uint32_t
some_value(uint32_t most)
{
    uint32_t special[] = { 0, most, most / 2, 1, most - 1 };
    uint32_t i = at_random(10);
    return i < 5 ? special[i] : at_random(most + 1);
}

/* Some runs of pixels are opaque, some transparent. */
static void
make_alpha_runs(const struct mim_raster *raster)
{
    uint32_t run = 0;
    for (uint32_t y = 0; y < raster->height; y++)
        for (uint32_t x = 0; x < raster->width; x++) {
            run = at_random(9) ? run : at_random(3);
            if (run)
                raster->data[y * raster->stride + 4 * x + 3] = run == 1 ? UINT8_MAX : 0;
        }
}

static void
fill(struct picture *picture, const struct kind *kind)
{
    uint32_t size = kind->canvas == MIM_SAMPLE_U16 ? 2 : 1, width = picture->place.width,
             height = picture->place.height;
    picture->raster = (struct mim_raster){ .struct_size = sizeof picture->raster,
                                           .sample = kind->pixels,
                                           .width = width,
                                           .height = height,
                                           .channels = kind->pixel_channels,
                                           .stride = (uint64_t)width * kind->pixel_channels * size + 2 * at_random(4),
                                           .palette = picture->palette,
                                           .palette_size = 256 };
    picture->raster.data = malloc(picture->raster.stride * height);
    CHECK(picture->raster.data);
    for (uint64_t i = 0; i < picture->raster.stride * height / size; i++)
        if (size == 2)
            ((uint16_t *)picture->raster.data)[i] = (uint16_t)some_value(UINT16_MAX);
        else
            picture->raster.data[i] = (uint8_t)some_value(UINT8_MAX);
    for (uint64_t i = 0; size == 1 && i + 9 < picture->raster.stride * height; i += 1 + at_random(40)) /* runs */
        memset(picture->raster.data + i, at_random(4), 9);
    if (size == 1 && kind->pixel_channels == 4)
        make_alpha_runs(&picture->raster);
    uint32_t clear = at_random(4); /* now and then all are opaque, or some are and others clear, as in a GIF */
    for (size_t i = 0; i < sizeof picture->palette; i++) {
        picture->palette[i] = (uint8_t)some_value(UINT8_MAX);
        if (i % 4 == 3 && clear)
            picture->palette[i] = clear > 1 && at_random(clear) ? 0 : UINT8_MAX;
    }
}

/* Compose FRAMES rectangles that stick out on every side, in so many bands, and compare after each. */
static void
check_kind(const struct kind *kind, uint32_t bands)
{
    struct mim_canvas canvas = canvas_of(kind, bands);
    struct naive *n = naive_of(kind);
    struct mim_placement before = { 0 };

    for (uint32_t i = 0; i < FRAMES; i++) {
        struct picture picture = { .place = { .dispose = (int32_t)(i % 3), .blend = (int32_t)(i / 3 % 2) } };
        enum mim_canvas_start start = i % 13 == 0 ? MIM_CANVAS_BARE : MIM_CANVAS_AFTER;
        picture.place.x = (int32_t)at_random(kind->width + 8) - 6;
        picture.place.y = (int32_t)at_random(kind->height + 8) - 6;
        picture.place.width = 1 + at_random(kind->width + 8);
        picture.place.height = 1 + at_random(kind->height + 8);
        if (i % 7 == 3) { /* all of it, opaque or not: what was there before is of no account */
            start = MIM_CANVAS_COVERED;
            picture.place =
                (struct mim_placement){ 0, 0, picture.place.dispose, MIM_BLEND_REPLACE, kind->width, kind->height };
        }
        fill(&picture, kind);
        CHECK(mim_canvas_ready(&canvas, picture.place.dispose));
        for (uint32_t band = canvas.bands; band-- > 0;) /* any order will do */
            mim_canvas_compose(&canvas, band, start, &before, &picture.place, &picture.raster);
        naive_compose(n, start, &before, &picture);
        check_canvas(&canvas, n);
        before = picture.place;
        free(picture.raster.data);
    }
    mim_canvas_clear(&canvas);
    free(n);
}

static void
check_pixels(enum mim_sample pixels, uint32_t colours, enum mim_sample canvas, uint32_t pixel_channels)
{
    for (int opaque = 0; opaque < 2; opaque++) {
        check_kind(&(struct kind){ MOST_WIDTH, 9, colours, canvas, pixels, pixel_channels, opaque }, 1);
        check_kind(&(struct kind){ 7, 70, colours, canvas, pixels, pixel_channels, opaque }, 3);
    }
}

static void
indices_go_on_every_canvas(void)
{
    check_pixels(MIM_SAMPLE_INDEX8, 1, MIM_SAMPLE_U8, 1);
    check_pixels(MIM_SAMPLE_INDEX8, 3, MIM_SAMPLE_U8, 1);
}

static void
samples_of_8_bits_go_on_every_canvas(void)
{
    check_pixels(MIM_SAMPLE_U8, 1, MIM_SAMPLE_U8, 1);
    check_pixels(MIM_SAMPLE_U8, 1, MIM_SAMPLE_U8, 2);
    check_pixels(MIM_SAMPLE_U8, 3, MIM_SAMPLE_U8, 3);
    check_pixels(MIM_SAMPLE_U8, 3, MIM_SAMPLE_U8, 4);
}

static void
samples_of_16_bits_go_on_every_canvas(void)
{
    check_pixels(MIM_SAMPLE_U16, 1, MIM_SAMPLE_U16, 1);
    check_pixels(MIM_SAMPLE_U16, 1, MIM_SAMPLE_U16, 2);
    check_pixels(MIM_SAMPLE_U16, 3, MIM_SAMPLE_U16, 3);
    check_pixels(MIM_SAMPLE_U16, 3, MIM_SAMPLE_U16, 4);
}

static void
any_number_of_bands_gives_the_same(void)
{
    for (uint32_t bands = 0; bands < 8; bands++)
        check_kind(&(struct kind){ 5, MOST_HEIGHT, 3, MIM_SAMPLE_U8, MIM_SAMPLE_INDEX8, 1, false }, bands);
}

static void
bands_cover_every_row_once(void)
{
    for (uint32_t height = 1; height < 700; height += 3)
        for (uint32_t wished = 0; wished < 40; wished += 3) {
            struct mim_canvas canvas = canvas_of(&(struct kind){ 1, height, 3, MIM_SAMPLE_U8, 0, 0, false }, wished);
            uint32_t next = 0, rows;
            CHECK(canvas.bands >= 1 && canvas.bands <= MIM_MAX_BANDS && canvas.bands <= (wished ? wished : 1));
            for (uint32_t band = 0; band < canvas.bands; band++) {
                CHECK(mim_canvas_band(&canvas, band, &rows) == next && rows > 0);
                next += rows;
            }
            CHECK(next == height);
        }
}

/* Corners of 32 bits: nothing of them is on the canvas, and nothing of it is touched. */
static void
rectangles_far_away_draw_nothing(void)
{
    static const struct mim_placement far[] = {
        { INT32_MIN, INT32_MIN, MIM_DISPOSE_BACKGROUND, 0, 9, 9 },
        { INT32_MAX, INT32_MAX, MIM_DISPOSE_PREVIOUS, 0, UINT32_MAX, UINT32_MAX },
        { INT32_MIN, 0, MIM_DISPOSE_PREVIOUS, 0, (uint32_t)INT32_MAX + 1, 4 },
        { 0, 4, MIM_DISPOSE_BACKGROUND, 0, 4, 4 },
        { 4, 0, MIM_DISPOSE_PREVIOUS, 0, 4, 4 },
        { 0, 0, MIM_DISPOSE_KEEP, 0, 0, 0 },
    };
    const struct kind kind = { 4, 4, 3, MIM_SAMPLE_U8, MIM_SAMPLE_U8, 4, false };
    struct mim_canvas canvas = canvas_of(&kind, 1);
    struct naive *n = naive_of(&kind);
    struct picture whole = { .place = { 0, 0, MIM_DISPOSE_KEEP, MIM_BLEND_REPLACE, 4, 4 } };

    fill(&whole, &kind);
    CHECK(mim_canvas_ready(&canvas, MIM_DISPOSE_PREVIOUS));
    mim_canvas_compose(&canvas, 0, MIM_CANVAS_COVERED, NULL, &whole.place, &whole.raster);
    naive_compose(n, MIM_CANVAS_COVERED, NULL, &whole);
    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        mim_canvas_compose(&canvas, 0, MIM_CANVAS_AFTER, i ? &far[i - 1] : &whole.place, &far[i], &whole.raster);
        check_canvas(&canvas, n);
    }
    free(whole.raster.data);
    mim_canvas_clear(&canvas);
    free(n);
}

static void
memory_is_taken_when_it_is_needed(void)
{
    struct mim_canvas canvas = canvas_of(&(struct kind){ 10, 20, 3, MIM_SAMPLE_U8, 0, 0, false }, 1);
    uint64_t bytes = mim_canvas_bytes(&canvas);

    CHECK(bytes == 20 * canvas.raster.stride && canvas.raster.stride >= 40);
    CHECK(mim_canvas_held(&canvas) == 0);
    CHECK(mim_canvas_missing(&canvas, MIM_DISPOSE_KEEP) == bytes);
    CHECK(mim_canvas_missing(&canvas, MIM_DISPOSE_PREVIOUS) == 2 * bytes);
    CHECK(mim_canvas_ready(&canvas, MIM_DISPOSE_BACKGROUND));
    CHECK(mim_canvas_held(&canvas) == bytes && mim_canvas_missing(&canvas, MIM_DISPOSE_KEEP) == 0);
    CHECK(mim_canvas_missing(&canvas, MIM_DISPOSE_PREVIOUS) == bytes);
    CHECK(mim_canvas_ready(&canvas, MIM_DISPOSE_PREVIOUS));
    CHECK(mim_canvas_held(&canvas) == 2 * bytes && mim_canvas_missing(&canvas, MIM_DISPOSE_PREVIOUS) == 0);
    mim_canvas_clear(&canvas);
    CHECK(mim_canvas_held(&canvas) == 0);
}

/* A size from a file, before there is memory for it: twice the largest is a number that does not wrap. */
static void
the_largest_canvas_is_counted_not_wrapped(void)
{
    struct mim_canvas canvas = canvas_of(&(struct kind){ UINT32_MAX, UINT32_MAX, 3, MIM_SAMPLE_U16, 0, 0, false }, 1);

    CHECK(mim_canvas_bytes(&canvas) == UINT64_MAX);
    CHECK(mim_canvas_missing(&canvas, MIM_DISPOSE_PREVIOUS) == UINT64_MAX);
    CHECK(!mim_canvas_ready(&canvas, MIM_DISPOSE_KEEP));
    CHECK(mim_canvas_held(&canvas) == 0);
    mim_canvas_clear(&canvas);
}

static void
what_is_no_canvas_is_refused(void)
{
    const struct mim_sequence wrong[] = {
        { .canvas_width = 4, .canvas_height = 0 },
        { .canvas_width = 4, .canvas_height = 4, .canvas_channels = 2 },
        { .canvas_width = 4, .canvas_height = 4, .canvas_channels = 4 },
        { .canvas_width = 4, .canvas_height = 4, .canvas_sample = MIM_SAMPLE_F32 },
        { .canvas_width = 4, .canvas_height = 4, .canvas_sample = MIM_SAMPLE_INDEX8 },
        { .canvas_width = 4, .canvas_height = 4, .canvas_sample = -1 },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct mim_canvas canvas = { 0 };
        struct mim_error err = { 0 };
        CHECK(mim_canvas_init(&canvas, &wrong[i], 1, &err) == MIM_BROKEN_PLUGIN && *err.message);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(indices_go_on_every_canvas),
        CASE(samples_of_8_bits_go_on_every_canvas),
        CASE(samples_of_16_bits_go_on_every_canvas),
        CASE(any_number_of_bands_gives_the_same),
        CASE(bands_cover_every_row_once),
        CASE(rectangles_far_away_draw_nothing),
        CASE(memory_is_taken_when_it_is_needed),
        CASE(the_largest_canvas_is_counted_not_wrapped),
        CASE(what_is_no_canvas_is_refused),
    };
    return cmocka_run_group_tests_name("compose", cases, NULL, NULL);
}
