/* SPDX-License-Identifier: MIT */
/* Reads documents through the operations: pages, refusals, cancellation and notices. */
#include "session.h"

#include <stdio.h>

static const char *const pages[] = { "1 0 0 rg 0 0 36 48 re f", "0 0 1 rg 36 0 36 48 re f" };

static struct mim_test_bytes
two_pages(void)
{
    struct mim_test_bytes file = { 0 };
    make_document(&file, pages, 2, NULL, NULL);
    return file;
}

static unsigned
count_notices(const struct mim_test_host *host)
{
    unsigned count = 0;
    for (int code = 0; code < MIM_NOTICE_COUNT; code++)
        count += host->notices[code];
    return count;
}

static void
pages_are_read_in_any_order(void)
{
    struct mim_test_bytes file = two_pages();
    struct reading reading;
    reading_begin(&reading, &file);
    CHECK(reading_open(&reading) == MIM_OK);
    CHECK(reading.sequence.count == 2 && reading.sequence.sure == MIM_SURE_EXACT && count_notices(&reading.host) == 0);
    for (unsigned i = 3; i-- > 0;) {
        CHECK(reading_page(&reading, i) == (i < 2 ? MIM_OK : MIM_END));
        if (i == 2)
            continue;
        CHECK(reading.info.width == 72 && reading.info.height == 48 && reading.info.channels == 3);
        const uint8_t *left = reading.raster.data, *right = left + 3 * 71;
        static const uint8_t red[] = { 255, 0, 0 }, blue[] = { 0, 0, 255 }, white[] = { 255, 255, 255 };
        CHECK(memcmp(left, i ? white : red, 3) == 0 && memcmp(right, i ? blue : white, 3) == 0);
    }
    CHECK(mim_test_host_reported(&reading.host, "page_label=1\n") &&
          mim_test_host_reported(&reading.host, "resolution_unit=inch\n"));
    reading_end(&reading);
    free(file.data);
}

static void
options_select_the_channels(void)
{
    struct mim_test_bytes file = two_pages();
    for (unsigned kind = 0; kind < 3; kind++) {
        struct reading reading;
        reading_begin(&reading, &file);
        reading.state.choices.is_gray = kind == 1;
        if (kind == 2)
            memset(reading.state.choices.background, 0, 4);
        CHECK(reading_open(&reading) == MIM_OK && reading_page(&reading, 0) == MIM_OK);
        static const uint32_t channels[] = { 3, 1, 4 };
        CHECK(reading.info.channels == channels[kind]);
        const uint8_t *right = reading.raster.data + 71 * channels[kind];
        CHECK(kind == 2 ? right[3] == 0 : right[0] == 255);
        CHECK(kind != 1 || reading.raster.data[0] == 76);
        reading_end(&reading);
    }
    free(file.data);
}

/* At this size, frames of three channels are drawn in bands, those of four at once. */
static void
bands_join_without_a_seam(void)
{
    static const char *const content = "0 0 1 RG 3 w 0 0 m 72 48 l 72 0 m 0 48 l S 0 1 0 rg 10 10 30.3 20.7 re f "
                                       "BT /F 30 Tf 2 12 Td (seam) Tj ET";
    struct mim_test_bytes file = { 0 };
    struct reading bands, whole;
    unsigned wrong = 0;
    make_document(&file, &content, 1, NULL, NULL);
    reading_begin(&bands, &file);
    reading_begin(&whole, &file);
    bands.state.choices.size = whole.state.choices.size = (struct mim_size){ 4100, 3800 };
    memset(whole.state.choices.background, 0, 4);
    CHECK(reading_open(&bands) == MIM_OK && reading_page(&bands, 0) == MIM_OK);
    CHECK(bands.info.work_size < 4100u * 3800 * 4);
    CHECK(reading_open(&whole) == MIM_OK && reading_page(&whole, 0) == MIM_OK);
    for (uint64_t i = 0; i < 4100u * 3800; i++)
        for (unsigned c = 0; c < 3; c++) {
            const uint8_t *pixel = whole.raster.data + 4 * i;
            int over = (pixel[c] * pixel[3] + 255 * (255 - pixel[3]) + 127) / 255, got = bands.raster.data[3 * i + c];
            wrong += over - got > 1 || got - over > 1;
        }
    CHECK(wrong == 0);
    reading_end(&bands);
    reading_end(&whole);
    free(file.data);
}

