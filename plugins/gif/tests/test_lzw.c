/* SPDX-License-Identifier: MIT */
/* The LZW encoder, checked with giflib's decoder and ours. */
#include "oracle.h"

#include <gif_lib.h>

#include <mim/kit/test-host.h>

#include "lzw/lzw.h"
#include "lzw/unlzw.h"
#include "random.h"

static struct gif_lzw packer;
static struct gif_unlzw unpacker;

/* Encode in rows of `row` indices. Returns the code size and the sub-blocks. */
static struct mim_test_bytes
pack_indices(uint32_t code_size, const uint8_t *indices, size_t size, size_t row)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);

    CHECK(gif_lzw_begin(&job, &packer, code_size) == MIM_OK);
    for (size_t done = 0; done < size; done += row)
        CHECK(gif_lzw_add(&job, &packer, indices + done, size - done < row ? size - done : row) == MIM_OK);
    CHECK(gif_lzw_end(&job, &packer) == MIM_OK);
    CHECK(host.sink.data[0] == code_size && host.sink.data[host.sink.size - 1] == 0 && host.allocated == 0);
    return mim_test_host_take(&host);
}

static void
round_trip(uint32_t bits, const uint8_t *indices, uint32_t width, uint32_t height)
{
    size_t size = (size_t)width * height;
    struct mim_test_bytes blocks = pack_indices(bits < 2 ? 2 : bits, indices, size, width);
    struct mim_test_bytes codes = oracle_codes(&blocks, 0);
    struct mim_test_bytes file = oracle_wrap(codes.data, codes.size, width, height, bits);
    uint8_t *out = malloc(size);

    CHECK(out);
    CHECK(oracle_unpack(&file, out, width, height) == GIF_OK);
    CHECK(!memcmp(out, indices, size));
    memset(out, 0, size);
    gif_unlzw_start(&unpacker, blocks.data[0], codes.data, codes.size, out, size);
    CHECK(gif_unlzw_run(&unpacker, SIZE_MAX) == GIF_UNLZW_DONE);
    CHECK(!memcmp(out, indices, size));
    free(out);
    free(file.data);
    free(codes.data);
    free(blocks.data);
}

static void
round_trips_through_giflib_at_every_depth(void)
{
    static uint8_t indices[300 * 200];
    uint64_t seed = 1;

    for (uint32_t bits = 1; bits <= 8; bits++) {
        for (unsigned rarity = 1; rarity < 5000; rarity *= 7) {
            uint32_t value = 0;
            for (size_t i = 0; i < sizeof indices; i++) {
                value = next_random(&seed) % rarity ? value : next_random(&seed);
                indices[i] = value & ((1U << bits) - 1);
            }
            round_trip(bits, indices, 300, 200);
        }
    }
}

static void
round_trips_every_small_size(void)
{
    static uint8_t indices[5000];
    uint64_t seed = 2;

    for (uint32_t size = 1; size < sizeof indices; size += 1 + size / 300) {
        uint32_t bits = 1 + size % 8;
        for (uint32_t i = 0; i < size; i++)
            indices[i] = next_random(&seed) & ((1U << bits) - 1);
        round_trip(bits, indices, size, 1);
        round_trip(bits, indices, 1, size);
    }
}

/* The end code has the width that the decoder expects, at every length, since the width may just have grown. */
static void
ends_with_an_end_code(void)
{
    uint8_t indices[1500], out[sizeof indices + 1];
    uint64_t seed = 3;

    for (size_t i = 0; i < sizeof indices; i++)
        indices[i] = next_random(&seed) & 3;
    for (size_t size = 1; size <= sizeof indices; size++) {
        struct mim_test_bytes blocks = pack_indices(2, indices, size, size);
        struct mim_test_bytes codes = oracle_codes(&blocks, 0);
        gif_unlzw_start(&unpacker, 2, codes.data, codes.size, out, size + 1);
        CHECK(gif_unlzw_run(&unpacker, SIZE_MAX) == GIF_UNLZW_SHORT); /* not one extra pixel */
        CHECK(unpacker.at.out == out + size);
        CHECK(unpacker.at.bit_count < 8 && unpacker.at.in == unpacker.at.in_end);
        free(codes.data);
        free(blocks.data);
    }
}

