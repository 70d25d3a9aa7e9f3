/* SPDX-License-Identifier: MIT */
/* The LZW decoder compared with giflib's. */
#include "oracle.h"

#include <gif_lib.h>

#include "lzw/unlzw.h"
#include "random.h"

static struct gif_unlzw decoder;

static enum gif_unlzw_verdict
unpack_codes(uint32_t code_size, const struct mim_test_bytes *codes, uint8_t *out, size_t size, size_t step)
{
    enum gif_unlzw_verdict verdict;
    /* of the exact size, so that a sanitizer detects any overrun */
    uint8_t *tight = malloc(codes->size ? codes->size : 1), *tight_out = malloc(size);

    CHECK(tight && tight_out);
    if (codes->size)
        memcpy(tight, codes->data, codes->size);
    gif_unlzw_start(&decoder, code_size, tight, codes->size, tight_out, size);
    while ((verdict = gif_unlzw_run(&decoder, step)) == GIF_UNLZW_MORE)
        ;
    memcpy(out, tight_out, decoder.at.out - tight_out);
    free(tight);
    free(tight_out);
    return verdict;
}

enum kind { NOISE, FLAT, RUNS, SMOOTH, STRIPES, KINDS };

static void
paint_indices(uint8_t *indices, uint32_t width, uint32_t height, uint32_t bits, enum kind kind, uint64_t *seed)
{
    uint32_t mask = (1U << bits) - 1, value = 0;

    for (size_t i = 0; i < (size_t)width * height; i++) {
        uint32_t random = next_random(seed);
        switch (kind) {
        case NOISE:
            value = random;
            break;
        case RUNS:
            value = random % 50 ? value : random >> 8;
            break;
        case SMOOTH:
            value = (i % width + i / width + random % 3) / 4;
            break;
        case STRIPES:
            value = i % 3;
            break;
        default:
            break;
        }
        indices[i] = value & mask;
    }
}

static void
compare_with_giflib(const uint8_t *indices, uint32_t width, uint32_t height, uint32_t bits, size_t step)
{
    struct mim_test_bytes file = oracle_pack(indices, width, height, bits);
    size_t offset = oracle_code_size_offset(bits), size = (size_t)width * height;
    struct mim_test_bytes codes = oracle_codes(&file, offset);
    uint8_t *out = malloc(size);

    CHECK(out);
    CHECK(unpack_codes(file.data[offset], &codes, out, size, step) == GIF_UNLZW_DONE);
    CHECK(!memcmp(out, indices, size));
    free(out);
    free(codes.data);
    free(file.data);
}

static void
matches_giflib_for_every_depth_and_kind(void)
{
    static uint8_t indices[400 * 300];
    uint64_t seed = 1;

    for (uint32_t bits = 1; bits <= 8; bits++) {
        for (enum kind kind = NOISE; kind < KINDS; kind++) {
            paint_indices(indices, 400, 300, bits, kind, &seed);
            compare_with_giflib(indices, 400, 300, bits, SIZE_MAX);
            compare_with_giflib(indices, 400, 300, bits, 1000);
        }
    }
}

static void
matches_giflib_for_small_images(void)
{
    uint8_t indices[40 * 40];
    uint64_t seed = 2;

    for (uint32_t i = 0; i < 3000; i++) {
        uint32_t width = 1 + next_random(&seed) % 40, height = 1 + next_random(&seed) % 40, bits = 1 + i % 8;
        paint_indices(indices, width, height, bits, i % KINDS, &seed);
        compare_with_giflib(indices, width, height, bits, 1 + i % 50);
    }
}

/* One colour fills the table with strings of up to 4000 bytes. */
static void
unpacks_the_longest_strings(void)
{
    enum { SIDE = 4000 };
    uint8_t *indices = calloc(SIDE, SIDE);

    CHECK(indices);
    compare_with_giflib(indices, SIDE, SIDE, 2, SIZE_MAX);
    free(indices);
}

