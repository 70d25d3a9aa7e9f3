/* SPDX-License-Identifier: MIT */
/* Converts metadata to chunks, and chunks to texts. */
#include "session.h"

#include "chunk/text.h"
#include "write/emit-metadata.h"
#include "write/retain.h"

#define TEXT PNGX_TYPE('t', 'E', 'X', 't')
#define INTERNATIONAL PNGX_TYPE('i', 'T', 'X', 't')

/* Whether the sink contains these bytes. */
static bool
holds(const struct mim_test_host *host, const void *bytes, size_t size)
{
    return host->sink.size && memmem(host->sink.data, host->sink.size, bytes, size);
}

#define HOLDS(host, text) holds(host, text, sizeof text - 1)

static int32_t
retain_text(struct mim_job *job, struct pngx_retained *retained, const char *key, const char *text)
{
    return pngx_retain(job, retained, key, MIM_META_TEXT, text, strlen(text));
}

static void
better_key_wins_in_any_order(void)
{
    static const char *const orders[2][3] = { { "software", "creator", "producer" },
                                              { "producer", "creator", "software" } };
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);

    for (int order = 0; order < 2; order++) {
        struct pngx_retained retained = { 0 };
        for (int i = 0; i < 3; i++)
            CHECK(retain_text(&job, &retained, orders[order][i], orders[order][i]) == (order || !i ? MIM_OK : MIM_UNSUPPORTED));
        CHECK(host.notices[MIM_NOTICE_METADATA] == (order ? 2 : 0)); /* about the texts that were replaced */
        CHECK(pngx_emit_metadata(&job, &retained, 3) == MIM_OK);
        CHECK(HOLDS(&host, "tEXtSoftware\0software"));
        CHECK(!HOLDS(&host, "creator") && !HOLDS(&host, "producer"));
        pngx_retained_close(&job, &retained);
        CHECK(mim_test_host_clear(&host));
    }
}

static void
later_value_replaces_earlier(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct pngx_retained retained = { 0 };

    CHECK(retain_text(&job, &retained, "title", "of the file") == MIM_OK &&
          retain_text(&job, &retained, "title", "of the frame") == MIM_OK);
    CHECK(pngx_retain_text(&job, &retained, "Title", -1, "of the option", 13) == MIM_OK);
    CHECK(retain_text(&job, &retained, "title", "too late") == MIM_OK);
    CHECK(pngx_emit_metadata(&job, &retained, 3) == MIM_OK);
    CHECK(HOLDS(&host, "tEXtTitle\0of the option") && !HOLDS(&host, "of the frame") && !HOLDS(&host, "too late"));
    pngx_retained_close(&job, &retained);
    CHECK(mim_test_host_clear(&host));
}

static void
resolution_accepts_every_number_type(void)
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
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        const void *value = cases[i].type == MIM_META_INT    ? (const void *)&whole
                            : cases[i].type == MIM_META_REAL ? (const void *)&real
                                                             : (const void *)ratios;
        struct pngx_retained retained = { 0 };
        uint8_t expected[13] = "pHYs";
        mim_store_be32(mim_store_be32(expected + 4, cases[i].across), cases[i].down);
        expected[12] = strcmp(cases[i].unit, "none") != 0;
        CHECK(pngx_retain(&job, &retained, "resolution", cases[i].type, value, cases[i].size) == MIM_OK);
        CHECK(retain_text(&job, &retained, "resolution_unit", cases[i].unit) == MIM_OK);
        CHECK(pngx_emit_metadata(&job, &retained, 1) == MIM_OK && holds(&host, expected, sizeof expected));
        pngx_retained_close(&job, &retained);
        CHECK(mim_test_host_clear(&host));
    }
}

static void
time_requires_a_zone(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct pngx_retained retained = { 0 };

    CHECK(retain_text(&job, &retained, "modified", "2024-05-06T07:08:09") == MIM_UNSUPPORTED);
    CHECK(retain_text(&job, &retained, "modified", "last week") == MIM_UNSUPPORTED);
    CHECK(retain_text(&job, &retained, "modified", "2024-13-06T07:08:09Z") == MIM_UNSUPPORTED);
    CHECK(retain_text(&job, &retained, "modified", "2024-05-00T07:08:09Z") == MIM_UNSUPPORTED);
    CHECK(retain_text(&job, &retained, "modified", "2024-05-06T24:08:09Z") == MIM_UNSUPPORTED);
    CHECK(retain_text(&job, &retained, "modified", "2024-05-06T07:08:09+24:00") == MIM_UNSUPPORTED);
    CHECK(retain_text(&job, &retained, "modified", "2024-01-01T00:30:00+02:00") == MIM_OK);
    CHECK(pngx_emit_metadata(&job, &retained, 1) == MIM_OK && HOLDS(&host, "tIME\x07\xe7\x0c\x1f\x16\x1e\0"));
    pngx_retained_close(&job, &retained);
    CHECK(mim_test_host_clear(&host));
}

