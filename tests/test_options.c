/* SPDX-License-Identifier: MIT */
/* Options: typed and textual values, bound to a table. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "check.h"
#include "failing-memory.h"
#include "options/option-describe.h"
#include "options/options.h"

struct state {
    int64_t colours;
    double quality;
    int32_t dither, quantizer;
    const char *comment;
    struct mim_rational fps;
    struct mim_list duration;
    struct mim_size size;
    uint8_t background[4];
    struct mim_pairs codec;
    const char *codec_name;
    int64_t plain;
    double level;
};

#define ROW(field, kind) MIM_OPTION_HEADER, .type = MIM_OPTION_##kind, .offset = offsetof(struct state, field)

static const struct mim_option rows[] = {
    { ROW(colours, INT), .name = "palettesize", .initial = 256, .min = 2, .max = 256, .help = "colours" },
    { ROW(quality, REAL), .name = "quality", .initial = 7.5, .max = 10 },
    { ROW(dither, BOOL), .name = "dither", .initial = 1 },
    { ROW(quantizer, CHOICE), .name = "quantizer", .choices = "wu|nq=neuquant=neural|median", .initial = 1 },
    { ROW(comment, TEXT), .name = "comment" },
    { ROW(fps, RATIONAL), .name = "fps", .unit = "1/s", .min = 0.001, .max = 1000 },
    { ROW(duration, LIST), .name = "duration", .unit = "s", .max = 655.35 },
    { ROW(size, SIZE), .name = "size" },
    { ROW(background, COLOUR), .name = "background", .initial_text = "white" },
    { ROW(codec, PAIRS), .name = "codec" },
    { ROW(codec_name, TEXT), .name = "codec", .initial_text = "auto" },
    { ROW(plain, INT), .name = "plain" },
    { ROW(level, REAL), .name = "level", .min = 1, .max = INFINITY, .initial = 1 },
};
static const struct mim_option_table table = { .rows = rows, .count = sizeof rows / sizeof *rows, .writing = true };

static const struct mim_option other_rows[] = { { ROW(dither, BOOL), .name = "raw" } };
static const struct mim_option_table other = { .rows = other_rows, .count = 1 };

static struct state state;
static struct mim_bound_options *bound;
static struct mim_error err;

/* Bind to a fresh state; what is bound is dropped by forget(). */
static enum mim_status
bind(const struct mim_options *options)
{
    state = (struct state){ 0 };
    err = (struct mim_error){ 0 };
    bound = NULL;
    return mim_options_bind(options, &table, &other, "gif", &state, &bound, &err);
}

static void
forget(struct mim_options *options)
{
    mim_bound_options_destroy(bound);
    bound = NULL;
    mim_options_destroy(options);
}

static struct mim_options *
parsed(const char *assignment)
{
    struct mim_options *options = mim_options_create();
    CHECK(mim_options_parse(options, assignment, NULL) == MIM_OK);
    return options;
}

/* Is the assignment refused with this message? */
static void
refused(const char *assignment, const char *message)
{
    struct mim_options *options = parsed(assignment);
    CHECK(bind(options) == MIM_OPTION && err.status == MIM_OPTION && !bound);
    assert_string_equal(err.message, message);
    forget(options);
}

#define TAKEN(assignment, condition) \
    do { \
        struct mim_options *options_ = parsed(assignment); \
        if (bind(options_) != MIM_OK) \
            fail_msg("%s: %s", assignment, err.message); \
        CHECK(condition); \
        forget(options_); \
    } while (0)

static void
defaults_are_written_when_nothing_is_given(void)
{
    CHECK(bind(NULL) == MIM_OK);
    CHECK(state.colours == 256 && state.quality == 7.5 && state.dither == 1 && state.quantizer == 1);
    CHECK(!state.comment && state.fps.den == 0 && state.duration.count == 0 && state.size.width == 0);
    CHECK(memcmp(state.background, "\xff\xff\xff\xff", 4) == 0 && state.codec.count == 0);
    CHECK(strcmp(state.codec_name, "auto") == 0 && state.plain == 0);
    forget(NULL);
}

