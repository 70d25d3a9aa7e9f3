/* SPDX-License-Identifier: MIT */
/* Headers with false claims: they are refused before memory is allocated, and can be inspected safely. */
#include <stdlib.h>
#include <time.h>

#include "faults.h"
#include "subject.h"

#define LITTLE_MEMORY (2u << 20)

struct file {
    unsigned char bytes[1 << 14];
    size_t size;
};

static void
put16(struct file *file, unsigned value)
{
    file->bytes[file->size++] = (unsigned char)value;
    file->bytes[file->size++] = (unsigned char)(value >> 8);
}

static void
put32(struct file *file, uint32_t value)
{
    put16(file, value & 0xffff);
    put16(file, value >> 16);
}

static void
put_bytes(struct file *file, const void *bytes, size_t size)
{
    memcpy(file->bytes + file->size, bytes, size);
    file->size += size;
}

/* A GIF with a black pixel in the corner of a screen of any claimed size. */
static struct file
gif_claiming(unsigned width, unsigned height)
{
    static const unsigned char table[] = { 0x80, 0, 0, 0, 0, 0, 255, 255, 255 };
    static const unsigned char image[] = { 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b };
    struct file file = { 0 };
    put_bytes(&file, "GIF89a", 6);
    put16(&file, width);
    put16(&file, height);
    put_bytes(&file, table, sizeof table);
    put_bytes(&file, image, sizeof image);
    return file;
}

enum { SHORT = 3, LONG = 4 };
struct entry {
    unsigned tag, type;
    uint32_t count, value;
};

/* A classic little-endian file of one directory at byte 8, followed by `next`; other data are at byte 512. */
static struct file
tiff_of(const struct entry *entries, unsigned count, uint32_t next)
{
    struct file file = { 0 };
    put_bytes(&file, "II*\0\10\0\0\0", 8);
    put16(&file, count);
    for (unsigned i = 0; i < count; i++) {
        put16(&file, entries[i].tag);
        put16(&file, entries[i].type);
        put32(&file, entries[i].count);
        put32(&file, entries[i].value);
    }
    put32(&file, next);
    file.size = 512 + 64;
    return file;
}

/* A gray picture of 8 x 8 pixels, unless an entry of `odd` changes it. */
static struct file
tiff_with(const struct entry *odd, unsigned odd_count, uint32_t next)
{
    struct entry entries[] = { { 256, LONG, 1, 8 },  { 257, LONG, 1, 8 },  { 258, SHORT, 1, 8 },
                               { 259, SHORT, 1, 1 }, { 262, SHORT, 1, 1 }, { 273, LONG, 1, 512 },
                               { 277, SHORT, 1, 1 }, { 278, LONG, 1, 8 },  { 279, LONG, 1, 64 } };
    unsigned count = sizeof entries / sizeof *entries;
    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < odd_count; k++)
            if (entries[i].tag == odd[k].tag)
                entries[i] = odd[k];
    return tiff_of(entries, count, next);
}

static struct file
tiff_claiming(uint32_t width, uint32_t height, unsigned compression)
{
    const struct entry odd[] = {
        { 256, LONG, 1, width }, { 257, LONG, 1, height }, { 259, SHORT, 1, compression }, { 278, LONG, 1, height }
    };
    return tiff_with(odd, 4, 0);
}

struct answer {
    enum mim_status status;
    uint64_t frames;
    struct mim_frame_facts first;
    enum mim_status first_status;
    struct fault_memory asked;
    struct mim_error err;
};

/* Reads the facts of the first frame, then all frames within the default budgets. */
static struct answer
ask(const void *data, size_t size, const struct mim_limits *limits)
{
    struct mim_read_options options = { 0 };
    struct mim_context *context = NULL;
    struct mim_source *source = NULL;
    struct mim_reader *reader = NULL;
    struct mim_frames frames = { 0 };
    struct answer answer = { .first_status = MIM_OK };

    if (limits)
        options.open.control.limits = *limits;
    CHECK(subject_context(&context, 1) == MIM_OK);
    CHECK(mim_context_load_plugin(context, "gif", NULL) == MIM_OK &&
          mim_context_load_plugin(context, "tiff", NULL) == MIM_OK);
    CHECK(mim_source_open_memory(&source, data, size, NULL) == MIM_OK);
    fault_memory_reset();
    answer.first_status = mim_reader_open(&reader, context, source, NULL, &answer.err);
    if (answer.first_status == MIM_OK)
        answer.first_status = mim_reader_info(reader, 0, &answer.first, &answer.err);
    mim_reader_close(reader);

    answer.err = (struct mim_error){ 0 };
    answer.status = mim_read_source(context, source, &options, &frames, &answer.err);
    answer.asked = fault_memory_asked();
    answer.frames = frames.count;
    mim_frames_clear(&frames);
    mim_source_close(source);
    mim_context_destroy(context);
    return answer;
}

