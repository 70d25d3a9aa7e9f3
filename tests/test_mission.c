/* SPDX-License-Identifier: MIT */
/* The mission page's own lines, in C, with the plugins that MIM_PLUGIN_PATH names. What they write stays in
 * MIM_MISSION_DIR, where that is set: peers/check_mission_c.py looks at it with other programs. */
#include <ftw.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <mim/mim.h>

#include "check.h"

#define BAR_FRAMES 10
#define SIDE 100
#define BAR_BYTES (BAR_FRAMES * SIDE * SIDE * 3)

static struct mim_context *context;
static char directory[200];
static bool passing; /* the directory is ours, and goes in the end */

static const char *
path_of(const char *name)
{
    static char path[300];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void
put_text(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    CHECK(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

/* What is there begins like that, or "": nothing is there. */
static bool
holds(const char *name, const char *text)
{
    char found[32] = "";
    FILE *file = fopen(path_of(name), "r");
    if (!file)
        return !*text;
    bool same = fgets(found, sizeof found, file) && !strcmp(found, text);
    fclose(file);
    return same;
}

/* Frames of any shape, a different pattern each. */
static struct mim_frame
pattern(enum mim_sample sample, uint32_t width, uint32_t height, uint32_t channels, unsigned seed)
{
    struct mim_frame frame = { 0 };
    CHECK(mim_frame_alloc(&frame, sample, width, height, channels, NULL) == MIM_OK);
    size_t row = width * channels * mim_sample_size(sample);
    for (uint32_t y = 0; y < height; y++)
        for (size_t x = 0; x < row; x++)
            ((uint8_t *)frame.data)[y * frame.stride + x] = (uint8_t)((x * 7 + y * 13 + seed * 29) % 251);
    return frame;
}

/* Ten frames, 100x100: a red bar that moves to the right. Samples are multiplied by 256 when they are deep. */
static struct mim_frame *
moving_bar(enum mim_sample sample)
{
    static struct mim_frame frames[BAR_FRAMES];
    for (uint32_t i = 0; i < BAR_FRAMES; i++) {
        CHECK(mim_frame_alloc(&frames[i], sample, SIDE, SIDE, 3, NULL) == MIM_OK);
        for (uint32_t y = 0; y < SIDE; y++)
            for (uint32_t x = i * 10; x < i * 10 + 10; x++) {
                uint8_t *row = (uint8_t *)frames[i].data + y * frames[i].stride;
                if (sample == MIM_SAMPLE_U16)
                    ((uint16_t *)row)[x * 3] = 255 * 256;
                else
                    row[x * 3] = 255;
            }
    }
    return frames;
}

static void
clear_all(struct mim_frame *frames, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mim_frame_clear(&frames[i]);
}

static enum mim_status
write_frames(const char *name, const struct mim_frame *frames, size_t count, const char *a, const char *b,
             struct mim_error *err)
{
    struct mim_options *options = mim_options_create();
    CHECK(options && (!a || mim_options_parse(options, a, NULL) == MIM_OK));
    CHECK(!b || mim_options_parse(options, b, NULL) == MIM_OK);
    struct mim_write_options how = { .options = options };
    enum mim_status status = mim_write(context, path_of(name), frames, count, NULL, &how, NULL, NULL, err);
    mim_options_destroy(options);
    return status;
}

static enum mim_status
read_within(const char *name, uint64_t result_bytes, uint32_t channels, struct mim_frames *out, struct mim_error *err)
{
    struct mim_read_options options = { .open.channels = channels, .open.control.limits.result_bytes = result_bytes };
    return mim_read(context, path_of(name), &options, out, err);
}

static void
check_same(const struct mim_frame *a, const struct mim_frame *b)
{
    CHECK(a->sample == b->sample && a->width == b->width && a->height == b->height && a->channels == b->channels);
    for (uint32_t y = 0; y < a->height; y++)
        CHECK(memcmp((uint8_t *)a->data + y * a->stride, (uint8_t *)b->data + y * b->stride,
                     a->width * a->channels * mim_sample_size(a->sample)) == 0);
}

/* Write the bar, read it back, and compare. */
static struct mim_frames
bar_there_and_back(const char *name, enum mim_sample sample, const char *a, const char *b, size_t count)
{
    struct mim_frame *bar = moving_bar(sample);
    struct mim_frames back;
    struct mim_error err = { 0 };

    if (write_frames(name, bar, count, a, b, &err) != MIM_OK || read_within(name, 0, 3, &back, &err) != MIM_OK)
        fail_msg("%s: %s", name, err.message);
    CHECK(back.count == count);
    for (size_t i = 0; i < count; i++) {
        check_same(&back.frames[i], &bar[i]);
        CHECK(back.frames[i].index == i);
    }
    clear_all(bar, BAR_FRAMES);
    return back;
}

static long
milliseconds(const struct mim_frame *frame)
{
    return (long)(mim_frame_seconds(frame) * 1000 + 0.5);
}

static void
gif_with_a_duration_of_half_a_second(void)
{
    struct mim_frames back = bar_there_and_back("duration.gif", MIM_SAMPLE_U8, "duration=0.5", NULL, BAR_FRAMES);
    for (size_t i = 0; i < back.count; i++)
        CHECK(milliseconds(&back.frames[i]) == 500);
    mim_frames_clear(&back);
}

static void
gif_with_a_list_of_five_durations(void)
{
    struct mim_frames back =
        bar_there_and_back("durations.gif", MIM_SAMPLE_U8, "duration=0.1,0.2,0.3,0.4,0.5", NULL, 5);
    for (size_t i = 0; i < back.count; i++)
        CHECK(milliseconds(&back.frames[i]) == 100 * (long)(i + 1));
    mim_frames_clear(&back);
}

static void
gif_with_durations_for_other_frames_touches_no_file(void)
{
    struct mim_frame *bar = moving_bar(MIM_SAMPLE_U8);
    struct mim_error err = { 0 };
    put_text("kept.gif", "precious");
    CHECK(write_frames("kept.gif", bar, BAR_FRAMES, "duration=0.1,0.2,0.3,0.4,0.5", NULL, &err) == MIM_ARGUMENT);
    CHECK(strstr(err.message, "5") && strstr(err.message, "10"));
    CHECK(holds("kept.gif", "precious"));
    clear_all(bar, BAR_FRAMES);
}

static void
gif_that_loops_for_ever_and_one_with_a_palette_of_256(void)
{
    struct mim_frames back = bar_there_and_back("loop.gif", MIM_SAMPLE_U8, "loop=0", NULL, BAR_FRAMES);
    CHECK(back.loop == 0 && back.frames[0].loop == 0);
    CHECK(milliseconds(&back.frames[0]) == 100); /* nothing was said of timing */
    mim_frames_clear(&back);
    back = bar_there_and_back("palette.gif", MIM_SAMPLE_U8, "palettesize=256", NULL, BAR_FRAMES);
    mim_frames_clear(&back);
}

static void
tiff_plain_and_packed_and_of_sixteen_bits(void)
{
    struct mim_frames back = bar_there_and_back("plain.tif", MIM_SAMPLE_U8, NULL, NULL, BAR_FRAMES);
    CHECK(back.loop == -1 && mim_frame_seconds(&back.frames[0]) == 0);
    mim_frames_clear(&back);
    back = bar_there_and_back("lzw.tif", MIM_SAMPLE_U8, "compression=lzw", NULL, BAR_FRAMES);
    CHECK(!strcmp(mim_meta_text(back.frames[9].meta, "compression"), "lzw"));
    mim_frames_clear(&back);
    back = bar_there_and_back("deep.tif", MIM_SAMPLE_U16, NULL, NULL, BAR_FRAMES);
    CHECK(((uint16_t *)back.frames[0].data)[0] == 65280);
    mim_frames_clear(&back);
}

static void
tiff_with_resolution_and_software(void)
{
    struct mim_frames back =
        bar_there_and_back("tagged.tif", MIM_SAMPLE_U8, "resolution=300,300", "software=ImageIO", BAR_FRAMES);
    struct mim_meta_item item;

    CHECK(mim_meta_find(back.frames[0].meta, "resolution", &item));
    char *text = mim_meta_format(&item);
    CHECK(!strncmp(text, "300", 3));
    mim_free(text);
    CHECK(!strcmp(mim_meta_text(back.frames[0].meta, "software"), "ImageIO"));
    mim_frames_clear(&back);
}

/* "<bytes>" is the same file as one on the disk. */
static void
memory_is_written_and_read_back(void)
{
    static const char *const formats[] = { "gif", "tiff" }, *const names[] = { "memory.gif", "memory.tif" };
    struct mim_frame *bar = moving_bar(MIM_SAMPLE_U8);

    for (size_t i = 0; i < 2; i++) {
        void *bytes = NULL;
        size_t size = 0;
        struct mim_source *source;
        struct mim_frames back;
        struct mim_write_options how = { .format = formats[i] };
        CHECK(mim_write(context, "<bytes>", bar, BAR_FRAMES, NULL, &how, &bytes, &size, NULL) == MIM_OK);
        CHECK(mim_source_open_memory(&source, bytes, size, NULL) == MIM_OK);
        struct mim_read_options rgb = { .open.channels = 3 };
        CHECK(mim_read_source(context, source, &rgb, &back, NULL) == MIM_OK);
        mim_source_close(source);
        CHECK(back.count == BAR_FRAMES);
        for (size_t k = 0; k < BAR_FRAMES; k++)
            check_same(&back.frames[k], &bar[k]);
        mim_frames_clear(&back);

        CHECK(write_frames(names[i], bar, BAR_FRAMES, NULL, NULL, NULL) == MIM_OK);
        FILE *file = fopen(path_of(names[i]), "rb");
        uint8_t *same = malloc(size + 1);
        CHECK(file && same && fread(same, 1, size + 1, file) == size && !memcmp(same, bytes, size));
        fclose(file);
        free(same);
        mim_free(bytes);
    }
    clear_all(bar, BAR_FRAMES);
}

/* Spellings of memtest, and how many bytes each stands for. */
static const struct {
    const char *text;
    uint64_t bytes;
} spellings[] = {
    { "256MB", 256000000 }, { "512MiB", UINT64_C(1) << 29 }, { "1.5GB", 1500000000 }, { "2GB", 2000000000 },
    { "100MB", 100000000 }, { "1000000", 1000000 }, { "1073741824", UINT64_C(1) << 30 }, { "1000000000", 1000000000 },
    { "true", 0 }, { "false", MIM_NO_LIMIT }, { "300kB", BAR_BYTES },
};

static void
every_spelling_of_memtest_is_a_limit(void)
{
    struct mim_frames back = bar_there_and_back("memtest.gif", MIM_SAMPLE_U8, NULL, NULL, BAR_FRAMES);
    mim_frames_clear(&back);

    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        uint64_t bytes = 12345;
        CHECK(mim_size_parse(spellings[i].text, &bytes, NULL) == MIM_OK);
        CHECK(bytes == spellings[i].bytes);
        CHECK(read_within("memtest.gif", bytes, 3, &back, NULL) == MIM_OK);
        mim_frames_clear(&back);
    }
    CHECK(read_within("memtest.gif", 299999, 3, &back, NULL) == MIM_LIMIT);
}

/* Exactly that many bytes pass, one less does not, and nothing is handed over. */
static void
check_needs(const char *name, uint64_t bytes)
{
    struct mim_frames back = { 0 };
    struct mim_error err = { 0 };

    CHECK(read_within(name, bytes, 0, &back, &err) == MIM_OK);
    uint64_t sum = 0;
    for (size_t i = 0; i < back.count; i++)
        sum += mim_frame_bytes(&back.frames[i]);
    CHECK(sum == bytes);
    mim_frames_clear(&back);

    CHECK(read_within(name, bytes - 1, 0, &back, &err) == MIM_LIMIT);
    CHECK(err.status == MIM_LIMIT && err.needed == bytes && err.allowed == bytes - 1);
    CHECK(!back.frames && !back.count);
}

/* A GIF whose colours are all gray is read as gray. */
static void
tint(struct mim_frame *frame)
{
    for (uint32_t y = 0; y < frame->height; y++)
        for (uint32_t x = 0; x < frame->width; x++)
            ((uint8_t *)frame->data)[y * frame->stride + 3 * x] = 0;
}

/* As many frames of such a size as newtonscradle.gif has. */
static void
newtons_cradle_needs_3240000_bytes(void)
{
    struct mim_frame frames[36] = { 0 };
    struct mim_frames back;

    for (unsigned i = 0; i < 36; i++) {
        struct mim_frame gray = pattern(MIM_SAMPLE_U8, 200, 150, 1, i);
        CHECK(mim_frame_convert(&frames[i], &gray, MIM_SAMPLE_NONE, 3, NULL) == MIM_OK);
        mim_frame_clear(&gray);
        tint(&frames[i]);
    }
    CHECK(write_frames("cradle.gif", frames, 36, "subrectangles=no", NULL, NULL) == MIM_OK);
    CHECK(read_within("cradle.gif", 3240000, 0, &back, NULL) == MIM_OK);
    CHECK(back.count == 36 && back.frames[35].channels == 3);
    for (unsigned i = 0; i < 36; i++)
        check_same(&back.frames[i], &frames[i]);
    mim_frames_clear(&back);
    check_needs("cradle.gif", 3240000);
    clear_all(frames, 36);
}

/* What does not fit at once comes frame by frame: the first 101 of a long stack, and the rest is left. */
static void
a_stack_beyond_the_limit_is_read_in_pieces(void)
{
    struct mim_writer *writer;
    CHECK(mim_writer_open_uri(&writer, context, path_of("stack.tif"), NULL, NULL) == MIM_OK);
    for (unsigned i = 0; i < 500; i++) {
        struct mim_frame page = pattern(MIM_SAMPLE_U16, 31, 17, 1, i);
        CHECK(mim_writer_take(writer, &page, NULL) == MIM_OK);
    }
    CHECK(mim_writer_finish(writer, NULL) == MIM_OK);
    check_needs("stack.tif", UINT64_C(500) * 31 * 17 * 2);

    struct mim_reader *reader;
    struct mim_frame frame = { 0 };
    struct mim_open_options options = { .control.limits.result_bytes = 1 };
    CHECK(mim_reader_open_uri(&reader, context, path_of("stack.tif"), &options, NULL) == MIM_OK);
    for (unsigned i = 0; i < 101; i++) {
        struct mim_frame page = pattern(MIM_SAMPLE_U16, 31, 17, 1, i);
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.index == i);
        check_same(&frame, &page);
        mim_frame_clear(&page);
    }
    mim_reader_close(reader);
    const uint8_t *bytes = frame.data; /* outlive their reader */
    CHECK(bytes[0] == 100 * 29 % 251 && bytes[1] == (100 * 29 + 7) % 251);
    mim_frame_clear(&frame);
}

static void
what_is_no_sequence_touches_no_file(void)
{
    struct mim_frame bare[2] = { 0 };
    static const char *const names[] = { "none.gif", "none.tif", "none.raw" };

    for (size_t i = 0; i < 3; i++)
        for (int there = 0; there < 2; there++) {
            struct mim_error err = { 0 };
            const char *before = there ? "precious" : "";
            if (there)
                put_text(names[i], before);
            CHECK(write_frames(names[i], NULL, 0, NULL, NULL, &err) == MIM_ARGUMENT && *err.message);
            CHECK(write_frames(names[i], bare, 0, NULL, NULL, NULL) == MIM_ARGUMENT);
            CHECK(write_frames(names[i], NULL, 3, NULL, NULL, NULL) == MIM_ARGUMENT);
            CHECK(write_frames(names[i], bare, 2, NULL, NULL, &err) == MIM_ARGUMENT && err.frame == 0);
            CHECK(holds(names[i], before));
        }
}

static void
check_refused(const char *name, struct mim_frame *frames, size_t count, uint64_t culprit, const char *words)
{
    struct mim_error err = { 0 };
    unlink(path_of(name));
    CHECK(write_frames(name, frames, count, NULL, NULL, &err) == MIM_ARGUMENT);
    if (err.frame != culprit || !strstr(err.message, words))
        fail_msg("%s: frame %llu: \"%s\"", name, (unsigned long long)err.frame, err.message);
    CHECK(holds(name, ""));
    put_text(name, "precious");
    CHECK(write_frames(name, frames, count, NULL, NULL, NULL) == MIM_ARGUMENT);
    CHECK(holds(name, "precious"));
}

static void
odd_channels_are_refused_by_name(void)
{
    static const uint32_t odd[] = { 2, 5 };
    for (size_t i = 0; i < 2; i++) {
        struct mim_frame frames[2] = { pattern(MIM_SAMPLE_U8, 10, 10, odd[i], 0),
                                       pattern(MIM_SAMPLE_U8, 10, 10, odd[i], 1) };
        struct mim_frames back;
        if (odd[i] == 5)
            check_refused("odd.gif", frames, 2, 0, "frame has 5");
        else /* GIF repeats gray */
            CHECK(write_frames("gray-alpha.gif", frames, 2, NULL, NULL, NULL) == MIM_OK);
        CHECK(write_frames("odd.tif", frames, 2, NULL, NULL, NULL) == MIM_OK); /* TIFF has them */
        CHECK(read_within("odd.tif", 0, 0, &back, NULL) == MIM_OK && back.count == 2);
        check_same(&back.frames[1], &frames[1]);
        mim_frames_clear(&back);
        clear_all(frames, 2);
    }

    struct mim_frame frames[2] = { pattern(MIM_SAMPLE_U8, 10, 10, 3, 0), pattern(MIM_SAMPLE_U8, 10, 10, 3, 1) };
    frames[1].channels = 0;
    check_refused("odd.gif", frames, 2, 1, "0 channels");
    check_refused("odd.tif", frames, 2, 1, "0 channels");
    clear_all(frames, 2);
}

static void
mixed_shapes_are_refused_by_name(void)
{
    struct mim_frame wider[] = { pattern(MIM_SAMPLE_U8, 10, 10, 3, 0), pattern(MIM_SAMPLE_U8, 10, 10, 3, 1),
                                 pattern(MIM_SAMPLE_U8, 12, 10, 3, 2), pattern(MIM_SAMPLE_U8, 10, 10, 3, 3) };
    struct mim_frame other[] = { pattern(MIM_SAMPLE_U8, 9, 9, 3, 0), pattern(MIM_SAMPLE_F32, 9, 9, 3, 1) };
    struct mim_frames back;

    check_refused("mixed.gif", wider, 4, 2, "frame 2");
    check_refused("mixed.raw", wider, 4, 2, "frame 2");
    check_refused("mixed.gif", other, 2, 1, "frame 1");
    CHECK(write_frames("mixed.tif", wider, 4, NULL, NULL, NULL) == MIM_OK); /* pages may differ */
    CHECK(read_within("mixed.tif", 0, 0, &back, NULL) == MIM_OK && back.count == 4);
    check_same(&back.frames[2], &wider[2]);
    mim_frames_clear(&back);
    clear_all(wider, 4);
    clear_all(other, 2);
}

static void
check_channel(const struct mim_frame *frame, uint32_t channel, const struct mim_frame *gray)
{
    for (uint32_t y = 0; y < gray->height; y++)
        for (uint32_t x = 0; x < gray->width; x++)
            CHECK(((const uint8_t *)frame->data)[y * frame->stride + x * frame->channels + channel] ==
                  ((const uint8_t *)gray->data)[y * gray->stride + x]);
}

static void
mixed_colours_become_the_widest(void)
{
    struct mim_frame mixed[] = { pattern(MIM_SAMPLE_U8, 9, 9, 1, 0), pattern(MIM_SAMPLE_U8, 9, 9, 4, 1),
                                 pattern(MIM_SAMPLE_U8, 9, 9, 3, 2) };
    struct mim_frames back;
    CHECK(write_frames("mixed.apng", mixed, 3, NULL, NULL, NULL) == MIM_OK);
    CHECK(read_within("mixed.apng", 0, 0, &back, NULL) == MIM_OK && back.count == 3 && back.frames[0].channels == 4);
    check_same(&back.frames[1], &mixed[1]);
    for (uint32_t channel = 0; channel < 3; channel++)
        check_channel(&back.frames[0], channel, &mixed[0]);
    CHECK(((const uint8_t *)back.frames[2].data)[3] == 255);
    mim_frames_clear(&back);
    CHECK(write_frames("mixed.tif", mixed, 3, NULL, NULL, NULL) == MIM_OK); /* pages stay as they are */
    CHECK(read_within("mixed.tif", 0, 0, &back, NULL) == MIM_OK);
    check_same(&back.frames[0], &mixed[0]);
    mim_frames_clear(&back);
    clear_all(mixed, 3);
}

/* The mean of the channels, in the same sample type, frame by frame. */
static void
gray_is_the_mean_of_the_channels(void)
{
    struct mim_frame frames[6];
    for (unsigned i = 0; i < 6; i++)
        frames[i] = pattern(MIM_SAMPLE_U16, 33, 21, 3, i);
    CHECK(write_frames("colours.tif", frames, 6, NULL, NULL, NULL) == MIM_OK);

    struct mim_reader *reader;
    struct mim_writer *writer;
    struct mim_frame frame = { 0 }, gray = { 0 };
    CHECK(mim_reader_open_uri(&reader, context, path_of("colours.tif"), NULL, NULL) == MIM_OK);
    CHECK(mim_writer_open_uri(&writer, context, path_of("gray.tif"), NULL, NULL) == MIM_OK);
    while (mim_reader_next(reader, &frame, NULL) == MIM_OK) {
        CHECK(mim_frame_mean(&gray, &frame, NULL) == MIM_OK && gray.sample == MIM_SAMPLE_U16 && gray.channels == 1);
        CHECK(mim_writer_take(writer, &gray, NULL) == MIM_OK);
    }
    mim_reader_close(reader);
    CHECK(mim_writer_finish(writer, NULL) == MIM_OK);
    mim_frame_clear(&frame);

    struct mim_frames back;
    CHECK(read_within("gray.tif", 0, 0, &back, NULL) == MIM_OK && back.count == 6);
    for (size_t i = 0; i < 6; i++)
        for (uint32_t y = 0; y < 21; y++)
            for (uint32_t x = 0; x < 33; x++) {
                const uint16_t *rgb = (uint16_t *)((uint8_t *)frames[i].data + y * frames[i].stride) + x * 3;
                uint16_t got = ((uint16_t *)((uint8_t *)back.frames[i].data + y * back.frames[i].stride))[x];
                CHECK(got == ((uint32_t)rgb[0] + rgb[1] + rgb[2]) / 3);
            }
    mim_frames_clear(&back);
    clear_all(frames, 6);
}

static int
make_room(void **state)
{
    struct mim_context_options options = { .no_system = 1, .no_config = 1 };
    const char *given = getenv("MIM_MISSION_DIR");
    (void)state;
    passing = !given;
    snprintf(directory, sizeof directory, "%s", given ? given : "/tmp/mim-mission-XXXXXX");
    return (given || mkdtemp(directory)) && mim_context_create(&context, &options, NULL) == MIM_OK ? 0 : -1;
}

static int
remove_one(const char *path, const struct stat *facts, int kind, struct FTW *at)
{
    (void)facts, (void)kind, (void)at;
    return remove(path);
}

static int
clear_room(void **state)
{
    (void)state;
    mim_context_destroy(context);
    return passing ? nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS) : 0;
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(gif_with_a_duration_of_half_a_second),
        CASE(gif_with_a_list_of_five_durations),
        CASE(gif_with_durations_for_other_frames_touches_no_file),
        CASE(gif_that_loops_for_ever_and_one_with_a_palette_of_256),
        CASE(tiff_plain_and_packed_and_of_sixteen_bits),
        CASE(tiff_with_resolution_and_software),
        CASE(memory_is_written_and_read_back),
        CASE(every_spelling_of_memtest_is_a_limit),
        CASE(newtons_cradle_needs_3240000_bytes),
        CASE(a_stack_beyond_the_limit_is_read_in_pieces),
        CASE(what_is_no_sequence_touches_no_file),
        CASE(odd_channels_are_refused_by_name),
        CASE(mixed_shapes_are_refused_by_name),
        CASE(mixed_colours_become_the_widest),
        CASE(gray_is_the_mean_of_the_channels),
    };
    return cmocka_run_group_tests_name("mission", cases, make_room, clear_room);
}