static void
pages_longer_than_a_surface_are_drawn(void)
{
    struct mim_test_bytes file = two_pages();
    struct reading reading;
    reading_begin(&reading, &file);
    reading.state.choices.size = (struct mim_size){ 40000, 64 };
    CHECK(reading_open(&reading) == MIM_OK && reading_page(&reading, 1) == MIM_OK);
    for (uint64_t x = 0; x < 40000; x++)
        CHECK(reading.raster.data[3 * x] == (x < 20000 ? 255 : 0) && reading.raster.data[3 * x + 2] == 255);
    reading_end(&reading);
    free(file.data);
}

static void
impossible_size_is_refused(void)
{
    struct mim_test_bytes file = two_pages();
    struct reading reading;
    reading_begin(&reading, &file);
    reading.state.choices.dpi = 1e12;
    CHECK(reading_open(&reading) == MIM_OK && reading_page(&reading, 0) == MIM_CORRUPT);
    CHECK(strstr(reading.host.message, "72 x 48 points"));
    reading_end(&reading);
    free(file.data);
}

static void
page_can_be_cancelled(void)
{
    static char content[] = "0 0 1 rg 0 0 5 5 re f 1 1 5 5 re f 2 2 5 5 re f 3 3 5 5 re f 4 4 9 9 re f";
    static const char *const contents = content;
    struct mim_test_bytes file = { 0 };
    make_document(&file, &contents, 1, NULL, NULL);
    struct reading reading;
    reading_begin(&reading, &file);
    CHECK(reading_open(&reading) == MIM_OK && reading_page(&reading, 0) == MIM_OK);
    uint64_t before = reading.host.poll.count, polls;
    CHECK(reading_page(&reading, 0) == MIM_OK);
    polls = reading.host.poll.count - before;
    CHECK(polls >= 2);
    for (uint64_t i = 1; i <= polls; i++) {
        reading.host.poll.count = 0;
        reading.host.poll.fail_at = i;
        CHECK(reading_page(&reading, 0) == MIM_CANCELLED);
        reading.host.poll.fail_at = 0;
        CHECK(reading_page(&reading, 0) == MIM_OK && reading.raster.data[3 * 40] == 255);
    }
    reading_end(&reading);
    free(file.data);
}

/* 10^8 operations in two kilobytes. */
static void
nested_forms_can_be_cancelled(void)
{
    static char forms[10][400];
    const char *more[10] = { NULL };
    for (unsigned i = 0; i < 9; i++) {
        char inner[120] = "0 0 5 5 re f";
        if (i < 8)
            strcpy(inner, "/Y Do /Y Do /Y Do /Y Do /Y Do /Y Do /Y Do /Y Do /Y Do /Y Do");
        snprintf(forms[i], sizeof forms[i],
                 "<</Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</Y %u 0 R>>>>"
                 "/Length %zu>>\nstream\n%s\nendstream",
                 11 + i, strlen(inner), inner);
        more[i] = forms[i];
    }
    static const char *const content = "/X Do";
    struct mim_test_bytes file = { 0 };
    struct reading reading;
    make_document(&file, &content, 1, NULL, more);
    reading_begin(&reading, &file);
    CHECK(reading_open(&reading) == MIM_OK);
    reading.host.poll.fail_at = reading.host.poll.count + 5000;
    CHECK(reading_page(&reading, 0) == MIM_CANCELLED);
    CHECK(reading.host.poll.count < 200000);
    reading_end(&reading);
    free(file.data);
}

