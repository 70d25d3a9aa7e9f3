/* SPDX-License-Identifier: MIT */
/* Crop boxes are hidden from poppler, and user units are shown to it. */
#include "session.h"

#include "page-keys.h"

#include <zlib.h>

static const char *const words = "0 0 1 rg 0 0 72 48 re f";

static void
box_option_selects_the_box(void)
{
    struct mim_test_bytes file = { 0 };
    struct reading reading;
    make_document(&file, &words, 1, "/CropBox[10 10 40 30]", NULL);
    for (int box = PDF_BOX_CROP; box <= PDF_BOX_MEDIA; box++) {
        reading_begin(&reading, &file);
        reading.state.choices.box = box;
        CHECK(reading_open(&reading) == MIM_OK && reading_page(&reading, 0) == MIM_OK);
        CHECK(reading.info.width == (box == PDF_BOX_MEDIA ? 72 : 30) &&
              reading.info.height == (box == PDF_BOX_MEDIA ? 48 : 20));
        reading_end(&reading);
    }
    free(file.data);
}

/* Windows of any size and place show their part of the patches. */
static void
patches_apply_across_windows(void)
{
    uint8_t block[] = "0123456789";
    struct pdf_patch list[] = { { .offset = 5, .span = 1, .size = 1, .shown = "_" },
                                { .offset = 8, .span = 16, .size = 10, .bytes = block },
                                { .offset = 25, .span = 4 },
                                { .offset = 30, .span = 1, .size = 1, .shown = "_" } };
    struct pdf_patches patches = { .list = list, .count = 4 };
    static const char expected[] = "....._..0123456789............_.........";
    for (uint64_t start = 0; start < 40; start++)
        for (uint64_t size = 1; start + size <= 40; size++) {
            uint8_t window[40];
            memset(window, '.', sizeof window);
            pdf_patches_apply(&patches, window, size, start);
            CHECK(memcmp(window, expected + start, size) == 0);
        }
}

/* A patch replaces those that it overlaps. */
static void
patches_are_disjoint(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct pdf_patches patches = { 0 };
    for (uint64_t offset = 90; offset > 0; offset -= 10)
        CHECK(pdf_patches_add(&patches, &job, &(struct pdf_patch){ .offset = offset, .span = 5 }) == MIM_OK);
    CHECK(patches.count == 9 && patches.list[0].offset == 10 && patches.list[8].offset == 90);
    CHECK(pdf_patches_has(&patches, 24) && !pdf_patches_has(&patches, 25));
    CHECK(pdf_patches_add(&patches, &job, &(struct pdf_patch){ .offset = 22, .span = 30 }) == MIM_OK);
    CHECK(patches.count == 6 && patches.list[1].offset == 22 && patches.list[2].offset == 60);
    pdf_patches_close(&patches, &job);
    CHECK(mim_test_host_clear(&host));
}

static int32_t
hide_boxes(struct reading *reading)
{
    const struct mim_test_bytes *file = &reading->host.source;
    reading->state.document.patches.hides_boxes = true;
    return pdf_page_keys_find(&reading->state.document.patches, &reading->serial,
                              &(struct pdf_window){ file->data, 0, file->size, file->size });
}

static void
put_objects(struct mim_test_bytes *file, const char *plain, const char *more, uint64_t *start)
{
    uint8_t coded[4000];
    uLongf size = sizeof coded;
    CHECK(compress2(coded, &size, (const uint8_t *)plain, strlen(plain), 6) == Z_OK);
    mim_test_bytes_printf(file, "9 0 obj\n<</Type/ObjStm/N 2/First 8/Filter/FlateDecode%s/Length %lu>>\nstream\r\n", more, size);
    *start = file->size;
    mim_test_bytes_append(file, coded, size);
    mim_test_bytes_printf(file, "\nendstream\nendobj\n");
}

