/* SPDX-License-Identifier: MIT */
/* Names of the files of a series, both ways, and their order. */
#include "check.h"
#include "io/path-pattern.h"

static void
distinguishes_patterns_from_plain_names(void)
{
    static const struct {
        const char *path;
        enum mim_path_pattern_kind kind;
    } names[] = {
        { "frame_%03d.png", MIM_PATTERN_NUMBERS },
        { "%d", MIM_PATTERN_NUMBERS },
        { "a/b%0012d", MIM_PATTERN_NUMBERS },
        { "100%_%d.png", MIM_PATTERN_NUMBERS },
        { "%%%d", MIM_PATTERN_NUMBERS },
        { "frame_*.png", MIM_PATTERN_GLOB },
        { "frame_?.png", MIM_PATTERN_GLOB },
        { "frame_[0-9].png", MIM_PATTERN_GLOB },
        { "frame.png", MIM_PATTERN_NONE },
        { "100%.png", MIM_PATTERN_NONE },
        { "%%d", MIM_PATTERN_NONE },
        { "%3d.png", MIM_PATTERN_NONE },
        { "%s.png", MIM_PATTERN_NONE },
        { "%0d.png", MIM_PATTERN_NONE },
        { "%0123d", MIM_PATTERN_NONE },
        { "%03d/plain.png", MIM_PATTERN_NONE },
        { "*/plain.png", MIM_PATTERN_NONE },
        { "%", MIM_PATTERN_NONE },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        print_message("# %s\n", names[i].path);
        CHECK(mim_path_pattern_kind(names[i].path) == names[i].kind);
    }
}

static void
a_name_and_its_number_are_found_from_one_another(void)
{
    static const struct {
        const char *path;
        uint64_t number;
        const char *file;
    } names[] = {
        { "d/frame_%03d.png", 0, "frame_000.png" },
        { "frame_%03d.png", 1000, "frame_1000.png" },
        { "%d", 42, "42" },
        { "%%%02d%%", 7, "%07%" },
        { "/a%d0", 10, "a100" },
        { "x%01d", 0, "x0" },
        { "%d", 999999999999999999u, "999999999999999999" },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct mim_path_pattern name;
        char file[NAME_MAX + 1];
        uint64_t number = 1;
        CHECK(mim_path_pattern_parse(&name, names[i].path, NULL) == MIM_OK);
        CHECK(mim_path_pattern_make(&name, names[i].number, file));
        assert_string_equal(file, names[i].file);
        CHECK(mim_path_pattern_number(&name, file, &number) && number == names[i].number);
        mim_path_pattern_clear(&name);
    }
}

static void
other_names_have_no_number(void)
{
    static const char *const others[] = { "frame_00.png",
                                          "frame_0000.png",
                                          "frame_1.png",
                                          "frame_-01.png",
                                          "frame_001.pn",
                                          "frame_.png",
                                          "frame_ 01.png",
                                          "xframe_001.png",
                                          "frame_001.pngx",
                                          "frame_0x1.png",
                                          "frame_01000.png",
                                          "",
                                          "frame_9999999999999999999999.png" };
    struct mim_path_pattern name;
    uint64_t number;
    CHECK(mim_path_pattern_parse(&name, "frame_%03d.png", NULL) == MIM_OK);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        print_message("# %s\n", others[i]);
        CHECK(!mim_path_pattern_number(&name, others[i], &number));
    }
    mim_path_pattern_clear(&name);
}

static void
one_number_only(void)
{
    struct mim_path_pattern name;
    struct mim_error err = { 0 };
    CHECK(mim_path_pattern_parse(&name, "%d_%03d.png", &err) == MIM_ARGUMENT && strstr(err.message, "two numbers"));
    mim_path_pattern_clear(&name);
    CHECK(mim_path_pattern_parse(&name, "plain.png", &err) == MIM_ARGUMENT);
    mim_path_pattern_clear(&name);
}

static void
a_name_too_long_for_a_file_is_not_made(void)
{
    struct mim_path_pattern name;
    char path[NAME_MAX + 1], file[NAME_MAX + 1];
    memset(path, 'x', NAME_MAX);
    memcpy(path + NAME_MAX - 2, "%d", 3);
    CHECK(mim_path_pattern_parse(&name, path, NULL) == MIM_OK);
    CHECK(mim_path_pattern_make(&name, 99, file) && !mim_path_pattern_make(&name, 100, file));
    mim_path_pattern_clear(&name);
}

static void
numbers_in_names_count_as_numbers(void)
{
    static const char *const sorted[] = { "",
                                          "01",
                                          "1",
                                          "2",
                                          "10",
                                          "A",
                                          "a",
                                          "a 1",
                                          "a1.png",
                                          "a02.png",
                                          "a2.png",
                                          "a10.png",
                                          "a10b2",
                                          "a10b10",
                                          "a100",
                                          "b",
                                          "b18446744073709551616",
                                          "b18446744073709551617",
                                          "\xc3\xa9" };
    for (size_t i = 0; i < sizeof sorted / sizeof *sorted; i++)
        for (size_t j = 0; j < sizeof sorted / sizeof *sorted; j++) {
            int order = mim_path_pattern_order(sorted[i], sorted[j]);
            CHECK((order > 0) - (order < 0) == (i > j) - (i < j));
        }
}

static void
a_better_name_is_suggested(void)
{
    static const struct {
        const char *path, *better;
    } names[] = {
        { "out.png", "out_%03d.png" }, { "a.b/out", "a.b/out_%03d" }, { "d/out_*.png", "d/out_%03d.png" },
        { ".png", ".png_%03d" },       { "**.gif", "%03d.gif" },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char text[100];
        mim_path_pattern_suggest(names[i].path, text, sizeof text);
        assert_string_equal(text, names[i].better);
        CHECK(mim_path_pattern_kind(text) == MIM_PATTERN_NUMBERS);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(distinguishes_patterns_from_plain_names),
        CASE(a_name_and_its_number_are_found_from_one_another),
        CASE(other_names_have_no_number),
        CASE(one_number_only),
        CASE(a_name_too_long_for_a_file_is_not_made),
        CASE(numbers_in_names_count_as_numbers),
        CASE(a_better_name_is_suggested),
    };
    return cmocka_run_group_tests_name("series-name", cases, NULL, NULL);
}