static void
text_becomes_every_type(void)
{
    TAKEN("palettesize=2", state.colours == 2);
    TAKEN("plain=-9223372036854775808", state.plain == INT64_MIN);
    TAKEN("quality=1e1", state.quality == 10);
    TAKEN("dither=No", state.dither == 0);
    TAKEN("dither=off", state.dither == 0);
    TAKEN("dither=0", state.dither == 0);
    TAKEN("dither=TRUE", state.dither == 1);
    TAKEN("dither", state.dither == 1);
    TAKEN("quantizer=wu", state.quantizer == 0);
    TAKEN("quantizer=Median", state.quantizer == 2);
    TAKEN("quantizer=neuquant", state.quantizer == 1);
    TAKEN("quantizer=neural", state.quantizer == 1);
    TAKEN("comment=a=b", strcmp(state.comment, "a=b") == 0);
    TAKEN("comment=", strcmp(state.comment, "") == 0);
    TAKEN("fps=30000/1001", state.fps.num == 30000 && state.fps.den == 1001);
    TAKEN("fps=29.97", state.fps.num == 2997 && state.fps.den == 100);
    TAKEN("fps=25", state.fps.num == 25 && state.fps.den == 1);
    TAKEN("duration=0.5", state.duration.count == 1 && state.duration.values[0] == 0.5);
    TAKEN("duration=0.1, 1/25,3", state.duration.count == 3 && state.duration.values[1] == 0.04);
    TAKEN("size=640x480", state.size.width == 640 && state.size.height == 480);
    TAKEN("background=#0a0B0c", memcmp(state.background, "\x0a\x0b\x0c\xff", 4) == 0);
    TAKEN("background=#0a0B0c80", memcmp(state.background, "\x0a\x0b\x0c\x80", 4) == 0);
    TAKEN("background=Transparent", memcmp(state.background, "\0\0\0\0", 4) == 0);
    TAKEN("background=navy", memcmp(state.background, "\0\0\x80\xff", 4) == 0);
}

static void
refusals_name_the_expected_value(void)
{
    refused("palettesize=1", "gif: palettesize = 1: expected 2..256");
    refused("palettesize=257", "gif: palettesize = 257: expected 2..256");
    refused("palettesize=many", "gif: palettesize = many: expected a whole number, 2..256");
    refused("palettesize=", "gif: palettesize = : expected a whole number, 2..256");
    refused("palettesize=2.5", "gif: palettesize = 2.5: expected a whole number, 2..256");
    refused("quality=10.1", "gif: quality = 10.1: expected 0..10");
    refused("quality=nan", "gif: quality = nan: expected a number, 0..10");
    refused("level=0", "gif: level = 0: expected 1 or more");
    refused("dither=2", "gif: dither = 2: expected yes or no");
    refused("quantizer=w", "gif: quantizer = w: expected wu|nq|median");
    refused("quantizer=nq=neuquant", "gif: quantizer = nq=neuquant: expected wu|nq|median");
    refused("quantizer=", "gif: quantizer = : expected wu|nq|median");
    refused("fps=0", "gif: fps = 0: expected 0.001..1000");
    refused("fps=1/0", "gif: fps = 1/0: expected a number or a fraction N/D, 0.001..1000");
    refused("duration=0.1,,2", "gif: duration = 0.1,,2: expected a number or a list of numbers N,N, 0..655.35");
    refused("duration=0.1,656", "gif: duration = 0.1,656: expected 0..655.35");
    refused("size=0x5", "gif: size = 0x5: expected WxH or W,H in pixels");
    refused("size=5", "gif: size = 5: expected WxH or W,H in pixels");
    refused("size=5x4294967296", "gif: size = 5x4294967296: expected WxH or W,H in pixels");
    refused("background=#12345",
            "gif: background = #12345: expected #rrggbb, #rrggbbaa or a name such as white, black, "
            "transparent");
    refused("background=#+12345",
            "gif: background = #+12345: expected #rrggbb, #rrggbbaa or a name such as white, black, "
            "transparent");
}

