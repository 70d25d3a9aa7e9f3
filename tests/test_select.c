/* SPDX-License-Identifier: MIT */
/* Slices, held against what Python makes of them. */
#include <inttypes.h>
#include <stdlib.h>

#include "check.h"
#include "pipeline/selection.h"

/* "start:stop:step" as Python writes it. */
static struct mim_range
range_of(const char *text)
{
    struct mim_range range = { 0 };
    char *end;

    range.start = strtoll(text, &end, 10);
    range.has_start = end != text;
    text = *end == ':' ? end + 1 : end;
    range.stop = strtoll(text, &end, 10);
    range.has_stop = end != text;
    if (*end == ':')
        range.step = strtoll(end + 1, NULL, 10);
    return range;
}

static struct mim_range
number(int64_t i)
{
    return (struct mim_range){ .start = i, .stop = i + 1, .has_start = 1, .has_stop = i != -1 };
}

/* The indices that a cursor meets, in order; at most `most` of them. */
static size_t
walk(const struct mim_selection *selection, uint64_t *indices, size_t most)
{
    struct mim_cursor cursor = { 0 };
    size_t n = 0;

    for (; n < most && mim_cursor_index(&cursor, selection, &indices[n]); n++) {
        CHECK(mim_cursor_run(&cursor, selection));
        mim_cursor_advance(&cursor, selection);
    }
    if (n < most)
        CHECK(!mim_cursor_run(&cursor, selection));
    return n;
}

static const struct {
    const char *slice;
    uint64_t count;
    const char *indices;
} python[] = { /* [*range(count)[slice]] */
    { "::", 10, "0 1 2 3 4 5 6 7 8 9" },
    { "3:", 10, "3 4 5 6 7 8 9" },
    { "-3:", 10, "7 8 9" },
    { ":3", 10, "0 1 2" },
    { ":-3", 10, "0 1 2 3 4 5 6" },
    { "2:7", 10, "2 3 4 5 6" },
    { "7:2", 10, "" },
    { "-7:-2", 10, "3 4 5 6 7" },
    { "-2:-7", 10, "" },
    { "20:", 10, "" },
    { "-20:", 10, "0 1 2 3 4 5 6 7 8 9" },
    { ":20", 10, "0 1 2 3 4 5 6 7 8 9" },
    { ":-20", 10, "" },
    { "::2", 10, "0 2 4 6 8" },
    { "1::2", 10, "1 3 5 7 9" },
    { "::3", 10, "0 3 6 9" },
    { "2:9:3", 10, "2 5 8" },
    { "9:2:3", 10, "" },
    { "::-1", 10, "9 8 7 6 5 4 3 2 1 0" },
    { "::-2", 10, "9 7 5 3 1" },
    { "8::-2", 10, "8 6 4 2 0" },
    { ":2:-1", 10, "9 8 7 6 5 4 3" },
    { "7:2:-2", 10, "7 5 3" },
    { "2:7:-1", 10, "" },
    { "-1::-1", 10, "9 8 7 6 5 4 3 2 1 0" },
    { "-20::-1", 10, "" },
    { "20::-1", 10, "9 8 7 6 5 4 3 2 1 0" },
    { ":-20:-1", 10, "9 8 7 6 5 4 3 2 1 0" },
    { ":20:-1", 10, "" },
    { "-3:-8:-2", 10, "7 5 3" },
    { "5:5", 10, "" },
    { "5:5:-1", 10, "" },
    { "0:10:10", 10, "0" },
    { "0:10:11", 10, "0" },
    { "9::-20", 10, "9" },
    { "::-20", 10, "9" },
    { "::-9", 10, "9 0" },
    { "-1:", 10, "9" },
    { "0:1", 10, "0" },
    { "-10:-9", 10, "0" },
    { "4:-4", 10, "4 5" },
    { "4:-4:-1", 10, "" },
    { "::9223372036854775807", 10, "0" },
    { "::-9223372036854775808", 10, "9" },
    { "-9223372036854775808:9223372036854775807", 10, "0 1 2 3 4 5 6 7 8 9" },
    { "9223372036854775807:-9223372036854775808:-1", 10, "9 8 7 6 5 4 3 2 1 0" },
    { "::", 1, "0" },
    { "::-1", 1, "0" },
    { "0:", 1, "0" },
    { "-1::-1", 1, "0" },
    { "-5:5", 1, "0" },
    { ":-1", 1, "" },
    { "1:", 1, "" },
    { ":1", 1, "0" },
    { ":-2:-1", 1, "0" },
    { "::", 0, "" },
    { "::-1", 0, "" },
    { "0:", 0, "" },
    { "-1::-1", 0, "" },
    { "-5:5", 0, "" },
    { ":-1", 0, "" },
    { "1:", 0, "" },
    { ":1", 0, "" },
    { ":-2:-1", 0, "" },
};

