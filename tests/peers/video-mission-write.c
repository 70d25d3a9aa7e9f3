/* SPDX-License-Identifier: MIT */
/*
 * The mission page's lines that write videos, in C.   video-mission-write DIRECTORY GIF
 * Ten frames of a moving bar by each line, and the conversions of GIF to MP4 and back. Says "ok", or which claim is wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mim/mim.h>

#define CLAIM(claim)                                                                                        \
    do {                                                                                                    \
        if (!(claim)) {                                                                                     \
            printf("line %d: %s: %s\n", __LINE__, #claim, err.message);                                     \
            exit(1);                                                                                        \
        }                                                                                                   \
    } while (0)

enum { FRAMES = 10, SIDE = 100 };

static struct mim_error err;
static const char *directory;

static const char *
path_of(const char *name)
{
    static char path[300];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static struct mim_options *
options_of(const char *const *assignments)
{
    struct mim_options *options = mim_options_create();
    CLAIM(options);
    for (; *assignments; assignments++)
        CLAIM(mim_options_parse(options, *assignments, &err) == MIM_OK);
    return options;
}

/* A red bar that moves to the right. */
static void
draw(struct mim_frame *frame, uint32_t index)
{
    CLAIM(mim_frame_alloc(frame, MIM_SAMPLE_U8, SIDE, SIDE, 3, &err) == MIM_OK);
    for (uint32_t y = 0; y < SIDE; y++)
        for (uint32_t x = index * 10; x < index * 10 + 10; x++)
            ((uint8_t *)frame->data)[y * frame->stride + x * 3] = 255;
}

static void
write_at_once(struct mim_context *context, const char *name, const char *const *assignments)
{
    struct mim_frame frames[FRAMES] = { 0 };
    struct mim_write_options options = { .options = options_of(assignments) };

    for (uint32_t i = 0; i < FRAMES; i++)
        draw(&frames[i], i);
    CLAIM(mim_write(context, path_of(name), frames, FRAMES, NULL, &options, NULL, NULL, &err) == MIM_OK);
    for (uint32_t i = 0; i < FRAMES; i++)
        mim_frame_clear(&frames[i]);
    mim_options_destroy((struct mim_options *)options.options);
}

static void
write_one_by_one(struct mim_context *context, const char *name, const char *const *assignments)
{
    struct mim_write_options options = { .options = options_of(assignments) };
    struct mim_writer *writer = NULL;

    CLAIM(mim_writer_open_uri(&writer, context, path_of(name), &options, &err) == MIM_OK);
    for (uint32_t i = 0; i < FRAMES; i++) {
        struct mim_frame frame = { 0 };
        draw(&frame, i);
        CLAIM(mim_writer_take(writer, &frame, &err) == MIM_OK);
    }
    CLAIM(mim_writer_finish(writer, &err) == MIM_OK);
    mim_options_destroy((struct mim_options *)options.options);
}

static void
convert(struct mim_context *context, const char *from, const char *name, const char *const *assignments)
{
    struct mim_convert_options options = { .write = { .options = options_of(assignments) } };
    CLAIM(mim_convert_uri(context, from, path_of(name), &options, &err) == MIM_OK);
    mim_options_destroy((struct mim_options *)options.write.options);
}

int
main(int argc, char **argv)
{
    struct mim_context *context = NULL;
    char made[300];
    if (argc != 3)
        return 2;
    directory = argv[1];
    CLAIM(mim_context_create(&context, NULL, &err) == MIM_OK);
    CLAIM(mim_context_set_threads(context, 2, &err) == MIM_OK);

    write_one_by_one(context, "20.mp4", (const char *const[]){ "fps=20", NULL });
    write_at_once(context, "30.mp4", (const char *const[]){ "fps=30", NULL });
    write_at_once(context, "60.mp4", (const char *const[]){ "fps=60", "codec=libx264", "quality=8", NULL });
    write_at_once(context, "video.avi", (const char *const[]){ "codec=mjpeg", NULL });
    write_one_by_one(context, "slow.mp4", (const char *const[]){ "bitrate=2M", "preset=slow", NULL });
    convert(context, argv[2], "from-gif.mp4", (const char *const[]){ NULL });
    snprintf(made, sizeof made, "%s", path_of("from-gif.mp4"));
    convert(context, made, "from-mp4.gif", (const char *const[]){ "duration=0.1", "quantizer=wu", NULL });

    mim_context_destroy(context);
    puts("ok");
    return 0;
}
