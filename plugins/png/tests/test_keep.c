/* SPDX-License-Identifier: MIT */
/* Metadata into chunks, and texts out of them. */
#include "session.h"

#include "chunk/text.h"
#include "write/emit-metadata.h"
#include "write/retain.h"

#define TEXT PNGX_TYPE('t', 'E', 'X', 't')
#define INTERNATIONAL PNGX_TYPE('i', 'T', 'X', 't')

/* Does the sink hold this chunk? `name` and data follow each other there. */
static bool
holds(const struct desk *desk, const void *bytes, size_t size)
{
    return desk->sink.size && memmem(desk->sink.data, desk->sink.size, bytes, size);
}

#define HOLDS(desk, text) holds(desk, text, sizeof text - 1)

static int32_t
keep_text(struct mim_job *job, struct pngx_kept *kept, const char *key, const char *text)
{
    return pngx_keep(job, kept, key, MIM_META_TEXT, text, strlen(text));
}

static void
its_own_word_wins_whichever_comes_first(void)
{
    static const char *const orders[2][3] = { { "software", "creator", "producer" },
                                              { "producer", "creator", "software" } };
    struct desk desk = { 0 };
    struct mim_job job = desk_job(&desk, NULL, NULL);

    for (int order = 0; order < 2; order++) {
        struct pngx_kept kept = { 0 };
        for (int i = 0; i < 3; i++)
            CHECK(keep_text(&job, &kept, orders[order][i], orders[order][i]) == MIM_OK);
        CHECK(pngx_kept_emit(&job, &kept, 3) == MIM_OK);
        CHECK(HOLDS(&desk, "tEXtSoftware\0software"));
        CHECK(!HOLDS(&desk, "creator") && !HOLDS(&desk, "producer"));
        pngx_kept_close(&job, &kept);
        desk_clear(&desk);
    }
}

static void
a_later_value_of_the_same_word_replaces(void)
{
    struct desk desk = { 0 };
    struct mim_job job = desk_job(&desk, NULL, NULL);
    struct pngx_kept kept = { 0 };

    CHECK(keep_text(&job, &kept, "title", "of the file") == MIM_OK &&
          keep_text(&job, &kept, "title", "of the frame") == MIM_OK);
    CHECK(pngx_keep_text(&job, &kept, "Title", -1, "of the option", 13) == MIM_OK);
    CHECK(keep_text(&job, &kept, "title", "too late") == MIM_OK);
    CHECK(pngx_kept_emit(&job, &kept, 3) == MIM_OK);
    CHECK(HOLDS(&desk, "tEXtTitle\0of the option") && !HOLDS(&desk, "of the frame") && !HOLDS(&desk, "too late"));
    pngx_kept_close(&job, &kept);
    desk_clear(&desk);
}

static void
resolution_in_any_form(void)
{
    const struct mim_rational ratios[2] = { { 300, 1 }, { 11811, 100 } };
    const int64_t whole = 72;
    const double real = 96.5;
    static const struct {
        int32_t type;
        uint64_t size;
        const char *unit;
        uint32_t across, down;
    } cases[] = {
        { MIM_META_RATIONALS, sizeof ratios, "inch", 11811, 4650 },
        { MIM_META_RATIONALS, sizeof ratios, "cm", 30000, 11811 },
        { MIM_META_RATIONALS, sizeof ratios, "none", 300, 118 },
        { MIM_META_INT, sizeof whole, "inch", 2835, 2835 },
        { MIM_META_REAL, sizeof real, "inch", 3799, 3799 },
    };
    struct desk desk = { 0 };
    struct mim_job job = desk_job(&desk, NULL, NULL);

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        const void *value = cases[i].type == MIM_META_INT    ? (const void *)&whole
                            : cases[i].type == MIM_META_REAL ? (const void *)&real
                                                             : (const void *)ratios;
        struct pngx_kept kept = { 0 };
        uint8_t expected[13] = "pHYs";
        pngx_put_u32(pngx_put_u32(expected + 4, cases[i].across), cases[i].down);
        expected[12] = strcmp(cases[i].unit, "none") != 0;
        CHECK(pngx_keep(&job, &kept, "resolution", cases[i].type, value, cases[i].size) == MIM_OK);
        CHECK(keep_text(&job, &kept, "resolution_unit", cases[i].unit) == MIM_OK);
        CHECK(pngx_kept_emit(&job, &kept, 1) == MIM_OK && holds(&desk, expected, sizeof expected));
        pngx_kept_close(&job, &kept);
        desk_clear(&desk);
    }
}

