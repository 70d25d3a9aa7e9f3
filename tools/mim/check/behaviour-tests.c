/* SPDX-License-Identifier: MIT */
/* Tests that a file has the same frames however it is read, and that written frames are read back. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "interpose.h"
#include "pattern.h"
#include "reading.h"

static void
reads_frames(const struct check_trial *trial)
{
    struct reading plain;
    reading_run_plain(trial, &plain);
    trial_remark("%zu frames of %ux%u", plain.count, plain.pictures[0].width, plain.pictures[0].height);
}

/* Ways to read that must not make a difference. */
enum { COUNTED, BACKWARDS, THREADS, SINGLE_BYTES };
static const struct way {
    const char *how;
    struct reading_setup setup;
} ways[] = {
    [COUNTED] = { "after counting them", { .is_counted = true } },
    [BACKWARDS] = { "backwards", { .is_backwards = true } },
    [THREADS] = { "on 8 threads", { .threads = 8 } },
    [SINGLE_BYTES] = { "from reads of one byte", { .source = FROM_SINGLE_BYTES } },
};

static void
reads_the_same(const struct check_trial *trial)
{
    const struct way *way = &ways[trial->test->argument];
    struct reading plain, other;
    reading_run_plain(trial, &plain);
    reading_run(trial, &way->setup, &other);
    reading_expect_same(&plain, &other, way->how);
}

static void
reads_the_same_with_gaps(const struct check_trial *trial)
{
    struct interposition interposition = { .is_padded = true };
    struct reading plain, other;
    reading_run_plain(trial, &plain);
    reading_run(trial, &(struct reading_setup){ .code = interpose(trial, &interposition) }, &other);
    reading_expect_same(&plain, &other, "with gaps between rows");
}

/* Whether the frames of a stream have transparent pixels is not known in advance, so they may have a channel for alpha. */
static void
reads_the_same_stream(const struct check_trial *trial)
{
    struct reading plain, other;
    reading_run_plain(trial, &plain);
    uint32_t channels = plain.pictures[0].channels > 4 ? 0 : 4;
    reading_run(trial, &(struct reading_setup){ .channels = channels }, &plain);
    reading_run(trial, &(struct reading_setup){ .channels = channels, .source = FROM_STREAM }, &other);
    reading_expect_same(&plain, &other, "from a stream");
}

static void *
read_beside(void *trial)
{
    struct reading *reading = malloc(sizeof *reading);
    if (reading)
        reading_run(trial, &(struct reading_setup){ 0 }, reading);
    return reading;
}

static void
reads_twice_at_once(const struct check_trial *trial)
{
    struct reading plain, other;
    pthread_t thread;
    void *beside;
    reading_run_plain(trial, &plain);
    if (pthread_create(&thread, NULL, read_beside, (void *)trial))
        trial_skip("no thread");
    reading_run(trial, &(struct reading_setup){ 0 }, &other);
    pthread_join(thread, &beside);
    reading_expect_same(&plain, &other, "beside another reader");
    if (beside)
        reading_expect_same(&plain, beside, "beside another reader");
}

static void
closes_at_any_time(const struct check_trial *trial)
{
    struct reading plain, other;
    reading_run_plain(trial, &plain);
    reading_run(trial, &(struct reading_setup){ .max_frames = READ_NONE }, &other);
    for (uint64_t i = 1; i <= plain.count && (trial->subject->is_thorough || i <= 8); i++) {
        trial_at("closing after %llu frames", (unsigned long long)i);
        reading_run(trial, &(struct reading_setup){ .max_frames = i, .threads = 4 }, &other);
        if (other.status != MIM_OK)
            trial_fail("%s", other.err.message);
    }
}

/* How much samples may differ on average in formats that lose some, from 0 to 255. */
enum { MAX_ERROR = 16 };