static void
failed_read_is_not_reported_as_damage(void)
{
    struct mim_test_bytes file = two_pages();
    int32_t status = MIM_IO;
    for (uint64_t fail = 1; status != MIM_OK; fail++) {
        struct reading reading;
        reading_begin(&reading, &file);
        reading.host.read.fail_at = fail;
        status = reading_open(&reading);
        if (status == MIM_OK)
            status = reading_page(&reading, 0);
        CHECK(status == MIM_IO || (status == MIM_OK && reading.host.read.count < fail));
        CHECK(fail < 100);
        reading_end(&reading);
    }
    free(file.data);
}

static int32_t
open_text(const char *text, char words[300])
{
    struct mim_test_bytes file = { 0 };
    struct reading reading;
    mim_test_bytes_printf(&file, "%s", text);
    reading_begin(&reading, &file);
    int32_t status = reading_open(&reading);
    strcpy(words, reading.host.message);
    reading_end(&reading);
    free(file.data);
    return status;
}

static void
invalid_page_trees_are_refused(void)
{
#define TREE(nodes) \
    "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n" nodes "trailer\n<</Root 1 0 R/Size 9>>\n%%EOF\n"
    static const char *const texts[] = {
        TREE("2 0 obj\n<</Type/Pages/Kids[2 0 R]/Count 5>>\nendobj\n"),
        TREE("2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 5>>\nendobj\n"
             "3 0 obj\n<</Type/Pages/Kids[2 0 R]/Count 5>>\nendobj\n"),
        TREE("2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 2000000000>>\nendobj\n"
             "3 0 obj\n<</Type/Page/MediaBox[0 0 9 9]>>\nendobj\n"),
        TREE("2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"),
        "%PDF-1.4\n%%EOF\n",
    };
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
        char words[300];
        struct mim_test_bytes file = { 0 };
        struct reading reading;
        mim_test_bytes_printf(&file, "%s", texts[i]);
        reading_begin(&reading, &file);
        int32_t status = reading_open(&reading);
        if (status == MIM_OK)
            status = reading_page(&reading, reading.sequence.count - 1);
        CHECK(status == MIM_CORRUPT && reading.host.message[0]);
        reading_end(&reading);
        free(file.data);
        CHECK(open_text("%PDF-1.4\n1 0 obj\n<</Type", words) == MIM_TRUNCATED && strstr(words, "truncated"));
        CHECK(open_text("", words) == MIM_TRUNCATED && strstr(words, "empty"));
    }
}

static void
truncated_file_causes_a_notice(void)
{
    struct mim_test_bytes file = two_pages();
    struct reading reading;
    file.size -= 20;
    reading_begin(&reading, &file);
    CHECK(reading_open(&reading) == MIM_OK && count_notices(&reading.host) == 1);
    CHECK(reading_page(&reading, 1) == MIM_OK);
    reading_end(&reading);
    free(file.data);
}

/* Cairo's stride is an int, and a negative one means rows from bottom to top. */
static void
rows_too_long_for_cairo_are_drawn_apart(void)
{
    const struct pdf_choices choices = { .is_antialiased = 1 };
    const struct mim_frame_info usual = { .width = 1 << 20, .height = 1, .channels = 4 },
                                long_one = { .width = 600000000, .height = 1, .channels = 4 };
    CHECK(pdf_render_size(&choices, &usual) == 0);
    CHECK(pdf_render_size(&choices, &long_one) > 0);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(pages_are_read_in_any_order),
        CASE(options_select_the_channels),
        CASE(bands_join_without_a_seam),
        CASE(pages_longer_than_a_surface_are_drawn),
        CASE(impossible_size_is_refused),
        CASE(page_can_be_cancelled),
        CASE(nested_forms_can_be_cancelled),
        CASE(failed_read_is_not_reported_as_damage),
        CASE(invalid_page_trees_are_refused),
        CASE(truncated_file_causes_a_notice),
        CASE(rows_too_long_for_cairo_are_drawn_apart),
    };
    return cmocka_run_group_tests_name("pdf read", cases, NULL, NULL);
}
