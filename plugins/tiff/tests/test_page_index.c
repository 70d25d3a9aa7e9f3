/* SPDX-License-Identifier: MIT */
/* The page index on crafted chains. */
#include "session.h"

#include "file/page-index.h"

enum { CLASSIC = 12 + 2 + 4, BIG = 20 + 8 + 8 }; /* a directory with one tag */

struct chain {
    struct mim_test_bytes file;
    struct mim_test_host host;
    struct mim_job job;
    struct mim_window window;
    struct tiff_page_index pages;
};

static uint64_t
size_of_page(struct tiff_order order)
{
    return order.is_big_tiff ? BIG : CLASSIC;
}

static uint64_t
place_of(struct tiff_order order, uint64_t slot)
{
    return (order.is_big_tiff ? 16 : 8) + slot * size_of_page(order);
}

/* A file whose page i is in slot `slots[i]`; the last one points to slot `back`, or ends the chain. */
static void
build_chain(struct chain *chain, struct tiff_order order, const uint64_t *slots, uint64_t count, int64_t back)
{
    int is_swapped = order.is_big_endian;
    unsigned word = order.is_big_tiff ? 8 : 4;
    struct mim_test_bytes *file = &chain->file;
    static const uint8_t zeros[BIG];

    mim_test_bytes_put(file, 0, is_swapped ? "MM" : "II", 2);
    put_number(file, order.is_big_tiff ? 43 : 42, 2, is_swapped);
    if (order.is_big_tiff)
        put_number(file, 8, 2, is_swapped), put_number(file, 0, 2, is_swapped);
    put_number(file, place_of(order, slots[0]), word, is_swapped);
    for (uint64_t i = 0; i < count; i++)
        mim_test_bytes_put(file, file->size, zeros, size_of_page(order));
    for (uint64_t i = 0; i < count; i++) {
        struct mim_test_bytes page = { 0 };
        uint64_t next = i + 1 < count ? place_of(order, slots[i + 1]) : back < 0 ? 0 : place_of(order, (uint64_t)back);
        put_number(&page, 1, order.is_big_tiff ? 8 : 2, is_swapped);
        put_number(&page, 256, 2, is_swapped);
        put_number(&page, TIFF_LONG, 2, is_swapped);
        put_number(&page, 1, word, is_swapped);
        put_number(&page, 7, word, is_swapped);
        put_number(&page, next, word, is_swapped);
        mim_test_bytes_put(file, place_of(order, slots[i]), page.data, page.size);
        free(page.data);
    }
    chain->host.source = *file;
    chain->job = mim_test_host_job(&chain->host, NULL, NULL);
}

/* Slots in ascending or descending order. */
static void
build_regular_chain(struct chain *chain, struct tiff_order order, uint64_t count, bool is_backwards, int64_t back)
{
    uint64_t *slots = calloc(count, sizeof *slots);
    for (uint64_t i = 0; i < count; i++)
        slots[i] = is_backwards ? count - 1 - i : i;
    build_chain(chain, order, slots, count, back);
    free(slots);
}

static int32_t
open_chain(struct chain *chain)
{
    mim_test_host_next(&chain->host);
    return tiff_page_index_open(&chain->pages, &chain->job, &chain->window);
}

static int32_t
walk_chain(struct chain *chain)
{
    mim_test_host_next(&chain->host);
    return tiff_page_index_extend(&chain->pages, &chain->job, &chain->window, UINT64_MAX - 1);
}

static void
close_chain(struct chain *chain)
{
    tiff_page_index_close(&chain->pages, &chain->job);
    mim_window_close(&chain->job, &chain->window);
    CHECK(mim_test_host_clear(&chain->host));
    free(chain->file.data);
}

