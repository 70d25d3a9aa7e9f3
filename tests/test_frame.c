/* SPDX-License-Identifier: MIT */
/* Frames, and the counted buffers behind them. */

#include <mim/meta.h>
#include <mim/plugin.h>

#include "check.h"
#include "failing-memory.h"
#include "base/size.h"
#include "frame/frame.h"

static struct mim_frame
frame_of(enum mim_sample sample, uint32_t width, uint32_t height, uint32_t channels)
{
    struct mim_frame frame = { 0 };
    CHECK(mim_frame_alloc(&frame, sample, width, height, channels, NULL) == MIM_OK);
    return frame;
}

/* With all that a frame carries. */
static struct mim_frame
full_frame(void)
{
    struct mim_frame frame = frame_of(MIM_SAMPLE_U8, 5, 4, 3);
    frame.index = 7;
    frame.pts = 70;
    frame.duration = 3;
    frame.time_base = (struct mim_rational){ 1, 100 };
    frame.loop = 2;
    frame.damaged = 1;
    frame.meta = mim_meta_create();
    CHECK(frame.meta && mim_meta_set_text(frame.meta, "title", "one", NULL) == MIM_OK);
    memset(frame.data, 90, 4 * frame.stride);
    return frame;
}

static void
check_carries_all(const struct mim_frame *frame)
{
    CHECK(frame->index == 7 && frame->pts == 70 && frame->duration == 3 && frame->loop == 2 && frame->damaged == 1);
    CHECK(frame->time_base.num == 1 && frame->time_base.den == 100);
    CHECK(!strcmp(mim_meta_text(frame->meta, "title"), "one"));
}

static void
a_new_frame_is_zeroed_and_aligned(void)
{
    for (uint32_t width = 1; width < 90; width += 11)
        for (int sample = MIM_SAMPLE_U8; sample <= MIM_SAMPLE_F64; sample++) {
            struct mim_frame frame = frame_of((enum mim_sample)sample, width, 3, 5);
            size_t row = width * 5 * mim_sample_size((enum mim_sample)sample);
            CHECK((uintptr_t)frame.data % 64 == 0 && frame.stride % 64 == 0 && frame.stride >= row);
            for (size_t i = 0; i < 3 * frame.stride; i++)
                CHECK(((uint8_t *)frame.data)[i] == 0);
            CHECK(frame.pts == MIM_NO_PTS && frame.loop == -1 && mim_frame_seconds(&frame) == 0);
            CHECK(mim_frame_bytes(&frame) == row * 3);
            mim_frame_clear(&frame);
        }
}

static void
alloc_releases_the_old_pixels(void)
{
    struct mim_frame frame = full_frame();

    CHECK(mim_frame_alloc(&frame, MIM_SAMPLE_U16, 2, 2, 1, NULL) == MIM_OK);
    CHECK(!frame.meta && frame.index == 0 && frame.sample == MIM_SAMPLE_U16);
    mim_frame_clear(&frame);
}

static void
empty_and_boundless_shapes_are_refused(void)
{
    struct mim_frame frame = { 0 };

    CHECK(mim_frame_alloc(&frame, MIM_SAMPLE_U8, 0, 4, 3, NULL) == MIM_ARGUMENT);
    CHECK(mim_frame_alloc(&frame, MIM_SAMPLE_U8, 4, 0, 3, NULL) == MIM_ARGUMENT);
    CHECK(mim_frame_alloc(&frame, MIM_SAMPLE_U8, 4, 4, 0, NULL) == MIM_ARGUMENT);
    CHECK(mim_frame_alloc(&frame, MIM_SAMPLE_NONE, 4, 4, 3, NULL) == MIM_ARGUMENT);
    CHECK(mim_frame_alloc(&frame, (enum mim_sample)77, 4, 4, 3, NULL) == MIM_ARGUMENT);
    CHECK(mim_frame_alloc(&frame, MIM_SAMPLE_F64, UINT32_MAX, UINT32_MAX, UINT32_MAX, NULL) == MIM_NOMEM);
    CHECK(mim_frame_alloc(&frame, MIM_SAMPLE_U8, UINT32_MAX, UINT32_MAX, 1, NULL) == MIM_NOMEM);
    CHECK(mim_frame_alloc(&frame, MIM_SAMPLE_U8, UINT32_MAX, UINT32_MAX, 4, NULL) == MIM_NOMEM);
    CHECK(!frame.data && !frame.owner);
}