static void
convert_or_fail(struct mim_frame *to, const struct mim_frame *from, uint32_t channels)
{
    struct mim_error err = { 0 };
    *to = (struct mim_frame){ 0 };
    if (mim_frame_convert(to, from, MIM_SAMPLE_U8, channels, &err) != MIM_OK)
        trial_fail("%s", err.message);
}

/* Compares in gray if the format has gray frames only, which is a loss that the core reports. */
static double
mean_error(const struct mim_frame *wanted, const struct mim_frame *found)
{
    struct mim_frame before, after;
    uint32_t channels = found->channels < 3 ? 1 : 3;
    double sum = 0;
    convert_or_fail(&before, wanted, channels);
    convert_or_fail(&after, found, channels);
    for (uint32_t y = 0; y < PATTERN_HEIGHT; y++)
        for (uint32_t x = 0; x < channels * PATTERN_WIDTH; x++)
            sum += abs(((const uint8_t *)before.data)[y * before.stride + x] - ((const uint8_t *)after.data)[y * after.stride + x]);
    mim_frame_clear(&before);
    mim_frame_clear(&after);
    return sum / (channels * PATTERN_WIDTH * PATTERN_HEIGHT);
}

static void
write_file(const struct check_trial *trial, const struct pattern_setup *setup, void **data, size_t *size)
{
    struct mim_error err = { 0 };
    if (pattern_write(trial, setup, data, size, &err) != MIM_OK)
        trial_fail("%s", err.message);
}

/* Reads a file back in 8 bits. */
static void
read_back(const struct check_trial *trial, const void *data, size_t size, struct mim_frames *frames)
{
    struct mim_context *context = reading_context(trial->subject, 1);
    const struct mim_read_options how = { .open = { .format = trial->format->name, .plugin = trial->subject->name,
                                                    .options = reading_options(trial, context),
                                                    .sample = MIM_SAMPLE_U8 } };
    struct mim_source *source;
    struct mim_error err = { 0 };
    if (mim_source_open_memory(&source, data, size, &err) != MIM_OK || mim_read_source(context, source, &how, frames, &err) != MIM_OK)
        trial_fail("its own file cannot be read: %s", err.message);
    if (frames->count != trial->format->frames)
        trial_fail("%u frames were written, and %zu are read", (unsigned)trial->format->frames, frames->count);
}

static void
reads_what_it_writes(const struct check_trial *trial)
{
    struct mim_frames frames;
    void *data;
    size_t size;
    double worst = 0;
    write_file(trial, &(struct pattern_setup){ 0 }, &data, &size);
    if (!trial->format->read)
        trial_skip("the plugin does not read the format");
    read_back(trial, data, size, &frames);
    for (size_t i = 0; i < frames.count; i++) {
        const struct mim_frame *found = &frames.frames[i];
        struct mim_frame wanted;
        pattern_frame(&wanted, i, false);
        if (found->width != wanted.width || found->height != wanted.height)
            trial_fail("frame %zu was written as %ux%u, and is read as %ux%u", i, wanted.width, wanted.height, found->width,
                       found->height);
        double error = mean_error(&wanted, found);
        worst = error > worst ? error : worst;
        mim_frame_clear(&wanted);
    }
    if (worst > MAX_ERROR)
        trial_fail("samples differ by %.1f of 255 on average", worst);
    if (worst > 0)
        trial_remark("samples differ by %.2f of 255 on average", worst);
}

static void
writes_the_same_on_threads(const struct check_trial *trial)
{
    void *data[3];
    size_t sizes[3];
    for (unsigned i = 0; i < 3; i++)
        write_file(trial, &(struct pattern_setup){ .threads = i == 2 ? 8 : 1 }, &data[i], &sizes[i]);
    if (sizes[0] != sizes[1] || memcmp(data[0], data[1], sizes[0]))
        trial_skip("two files from the same frames differ");
    size_t at = 0, size = sizes[0] < sizes[2] ? sizes[0] : sizes[2];
    while (at < size && ((const uint8_t *)data[0])[at] == ((const uint8_t *)data[2])[at])
        at++;
    if (at < size || sizes[0] != sizes[2])
        trial_fail("on 8 threads it writes %zu bytes, and on one %zu; the first that differs is at %zu", sizes[2], sizes[0], at);
}