static void
unknown_names_get_the_nearest(void)
{
    refused("palettesiz=2", "gif: there is no option palettesiz; did you mean palettesize?");
    refused("plattesize=2", "gif: there is no option plattesize; did you mean palettesize?");
    refused("pallete_size=2", "gif: there is no option pallete_size; did you mean palettesize?");
    refused("Fps=2", "gif: there is no option Fps; did you mean fps?");
    refused("quant=wu", "gif: there is no option quant; did you mean quantizer?");
    refused("raw=yes", "gif: raw is an option of reading, not of writing");
    refused("zzzzzz=1",
            "gif: there is no option zzzzzz; there are palettesize, quality, dither, quantizer, comment, fps, "
            "duration, size, background, codec:KEY, codec, plain, level");
    refused("quality:x=1", "gif: there is no option quality:x; did you mean quality?");
    refused("codec:=1", "gif: codec: has no key: expected codec:KEY=VALUE");
}

static void
a_table_without_rows_is_reported(void)
{
    struct mim_options *options = parsed("level=1");
    const struct mim_option_table none = { .writing = true };
    CHECK(mim_options_bind(options, &none, NULL, "raw", NULL, &bound, &err) == MIM_OPTION);
    assert_string_equal(err.message, "raw: there is no option level; writing takes none");
    forget(options);
}

static void
later_values_win_and_pairs_add_up(void)
{
    struct mim_options *options = parsed("palettesize=99999");
    CHECK(mim_options_set_int(options, "palettesize", 16, NULL) == MIM_OK);
    CHECK(mim_options_parse(options, "codec:preset=slow", NULL) == MIM_OK);
    CHECK(mim_options_set_int(options, "codec:a:b", 5, NULL) == MIM_OK);
    CHECK(mim_options_parse(options, "codec=x264", NULL) == MIM_OK);
    CHECK(bind(options) == MIM_OK);
    mim_options_destroy(options); /* what is bound needs it no more */

    CHECK(state.colours == 16 && strcmp(state.codec_name, "x264") == 0 && state.codec.count == 2);
    static const char *const items[] = { "preset", "slow", "a:b", "5" };
    for (int i = 0; i < 4; i++)
        assert_string_equal(state.codec.items[i], items[i]);
    forget(NULL);
}

static void
typed_values_convert_where_nothing_is_lost(void)
{
    struct mim_options *options = mim_options_create();
    CHECK(mim_options_set_real(options, "palettesize", 16.0, NULL) == MIM_OK);
    CHECK(mim_options_set_int(options, "quality", 3, NULL) == MIM_OK);
    CHECK(mim_options_set_bool(options, "dither", 0, NULL) == MIM_OK);
    CHECK(mim_options_set_int(options, "comment", -5, NULL) == MIM_OK);
    CHECK(mim_options_set_real(options, "fps", 29.97, NULL) == MIM_OK);
    CHECK(mim_options_set_real(options, "duration", 1.0 / 3, NULL) == MIM_OK);
    CHECK(bind(options) == MIM_OK);
    CHECK(state.colours == 16 && state.quality == 3 && state.dither == 0 && strcmp(state.comment, "-5") == 0);
    CHECK(state.fps.num == 2997 && state.fps.den == 100);
    CHECK(state.duration.count == 1 && state.duration.values[0] == 1.0 / 3);
    forget(options);

    options = mim_options_create();
    CHECK(mim_options_set_list(options, "duration", (double[]){ 0.1, 1.0 / 3, 1e-300 }, 3, NULL) == MIM_OK);
    CHECK(mim_options_set_list(options, "quality", (double[]){ 0.1 }, 1, NULL) == MIM_OK);
    CHECK(mim_options_set_rational(options, "fps", 30000, 1001, NULL) == MIM_OK);
    CHECK(mim_options_set_rational(options, "plain", 4, 1, NULL) == MIM_OK);
    CHECK(bind(options) == MIM_OK);
    CHECK(state.duration.count == 3 && state.duration.values[1] == 1.0 / 3 && state.duration.values[2] == 1e-300);
    CHECK(state.quality == 0.1 && state.fps.num == 30000 && state.plain == 4);
    forget(options);
}

static void
typed_values_that_would_lose_are_refused(void)
{
    static const struct {
        const char *name;
        double value;
    } bad[] = {
        { "palettesize", 16.5 }, { "dither", 0.5 }, { "quality", NAN }, { "duration", INFINITY }, { "size", 3 }
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct mim_options *options = mim_options_create();
        CHECK(mim_options_set_real(options, bad[i].name, bad[i].value, NULL) == MIM_OK);
        CHECK(bind(options) == MIM_OPTION);
        forget(options);
    }
    struct mim_options *options = mim_options_create();
    CHECK(mim_options_set_list(options, "quality", (double[]){ 1, 2 }, 2, NULL) == MIM_OK);
    CHECK(bind(options) == MIM_OPTION);
    forget(options);
}

