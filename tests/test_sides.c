/* SPDX-License-Identifier: MIT */
/* Side inputs: what the caller named can be had, and nothing else. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "io/source.h"
#include "options/options.h"
#include "plugin/side-inputs.h"

static char track[] = "/tmp/mim-test-XXXXXX";

static int
make_track(void **state)
{
    (void)state;
    int fd = mkstemp(track);
    return fd < 0 || write(fd, "sound", 5) != 5 || close(fd) != 0;
}

static int
remove_track(void **state)
{
    (void)state;
    return unlink(track);
}

static struct mim_options *
named(const char *role, const char *uri)
{
    struct mim_options *options = mim_options_create();
    CHECK(options && mim_options_set_text(options, role, uri, NULL) == MIM_OK);
    return options;
}

static void
inputs_given_as_options_are_read(void)
{
    struct mim_options *options = named("audio", track);
    struct mim_side_inputs side_inputs = { .options = options };
    int32_t side = 0;
    char text[8];
    CHECK(mim_side_inputs_open(&side_inputs, "audio", track, &side, NULL) == MIM_OK && side == 1);
    CHECK(mim_source_read_at(mim_side_inputs_source(&side_inputs, side), text, sizeof text, 0, NULL) == 5);
    CHECK(memcmp(text, "sound", 5) == 0);
    mim_side_inputs_close_all(&side_inputs);
    CHECK(!mim_side_inputs_source(&side_inputs, side));
    mim_options_destroy(options);
}

static void
nothing_else_is_opened(void)
{
    struct mim_options *options = named("audio", track);
    struct mim_side_inputs side_inputs = { .options = options };
    struct mim_error err;
    int32_t side = 0;
    CHECK(mim_side_inputs_open(&side_inputs, "audio", "/etc/passwd", &side, &err) == MIM_UNSUPPORTED);
    CHECK(strstr(err.message, "'/etc/passwd' cannot be opened: it was not given as an option"));
    CHECK(mim_side_inputs_open(&side_inputs, "icc", track, &side, NULL) == MIM_UNSUPPORTED);
    CHECK(mim_side_inputs_open(&side_inputs, NULL, track, &side, NULL) == MIM_ARGUMENT);
    CHECK(mim_side_inputs_open(&(struct mim_side_inputs){ 0 }, "audio", track, &side, NULL) == MIM_UNSUPPORTED);
    CHECK(side == 0 && !mim_side_inputs_source(&side_inputs, 0) && !mim_side_inputs_source(&side_inputs, 1) &&
          !mim_side_inputs_source(&side_inputs, -1));
    mim_options_destroy(options);
}

static void
missing_inputs_are_named(void)
{
    struct mim_options *options = named("audio", "/nowhere/track.wav");
    struct mim_side_inputs side_inputs = { .options = options };
    struct mim_error err;
    int32_t side = 0;
    CHECK(mim_side_inputs_open(&side_inputs, "audio", "/nowhere/track.wav", &side, &err) == MIM_IO);
    CHECK(strstr(err.message, "/nowhere/track.wav"));
    mim_options_destroy(options);
}

/* Sources of frames: bytes in memory, and a series. */
static void
set_sources(struct mim_side_inputs *side_inputs)
{
    struct mim_source *given[2];
    CHECK(mim_source_open_memory(&given[0], "frames", 6, NULL) == MIM_OK);
    CHECK(mim_source_open_path(&given[1], "/tmp/mim-no-such-%d.png", NULL) == MIM_OK);
    CHECK(mim_frame_sources_set(&side_inputs->sources, given, 2, NULL) == MIM_OK);
    mim_source_close(given[0]);
    mim_source_close(given[1]);
}

static void
sources_of_frames_are_read_by_number(void)
{
    struct mim_side_inputs side_inputs = { 0 };
    int32_t side = 0;
    char text[16];
    CHECK(mim_side_inputs_open(&side_inputs, "audio", NULL, &side, NULL) == MIM_ARGUMENT);
    CHECK(mim_side_inputs_open_source(&side_inputs, 1, &side, NULL) == MIM_UNSUPPORTED);
    set_sources(&side_inputs);
    CHECK(mim_side_inputs_open_source(&side_inputs, 0, &side, NULL) == MIM_UNSUPPORTED);
    CHECK(mim_side_inputs_open_source(&side_inputs, 2, &side, NULL) == MIM_UNSUPPORTED); /* the series */
    CHECK(mim_side_inputs_open_source(&side_inputs, 3, &side, NULL) == MIM_UNSUPPORTED && side == 0);
    CHECK(mim_side_inputs_open_source(&side_inputs, 1, &side, NULL) == MIM_OK && side == 1);
    CHECK(mim_source_read_at(mim_side_inputs_source(&side_inputs, side), text, sizeof text, 0, NULL) == 6);
    mim_side_inputs_close_all(&side_inputs);
    mim_frame_sources_clear(&side_inputs.sources);
}

static void
their_number_is_bounded_by_those_that_are_open(void)
{
    struct mim_side_inputs side_inputs = { 0 };
    int32_t side = 0;
    set_sources(&side_inputs);
    for (int i = 0; i < MIM_MAX_SIDE_INPUTS; i++)
        CHECK(mim_side_inputs_open_source(&side_inputs, 1, &side, NULL) == MIM_OK);
    CHECK(mim_side_inputs_open_source(&side_inputs, 1, &side, NULL) == MIM_UNSUPPORTED);
    mim_side_inputs_close(&side_inputs, 3);
    CHECK(!mim_side_inputs_source(&side_inputs, 3));
    CHECK(mim_side_inputs_open_source(&side_inputs, 1, &side, NULL) == MIM_OK && side == 3);
    mim_side_inputs_close_all(&side_inputs);
    mim_frame_sources_clear(&side_inputs.sources);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(inputs_given_as_options_are_read),     CASE(nothing_else_is_opened),
        CASE(missing_inputs_are_named),             CASE(sources_of_frames_are_read_by_number),
        CASE(their_number_is_bounded_by_those_that_are_open),
    };
    return cmocka_run_group_tests_name("sides", cases, make_track, remove_track);
}