static void
a_time_needs_its_zone(void)
{
    struct desk desk = { 0 };
    struct mim_job job = desk_job(&desk, NULL, NULL);
    struct pngx_kept kept = { 0 };

    CHECK(keep_text(&job, &kept, "modified", "2024-05-06T07:08:09") == MIM_UNSUPPORTED);
    CHECK(keep_text(&job, &kept, "modified", "last week") == MIM_UNSUPPORTED);
    CHECK(keep_text(&job, &kept, "modified", "2024-13-06T07:08:09Z") == MIM_UNSUPPORTED);
    CHECK(keep_text(&job, &kept, "modified", "2024-05-00T07:08:09Z") == MIM_UNSUPPORTED);
    CHECK(keep_text(&job, &kept, "modified", "2024-05-06T24:08:09Z") == MIM_UNSUPPORTED);
    CHECK(keep_text(&job, &kept, "modified", "2024-05-06T07:08:09+24:00") == MIM_UNSUPPORTED);
    CHECK(keep_text(&job, &kept, "modified", "2024-01-01T00:30:00+02:00") == MIM_OK);
    CHECK(pngx_kept_emit(&job, &kept, 1) == MIM_OK && HOLDS(&desk, "tIME\x07\xe7\x0c\x1f\x16\x1e\0"));
    pngx_kept_close(&job, &kept);
    desk_clear(&desk);
}

static void
what_has_no_place_is_unsupported(void)
{
    struct desk desk = { 0 };
    struct mim_job job = desk_job(&desk, NULL, NULL);
    struct pngx_kept kept = { 0 };
    const double bad[] = { -1, 0 };

    CHECK(keep_text(&job, &kept, "page_name", "x") == MIM_UNSUPPORTED);
    CHECK(keep_text(&job, &kept, "resolution_unit", "furlong") == MIM_UNSUPPORTED);
    CHECK(keep_text(&job, &kept, "gamma", "2.2") == MIM_UNSUPPORTED);
    CHECK(pngx_keep(&job, &kept, "gamma", MIM_META_REAL, &bad[0], 8) == MIM_UNSUPPORTED);
    CHECK(pngx_keep(&job, &kept, "resolution", MIM_META_REALS, bad, 16) == MIM_UNSUPPORTED);
    CHECK(pngx_keep(&job, &kept, "chromaticities", MIM_META_REALS, bad, 16) == MIM_UNSUPPORTED);
    CHECK(keep_text(&job, &kept, "text:", "x") == MIM_UNSUPPORTED &&
          keep_text(&job, &kept, "text: x", "x") == MIM_UNSUPPORTED);
    CHECK(keep_text(&job, &kept, "text:two  blanks", "x") == MIM_UNSUPPORTED);
    CHECK(keep_text(&job, &kept, "text:\xd0\xba", "x") == MIM_UNSUPPORTED);
    CHECK(keep_text(&job, &kept, "text:\xa0\x80", "x") == MIM_UNSUPPORTED);
    CHECK(keep_text(&job, &kept, "text:key", "\xa0\x80") == MIM_UNSUPPORTED);
    CHECK(pngx_kept_emit(&job, &kept, 1) == MIM_OK && desk.sink.size == 0);
    pngx_kept_close(&job, &kept);
    desk_clear(&desk);
}

static void
only_what_has_a_letter_in_latin1_becomes_one(void)
{
    static const char *const others[] = { "\xa0\x80", "\xc3", "\xc3z", "\xc2\x85", "\xc1\x81", "\xd0\xba" };
    uint8_t letters[4];

    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        CHECK(pngx_text_to_latin1(others[i], strlen(others[i]), letters, sizeof letters) == -1);
    CHECK(pngx_text_to_latin1("\xc2\xa0\xc3\xbf!", 5, letters, sizeof letters) == 3);
    CHECK(memcmp(letters, "\xa0\xff!", 3) == 0);
}