/* 64 bytes a row, but not where that would make a tall, narrow picture many times its size. */
static void
rows_start_on_cache_lines_where_that_costs_little(void)
{
    CHECK(mim_aligned_stride(1, 100) == 64);
    CHECK(mim_aligned_stride(64, 1000000) == 64);
    CHECK(mim_aligned_stride(65, 100) == 128);
    CHECK(mim_aligned_stride(1, 1000000) == 1);
    CHECK(mim_aligned_stride(3, UINT32_MAX) == 3);
    CHECK(mim_aligned_stride(10001, 1000000) == 10048); /* gaps of half a hundredth */
    CHECK(mim_aligned_stride(UINT64_MAX - 10, 1) == UINT64_MAX);
}

static void
clearing_twice_or_nothing_is_welcome(void)
{
    struct mim_frame frame = full_frame(), zero = { 0 };

    mim_frame_clear(&frame);
    CHECK(!memcmp(&frame, &zero, sizeof frame));
    mim_frame_clear(&frame);
    mim_frame_clear(NULL);
}

static void
shared_frames_have_the_same_pixels_and_their_own_metadata(void)
{
    struct mim_frame frame = full_frame(), other = full_frame();

    CHECK(mim_frame_share(&other, &frame, NULL) == MIM_OK);
    check_carries_all(&other);
    CHECK(other.data == frame.data && other.meta != frame.meta);
    ((uint8_t *)other.data)[0] = 17;
    CHECK(((uint8_t *)frame.data)[0] == 17);
    mim_frame_clear(&frame);
    CHECK(((uint8_t *)other.data)[0] == 17); /* outlives the first */
    check_carries_all(&other);
    CHECK(mim_frame_share(&other, &other, NULL) == MIM_OK); /* with itself, too */
    CHECK(((uint8_t *)other.data)[0] == 17);
    check_carries_all(&other);
    mim_frame_clear(&other);
}

static void
lent_memory_stays_the_callers(void)
{
    uint8_t memory[100];
    struct mim_frame frame = full_frame();

    mim_frame_lend(&frame, memory, sizeof memory, 20);
    CHECK(frame.data == memory && !frame.owner && !frame.meta);
    CHECK(frame.lent_size == 100 && frame.lent_stride == 20);
    mim_frame_clear(&frame);
    CHECK(!frame.data && !frame.lent_size);
}

static void
invalid_frames_are_refused_with_a_reason(void)
{
    uint8_t memory[64];
    const struct mim_frame sound = { MIM_SAMPLE_U16, 3, 2, .channels = 4, .stride = 24, .data = memory };
    struct mim_frame wrong[9];
    struct mim_error err = { 0 };

    CHECK(mim_frame_check(&sound, NULL) == MIM_OK);
    for (size_t i = 0; i < 9; i++)
        wrong[i] = sound;
    wrong[0].data = NULL;
    wrong[1].sample = MIM_SAMPLE_NONE;
    wrong[2].sample = MIM_SAMPLE_INDEX8;
    wrong[3].sample = (enum mim_sample)1000;
    wrong[4].width = 0;
    wrong[5].height = 0;
    wrong[6].channels = 0;
    wrong[7].stride = 23;
    wrong[8].width = wrong[8].channels = UINT32_MAX;
    for (size_t i = 0; i < 9; i++) {
        err = (struct mim_error){ 0 };
        CHECK(mim_frame_check(&wrong[i], &err) == MIM_ARGUMENT && *err.message);
    }
    CHECK(mim_frame_check(NULL, NULL) == MIM_ARGUMENT);
    wrong[7].stride = 25; /* odd ones are fine */
    CHECK(mim_frame_check(&wrong[7], NULL) == MIM_OK);
}

static void
bytes_are_packed_and_never_wrap(void)
{
    struct mim_frame frame = { .sample = MIM_SAMPLE_U16, .width = 3, .height = 5, .channels = 4, .stride = 1000 };

    CHECK(mim_frame_bytes(&frame) == 3 * 5 * 4 * 2);
    frame.width = frame.height = frame.channels = UINT32_MAX;
    CHECK(mim_frame_bytes(&frame) == UINT64_MAX);
    CHECK(mim_frame_bytes(&(struct mim_frame){ 0 }) == 0);
}

static void
seconds_are_ticks_of_the_time_base(void)
{
    struct mim_frame frame = { .duration = 5, .time_base = { 1, 100 } };

    volatile double seconds = mim_frame_seconds(&frame); /* the x87 returns more digits than a double holds */
    CHECK(seconds == 0.05);
    frame.time_base = (struct mim_rational){ 1001, 30000 };
    frame.duration = 30000;
    CHECK(mim_frame_seconds(&frame) == 1001);
    frame.time_base.den = 0;
    CHECK(mim_frame_seconds(&frame) == 0);
}