static void
unknown_metadata_is_unsupported(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct pngx_retained retained = { 0 };
    const double bad[] = { -1, 0 };

    CHECK(retain_text(&job, &retained, "page_name", "x") == MIM_UNSUPPORTED);
    CHECK(retain_text(&job, &retained, "resolution_unit", "furlong") == MIM_UNSUPPORTED);
    CHECK(retain_text(&job, &retained, "gamma", "2.2") == MIM_UNSUPPORTED);
    CHECK(pngx_retain(&job, &retained, "gamma", MIM_META_REAL, &bad[0], 8) == MIM_UNSUPPORTED);
    CHECK(pngx_retain(&job, &retained, "resolution", MIM_META_REALS, bad, 16) == MIM_UNSUPPORTED);
    CHECK(pngx_retain(&job, &retained, "chromaticities", MIM_META_REALS, bad, 16) == MIM_UNSUPPORTED);
    CHECK(retain_text(&job, &retained, "text:", "x") == MIM_UNSUPPORTED &&
          retain_text(&job, &retained, "text: x", "x") == MIM_UNSUPPORTED);
    CHECK(retain_text(&job, &retained, "text:two  blanks", "x") == MIM_UNSUPPORTED);
    CHECK(retain_text(&job, &retained, "text:\xd0\xba", "x") == MIM_UNSUPPORTED);
    CHECK(retain_text(&job, &retained, "text:\xa0\x80", "x") == MIM_UNSUPPORTED);
    CHECK(retain_text(&job, &retained, "text:key", "\xa0\x80") == MIM_UNSUPPORTED);
    CHECK(pngx_emit_metadata(&job, &retained, 1) == MIM_OK && host.sink.size == 0);
    pngx_retained_close(&job, &retained);
    CHECK(mim_test_host_clear(&host));
}

static void
profile_must_match_the_channels(void)
{
    static const char profile[] = "0123456789abcdefGRAY and more";
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct pngx_retained retained = { 0 };

    CHECK(pngx_retain(&job, &retained, "icc", MIM_META_BYTES, profile, sizeof profile) == MIM_OK);
    CHECK(pngx_emit_metadata(&job, &retained, 3) == MIM_OK && !host.sink.size &&
          mim_test_host_reported(&host, "notice=the colour profile"));
    CHECK(pngx_emit_metadata(&job, &retained, 2) == MIM_OK && HOLDS(&host, "iCCPICC profile\0\0"));
    host.sink.size = 0;
    host.allocation.count = 0;
    host.allocation.fail_at = 1; /* the compressor counts as memory */
    CHECK(pngx_emit_metadata(&job, &retained, 2) == MIM_NOMEM && host.sink.size == 0 && host.reserved == 0);
    host.sink.size = 0;
    host.allocation.count = 0;
    host.allocation.fail_at = 2;
    CHECK(pngx_emit_metadata(&job, &retained, 2) == MIM_NOMEM && host.sink.size == 0 && host.reserved == 0);
    pngx_retained_close(&job, &retained);
    CHECK(mim_test_host_clear(&host));
}

static int32_t
add_text(struct mim_job *job, struct pngx_texts *texts, uint32_t type, const void *data, size_t size)
{
    return pngx_texts_add(job, texts, type, data, size);
}

#define ADD(type, text) add_text(&job, &texts, type, text, sizeof text - 1)

static void
invalid_texts_are_reported(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct pngx_texts texts = { .left = 100 };

    CHECK(ADD(TEXT, "no end") == MIM_CORRUPT && ADD(TEXT, "\0no keyword") == MIM_CORRUPT);
    CHECK(ADD(INTERNATIONAL, "key\0") == MIM_CORRUPT && ADD(INTERNATIONAL, "key\0\0\0de") == MIM_CORRUPT);
    CHECK(ADD(INTERNATIONAL, "key\0\0\0de\0") == MIM_CORRUPT && ADD(INTERNATIONAL, "key\0\2\0\0\0") == MIM_CORRUPT);
    CHECK(ADD(PNGX_TYPE('z', 'T', 'X', 't'), "key\0") == MIM_CORRUPT);
    CHECK(ADD(PNGX_TYPE('z', 'T', 'X', 't'), "key\0\1") == MIM_CORRUPT);
    CHECK(texts.count == 0);
    CHECK(ADD(TEXT, "key\0\xff\0z") == MIM_OK && ADD(INTERNATIONAL, "key\0\0\0\0\0\xc3\xbf") == MIM_OK);
    CHECK(ADD(INTERNATIONAL, "key\0\0\0\0\0\xff") == MIM_OK); /* invalid UTF-8 is read as Latin-1 */
    CHECK(pngx_texts_report(&job, &texts) == MIM_OK &&
          mim_test_host_reported(&host, "text:key=\xc3\xbfz\n\xc3\xbf\n\xc3\xbf\n"));
    texts.left = 3;
    CHECK(ADD(TEXT, "key\0four") == MIM_LIMIT);
    pngx_texts_close(&job, &texts);
    CHECK(mim_test_host_clear(&host));
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(better_key_wins_in_any_order),         CASE(later_value_replaces_earlier),
        CASE(resolution_accepts_every_number_type), CASE(time_requires_a_zone),
        CASE(unknown_metadata_is_unsupported),      CASE(profile_must_match_the_channels),
        CASE(invalid_texts_are_reported),
    };
    return cmocka_run_group_tests_name("png retain", cases, NULL, NULL);
}