static void
slices_are_pythons(void)
{
    for (size_t i = 0; i < sizeof python / sizeof *python; i++) {
        struct mim_range range = range_of(python[i].slice);
        struct mim_selection selection;
        uint64_t indices[16];
        char text[64] = "";

        CHECK(mim_selection_resolve(&selection, &range, 1, python[i].count, NULL) == MIM_OK);
        size_t n = walk(&selection, indices, 16);
        for (size_t k = 0, used = 0; k < n; k++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%" PRIu64, k ? " " : "", indices[k]);
        if (strcmp(text, python[i].indices))
            fail_msg("[%s] of %" PRIu64 ": %s, not %s", python[i].slice, python[i].count, text, python[i].indices);
        CHECK(mim_selection_size(&selection, python[i].count) == n);
        mim_selection_clear(&selection);
    }
}

/* What the Python reference says of s[i:j:k], read word for word: x = i + n*k with 0 <= n < (j-i)/k, where i and j
 * beyond the ends are those ends (or one before the first, going back). */
static size_t
by_the_book(const struct mim_range *range, int64_t count, uint64_t *indices)
{
    int64_t step = range->step ? range->step : 1;
    int64_t i = range->start < 0 ? range->start + count : range->start,
            j = range->stop < 0 ? range->stop + count : range->stop;
    int64_t first = step > 0 ? 0 : -1, last = step > 0 ? count : count - 1;
    size_t n = 0;

    i = !range->has_start ? (step > 0 ? first : last) : i < first ? first : i > last ? last : i;
    j = !range->has_stop ? (step > 0 ? last : first) : j < first ? first : j > last ? last : j;
    for (int64_t x = i; step > 0 ? x < j : x > j; x += step)
        indices[n++] = (uint64_t)x;
    return n;
}

static bool
is_a_number(const struct mim_range *range)
{
    return range->has_start && (range->step == 0 || range->step == 1) &&
           (range->has_stop ? range->stop == range->start + 1 && range->start != -1 : range->start == -1);
}

static void
check_slice(const struct mim_range *range, uint64_t count)
{
    struct mim_selection selection;
    uint64_t expected[16], found[16];
    size_t n = by_the_book(range, (int64_t)count, expected);

    enum mim_status status = mim_selection_resolve(&selection, range, 1, count, NULL);
    if (status != MIM_OK) {
        CHECK(status == MIM_RANGE && !n && is_a_number(range));
        return;
    }
    CHECK(n || !is_a_number(range));
    CHECK(walk(&selection, found, 16) == n && memcmp(found, expected, n * sizeof *found) == 0);
    CHECK(mim_selection_size(&selection, count) == n);
    mim_selection_clear(&selection);
}

static void
every_small_slice_is_as_the_book_says(void)
{
    for (uint64_t count = 0; count <= 6; count++)
        for (int64_t start = -9; start <= 9; start++)
            for (int64_t stop = -9; stop <= 9; stop++)
                for (int64_t step = -4; step <= 4; step++)
                    for (int has = 0; has < 4; has++)
                        check_slice(&(struct mim_range){ start, stop, step, has & 1, has >> 1 }, count);
}

/* Nothing of it may be needed that only a count tells; the sequence's end then cuts it. */
static void
what_needs_no_count_is_the_same_without(void)
{
    static const char *const slices[] = { "::",   "3:",    ":3",  "2:7",     "7:2", "::2",
                                          "1::3", "2:9:3", "5:5", "0:10:11", "4:5" };

    for (size_t i = 0; i < sizeof slices / sizeof *slices; i++) {
        struct mim_range range = range_of(slices[i]);
        struct mim_selection open, counted;
        uint64_t found[16], expected[16];

        CHECK(!mim_ranges_need_count(&range, 1));
        CHECK(mim_selection_resolve(&open, &range, 1, MIM_UNKNOWN, NULL) == MIM_OK);
        CHECK(mim_selection_resolve(&counted, &range, 1, 10, NULL) == MIM_OK);
        size_t n = walk(&counted, expected, 16), within = 0;
        size_t most = walk(&open, found, 16);
        while (within < most && found[within] < 10)
            within++;
        CHECK(within == n && memcmp(found, expected, n * sizeof *found) == 0);
        CHECK(mim_selection_size(&open, 10) == n);
        CHECK(range.has_stop ? mim_selection_size(&open, MIM_UNKNOWN) == most
                             : mim_selection_size(&open, MIM_UNKNOWN) == MIM_UNKNOWN);
        mim_selection_clear(&open);
        mim_selection_clear(&counted);
    }
}

static void
the_end_and_going_back_need_a_count(void)
{
    static const char *const slices[] = { "-1:", "-3:", ":-1", "2:-1", "::-1", "5:2:-1", "-4:-2" };

    for (size_t i = 0; i < sizeof slices / sizeof *slices; i++) {
        struct mim_range ranges[] = { range_of("0:5"), range_of(slices[i]) };
        CHECK(mim_ranges_need_count(&ranges[1], 1));
        CHECK(mim_ranges_need_count(ranges, 2));
        CHECK(!mim_ranges_need_count(ranges, 1));
    }
    CHECK(!mim_ranges_need_count(NULL, 0));
}

static void
lists_reorder_and_repeat(void)
{
    struct mim_range ranges[] = {
        number(7), range_of("2:5"), range_of("5:5"), number(-1), range_of("3::-2"), number(7)
    };
    static const uint64_t expected[] = { 7, 2, 3, 4, 9, 3, 1, 7 };
    struct mim_selection selection;
    uint64_t found[16];

    CHECK(mim_selection_resolve(&selection, ranges, 6, 10, NULL) == MIM_OK);
    CHECK(walk(&selection, found, 16) == 8);
    CHECK(memcmp(found, expected, sizeof expected) == 0);
    CHECK(mim_selection_size(&selection, 10) == 8);
    mim_selection_clear(&selection);
}

static void
nothing_given_is_all(void)
{
    struct mim_selection selection;
    uint64_t found[8];

    CHECK(mim_selection_resolve(&selection, NULL, 0, 5, NULL) == MIM_OK);
    CHECK(walk(&selection, found, 8) == 5 && found[0] == 0 && found[4] == 4);
    mim_selection_clear(&selection);
    CHECK(mim_selection_resolve(&selection, NULL, 0, MIM_UNKNOWN, NULL) == MIM_OK);
    CHECK(walk(&selection, found, 8) == 8);
    CHECK(mim_selection_size(&selection, MIM_UNKNOWN) == MIM_UNKNOWN);
    mim_selection_clear(&selection);
    CHECK(!selection.runs);
}

static void
a_number_that_no_frame_has_is_a_mistake(void)
{
    static const int64_t none[] = { 10, 11, -11, -12, INT64_MAX - 1, INT64_MIN };
    struct mim_selection selection;

    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct mim_range ranges[] = { number(0), number(none[i]) };
        struct mim_error err = { 0 };
        char text[32];

        CHECK(mim_selection_resolve(&selection, ranges, 2, 10, &err) == MIM_RANGE);
        CHECK(!selection.runs);
        snprintf(text, sizeof text, "no frame %" PRId64 ":", none[i]);
        CHECK(strstr(err.message, text) && strstr(err.message, "10"));
    }
    CHECK(mim_selection_resolve(&selection, &(struct mim_range){ .start = -1, .has_start = 1 }, 1, 0, NULL) ==
          MIM_RANGE);
    for (int64_t i = -10; i < 10; i++) {
        struct mim_range range = number(i);
        uint64_t found[2];
        CHECK(mim_selection_resolve(&selection, &range, 1, 10, NULL) == MIM_OK);
        CHECK(walk(&selection, found, 2) == 1 && found[0] == (uint64_t)(i < 0 ? i + 10 : i));
        mim_selection_clear(&selection);
    }
}