static void
reports_truncated_codes_at_every_length(void)
{
    static uint8_t indices[60 * 50], out[60 * 50];
    uint64_t seed = 3;

    paint_indices(indices, 60, 50, 6, SMOOTH, &seed);
    struct mim_test_bytes file = oracle_pack(indices, 60, 50, 6);
    struct mim_test_bytes codes = oracle_codes(&file, oracle_code_size_offset(6));
    size_t whole = codes.size, before = 0;
    for (codes.size = 0; codes.size < whole; codes.size++) {
        enum gif_unlzw_verdict verdict = unpack_codes(6, &codes, out, sizeof out, SIZE_MAX);
        size_t done = decoder.at.out - decoder.at.start;
        CHECK(verdict == (done == sizeof out ? GIF_UNLZW_DONE : GIF_UNLZW_SHORT));
        CHECK(done >= before && !memcmp(out, indices, done));
        CHECK(verdict == GIF_UNLZW_SHORT || codes.size + 2 >= whole); /* only the end code is missing */
        before = done;
    }
    free(codes.data);
    free(file.data);
}

/*
 * giflib accepts any undefined code as the next one. Images that both decode are equal, and we refuse what giflib
 * refuses.
 */
static void
agrees_with_giflib_on_damaged_codes(void)
{
    static uint8_t indices[37 * 29], ours[sizeof indices], theirs[sizeof indices];
    uint64_t seed = 4;
    unsigned refused = 0, unpacked = 0;

    for (uint32_t bits = 1; bits <= 8; bits++) {
        uint32_t code_size = bits < 2 ? 2 : bits;
        paint_indices(indices, 37, 29, bits, bits % KINDS, &seed);
        struct mim_test_bytes file = oracle_pack(indices, 37, 29, bits);
        struct mim_test_bytes codes = oracle_codes(&file, oracle_code_size_offset(bits));
        for (size_t bit = 0; bit < codes.size * 8; bit++) {
            codes.data[bit / 8] ^= 1 << bit % 8;
            struct mim_test_bytes damaged = oracle_wrap(codes.data, codes.size, 37, 29, bits);
            int answer = oracle_unpack(&damaged, theirs, 37, 29);
            enum gif_unlzw_verdict verdict = unpack_codes(code_size, &codes, ours, sizeof ours, 100);
            CHECK(verdict != GIF_UNLZW_DONE || answer == GIF_OK);
            CHECK(verdict != GIF_UNLZW_DONE || !memcmp(ours, theirs, sizeof ours));
            CHECK(verdict == GIF_UNLZW_DONE || verdict == GIF_UNLZW_BAD || answer == GIF_ERROR);
            refused += verdict != GIF_UNLZW_DONE;
            unpacked += verdict == GIF_UNLZW_DONE;
            codes.data[bit / 8] ^= 1 << bit % 8;
            free(damaged.data);
        }
        free(codes.data);
        free(file.data);
    }
    CHECK(refused > 100 && unpacked > 100);
}

static void
survives_noise(void)
{
    uint8_t noise[300], out[5000];
    uint64_t seed = 5;

    for (unsigned i = 0; i < 20000; i++) {
        struct mim_test_bytes codes = { .data = noise, .size = next_random(&seed) % sizeof noise };
        for (size_t k = 0; k < codes.size; k++)
            noise[k] = next_random(&seed) >> (i % 3 ? 8 : 16);
        enum gif_unlzw_verdict verdict = unpack_codes(1 + i % 8, &codes, out, 1 + next_random(&seed) % sizeof out, 64);
        CHECK(verdict >= GIF_UNLZW_DONE && verdict <= GIF_UNLZW_BAD);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(matches_giflib_for_every_depth_and_kind),
        CASE(matches_giflib_for_small_images),
        CASE(unpacks_the_longest_strings),
        CASE(reports_truncated_codes_at_every_length),
        CASE(agrees_with_giflib_on_damaged_codes),
        CASE(survives_noise),
    };
    return cmocka_run_group_tests_name("unlzw", cases, NULL, NULL);
}