static void
nameless_and_valueless_options_are_refused(void)
{
    struct mim_options *options = mim_options_create();
    CHECK(mim_options_parse(options, "=5", &err) == MIM_OPTION && strstr(err.message, "\"=5\""));
    CHECK(mim_options_parse(options, "", NULL) == MIM_OPTION);
    CHECK(mim_options_set_text(options, "", "x", NULL) == MIM_OPTION);
    CHECK(mim_options_set_text(options, NULL, "x", NULL) == MIM_OPTION);
    CHECK(mim_options_set_text(options, "x", NULL, NULL) == MIM_OPTION);
    CHECK(mim_options_set_list(options, "x", NULL, 0, NULL) == MIM_OPTION);
    CHECK(bind(options) == MIM_OK);
    forget(options);
    mim_options_destroy(NULL);
}

static void
a_required_option_must_be_given(void)
{
    const struct mim_option needed[] = {
        { ROW(colours, INT), .name = "width", .flags = MIM_OPTION_REQUIRED, .min = 1, .max = 65535 },
    };
    const struct mim_option_table needs = { .rows = needed, .count = 1 };
    CHECK(mim_options_bind(NULL, &needs, NULL, "raw", &state, &bound, &err) == MIM_OPTION);
    assert_string_equal(err.message, "raw: width is missing: expected width=number in 1..65535");
}

/* Rows of a longer struct, as a later ABI would have them. */
static void
tables_are_walked_by_the_size_that_they_say(void)
{
    struct longer {
        struct mim_option row;
        uint64_t more[3];
    } longer[2] = { { .row = rows[0] }, { .row = rows[11] } };
    longer[0].row.struct_size = longer[1].row.struct_size = sizeof *longer;
    const struct mim_option_table tall = { .rows = &longer[0].row, .count = 2 };
    CHECK(mim_option_table_valid(&tall, sizeof state, NULL));
    assert_string_equal(mim_option_row(&tall, 1)->name, "plain");
    CHECK(!mim_option_row(&tall, 2) && !mim_option_row(NULL, 0));
}

static void
describes(uint32_t i, const char *type, const char *initial, const char *range)
{
    struct mim_option_scratch scratch;
    struct mim_option_info info;
    mim_option_describe(mim_option_row(&table, i), &scratch, &info);
    assert_string_equal(info.type_text, type);
    assert_string_equal(info.initial, initial);
    assert_string_equal(info.range, range);
}

static void
ranges_and_choices_are_values_too(void)
{
    struct mim_option_scratch scratch;
    struct mim_option_info info;
    char name[8];
    mim_option_describe(mim_option_row(&table, 0), &scratch, &info);
    CHECK(info.has_range && info.min == 2 && info.max == 256 && !mim_option_choice_name(&info, 0, name, sizeof name));
    mim_option_describe(mim_option_row(&table, 3), &scratch, &info);
    CHECK(!info.has_range);
    CHECK(mim_option_choice_name(&info, 2, name, sizeof name) && !strcmp(name, "median"));
    CHECK(mim_option_choice_name(&info, 2, name, 4) && !strcmp(name, "med"));
    CHECK(!mim_option_choice_name(&info, 3, name, sizeof name) && !mim_option_choice_name(&info, SIZE_MAX, name, sizeof name));
}

static void
every_row_is_described(void)
{
    describes(0, "number", "256", "2..256");
    describes(1, "number", "7.5", "0..10");
    describes(2, "yes|no", "yes", "");
    describes(3, "wu|nq|median", "nq", "");
    describes(4, "text", "", "");
    describes(5, "number", "", "0.001..1000");
    describes(6, "number or list", "", "0..655.35");
    describes(7, "WxH", "", "");
    describes(8, "#rrggbb", "white", "");
    describes(9, "KEY=VALUE", "", "");
    describes(12, "number", "1", "1 or more");
}

struct alignment {
    char before;
    int64_t number;
};
#define MISALIGNED (offsetof(struct alignment, number) / 2) /* 4 bytes, and 2 on i386 */