/* A slice from the largest number on selects nothing, and is no number: there is none behind it. */
static void
the_largest_numbers_are_slices_like_others(void)
{
    struct mim_range ranges[] = { { INT64_MAX, INT64_MAX, 0, 1, 1 }, { INT64_MAX, INT64_MIN, 0, 1, 1 },
                                  { INT64_MAX, 0, INT64_MAX, 1, 0 }, { INT64_MIN, INT64_MAX, INT64_MAX, 1, 1 } };
    struct mim_selection selection;
    uint64_t found[4];

    CHECK(mim_selection_resolve(&selection, ranges, 4, 10, NULL) == MIM_OK);
    CHECK(walk(&selection, found, 4) == 1 && found[0] == 0);
    mim_selection_clear(&selection);
    CHECK(mim_selection_resolve(&selection, ranges, 1, MIM_UNKNOWN, NULL) == MIM_OK);
    CHECK(walk(&selection, found, 4) == 0);
    mim_selection_clear(&selection);
}

/* Of an open run that met the end the next goes on; runs that select nothing are passed over. */
static void
the_sequences_end_leads_to_the_next_run(void)
{
    struct mim_range ranges[] = { range_of("4:"), range_of("3:3"), range_of("1:3") };
    struct mim_selection selection;
    struct mim_cursor cursor = { 0 };
    uint64_t index;

    CHECK(mim_selection_resolve(&selection, ranges, 3, MIM_UNKNOWN, NULL) == MIM_OK);
    CHECK(mim_cursor_index(&cursor, &selection, &index) && index == 4);
    mim_cursor_advance(&cursor, &selection);
    CHECK(mim_cursor_index(&cursor, &selection, &index) && index == 5);
    CHECK(mim_cursor_end_run(&cursor, &selection));
    CHECK(mim_cursor_index(&cursor, &selection, &index) && index == 1);
    CHECK(mim_cursor_run(&cursor, &selection) == &selection.runs[2]);
    mim_cursor_advance(&cursor, &selection);
    CHECK(mim_cursor_index(&cursor, &selection, &index) && index == 2);
    CHECK(!mim_cursor_end_run(&cursor, &selection));
    CHECK(!mim_cursor_index(&cursor, &selection, &index));
    mim_cursor_advance(&cursor, &selection); /* past the end there is nothing to pass */
    CHECK(!mim_cursor_end_run(&cursor, &selection));
    mim_selection_clear(&selection);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(slices_are_pythons),
        CASE(every_small_slice_is_as_the_book_says),
        CASE(what_needs_no_count_is_the_same_without),
        CASE(the_end_and_going_back_need_a_count),
        CASE(lists_reorder_and_repeat),
        CASE(nothing_given_is_all),
        CASE(a_number_that_no_frame_has_is_a_mistake),
        CASE(the_largest_numbers_are_slices_like_others),
        CASE(the_sequences_end_leads_to_the_next_run),
    };
    return cmocka_run_group_tests_name("select", cases, NULL, NULL);
}