static void
walks_every_byte_order_and_width(void)
{
    for (unsigned kind = 0; kind < 8; kind++) {
        struct chain chain = { 0 };
        struct tiff_order order = { .is_big_endian = kind & 1, .is_big_tiff = kind & 2 };
        build_regular_chain(&chain, order, 100, kind & 4, -1);
        CHECK(open_chain(&chain) == MIM_OK && walk_chain(&chain) == MIM_END && chain.pages.count == 100);
        CHECK(chain.pages.offsets[99] == place_of(order, kind & 4 ? 0 : 99));
        CHECK(tiff_page_index_extend(&chain.pages, &chain.job, &chain.window, 99) == MIM_OK);
        CHECK(tiff_page_index_extend(&chain.pages, &chain.job, &chain.window, 100) == MIM_END);
        close_chain(&chain);
    }
}

static void
finds_the_first_page_in_two_reads(void)
{
    struct chain chain = { 0 };
    build_regular_chain(&chain, (struct tiff_order){ 0 }, 50000, false, -1);
    CHECK(open_chain(&chain) == MIM_OK);
    CHECK(tiff_page_index_extend(&chain.pages, &chain.job, &chain.window, 0) == MIM_OK);
    CHECK(chain.pages.count == 1 && chain.host.read.count <= 2);
    close_chain(&chain);
}

static void
adjacent_pages_share_reads(void)
{
    struct chain chain = { 0 };
    build_regular_chain(&chain, (struct tiff_order){ 0 }, 100000, false, -1);
    CHECK(open_chain(&chain) == MIM_OK && walk_chain(&chain) == MIM_END && chain.pages.count == 100000);
    CHECK(chain.host.read.count < 100000 / 1000);
    close_chain(&chain);
}

static void
reports_a_loop_at_the_first_page_seen_twice(void)
{
    static const struct {
        uint64_t count;
        bool is_backwards;
        int64_t back;
    } loops[] = { { 1, false, 0 }, { 2, false, 0 }, { 2, false, 1 }, { 1000, false, 0 }, { 1000, false, 999 },
                  { 1000, true, 999 }, { 1000, true, 0 }, { 1000, true, 500 } };
    for (unsigned i = 0; i < sizeof loops / sizeof *loops; i++) {
        struct chain chain = { 0 };
        build_regular_chain(&chain, (struct tiff_order){ 0 }, loops[i].count, loops[i].is_backwards, loops[i].back);
        CHECK(open_chain(&chain) == MIM_OK && walk_chain(&chain) == MIM_CORRUPT);
        CHECK(chain.pages.count == loops[i].count && strstr(chain.host.message, "loops back"));
        CHECK(tiff_page_index_extend(&chain.pages, &chain.job, &chain.window, loops[i].count - 1) == MIM_OK);
        CHECK(walk_chain(&chain) == MIM_CORRUPT); /* and reports the same again */
        close_chain(&chain);
    }
}

static void
accepts_a_chain_that_jumps_about(void)
{
    static const uint64_t slots[] = { 3, 0, 5, 1, 4, 2 };
    struct chain chain = { 0 };
    build_chain(&chain, (struct tiff_order){ .is_big_tiff = true }, slots, 6, -1);
    CHECK(open_chain(&chain) == MIM_OK && walk_chain(&chain) == MIM_END && chain.pages.count == 6);
    close_chain(&chain);
}

static void
reports_a_chain_cut_at_any_byte(void)
{
    for (unsigned kind = 0; kind < 4; kind++) {
        struct chain chain = { 0 };
        struct tiff_order order = { .is_big_endian = kind & 1, .is_big_tiff = kind & 2 };
        build_regular_chain(&chain, order, 5, false, -1);
        uint64_t size = chain.file.size, head = place_of(order, 0);
        for (uint64_t cut = 0; cut < size; cut++) {
            chain.host.source.size = cut;
            int32_t status = open_chain(&chain);
            CHECK(status == (cut < head ? MIM_TRUNCATED : MIM_OK));
            if (status == MIM_OK) {
                uint64_t pointer = order.is_big_tiff ? 8 : 4; /* a page without the offset of the next one counts */
                uint64_t count = (cut - head + pointer) / size_of_page(order), rest = (cut - head) % size_of_page(order);
                bool is_inside = count && rest >= (order.is_big_tiff ? 8 : 2) && rest + pointer < size_of_page(order);
                CHECK(walk_chain(&chain) == (is_inside || !count ? MIM_TRUNCATED : MIM_END));
                CHECK(chain.pages.count == count && chain.host.notices[MIM_NOTICE_FRAMES] == (!is_inside && count));
                mim_test_host_forget(&chain.host);
            }
            tiff_page_index_close(&chain.pages, &chain.job);
            mim_window_close(&chain.job, &chain.window);
        }
        close_chain(&chain);
    }
}

