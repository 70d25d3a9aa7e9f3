/* SPDX-License-Identifier: MIT */
#include "frames.h"

#include <stdlib.h>

#include "check.h"

static struct mim_range
parse_one(const char *text)
{
    struct frame_list list = { 0 };
    struct mim_error err = { 0 };

    CHECK(frame_list_add(&list, text, &err) == MIM_OK);
    CHECK(list.count == 1);
    struct mim_range range = list.ranges[0];
    frame_list_clear(&list);
    return range;
}

static void
a_number_is_a_slice_of_one(void)
{
    struct mim_range range = parse_one("7");
    CHECK(range.has_start && range.start == 7 && range.has_stop && range.stop == 8 && range.step == 0);
    range = parse_one("-2");
    CHECK(range.has_start && range.start == -2 && range.has_stop && range.stop == -1);
}

static void
the_last_frame_has_no_stop(void)
{
    struct mim_range range = parse_one("-1");
    CHECK(range.has_start && range.start == -1 && !range.has_stop);
}

static void
each_part_of_a_slice_is_optional(void)
{
    struct mim_range range = parse_one(":");
    CHECK(!range.has_start && !range.has_stop && range.step == 0);
    range = parse_one("3::");
    CHECK(range.has_start && range.start == 3 && !range.has_stop && range.step == 0);
    range = parse_one("::-2");
    CHECK(!range.has_start && !range.has_stop && range.step == -2);
    range = parse_one(":-4:5");
    CHECK(!range.has_start && range.has_stop && range.stop == -4 && range.step == 5);
}

static void
large_numbers_are_no_frames_but_end_slices(void)
{
    static const char *const large[] = { "9223372036854775807", "-9223372036854775808", "99999999999999999999" };

    for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
        struct frame_list list = { 0 };
        struct mim_error err = { 0 };
        CHECK(frame_list_add(&list, large[i], &err) == MIM_RANGE);
        CHECK(strstr(err.message, "no frame") && strstr(strstr(err.message, "no frame"), large[i]));
        frame_list_clear(&list);
    }
    struct mim_range range = parse_one("-9223372036854775808:9223372036854775807");
    CHECK(range.start == -(INT64_MAX - 2) && range.has_stop && range.stop == INT64_MAX - 2);
}

static void
a_list_adds_up(void)
{
    struct frame_list list = { 0 };
    struct mim_error err = { 0 };

    CHECK(frame_list_add(&list, "0,5:7", &err) == MIM_OK);
    CHECK(frame_list_add(&list, "-1", &err) == MIM_OK);
    CHECK(list.count == 3 && list.ranges[1].stop == 7 && list.ranges[2].start == -1);
    frame_list_clear(&list);
    CHECK(!list.ranges && !list.count);
}

static void
invalid_slices_are_quoted(void)
{
    static const char *const wrong[] = { "", "x", "1,", ",1", "1:2:0", "1:2:3:4", "1-2", "1 2", "--1", "-", "1.5" };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct frame_list list = { 0 };
        struct mim_error err = { 0 };
        CHECK(frame_list_add(&list, wrong[i], &err) == MIM_OPTION);
        CHECK(strstr(err.message, wrong[i]));
        frame_list_clear(&list);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_number_is_a_slice_of_one),
        CASE(the_last_frame_has_no_stop),
        CASE(each_part_of_a_slice_is_optional),
        CASE(large_numbers_are_no_frames_but_end_slices),
        CASE(a_list_adds_up),
        CASE(invalid_slices_are_quoted),
    };
    return cmocka_run_group_tests_name("frames", cases, NULL, NULL);
}