static struct answer
ask_within(const struct file *file, const struct mim_limits *limits)
{
    return ask(file->bytes, file->size, limits);
}

static struct answer
ask_file(const struct file *file)
{
    return ask_within(file, NULL);
}

static void
a_gif_of_huge_size_is_refused_before_allocation(void)
{
    struct file file = gif_claiming(65535, 65535);
    struct answer answer = ask_file(&file);
    CHECK(file.size <= 49);
    CHECK(answer.first_status == MIM_OK && answer.first.width == 65535 && answer.first.height == 65535);
    CHECK(answer.status == MIM_LIMIT);
    CHECK(answer.err.needed > answer.err.allowed);
    CHECK(answer.asked.largest <= LITTLE_MEMORY);
    CHECK(answer.asked.peak <= LITTLE_MEMORY);
}

static void
a_tiff_of_a_gigasample_is_refused_before_allocation(void)
{
    static const unsigned compressions[] = { 1, 5, 8, 32773 };
    for (size_t i = 0; i < sizeof compressions / sizeof *compressions; i++) {
        struct file file = tiff_claiming(1 << 15, 1 << 15, compressions[i]);
        struct answer answer = ask_file(&file);
        CHECK(answer.first_status == MIM_OK && answer.first.width == 1 << 15);
        CHECK(answer.status == MIM_LIMIT);
        CHECK(answer.asked.largest <= LITTLE_MEMORY);
        CHECK(answer.asked.peak <= LITTLE_MEMORY);
    }
}

/* A limit of pixels would be useless without considering channels. */
static void
channels_count_as_pixels(void)
{
    const struct entry odd[] = { { 256, LONG, 1, 4096 }, { 257, LONG, 1, 4096 }, { 277, SHORT, 1, 65535 } };
    struct file file = tiff_with(odd, 3, 0);
    struct answer answer = ask_within(&file, &(struct mim_limits){ .result_bytes = MIM_NO_LIMIT });
    CHECK(answer.status == MIM_LIMIT);
    CHECK(answer.asked.largest <= LITTLE_MEMORY);
}

/* Aligning rows to cache lines would use 64 times the memory charged to the budget. */
static void
a_picture_one_pixel_wide_has_no_gaps(void)
{
    struct file file = tiff_claiming(1, 1 << 24, 8);
    struct answer answer = ask_file(&file);
    CHECK(answer.status == MIM_CORRUPT || answer.status == MIM_TRUNCATED);
    CHECK(answer.asked.largest <= (3u << 23));
}

/* The size of 2^16 x 2^16 pixels of 2^16 channels of 8 bytes overflows 64 bits. */
static void
a_picture_whose_size_overflows_is_refused(void)
{
    const struct entry odd[] = { { 256, LONG, 1, UINT32_MAX },
                                 { 257, LONG, 1, UINT32_MAX },
                                 { 258, SHORT, 1, 64 },
                                 { 277, SHORT, 1, 65535 },
                                 { 278, LONG, 1, UINT32_MAX } };
    struct file file = tiff_with(odd, 5, 0);
    struct answer answer = ask_file(&file);
    CHECK(answer.status != MIM_OK && answer.status != MIM_NOMEM && !answer.frames);
    CHECK(answer.asked.largest <= LITTLE_MEMORY);
}

static void
a_whole_page_is_read(void)
{
    struct file file = tiff_with(NULL, 0, 0);
    struct answer answer = ask_file(&file);
    CHECK(answer.status == MIM_OK && answer.frames == 1);
}

static void
a_loop_of_pages_is_corrupt(void)
{
    struct file file = tiff_with(NULL, 0, 8);
    struct answer answer = ask_file(&file);
    CHECK(answer.status == MIM_CORRUPT && !answer.frames);

    file = tiff_with(NULL, 0, 256); /* the second page links back to the first */
    memcpy(file.bytes + 256, file.bytes + 8, 2 + 9 * 12);
    file.bytes[256 + 2 + 9 * 12] = 8;
    answer = ask_file(&file);
    CHECK(answer.status == MIM_CORRUPT && !answer.frames);
}

static void
a_page_beyond_the_end_ends_the_pages(void)
{
    struct file file = tiff_with(NULL, 0, 0x7ffffff0);
    struct answer answer = ask_file(&file);
    CHECK(answer.status == MIM_OK && answer.frames == 1);
}