static void
object_streams_are_recompressed_without_crop_boxes(void)
{
    static const char plain[] =
        "1 0 2 9 <</Type/Page/CropBox [ 1 2\n3.5 4 ]/MediaBox[0 0 9 9]>> <</CropBox 7 0 R/Rotate 90>>";
    struct mim_test_bytes file = { 0 };
    struct reading reading;
    uint64_t start;
    mim_test_bytes_printf(&file, "%%PDF-1.5\n");
    put_objects(&file, plain, "", &start);
    reading_begin(&reading, &file);
    CHECK(hide_boxes(&reading) == MIM_OK);
    CHECK(reading.state.document.patches.count == 1 && reading.state.document.patches.list[0].offset == start);
    const struct pdf_patch *patch = &reading.state.document.patches.list[0];
    uint8_t back[4000];
    uLongf size = sizeof back;
    CHECK(patch->size <= patch->capacity && uncompress(back, &size, patch->bytes, patch->size) == Z_OK);
    CHECK(size == strlen(plain) && !memmem(back, size, "CropBox", 7) && !memmem(back, size, "3.5", 3));
    CHECK(memmem(back, size, "/MediaBox[0 0 9 9]>>", 20) && memmem(back, size, "/Rotate 90>>", 12));
    CHECK(memcmp(back, "1 0 2 9 <</Type/Page ", 21) == 0);
    reading_end(&reading);
    free(file.data);
}

static void
unreadable_object_streams_are_refused(void)
{
    struct mim_test_bytes file = { 0 };
    struct reading reading;
    uint64_t start;
    put_objects(&file, "<</CropBox[0 0 1 1]>>", "/DecodeParms<</Predictor 12>>", &start);
    reading_begin(&reading, &file);
    CHECK(hide_boxes(&reading) == MIM_UNSUPPORTED);
    reading_end(&reading);
    file.size = 0;
    put_objects(&file, "<</CropBox[0 0 1 1]>>", "", &start);
    file.data[start + 1] ^= 0x55;
    reading_begin(&reading, &file);
    CHECK(hide_boxes(&reading) == MIM_UNSUPPORTED);
    reading_end(&reading);
    free(file.data);
}

/* The bytes of this stream, stored without compression, look like a dictionary and another stream. */
static void
words_inside_an_object_stream_are_not_patched(void)
{
    struct mim_test_bytes inner = { 0 }, file = { 0 };
    struct reading reading;
    uint8_t coded[8000];
    uLongf size = sizeof coded;
    uint64_t start;
    mim_test_bytes_printf(&inner, "/CropBox[1 2 3 4]");
    put_objects(&inner, "/CropBox[1 2 3 4] and so on, and so on, and so on", "/CropBox[0 0 1 1]", &start);
    while (inner.size < 2000) /* enough content for recompression to make it shorter */
        mim_test_bytes_printf(&inner, "/CropBox[1 2 3 4]");
    CHECK(compress2(coded, &size, inner.data, inner.size, 0) == Z_OK);

    mim_test_bytes_printf(&file, "%%PDF-1.5\n/CropBox 9 0 obj\n<</Type/ObjStm/CropBox 1/Filter/FlateDecode>>\nstream\n");
    start = file.size;
    mim_test_bytes_append(&file, coded, size);
    uint64_t end = file.size;
    mim_test_bytes_printf(&file, "\nendstream\nendobj\n/CropBox");
    reading_begin(&reading, &file);
    CHECK(hide_boxes(&reading) == MIM_OK);
    const struct pdf_patches *patches = &reading.state.document.patches;
    CHECK(patches->count == 4);
    for (uint64_t i = 1; i < patches->count; i++)
        CHECK(patches->list[i - 1].offset + patches->list[i - 1].span <= patches->list[i].offset);
    CHECK(patches->list[2].offset == start && patches->list[2].span == end - start);
    CHECK(patches->list[2].size > 0 && patches->list[2].size <= end - start);
    reading_end(&reading);
    free(inner.data);
    free(file.data);
}

static void
check_size(const char *page_more, uint32_t width, uint32_t height, unsigned notices)
{
    struct mim_test_bytes file = { 0 };
    struct reading reading;
    make_document(&file, &words, 1, page_more, NULL);
    reading_begin(&reading, &file);
    CHECK(reading_open(&reading) == MIM_OK && reading_page(&reading, 0) == MIM_OK);
    CHECK(reading.info.width == width && reading.info.height == height);
    CHECK(reading.host.notices[MIM_NOTICE_OTHER] == notices);
    reading_end(&reading);
    free(file.data);
}

static void
user_unit_scales_the_page(void)
{
    check_size("", 72, 48, 0);
    check_size("/UserUnit 3", 216, 144, 0);
    check_size("/UserUnit 2.5", 180, 120, 0);
    check_size("/UserUnit\n\t+2", 144, 96, 0);
    check_size("/UserUnit 0.5", 36, 24, 0);
    check_size("/Rotate 90/UserUnit 2", 96, 144, 0);
    check_size("/CropBox[10 10 40 30]/UserUnit 2", 60, 40, 0);
    check_size("/UserUnits 3", 72, 48, 0);
}