static void
converted_frames_keep_timing_and_metadata(void)
{
    struct mim_frame frame = full_frame(), made = full_frame(), gray = { 0 };

    CHECK(mim_frame_convert(&made, &frame, MIM_SAMPLE_U16, 4, NULL) == MIM_OK);
    check_carries_all(&made);
    CHECK(made.sample == MIM_SAMPLE_U16 && made.channels == 4 && made.width == 5 && made.height == 4);
    CHECK(((uint16_t *)made.data)[0] == 90 * 257 && ((uint16_t *)made.data)[3] == UINT16_MAX);
    CHECK(mim_frame_mean(&gray, &frame, NULL) == MIM_OK);
    check_carries_all(&gray);
    CHECK(gray.channels == 1 && ((uint8_t *)gray.data)[3 * gray.stride + 4] == 90);
    CHECK(mim_frame_convert(&gray, &frame, MIM_SAMPLE_NONE, 0, NULL) == MIM_OK && gray.data != frame.data); /* a copy */
    CHECK(gray.channels == 3 && ((uint8_t *)gray.data)[0] == 90);
    mim_frame_clear(&frame);
    mim_frame_clear(&made);
    mim_frame_clear(&gray);
}

/* A caller's own memory, with any stride. */
static void
frames_of_the_callers_memory_convert(void)
{
    uint8_t memory[2 * 7] = { 1, 2, 3, 99, 99, 99, 99, 4, 5, 6, 99, 99, 99, 99 };
    struct mim_frame frame = { MIM_SAMPLE_U8, 3, 2, .channels = 1, .stride = 7, .data = memory };
    struct mim_frame made = { 0 };

    CHECK(mim_frame_convert(&made, &frame, MIM_SAMPLE_NONE, 3, NULL) == MIM_OK);
    CHECK(!memcmp(made.data, (uint8_t[]){ 1, 1, 1, 2, 2, 2, 3, 3, 3 }, 9));
    CHECK(!memcmp((uint8_t *)made.data + made.stride, (uint8_t[]){ 4, 4, 4, 5, 5, 5, 6, 6, 6 }, 9));
    mim_frame_clear(&made);
}

static bool
make_share_and_convert(void)
{
    struct mim_frame frame = { 0 }, other = { 0 }, third = { 0 };
    enum mim_status status = mim_frame_alloc(&frame, MIM_SAMPLE_U8, 9, 9, 3, NULL);
    if (status == MIM_OK && !(frame.meta = mim_meta_create()))
        status = MIM_NOMEM;
    if (status == MIM_OK)
        status = mim_meta_set_text(frame.meta, "title", "one", NULL);
    if (status == MIM_OK)
        status = mim_frame_share(&other, &frame, NULL);
    if (status == MIM_OK)
        status = mim_frame_convert(&third, &frame, MIM_SAMPLE_U16, 1, NULL);
    CHECK(status == MIM_OK || status == MIM_NOMEM);
    CHECK((status == MIM_OK) == (third.data != NULL));
    mim_frame_clear(&frame);
    mim_frame_clear(&other);
    mim_frame_clear(&third);
    return status == MIM_OK;
}

static void
no_memory_leaves_nothing_half_made(void)
{
    memory_try_all(make_share_and_convert);
}

static void
any_height_divides_into_parts_that_hold_it_all(void)
{
    static const uint32_t heights[] = { 1, 7, 8, 9, 1u << 31, UINT32_MAX - 7, UINT32_MAX - 1, UINT32_MAX };
    static const uint32_t parts[] = { 1, 2, 8, 4u << 20, UINT32_MAX };
    for (size_t i = 0; i < sizeof heights / sizeof *heights; i++)
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
            uint64_t each = mim_divide_up(heights[i], parts[k]);
            CHECK(each * parts[k] >= heights[i] && (each - 1) * parts[k] < heights[i]);
        }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_new_frame_is_zeroed_and_aligned),
        CASE(alloc_releases_the_old_pixels),
        CASE(empty_and_boundless_shapes_are_refused),
        CASE(rows_start_on_cache_lines_where_that_costs_little),
        CASE(clearing_twice_or_nothing_is_welcome),
        CASE(shared_frames_have_the_same_pixels_and_their_own_metadata),
        CASE(lent_memory_stays_the_callers),
        CASE(invalid_frames_are_refused_with_a_reason),
        CASE(bytes_are_packed_and_never_wrap),
        CASE(seconds_are_ticks_of_the_time_base),
        CASE(converted_frames_keep_timing_and_metadata),
        CASE(frames_of_the_callers_memory_convert),
        CASE(no_memory_leaves_nothing_half_made),
        CASE(any_height_divides_into_parts_that_hold_it_all),
    };
    return cmocka_run_group_tests_name("frame", cases, NULL, NULL);
}