/* Each tag in turn claims too many values, or values beyond the end. Any status is fine, but no large allocation. */
static void
false_counts_and_offsets_allocate_no_memory(void)
{
    static const unsigned tags[] = { 256, 257, 258, 259, 262, 273, 277, 278, 279 };
    static const uint32_t counts[] = { 0, 2, 0xffff, 0x10000, 0x7fffffff, 0xffffffff };
    static const uint32_t values[] = { 0, 8, 512, 575, 576, 0x7fffffff, 0xffffffff };
    long failures = 0;
    for (size_t tag = 0; tag < sizeof tags / sizeof *tags; tag++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            for (size_t k = 0; k < sizeof values / sizeof *values; k++)
                for (unsigned type = 0; type < 20; type++) {
                    const struct entry odd = { tags[tag], type, counts[i], values[k] };
                    struct file file = tiff_with(&odd, 1, 0);
                    struct answer answer = ask_within(&file, &(struct mim_limits){ .result_bytes = 4u << 20 });
                    if (answer.status != MIM_NOMEM && answer.asked.peak <= 16u << 20)
                        continue;
                    failures++;
                    print_message("# tag %u, type %u, count %#x, value %#x: %s, %llu bytes: %s\n", tags[tag], type,
                                  counts[i], values[k], mim_status_name(answer.status),
                                  (unsigned long long)answer.asked.peak, answer.err.message);
                }
    CHECK(!failures);
}

static void
a_missing_strip_is_an_error(void)
{
    const struct entry claims[] = {
        { 273, LONG, 1, 576 }, { 273, LONG, 1, 513 }, { 273, LONG, 1, 0x7fffffff }, { 273, LONG, 1, 0xffffffff }
    };
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        struct file file = tiff_with(&claims[i], 1, 0);
        struct answer answer = ask_file(&file);
        CHECK(answer.status == MIM_TRUNCATED || answer.status == MIM_CORRUPT);
        CHECK(!answer.frames);
    }
}

/* One of two strips is too short: the missing bytes must not be read from beyond it. */
static void
a_short_strip_is_an_error(void)
{
    const struct entry odd[] = { { 273, LONG, 2, 256 }, { 278, LONG, 1, 4 }, { 279, LONG, 2, 264 } };
    static const uint32_t numbers[] = { 512, 544, 32, 7 };
    struct file file = tiff_with(odd, 3, 0);
    size_t size = file.size;
    file.size = 256;
    for (size_t i = 0; i < 4; i++)
        put32(&file, numbers[i]);
    file.size = size;
    struct answer answer = ask_file(&file);
    CHECK(answer.status == MIM_CORRUPT || answer.status == MIM_TRUNCATED);
    CHECK(!answer.frames);
}

static double
seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

#define MANY 100000

/* One pixel per frame on a screen of 10 000 x 10 000: 40 TB of pixels in a file of 2.4 MB. */
static void
many_small_rectangles_on_a_large_screen_are_counted_and_refused(void)
{
    static const unsigned char frame[] = { 0x21, 0xf9, 4, 0, 1, 0, 0, 0, 0x2c, 0, 0, 0,
                                           0,    1,    0, 1, 0, 0, 2, 2, 0x44, 1, 0 };
    struct file head = gif_claiming(10000, 10000);
    size_t start = head.size - 16, size = start + MANY * sizeof frame + 1;
    unsigned char *data = malloc(size);
    CHECK(data);
    memcpy(data, head.bytes, start);
    for (size_t i = 0; i < MANY; i++)
        memcpy(data + start + i * sizeof frame, frame, sizeof frame);
    data[size - 1] = 0x3b;

    double before = seconds();
    struct answer answer = ask(data, size, NULL);
    CHECK(answer.first_status == MIM_OK && answer.first.width == 10000);
    CHECK(answer.status == MIM_LIMIT && !answer.frames);
    CHECK(answer.asked.peak <= 32u << 20); /* an index of frames, but no pixels */
    CHECK(seconds() - before < 20);
    free(data);
}

int
main(void)
{
    static const struct CMUnitTest cases[] = {
        CASE(a_gif_of_huge_size_is_refused_before_allocation),
        CASE(a_tiff_of_a_gigasample_is_refused_before_allocation),
        CASE(channels_count_as_pixels),
        CASE(a_picture_one_pixel_wide_has_no_gaps),
        CASE(a_picture_whose_size_overflows_is_refused),
        CASE(a_whole_page_is_read),
        CASE(a_loop_of_pages_is_corrupt),
        CASE(a_page_beyond_the_end_ends_the_pages),
        CASE(false_counts_and_offsets_allocate_no_memory),
        CASE(a_missing_strip_is_an_error),
        CASE(a_short_strip_is_an_error),
        CASE(many_small_rectangles_on_a_large_screen_are_counted_and_refused),
    };
    return cmocka_run_group_tests_name("hostile headers", cases, NULL, NULL);
}