static void
enforces_the_frame_limit(void)
{
    struct chain chain = { 0 };
    build_regular_chain(&chain, (struct tiff_order){ 0 }, 50, false, -1);
    chain.host.limits[MIM_LIMIT_FRAMES] = 49;
    CHECK(open_chain(&chain) == MIM_OK && walk_chain(&chain) == MIM_LIMIT && chain.pages.count == 49);
    close_chain(&chain);
}

static void
continues_after_a_failed_allocation(void)
{
    for (uint64_t n = 1;; n++) {
        struct chain chain = { 0 };
        build_regular_chain(&chain, (struct tiff_order){ 0 }, 3000, true, -1);
        chain.host.allocation.fail_at = n;
        int32_t status = open_chain(&chain);
        if (status == MIM_OK)
            status = walk_chain(&chain);
        bool is_through = chain.host.allocation.count < n;
        CHECK(status == (is_through ? MIM_END : MIM_NOMEM));
        if (chain.window.bytes)
            CHECK(walk_chain(&chain) == MIM_END && chain.pages.count == 3000);
        close_chain(&chain);
        if (is_through)
            break;
    }
}

static void
reports_a_failed_read(void)
{
    for (uint64_t n = 1;; n++) {
        struct chain chain = { 0 };
        build_regular_chain(&chain, (struct tiff_order){ 0 }, 20000, false, -1);
        chain.host.read.fail_at = n;
        int32_t status = open_chain(&chain);
        if (status == MIM_OK)
            status = walk_chain(&chain);
        bool is_through = chain.host.read.count < n;
        CHECK(status == (is_through ? MIM_END : MIM_IO));
        close_chain(&chain);
        if (is_through)
            break;
    }
}

static void
refuses_invalid_headers(void)
{
    static const struct {
        const char *bytes;
        uint64_t size;
        int32_t status;
    } heads[] = {
        { "", 0, MIM_TRUNCATED },
        { "II*\0", 4, MIM_TRUNCATED },
        { "II*\0\0\0\0\0", 8, MIM_CORRUPT },
        { "IM*\0\10\0\0\0", 8, MIM_CORRUPT },
        { "II\53\0\4\0\0\0\20\0\0\0\0\0\0\0", 16, MIM_CORRUPT },
        { "II\53\0\10\0\0\0", 8, MIM_TRUNCATED },
    };
    for (unsigned i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct chain chain = { 0 };
        chain.host.source = (struct mim_test_bytes){ .data = (uint8_t *)(uintptr_t)heads[i].bytes, .size = heads[i].size };
        chain.job = mim_test_host_job(&chain.host, NULL, NULL);
        CHECK(open_chain(&chain) == heads[i].status);
        close_chain(&chain);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(walks_every_byte_order_and_width),
        CASE(finds_the_first_page_in_two_reads),
        CASE(adjacent_pages_share_reads),
        CASE(reports_a_loop_at_the_first_page_seen_twice),
        CASE(accepts_a_chain_that_jumps_about),
        CASE(reports_a_chain_cut_at_any_byte),
        CASE(enforces_the_frame_limit),
        CASE(continues_after_a_failed_allocation),
        CASE(reports_a_failed_read),
        CASE(refuses_invalid_headers),
    };
    return cmocka_run_group_tests_name("tiff pages", cases, NULL, NULL);
}
