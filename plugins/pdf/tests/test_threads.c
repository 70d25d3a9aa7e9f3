/* SPDX-License-Identifier: MIT */
/* Pages drawn on eight threads, with a document each, equal those drawn on one. */
#include "session.h"

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 8, PAGES = 24, ROUNDS = 3 };

static struct mim_test_bytes file;
static uint64_t expected[PAGES];

/* Text, strokes, groups and pictures, which poppler caches. */
static void
make_file(void)
{
    static char texts[PAGES][600];
    static const char *contents[PAGES];
    static const char *const more[] = {
        "<</Type/XObject/Subtype/Form/BBox[0 0 72 48]/Group<</S/Transparency/I true>>/Length 62>>\nstream\n"
        "1 0 0 rg 5 5 30 20 re f 0 1 0 rg 20 10 40 30 re f 1 w 0 0 m 9 9\nendstream",
        NULL,
    };
    for (unsigned i = 0; i < PAGES; i++) {
        snprintf(texts[i], sizeof texts[i],
                 "q %u.5 0 0 1 0 0 cm 0.%u 0.5 0.2 rg BT /F %u.25 Tf 2 %u Td "
                 "(Page %u, with words) Tj 0 -9 Td (and \\(more\\)) Tj ET Q "
                 "%u.3 w 0 0 m 72 48 l 30 %u m 20 40 60 1 70 30 c S /X Do q 20 3 -4 20 40 20 cm "
                 "BI /W 4 /H 2 /CS /G /BPC 8 /F /AHx ID 00408090c0ff2040> EI Q",
                 1 + i % 2, i % 10, 6 + i % 9, 20 + i % 20, i, i % 3, i);
        contents[i] = texts[i];
    }
    make_document(&file, contents, PAGES, NULL, more);
}

static uint64_t
digest(const struct mim_raster *raster)
{
    uint64_t sum = 14695981039346656037u;
    for (uint64_t i = 0; i < raster->stride * raster->height; i++)
        sum = (sum ^ raster->data[i]) * 1099511628211u;
    return sum;
}

/* Returns the number of pages that differ. */
static void *
read_pages(void *argument)
{
    uintptr_t first = (uintptr_t)argument, wrong = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct reading reading;
        reading_begin(&reading, &file);
        reading.state.choices.dpi = 300;
        wrong += reading_open(&reading) != MIM_OK;
        for (unsigned i = 0; i < PAGES; i++) {
            unsigned page = (unsigned)(first * 5 + i) % PAGES;
            wrong += reading_page(&reading, page) != MIM_OK || digest(&reading.raster) != expected[page];
        }
        reading_end(&reading);
    }
    return (void *)wrong;
}

static void
pixels_do_not_depend_on_threads(void)
{
    pthread_t threads[THREADS];
    struct reading reading;
    make_file();
    reading_begin(&reading, &file);
    reading.state.choices.dpi = 300;
    CHECK(reading_open(&reading) == MIM_OK);
    for (unsigned i = 0; i < PAGES; i++) {
        CHECK(reading_page(&reading, i) == MIM_OK);
        expected[i] = digest(&reading.raster);
        CHECK(i == 0 || expected[i] != expected[i - 1]);
    }
    reading_end(&reading);

    uintptr_t wrong = 0;
    for (uintptr_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, read_pages, (void *)i) == 0);
    for (unsigned i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        wrong += (uintptr_t)result;
    }
    CHECK(wrong == 0);
    free(file.data);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(pixels_do_not_depend_on_threads),
    };
    return cmocka_run_group_tests_name("pdf threads", cases, NULL, NULL);
}
