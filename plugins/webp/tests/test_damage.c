/* SPDX-License-Identifier: MIT */
/* Cuts files at every byte, and changes every byte. */
#include "session.h"

enum { SIDE = 6, FRAMES = 3 };

/* A source of `count` frames, with metadata behind them. Returns where these begin. */
static uint64_t
make_source(struct mim_test_host *host, uint32_t count)
{
    uint8_t frames[FRAMES * SIDE * SIDE * 4];
    const struct animation animation = { SIDE, SIDE, 4, count, frames, 0, "<x:xmpmeta/>", NULL };

    for (uint32_t i = 0; i < sizeof frames; i++)
        frames[i] = (uint8_t)(i / 4 * i / 4 % 7 * 36);
    CHECK(write_animation(host, &animation) == MIM_OK);
    use_as_source(host);
    return host->source.size - 8 - 12;
}

static void
check_cuts(uint32_t count)
{
    struct mim_test_host host = { 0 };
    uint64_t metadata = make_source(&host, count), whole = host.source.size, frames;

    CHECK(mim_test_read_all(&host, &webp_reader_ops, &frames) == MIM_OK && frames == count && !host.notices[MIM_NOTICE_METADATA]);
    for (uint64_t size = 0; size < whole; size++) {
        host.source.size = size;
        int32_t status = mim_test_read_all(&host, &webp_reader_ops, &frames);
        bool is_told = host.notices[MIM_NOTICE_METADATA] > 0;
        CHECK(frames <= count);
        CHECK(frames == count || status == MIM_TRUNCATED);
        CHECK(status == MIM_OK || status == MIM_TRUNCATED);
        CHECK(status != MIM_OK || is_told);
        CHECK(size <= metadata + 8 || status == MIM_OK);
        mim_test_host_forget(&host);
    }
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

static void
a_cut_picture_is_truncated(void)
{
    check_cuts(1);
}

static void
a_cut_animation_is_truncated(void)
{
    check_cuts(FRAMES);
}

/* The application may want rows of a cut frame: then there are frames that end early, and all the others. */
static void
a_cut_frame_may_be_kept(void)
{
    struct mim_test_host host = { 0 };
    uint64_t whole, frames, kept, more = 0;

    make_source(&host, FRAMES);
    whole = host.source.size;
    for (host.source.size = 0; host.source.size < whole; host.source.size++) {
        host.keeps_damaged = false;
        mim_test_read_all(&host, &webp_reader_ops, &frames);
        mim_test_host_forget(&host);
        host.keeps_damaged = true;
        int32_t status = mim_test_read_all(&host, &webp_reader_ops, &kept);
        CHECK(status == MIM_OK ? kept == FRAMES : status == MIM_TRUNCATED);
        CHECK(kept == frames || kept == frames + 1);
        more += kept - frames;
        mim_test_host_forget(&host);
    }
    CHECK(more > FRAMES);
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

/* No flipped bit leaves memory behind, and none gives more frames. */
static void
flipped_bits_are_survived(void)
{
    struct mim_test_host host = { 0 };
    uint64_t frames;

    make_source(&host, FRAMES);
    for (uint64_t bit = 0; bit < 8 * host.source.size; bit++) {
        host.source.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        mim_test_read_all(&host, &webp_reader_ops, &frames);
        CHECK(frames <= FRAMES);
        CHECK(atomic_load(&host.allocated) == 0 && atomic_load(&host.reserved) == 0);
        mim_test_host_forget(&host);
        host.source.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_cut_picture_is_truncated),
        CASE(a_cut_animation_is_truncated),
        CASE(a_cut_frame_may_be_kept),
        CASE(flipped_bits_are_survived),
    };
    return cmocka_run_group_tests_name("webp damage", cases, NULL, NULL);
}
