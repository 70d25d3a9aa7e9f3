/* SPDX-License-Identifier: MIT */
/*
 * Does every frame on a fresh reader equal that of a pass?   video-exact FILE [all]
 * Reads every index of a file under 64 frames, or with "all"; else some of each tenth, the last ones, and 16 others. Prints
 * "ok COUNT", or the first frame that differs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <mim/mim.h>

static struct mim_error err;

static void
fail(const char *text, uint64_t frame)
{
    printf("%s frame %" PRIu64 ": %s\n", text, frame, err.message);
    exit(1);
}

static uint64_t
hash_frame(const struct mim_frame *frame)
{
    uint64_t hash = 14695981039346656037u ^ (uint64_t)frame->pts;
    size_t row = (size_t)frame->width * frame->channels * mim_sample_size(frame->sample);
    for (uint32_t y = 0; y < frame->height; y++)
        for (size_t x = 0; x < row; x++)
            hash = (hash ^ ((const uint8_t *)frame->data)[y * frame->stride + x]) * 1099511628211u;
    return hash;
}

static struct mim_reader *
open_reader(struct mim_context *context, const char *path)
{
    struct mim_reader *reader;
    if (mim_reader_open_uri(&reader, context, path, NULL, &err) != MIM_OK)
        fail("cannot open for", 0);
    return reader;
}

static void
check_fresh(struct mim_context *context, const char *path, uint64_t i, uint64_t expected)
{
    struct mim_frame frame = { 0 };
    struct mim_reader *reader = open_reader(context, path);
    if (mim_reader_read(reader, i, &frame, &err) != MIM_OK)
        fail("cannot read", i);
    if (hash_frame(&frame) != expected)
        fail("a fresh reader differs at", i);
    mim_reader_close(reader);
    mim_frame_clear(&frame);
}

static void
check_backwards(struct mim_context *context, const char *path, const uint64_t *hashes, uint64_t count)
{
    struct mim_frame frame = { 0 };
    struct mim_reader *reader = open_reader(context, path);
    for (uint64_t i = count; i-- > 0;)
        if (mim_reader_read(reader, i, &frame, &err) != MIM_OK || hash_frame(&frame) != hashes[i])
            fail("reading backwards differs at", i);
    mim_reader_close(reader);
    mim_frame_clear(&frame);
}

int
main(int argc, char **argv)
{
    static uint64_t hashes[4096];
    struct mim_context *context;
    struct mim_frame frame = { 0 };
    uint64_t count = 0, seed = 1;
    int is_all = argc > 2;

    /* the parsers inside libavformat 61 print to a log that only its owner can set */
    if (argc < 2 || mim_context_create(&context, &(struct mim_context_options){ .owns_process = 1 }, &err) != MIM_OK ||
        mim_context_set_threads(context, 2, &err) != MIM_OK)
        return 2;
    struct mim_reader *reader = open_reader(context, argv[1]);
    while (count < 4096 && mim_reader_next(reader, &frame, &err) == MIM_OK)
        hashes[count++] = hash_frame(&frame);
    mim_reader_close(reader);
    mim_frame_clear(&frame);

    for (uint64_t i = 0; i < count; i++)
        if (is_all || count < 64 || i + 2 > count || i % 10 == 9 || i % 10 < 2)
            check_fresh(context, argv[1], i, hashes[i]);
    for (int n = 0; n < 16 && count; n++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        check_fresh(context, argv[1], (seed >> 33) % count, hashes[(seed >> 33) % count]);
    }
    check_backwards(context, argv[1], hashes, count < 200 ? count : 0);
    mim_context_destroy(context);
    printf("ok %" PRIu64 "\n", count);
    return 0;
}
