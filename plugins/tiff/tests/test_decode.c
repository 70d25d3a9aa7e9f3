/* SPDX-License-Identifier: MIT */
/* Decoding of strips: LZW, PackBits, byte order, prefix sums. tests/fuzz compares these with libtiff. */
#include <stdlib.h>

#include <mim/kit/test-case.h>

#include "codec/lzw-decoder.h"
#include "codec/packbits.h"
#include "codec/prefix-sum.h"
#include "file/byte-order.h"

static struct tiff_lzw_decoder decoder;

/* Codes of nine bits, most significant first, in memory of exactly their size. */
static bool
unpack_codes(const uint16_t *codes, unsigned count, uint8_t *out, size_t size)
{
    size_t coded_size = (count * 9 + 7) / 8;
    uint8_t *coded = calloc(coded_size ? coded_size : 1, 1), *tight = malloc(size ? size : 1);
    for (unsigned bit = 0; bit < count * 9; bit++)
        if (codes[bit / 9] >> (8 - bit % 9) & 1)
            coded[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
    bool is_done = tiff_lzw_decode(&decoder, coded, coded_size, tight, size);
    memcpy(out, tight, size);
    free(coded);
    free(tight);
    return is_done;
}

#define UNPACK(out, size, ...) \
    unpack_codes((const uint16_t[]){ __VA_ARGS__ }, sizeof((const uint16_t[]){ __VA_ARGS__ }) / 2, out, size)

static void
strings_grow_from_earlier_output(void)
{
    uint8_t out[32];
    CHECK(UNPACK(out, 7, 256, 'a', 'b', 258, 258, 'c', 257) && !memcmp(out, "abababc", 7));
    CHECK(UNPACK(out, 10, 256, 'a', 258, 259, 260, 257) &&
          !memcmp(out, "aaaaaaaaaa", 10)); /* each code is the string added last */
    CHECK(UNPACK(out, 9, 256, 'a', 'b', 258, 260, 257) == false);
    CHECK(UNPACK(out, 8, 256, 'a', 'b', 258, 260, 'z', 257) && !memcmp(out, "abababaz", 8));
    CHECK(UNPACK(out, 4, 256, 'a', 256, 256, 'b', 258, 'c') &&
          !memcmp(out, "abbbc", 4)); /* a clear code empties the table */
}

static void
stops_when_the_output_is_full(void)
{
    uint8_t out[32];
    CHECK(UNPACK(out, 2, 256, 'a', 'b', 400) && !memcmp(out, "ab", 2)); /* an invalid code after the last byte */
    CHECK(UNPACK(out, 8, 256, 'a', 258, 259, 260) && !memcmp(out, "aaaaaaaa", 8)); /* a string cut short, no end code */
}

static void
leaves_doubtful_data_to_libtiff(void)
{
    uint8_t out[32];
    CHECK(!UNPACK(out, 2, 'a', 'b', 257));      /* no clear code first */
    CHECK(!UNPACK(out, 3, 256, 'a', 'b', 257)); /* an early end */
    CHECK(!UNPACK(out, 3, 256, 'a', 'b'));      /* an earlier one */
    CHECK(!UNPACK(out, 3, 256, 'a', 259, 'b')); /* an undefined string */
    CHECK(!UNPACK(out, 3, 256, 258, 'a', 'b')); /* a string before the first one */
    CHECK(!UNPACK(out, 3, 256, 257, 'a', 'b'));
    CHECK(!tiff_lzw_decode(&decoder, (const uint8_t *)"", 0, out, 3));
    CHECK(!tiff_lzw_decode(&decoder, (const uint8_t *)"\0\1ab", 4, out, 2)); /* from before TIFF 5.0 */
}

static void
packbits_fills_the_output_or_fails(void)
{
    uint8_t out[8];
    CHECK(tiff_packbits_decode((const uint8_t *)"\2abc\375z\200\0d", 9, out, 8) && !memcmp(out, "abczzzzd", 8));
    CHECK(tiff_packbits_decode((const uint8_t *)"\377q\2abc", 6, out, 4) &&
          !memcmp(out, "qqab", 4)); /* one byte too many */
    CHECK(!tiff_packbits_decode((const uint8_t *)"\2ab", 3, out, 3));
    CHECK(!tiff_packbits_decode((const uint8_t *)"\375", 1, out, 4));
    CHECK(!tiff_packbits_decode((const uint8_t *)"\0a\200", 3, out, 2));
}

/* Append runs and literals of every length, and codes without effect, until they expand to `size` bytes. */
static size_t
make_packbits(uint8_t *coded, uint8_t *expected, size_t size, unsigned seed)
{
    size_t used = 0;
    for (size_t at = 0; at < size; seed = seed * 1103515245u + 12345u) {
        size_t count = 1 + (seed >> 16) % ((seed >> 8) % 3 ? 20 : 128), rest = size - at;
        bool is_run = count > 1 && rest > 1 && seed >> 30 & 1;
        count = count < rest ? count : rest;
        if (seed >> 29 == 0)
            coded[used++] = 0x80;
        coded[used++] = (uint8_t)(is_run ? 1 - count : count - 1);
        for (size_t i = 0; i < count; i++, at++) {
            expected[at] = (uint8_t)(is_run ? seed >> 24 : (seed >> 24) + i * 7);
            if (!is_run || i == 0)
                coded[used++] = expected[at];
        }
    }
    return used;
}

static void
packbits_stays_within_memory_of_every_size(void)
{
    uint8_t expected[900], made[2 * sizeof expected];
    for (unsigned size = 1; size <= sizeof expected; size++) {
        size_t used = make_packbits(made, expected, size, size);
        uint8_t *coded = malloc(used), *tight = malloc(size);
        memcpy(coded, made, used);
        CHECK(tiff_packbits_decode(coded, used, tight, size) && !memcmp(tight, expected, size));
        CHECK(!tiff_packbits_decode(coded, used - 1, tight, size));
        CHECK(tiff_packbits_decode(coded, used, tight, size - 1) && !memcmp(tight, expected, size - 1));
        free(coded);
        free(tight);
    }
}

static void
swaps_bytes_by_the_size_of_samples(void)
{
    char bytes[] = "abcdefgh";
    tiff_swap(16, (uint8_t *)bytes, 8);
    CHECK(!strcmp(bytes, "badcfehg"));
    tiff_swap(64, (uint8_t *)bytes, 8);
    CHECK(!strcmp(bytes, "ghefcdab"));
    tiff_swap(32, (uint8_t *)bytes, 8);
    CHECK(!strcmp(bytes, "fehgbadc"));
    tiff_swap(24, (uint8_t *)bytes, 6);
    CHECK(!strcmp(bytes, "hefabgdc"));
    tiff_swap(12, (uint8_t *)bytes, 8);
    CHECK(!strcmp(bytes, "hefabgdc"));
}

/* The definition, a sample at a time. */
static void
sum_slowly(uint8_t *bytes, uint64_t count, unsigned size, uint32_t step)
{
    for (uint64_t i = step; i < count; i++) {
        uint64_t a = 0, b = 0;
        memcpy(&a, bytes + i * size, size); /* in either byte order, carries beyond the sample are dropped */
        memcpy(&b, bytes + (i - step) * size, size);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        a >>= 64 - 8 * size, b >>= 64 - 8 * size;
        a = (a + b) << (64 - 8 * size);
#else
        a += b;
#endif
        memcpy(bytes + i * size, &a, size);
    }
}

static void
prefix_sums_are_right_for_every_step_and_length(void)
{
    static const uint32_t depths[] = { 8, 16, 32, 64 };
    uint8_t quick[1024], slow[1024];
    for (unsigned d = 0; d < 4; d++)
        for (uint32_t step = 1; step <= 9; step++)
            for (uint64_t count = 0; count <= 70; count++)
                for (unsigned shift = 0; shift < 2; shift++) { /* rows may be unaligned */
                    unsigned size = depths[d] / 8, start = shift * size;
                    for (unsigned i = 0; i < sizeof quick; i++)
                        quick[i] = slow[i] = (uint8_t)((i + count * 7 + step) * 2654435761u >> 13);
                    tiff_prefix_sum_of(depths[d])(quick + start, count, step);
                    sum_slowly(slow + start, count, size, step);
                    CHECK(!memcmp(quick, slow, sizeof quick));
                }
    CHECK(!tiff_prefix_sum_of(12) && !tiff_prefix_sum_of(24));
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(strings_grow_from_earlier_output),   CASE(stops_when_the_output_is_full),
        CASE(leaves_doubtful_data_to_libtiff),    CASE(packbits_fills_the_output_or_fails),
        CASE(packbits_stays_within_memory_of_every_size),
        CASE(swaps_bytes_by_the_size_of_samples), CASE(prefix_sums_are_right_for_every_step_and_length),
    };
    return cmocka_run_group_tests_name("coded", cases, NULL, NULL);
}
