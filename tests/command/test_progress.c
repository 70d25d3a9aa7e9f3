/* SPDX-License-Identifier: MIT */
/* Tests when the progress line is drawn, and its text, with a controlled clock. */
#include <stdlib.h>
#include <unistd.h>

#include <mim/mim.h>

#include "check.h"
#include "clock.h"
#include "progress.h"

static char drawn[1000];
static bool on_terminal;

int __wrap_isatty(int descriptor);

int
__wrap_isatty(int descriptor)
{
    return descriptor == STDERR_FILENO && on_terminal;
}

static void
begin(const char *terminal)
{
    on_terminal = true;
    CHECK(!setenv("TERM", terminal, 1) && !setenv("NO_COLOR", "1", 1));
    clock_hold(CLOCK_WAITS_PASS);
    progress_start();
}

/* Advances the clock and the job, and returns the text that is drawn. */
static const char *
show(uint64_t ms, uint64_t done, uint64_t total)
{
    FILE *terminal = stderr;
    clock_advance_ms(ms);
    *drawn = 0;
    CHECK(stderr = fmemopen(drawn, sizeof drawn, "w"));
    progress_show(NULL, &(struct mim_progress){ .done = done, .total = total });
    fclose(stderr);
    stderr = terminal;
    return drawn;
}

static const char *
clear(void)
{
    FILE *terminal = stderr;
    *drawn = 0;
    CHECK(stderr = fmemopen(drawn, sizeof drawn, "w"));
    progress_clear();
    fclose(stderr);
    stderr = terminal;
    clock_release();
    return drawn;
}

static void
short_jobs_show_nothing(void)
{
    begin("xterm");
    for (int i = 0; i < 499; i++)
        assert_string_equal(show(1, (uint64_t)i, 500), "");
    assert_string_equal(clear(), "");
}

static void
the_line_appears_after_half_a_second_and_is_cleared(void)
{
    begin("xterm");
    assert_string_equal(show(499, 10, MIM_UNKNOWN), "");
    assert_string_equal(show(2, 20, MIM_UNKNOWN), "\r\033[K20 frames, 40/s");
    assert_string_equal(clear(), "\r\033[K");
}

static void
it_is_drawn_every_tenth_of_a_second(void)
{
    begin("xterm");
    CHECK(*show(501, 20, MIM_UNKNOWN));
    assert_string_equal(show(99, 24, MIM_UNKNOWN), "");
    assert_string_equal(show(2, 25, 100), "\r\033[K[######                  ] 25/100 frames, 42/s, 0:01 left");
    assert_string_equal(clear(), "\r\033[K");
}

static void
the_line_needs_a_terminal_that_can_redraw(void)
{
    begin("dumb");
    assert_string_equal(show(5000, 20, MIM_UNKNOWN), "");
    assert_string_equal(clear(), "");
    begin("xterm");
    on_terminal = false;
    progress_start();
    assert_string_equal(show(5000, 20, MIM_UNKNOWN), "");
    assert_string_equal(clear(), "");
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(short_jobs_show_nothing),
        CASE(the_line_appears_after_half_a_second_and_is_cleared),
        CASE(it_is_drawn_every_tenth_of_a_second),
        CASE(the_line_needs_a_terminal_that_can_redraw),
    };
    return cmocka_run_group_tests_name("command progress", cases, NULL, NULL);
}