/* Formats that store when frames begin do not store how long the last one lasts. */
static void
keeps_timing(const struct check_trial *trial)
{
    const struct mim_format_ops *ops = plugin_format(plugin_load(trial->subject), trial->format->name);
    const struct mim_writer_ops *writer = ops ? ops->writer : NULL;
    if (!trial->format->read || trial->format->frames < 2 || !writer || !(writer->flags & MIM_WRITER_TIMING))
        trial_skip("the format has no timing, or the plugin does not read it");
    int32_t grid = MIM_HAS(writer, timing) && writer->timing ? writer->timing->grid : MIM_GRID_FIXED;
    struct mim_frames frames;
    void *data;
    size_t size;
    write_file(trial, &(struct pattern_setup){ .is_uneven = grid != MIM_GRID_RATE }, &data, &size);
    read_back(trial, data, size, &frames);
    for (size_t i = 0; i + (grid == MIM_GRID_FREE) < frames.count; i++) {
        const struct mim_frame *frame = &frames.frames[i];
        int64_t ticks = pattern_duration(i, grid != MIM_GRID_RATE);
        if (!frame->time_base.den || frame->duration * frame->time_base.num * PATTERN_RATE != ticks * frame->time_base.den)
            trial_fail("frame %zu was written with a duration of %lld/%d s, and is read with %lld ticks of %lld/%lld s", i, (long long)ticks,
                       PATTERN_RATE, (long long)frame->duration, (long long)frame->time_base.num, (long long)frame->time_base.den);
    }
}

static void
abandons_at_any_time(const struct check_trial *trial)
{
    struct mim_error err = { 0 };
    void *data;
    size_t size;
    for (uint64_t i = 1; i <= trial->format->frames; i++) {
        trial_at("abandoning after %llu frames", (unsigned long long)i);
        if (pattern_write(trial, &(struct pattern_setup){ .max_frames = i, .threads = 4 }, &data, &size, &err) != MIM_OK)
            trial_fail("%s", err.message);
    }
}

const struct check_test check_behaviour_tests[] = {
    { "behaviour", "reads frames", CHECK_SAMPLES, reads_frames, 0, 0 },
    { "behaviour", "counts as many frames as it reads", CHECK_SAMPLES, reads_the_same, COUNTED, 0 },
    { "behaviour", "same frames backwards", CHECK_SAMPLES, reads_the_same, BACKWARDS, 0 },
    { "behaviour", "same frames on 8 threads", CHECK_SAMPLES, reads_the_same, THREADS, 0 },
    { "behaviour", "same frames with gaps between rows", CHECK_SAMPLES, reads_the_same_with_gaps, 0, 0 },
    { "behaviour", "same frames from reads of one byte", CHECK_SAMPLES, reads_the_same, SINGLE_BYTES, 0 },
    { "behaviour", "same frames from a stream", CHECK_SAMPLES, reads_the_same_stream, 0, 0 },
    { "behaviour", "same frames in two readers at once", CHECK_SAMPLES, reads_twice_at_once, 0, 0 },
    { "behaviour", "closes at any time", CHECK_SAMPLES, closes_at_any_time, 0, 0 },
    { "behaviour", "reads what it writes", CHECK_FORMATS, reads_what_it_writes, 0, CHECK_WRITERS },
    { "behaviour", "same file on 8 threads", CHECK_FORMATS, writes_the_same_on_threads, 0, CHECK_WRITERS },
    { "behaviour", "keeps timing", CHECK_FORMATS, keeps_timing, 0, CHECK_WRITERS },
    { "behaviour", "abandons at any time", CHECK_FORMATS, abandons_at_any_time, 0, CHECK_WRITERS },
    { 0 },
};
