/* SPDX-License-Identifier: MIT */
/* Rows of YUV: every processor gives the same results. tests/peers compares them with the formula. */
#include <string.h>

#include <mim/kit/test-case.h>

#include "read/yuv-rows.h"

static uint64_t seed = 1;

static uint32_t
next_random(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33);
}

static void
fill_randomly(void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)next_random();
}

/* Gains of the largest sums: BT.2020, limited range. */
static struct video_yuv_gains
make_gains(bool is_wide, int depth)
{
    int32_t unit = is_wide ? (65535 << 13) / (219 << (depth - 8)) : 9539;
    return (struct video_yuv_gains){ .luma = unit,
                                     .red_v = unit * 12 / 8,
                                     .green_u = -unit / 5,
                                     .green_v = -unit * 2 / 3,
                                     .blue_u = unit * 18 / 10,
                                     .bias = is_wide ? 4096 - (16 << (depth - 8)) * unit : 17 - 596 };
}

struct rows {
    uint16_t luma[VIDEO_YUV_BLOCK], chroma[2][4][VIDEO_YUV_BLOCK];
};

/* Samples of damaged pictures may exceed the depth. */
static void
make_rows(struct rows *rows, int depth, bool is_damaged)
{
    fill_randomly(rows, sizeof *rows);
    uint16_t *samples = rows->luma, mask = (uint16_t)(depth > 8 && !is_damaged ? (1 << depth) - 1 : 0xffff);
    for (size_t i = 0; i < sizeof *rows / sizeof *samples; i++)
        samples[i] &= mask;
}

/* Fills `out` with a row as the given loops convert it. Bytes behind the row stay as they are. */
static void
convert_row(const struct video_yuv_loops *loops, bool is_wide, int depth, int channels, int count, int shift_x,
            bool is_interpolated, const struct rows *rows, uint16_t *out)
{
    static struct video_yuv_block block;
    struct video_yuv_gains gains = make_gains(is_wide, depth);
    int shift = is_wide ? 0 : 16 - depth;

    for (int plane = 0; plane < 2; plane++) {
        struct video_yuv_chroma chroma = { .gray = 1 << (depth - 1),
                                           .shift = shift,
                                           .is_interpolated = is_interpolated };
        for (int i = 0; i < 4; i++)
            chroma.rows[i] = rows->chroma[plane][i];
        loops->load[depth > 8](&chroma, -(-count >> shift_x), plane ? block.v : block.u);
    }
    loops->share(&block, &gains, count, shift_x);
    loops->add[depth > 8][channels](&block, &gains, rows->luma, shift, count, out);
}

/* Converts a row as one of a pair, whose other row is the same. */
static void
convert_pair(const struct video_yuv_loops *loops, int channels, int width, const struct rows *rows, uint16_t *out)
{
    static uint8_t other[VIDEO_YUV_BLOCK * 4];
    const struct video_yuv_gains gains = make_gains(false, 8);
    const uint8_t *luma = (const uint8_t *)rows->luma;
    const struct video_yuv_pair pair = { .luma = { luma, luma },
                                         .u = (const uint8_t *)rows->chroma[0][0],
                                         .v = (const uint8_t *)rows->chroma[1][0],
                                         .out = { (uint8_t *)out, other } };
    loops->pair[channels](&pair, &gains, width);
    CHECK(memcmp(out, other, (size_t)width * (size_t)channels) == 0);
}

static void
check_pairs(const struct video_yuv_loops *loops)
{
    static uint16_t expected[VIDEO_YUV_BLOCK * 4 + 64], got[VIDEO_YUV_BLOCK * 4 + 64];
    static struct rows rows;

    for (unsigned round = 0; round < 1000; round++) {
        int width = VIDEO_YUV_PAIR_WIDTH + 2 * (int)(next_random() % ((VIDEO_YUV_BLOCK - VIDEO_YUV_PAIR_WIDTH) / 2 + 1));
        int channels = 3 + (int)(next_random() & 1);
        make_rows(&rows, 8, false);
        memset(expected, 77, sizeof expected);
        memset(got, 77, sizeof got);
        convert_row(&video_yuv_portable[0], false, 8, channels, width, 1, false, &rows, expected);
        convert_pair(loops, channels, width, &rows, got);
        CHECK(memcmp(expected, got, sizeof got) == 0);
    }
}

static void
check_processor(const struct video_yuv_loops *loops)
{
    static const int depths[] = { 8, 10, 12, 14 }, channels[] = { 1, 3, 4 };
    static uint16_t expected[VIDEO_YUV_BLOCK * 4 + 64], got[VIDEO_YUV_BLOCK * 4 + 64];
    static struct rows rows;

    for (unsigned round = 0; round < 2000; round++) {
        bool is_wide = round & 1, is_interpolated = round & 2;
        int depth = depths[round / 4 % 4],
            count = round % 7 ? 1 + (int)(next_random() % VIDEO_YUV_BLOCK) : VIDEO_YUV_BLOCK;
        int shift_x = (int)(next_random() & 1), pixel = channels[next_random() % 3];
        make_rows(&rows, depth, round % 5 == 0);
        memset(expected, 77, sizeof expected);
        memset(got, 77, sizeof got);
        convert_row(&video_yuv_portable[is_wide], is_wide, depth, pixel, count, shift_x, is_interpolated, &rows,
                    expected);
        convert_row(&loops[is_wide], is_wide, depth, pixel, count, shift_x, is_interpolated, &rows, got);
        CHECK(memcmp(expected, got, sizeof got) == 0);
        CHECK(((uint8_t *)got)[(size_t)count * (size_t)pixel << is_wide] == 77);
    }
}

static void
processors_give_the_same_results(void)
{
    check_processor(video_yuv_portable);
#if defined __x86_64__ || defined __i386__
    if (__builtin_cpu_supports("ssse3"))
        check_processor(video_yuv_ssse3);
    if (__builtin_cpu_supports("avx2"))
        check_processor(video_yuv_avx2);
    if (__builtin_cpu_supports("avx2"))
        check_pairs(video_yuv_avx2);
#endif
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(processors_give_the_same_results),
    };
    return cmocka_run_group_tests_name("video yuv", cases, NULL, NULL);
}