/* The first window begins with the file, and ends around the key. */
static void
units_are_found_across_windows(void)
{
    enum { WINDOW = 32 << 10, AROUND = 60 };
    static char more[WINDOW + AROUND];
    struct mim_test_bytes file = { 0 };
    make_document(&file, &words, 1, "/UserUnit 3", NULL);
    const uint8_t *key = memmem(file.data, file.size, "/UserUnit", 9);
    int blanks = WINDOW - (int)(key - file.data);
    free(file.data);
    for (int size = blanks - AROUND; size < blanks; size++) {
        snprintf(more, sizeof more, "%*s/UserUnit 3", size, "");
        check_size(more, 216, 144, 0);
    }
}

/* Contents of pages that are not drawn are 4 MB. */
static void
opening_reads_a_part_of_the_file(void)
{
    enum { PAGES = 40, CONTENT = 100 << 10 };
    static char content[CONTENT];
    const char *contents[PAGES];
    struct mim_test_bytes file = { 0 };
    struct reading reading;
    memset(content, ' ', sizeof content - 1);
    for (int i = 0; i < PAGES; i++)
        contents[i] = content;
    make_document(&file, contents, PAGES, "/UserUnit 3", NULL);
    reading_begin(&reading, &file);
    CHECK(reading_open(&reading) == MIM_OK && reading.sequence.count == PAGES);
    CHECK(reading.host.read.count < 12);
    reading_end(&reading);
    free(file.data);
}

/* A unit is shown to poppler as a duration. */
static void
duration_is_not_a_unit(void)
{
    check_size("/Dur 5", 72, 48, 0);
    check_size("/Dur 5/UserUnit 2", 144, 96, 0);
    check_size("/UserUnit 2/Dur 5/Duration 7", 144, 96, 0);
    check_size("/Dur 5/Note(/UserUnit 2)", 72, 48, 0);
}

static void
invalid_units_are_reported(void)
{
    check_size("/UserUnit 0", 72, 48, 1);
    check_size("/UserUnit -2", 72, 48, 1);
    check_size("/UserUnit 3 0 R", 72, 48, 0); /* an object that is no number */
    check_size("/UserUnit NaN", 72, 48, 0);
    check_size("/UserUnit(3)", 72, 48, 0);
    struct mim_test_bytes file = { 0 };
    struct reading reading;
    make_document(&file, &words, 1, "/UserUnit 1000000000000", NULL);
    reading_begin(&reading, &file);
    CHECK(reading_open(&reading) == MIM_OK && reading_page(&reading, 0) == MIM_CORRUPT);
    CHECK(strstr(reading.host.message, "7.2e+13 x 4.8e+13 points"));
    reading_end(&reading);
    free(file.data);
}

static void
failed_allocation_is_reported(void)
{
    struct mim_test_bytes file = { 0 };
    struct reading reading;
    uint64_t start;
    make_document(&file, &words, 1, "/CropBox[10 10 40 30]", NULL);
    put_objects(&file, "<</CropBox[0 0 1 1]/Else[1 2 3 4 5 6 7 8 9]>>", "", &start);
    int32_t status = MIM_NOMEM;
    for (uint64_t fail = 1; status != MIM_OK; fail++) {
        reading_begin(&reading, &file);
        reading.host.allocation.fail_at = fail;
        status = hide_boxes(&reading);
        CHECK(status == MIM_OK || (status == MIM_NOMEM && reading.host.allocation.count >= fail));
        CHECK(fail < 20);
        reading_end(&reading);
    }
    free(file.data);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(box_option_selects_the_box),
        CASE(patches_apply_across_windows),
        CASE(patches_are_disjoint),
        CASE(object_streams_are_recompressed_without_crop_boxes),
        CASE(unreadable_object_streams_are_refused),
        CASE(words_inside_an_object_stream_are_not_patched),
        CASE(user_unit_scales_the_page),
        CASE(units_are_found_across_windows),
        CASE(opening_reads_a_part_of_the_file),
        CASE(duration_is_not_a_unit),
        CASE(invalid_units_are_reported),
        CASE(failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("pdf patches", cases, NULL, NULL);
}