static void
tables_that_bend_the_abi_are_refused(void)
{
    static const struct {
        struct mim_option row;
        const char *message;
    } bad[] = {
        { { MIM_OPTION_HEADER, .type = MIM_OPTION_INT }, "name" },
        { { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .name = "a=b" }, "name" },
        { { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .name = "a:b" }, "name" },
        { { MIM_OPTION_HEADER, .type = 0, .name = "a" }, "type" },
        { { MIM_OPTION_HEADER, .type = 11, .name = "a" }, "type" },
        { { MIM_OPTION_HEADER, .type = -1, .name = "a" }, "type" },
        { { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .name = "a", .offset = sizeof state - 4 }, "outside" },
        { { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .name = "a", .offset = UINT32_MAX }, "outside" },
        { { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .name = "a", .offset = MISALIGNED }, "offset" },
        { { MIM_OPTION_HEADER, .type = MIM_OPTION_CHOICE, .name = "a" }, "choices" },
        { { MIM_OPTION_HEADER, .type = MIM_OPTION_CHOICE, .name = "a", .choices = "x|y", .initial = 2 }, "default" },
        { { MIM_OPTION_HEADER, .type = MIM_OPTION_BOOL, .name = "a", .initial = 2 }, "default" },
        { { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .name = "a", .initial = 1e300 }, "default" },
        { { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .name = "a", .min = 5, .max = 4 }, "minimum" },
        { { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .name = "a", .initial_text = "x" }, "a = x" },
        { { .struct_size = 8, .type = MIM_OPTION_INT, .name = "a" }, "ABI" },
        { { .struct_size = sizeof(struct mim_option) + 1, .type = MIM_OPTION_INT, .name = "a" }, "ABI" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct mim_option_table one = { .rows = &bad[i].row, .count = 1 };
        err = (struct mim_error){ 0 };
        if (mim_option_table_valid(&one, sizeof state, &err) || !strstr(err.message, bad[i].message))
            fail_msg("row %zu: %s", i, err.message);
    }
    const struct mim_option twice[] = { rows[0], rows[0] };
    CHECK(!mim_option_table_valid(&(struct mim_option_table){ .rows = twice, .count = 2 }, sizeof state, NULL));
    CHECK(!mim_option_table_valid(&(struct mim_option_table){ .count = 2 }, sizeof state, NULL));
    CHECK(mim_option_table_valid(&table, sizeof state, NULL));
    CHECK(mim_option_table_valid(&(struct mim_option_table){ 0 }, 0, NULL));
}

static bool
use_options(void)
{
    bound = NULL;
    struct mim_options *options = mim_options_create(), *copy = NULL;
    bool whole = options && mim_options_set_list(options, "duration", (double[]){ 1, 2 }, 2, NULL) == MIM_OK &&
                 mim_options_parse(options, "codec:a=b", NULL) == MIM_OK &&
                 mim_options_set_text(options, "comment", "c", NULL) == MIM_OK;
    copy = whole ? mim_options_copy(options) : NULL;
    if (copy) {
        enum mim_status status = bind(copy);
        CHECK(status == MIM_OK || (status == MIM_NOMEM && err.status == MIM_NOMEM && !bound));
        whole = status == MIM_OK;
    }
    whole = whole && copy;
    mim_options_destroy(copy);
    forget(options);
    return whole;
}

static void
memory_may_fail_anywhere(void)
{
    CHECK(memory_try_all(use_options) > 20);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(defaults_are_written_when_nothing_is_given),
        CASE(text_becomes_every_type),
        CASE(refusals_name_the_expected_value),
        CASE(unknown_names_get_the_nearest),
        CASE(a_table_without_rows_is_reported),
        CASE(later_values_win_and_pairs_add_up),
        CASE(typed_values_convert_where_nothing_is_lost),
        CASE(typed_values_that_would_lose_are_refused),
        CASE(nameless_and_valueless_options_are_refused),
        CASE(a_required_option_must_be_given),
        CASE(tables_are_walked_by_the_size_that_they_say),
        CASE(every_row_is_described),
        CASE(ranges_and_choices_are_values_too),
        CASE(tables_that_bend_the_abi_are_refused),
        CASE(memory_may_fail_anywhere),
    };
    return cmocka_run_group_tests_name("options", cases, NULL, NULL);
}
