/* SPDX-License-Identifier: MIT */
/*
 * The mission page's lines on long videos, in C.   video-mission FILE BYTES
 * FILE is larger, decoded, than the default budget; it takes BYTES of pixels. Says "ok", or which claim is wrong.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mim/mim.h>

#define CLAIM(claim) \
    do { \
        if (!(claim)) { \
            printf("line %d: %s: %s\n", __LINE__, #claim, err.message); \
            exit(1); \
        } \
    } while (0)

#define DEFAULT_BUDGET 256000000u

static struct mim_error err;

struct counted {
    FILE *file;
    int64_t size;
    uint64_t read;
};

static int64_t
read_counted(void *user, void *data, size_t size, uint64_t offset)
{
    struct counted *counted = user;
    if (fseek(counted->file, (long)offset, SEEK_SET) != 0)
        return -1;
    size_t got = fread(data, 1, size, counted->file);
    counted->read += got;
    return (int64_t)got;
}

static int64_t
size_counted(void *user)
{
    const struct counted *counted = user;
    return counted->size;
}

static void
the_default_budget_refuses_a_long_video(struct mim_context *context, const char *path, uint64_t bytes)
{
    struct mim_frames frames = { 0 };
    CLAIM(mim_read(context, path, NULL, &frames, &err) == MIM_LIMIT);
    CLAIM(err.allowed == DEFAULT_BUDGET && err.needed > DEFAULT_BUDGET && err.needed <= bytes);
    CLAIM(frames.count == 0 && !frames.frames);
}

static void
a_larger_budget_reads_it_whole(struct mim_context *context, const char *path, uint64_t bytes)
{
    struct mim_frames frames = { 0 };
    struct mim_read_options options = { 0 };
    uint64_t sum = 0;

    options.open.control.limits.result_bytes = 1000000000;
    CLAIM(mim_read(context, path, &options, &frames, &err) == MIM_OK);
    for (size_t i = 0; i < frames.count; i++)
        sum += (uint64_t)frames.frames[i].width * frames.frames[i].height * frames.frames[i].channels;
    CLAIM(sum == bytes);
    mim_frames_clear(&frames);
}

static void
the_first_101_frames_and_a_quick_close_read_no_more_than_that(struct mim_context *context, const char *path)
{
    struct counted counted = { .file = fopen(path, "rb") };
    struct mim_source *source = NULL;
    struct mim_reader *reader = NULL;
    struct mim_frame frame = { 0 };

    CLAIM(counted.file && fseek(counted.file, 0, SEEK_END) == 0);
    counted.size = ftell(counted.file);
    const struct mim_source_calls calls = { .read = read_counted, .size = size_counted, .user = &counted };
    CLAIM(mim_source_open_calls(&source, &calls, path, &err) == MIM_OK);
    CLAIM(mim_reader_open(&reader, context, source, NULL, &err) == MIM_OK);
    for (uint64_t i = 0; i <= 100; i++)
        CLAIM(mim_reader_next(reader, &frame, &err) == MIM_OK && frame.index == i);
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_source_close(source);
    fclose(counted.file);
    CLAIM(counted.read < (uint64_t)counted.size / 2); /* the file has four times as many */
}

int
main(int argc, char **argv)
{
    struct mim_context *context = NULL;
    if (argc != 3)
        return 2;
    uint64_t bytes = strtoull(argv[2], NULL, 10);
    CLAIM(mim_context_create(&context, NULL, &err) == MIM_OK);
    CLAIM(mim_context_set_threads(context, 2, &err) == MIM_OK);
    the_default_budget_refuses_a_long_video(context, argv[1], bytes);
    a_larger_budget_reads_it_whole(context, argv[1], bytes);
    the_first_101_frames_and_a_quick_close_read_no_more_than_that(context, argv[1]);
    mim_context_destroy(context);
    puts("ok");
    return 0;
}