static void
a_profile_is_for_its_samples(void)
{
    static const char profile[] = "0123456789abcdefGRAY and more";
    struct desk desk = { 0 };
    struct mim_job job = desk_job(&desk, NULL, NULL);
    struct pngx_kept kept = { 0 };

    CHECK(pngx_keep(&job, &kept, "icc", MIM_META_BYTES, profile, sizeof profile) == MIM_OK);
    CHECK(pngx_kept_emit(&job, &kept, 3) == MIM_OK && !desk.sink.size && desk_said(&desk, "notice=the colour profile"));
    CHECK(pngx_kept_emit(&job, &kept, 2) == MIM_OK && HOLDS(&desk, "iCCPICC profile\0\0"));
    desk.sink.size = desk.allocs = 0;
    desk.fail_alloc = 1; /* what compresses is memory, too */
    CHECK(pngx_kept_emit(&job, &kept, 2) == MIM_NOMEM && desk.sink.size == 0 && desk.reserved == 0);
    desk.sink.size = desk.allocs = 0;
    desk.fail_alloc = 2;
    CHECK(pngx_kept_emit(&job, &kept, 2) == MIM_NOMEM && desk.sink.size == 0 && desk.reserved == 0);
    pngx_kept_close(&job, &kept);
    desk_clear(&desk);
}

static int32_t
take(struct mim_job *job, struct pngx_texts *texts, uint32_t type, const void *data, size_t size)
{
    return pngx_texts_take(job, texts, type, data, size);
}

#define TAKE(type, text) take(&job, &texts, type, text, sizeof text - 1)

static void
texts_that_are_none_are_told(void)
{
    struct desk desk = { 0 };
    struct mim_job job = desk_job(&desk, NULL, NULL);
    struct pngx_texts texts = { .left = 100 };

    CHECK(TAKE(TEXT, "no end") == MIM_CORRUPT && TAKE(TEXT, "\0no keyword") == MIM_CORRUPT);
    CHECK(TAKE(INTERNATIONAL, "key\0") == MIM_CORRUPT && TAKE(INTERNATIONAL, "key\0\0\0de") == MIM_CORRUPT);
    CHECK(TAKE(INTERNATIONAL, "key\0\0\0de\0") == MIM_CORRUPT && TAKE(INTERNATIONAL, "key\0\2\0\0\0") == MIM_CORRUPT);
    CHECK(TAKE(PNGX_TYPE('z', 'T', 'X', 't'), "key\0") == MIM_CORRUPT);
    CHECK(TAKE(PNGX_TYPE('z', 'T', 'X', 't'), "key\0\1") == MIM_CORRUPT);
    CHECK(texts.count == 0);
    CHECK(TAKE(TEXT, "key\0\xff\0z") == MIM_OK && TAKE(INTERNATIONAL, "key\0\0\0\0\0\xc3\xbf") == MIM_OK);
    CHECK(TAKE(INTERNATIONAL, "key\0\0\0\0\0\xff") == MIM_OK); /* not UTF-8 after all */
    CHECK(pngx_texts_give(&job, &texts) == MIM_OK && desk_said(&desk, "text:key=\xc3\xbfz\n\xc3\xbf\n\xc3\xbf\n"));
    texts.left = 3;
    CHECK(TAKE(TEXT, "key\0four") == MIM_LIMIT);
    pngx_texts_close(&job, &texts);
    desk_clear(&desk);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(its_own_word_wins_whichever_comes_first),
        CASE(a_later_value_of_the_same_word_replaces),
        CASE(resolution_in_any_form),
        CASE(a_time_needs_its_zone),
        CASE(what_has_no_place_is_unsupported),
        CASE(only_what_has_a_letter_in_latin1_becomes_one),
        CASE(a_profile_is_for_its_samples),
        CASE(texts_that_are_none_are_told),
    };
    return cmocka_run_group_tests_name("png keep", cases, NULL, NULL);
}