static void
is_no_larger_than_giflib(void)
{
    static uint8_t indices[640 * 480];
    uint64_t seed = 4;

    for (size_t i = 0; i < sizeof indices; i++)
        indices[i] = (i % 640 / 20 + i / 640 / 30 * 7 + next_random(&seed) % 3) & 0xff;
    struct mim_test_bytes ours = pack_indices(8, indices, sizeof indices, 640);
    struct mim_test_bytes theirs = oracle_pack(indices, 640, 480, 8);
    CHECK(ours.size <= theirs.size);
    free(ours.data);
    free(theirs.data);
}

static uint64_t
count_clear_codes(uint32_t code_size, const uint8_t *indices, size_t size)
{
    struct mim_test_bytes blocks = pack_indices(code_size, indices, size, size), codes = oracle_codes(&blocks, 0);
    uint32_t width = code_size + 1, clear = 1U << code_size, next = clear + 1;
    uint64_t found = 0;

    for (size_t bit = 0; bit + width <= 8 * codes.size;) {
        uint32_t code = 0;
        for (uint32_t i = 0; i < width; i++)
            code |= (uint32_t)(codes.data[(bit + i) / 8] >> (bit + i) % 8 & 1) << i;
        bit += width;
        found += code == clear;
        next = code == clear ? clear + 1 : next + 1;
        width = code == clear ? code_size + 1 : width;
        if (code == clear + 1)
            break;
        if (next > (1U << width) - 1 && width < 12)
            width++;
    }
    free(codes.data);
    free(blocks.data);
    return found;
}

/* Repeats are so far apart that only a table that is kept finds them. */
static void
keeps_a_full_table_while_it_compresses_well(void)
{
    static uint8_t indices[400000];
    uint64_t seed = 7;

    for (size_t i = 0; i < sizeof indices; i++)
        indices[i] = i < 4000 ? next_random(&seed) % 250 : indices[i - 4000];
    uint64_t found = count_clear_codes(8, indices, sizeof indices); /* about 50 if every full table were cleared */
    CHECK(found >= 1 && found < 25);
}

static void
clears_a_full_table_when_the_data_change(void)
{
    static uint8_t indices[60000];
    uint64_t seed = 8;

    for (size_t i = 0; i < sizeof indices; i++)
        indices[i] = i < sizeof indices / 2 ? next_random(&seed) % 4 : 100 + next_random(&seed) % 4;
    uint64_t before = count_clear_codes(8, indices, sizeof indices / 2);
    CHECK(count_clear_codes(8, indices, sizeof indices) > before);
}

static void
measures_without_emitting_in_a_trial(void)
{
    static uint8_t indices[100000];
    uint64_t seed = 6;

    for (size_t size = 1; size <= sizeof indices; size = size * 3 + 1) {
        struct mim_test_host host = { 0 };
        struct mim_job job = mim_test_host_job(&host, NULL, NULL);
        for (size_t i = 0; i < size; i++)
            indices[i] = next_random(&seed) % 200;
        struct mim_test_bytes blocks = pack_indices(8, indices, size, size), codes = oracle_codes(&blocks, 0);
        packer.is_trial = true;
        packer.max_size = UINT64_MAX;
        CHECK(gif_lzw_begin(&job, &packer, 8) == MIM_OK &&
              gif_lzw_add(&job, &packer, indices, size) == MIM_OK);
        CHECK(gif_lzw_end(&job, &packer) == MIM_OK);
        packer.is_trial = false;
        CHECK(packer.size == codes.size && host.sink.size == 0);
        CHECK(mim_test_host_clear(&host));
        free(codes.data);
        free(blocks.data);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(round_trips_through_giflib_at_every_depth),
        CASE(round_trips_every_small_size),
        CASE(ends_with_an_end_code),
        CASE(is_no_larger_than_giflib),
        CASE(keeps_a_full_table_while_it_compresses_well),
        CASE(clears_a_full_table_when_the_data_change),
        CASE(measures_without_emitting_in_a_trial),
    };
    return cmocka_run_group_tests_name("lzw", cases, NULL, NULL);
}
