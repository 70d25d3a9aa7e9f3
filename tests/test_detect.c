/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "check.h"
#include "registry/detect.h"

static bool
matches(const char *pattern, const void *data, size_t size, unsigned bits)
{
    struct mim_magic *magic = NULL;
    assert_int_equal(mim_magic_parse(&magic, pattern, NULL), MIM_OK);
    assert_int_equal(mim_magic_bits(magic), bits);
    assert_string_equal(mim_magic_text(magic), pattern);

    /* exact buffers, so that a byte read too much is seen by the sanitizer */
    size_t head = 0, tail = 0;
    mim_magic_reach(magic, &head, &tail);
    if (head > size)
        head = size;
    if (tail > size)
        tail = size;
    uint8_t *ends = malloc(head + 1), *last = malloc(tail + 1);
    CHECK(ends && last);
    memcpy(ends + 1, data, head);
    memcpy(last + 1, (const uint8_t *)data + size - tail, tail);
    bool found = mim_magic_matches(magic, &(struct mim_ends){ ends + 1, last + 1, head, tail });
    free(ends);
    free(last);
    mim_magic_destroy(magic);
    return found;
}

static void
finds_bytes_at_an_offset(void)
{
    CHECK(matches("0:474946383961", "GIF89a..", 8, 48));
    CHECK(!matches("0:474946383961", "GIF87a..", 8, 48));
    CHECK(matches("4:66747970", "\0\0\0\0ftyp", 8, 32));
}

static void
needs_the_whole_pattern(void)
{
    CHECK(!matches("0:474946383961", "GIF89", 5, 48));
    CHECK(!matches("0:47", "", 0, 8));
    CHECK(!matches("-4:00000000", "\0\0\0", 3, 32));
}

static void
takes_any_nibble(void)
{
    CHECK(matches("0:4?4?", "AO", 2, 8));
    CHECK(!matches("0:4?4?", "Ao", 2, 8));
    CHECK(matches("0:??ff", "\x12\xff", 2, 8));
}

static void
takes_any_bit_outside_of_a_mask(void)
{
    CHECK(matches("0:20/e0", "\x3f", 1, 3));
    CHECK(!matches("0:20/e0", "\x40", 1, 3));
    CHECK(matches("1:4?00/f0fe & 0:aa", "\xaa\x4d\x01", 3, 4 + 7 + 8));
    CHECK(!matches("1:4?00/f0fe & 0:aa", "\xaa\x4d\x02", 3, 4 + 7 + 8));
}

static void
counts_from_the_end(void)
{
    CHECK(matches("-3:3b", "....;..", 7, 8));
    CHECK(matches("-18..-10:54525545", "xxTRUEVISION-XFILE.", 19, 32));
    CHECK(!matches("-18..-10:54525545", "TRUEVISION-XFILE.........................", 41, 32));
}

static void
looks_through_a_range(void)
{
    char text[1100];
    memset(text, '.', sizeof text);
    memcpy(text + 1023, "%PDF", 4);
    CHECK(matches("0..1023:25504446", text, sizeof text, 32));
    CHECK(!matches("0..1022:25504446", text, sizeof text, 32));
    CHECK(matches("0..1023:25504446", "x%PDF-1", 7, 32));
}

static void
finds_parts_at_distances_from_a_range(void)
{
    CHECK(!matches("0..3:47 & +2:48 & +4:49", "G..GG.HI", 8, 24));
    CHECK(matches("0..3:47 & +2:48 & +4:49", "G.GGHH.I", 8, 24));
    CHECK(!matches("0..3:47 & +2:48 & +4:49", "..GGHI.", 7, 24));
    CHECK(matches("0..2:47 & +1:48 & 0:2e", ".GH", 3, 24));
    CHECK(matches("-3:47 & +2:49", "....G.I", 7, 16));
    CHECK(!matches("-1:47 & +2:49", "....I.G", 7, 16));
}

static void
wants_all_parts(void)
{
    CHECK(matches("0:52494646 & 8:57454250", "RIFF....WEBP", 12, 64));
    CHECK(!matches("0:52494646&8:57454250", "RIFF....AVI ", 12, 64));
    CHECK(matches("0:52&-1:50", "R..P", 4, 16));
}

static void
refuses_patterns_that_mean_nothing(void)
{
    static const char *const wrong[] = {
        "",      "0",       "0:",       "0:4",      "0:4g",
        "x:47",  "0:????",  "5..1:47",  "-1..1:47", "0:47 0:48",
        "0:47&", "-1:4749", "99999:47", "-:47",     "+1:47",
        "0:47/", "0:47/f", "0:47/fg", "0:47/47f", "0:47/f0", "0:00/00", "0:47&+-1:48", "0:47&+1..2:48", "0:47&0:47&0:47&0:47&0:47&0:47&0:47&0:47&0:47"
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct mim_magic *magic = NULL;
        struct mim_error err = { 0 };
        assert_int_equal(mim_magic_parse(&magic, wrong[i], &err), MIM_BROKEN_PLUGIN);
        CHECK(strstr(err.message, wrong[i]));
        assert_null(magic);
    }
}

static void
takes_the_longest_ending(void)
{
    const char *found = NULL;
    assert_int_equal(mim_extension_match("tif ome.tif tiff", "a/b.c/x.OME.TIF", &found), 7);
    CHECK(!strncmp(found, "ome.tif", 7));
    assert_int_equal(mim_extension_match("tif ome.tif", "ome.tif", NULL), 3);
    assert_int_equal(mim_extension_match("gif", "x.GiF", NULL), 3);
}

static void
does_not_take_a_name_for_an_ending(void)
{
    assert_int_equal(mim_extension_match("gif", "gif", NULL), 0);
    assert_int_equal(mim_extension_match("gif", ".gif", NULL), 0);
    assert_int_equal(mim_extension_match("gif", "dir.gif/x", NULL), 0);
    assert_int_equal(mim_extension_match("gif", "xgif", NULL), 0);
    assert_int_equal(mim_extension_match("", "x.gif", NULL), 0);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(finds_bytes_at_an_offset),
        CASE(needs_the_whole_pattern),
        CASE(takes_any_nibble),
        CASE(takes_any_bit_outside_of_a_mask),
        CASE(counts_from_the_end),
        CASE(looks_through_a_range),
        CASE(finds_parts_at_distances_from_a_range),
        CASE(wants_all_parts),
        CASE(refuses_patterns_that_mean_nothing),
        CASE(takes_the_longest_ending),
        CASE(does_not_take_a_name_for_an_ending),
    };
    return cmocka_run_group_tests_name("detect", cases, NULL, NULL);
}
