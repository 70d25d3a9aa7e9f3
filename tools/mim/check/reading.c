/* SPDX-License-Identifier: MIT */
/* Reads a sample through libmim, as an application does. */
#include "reading.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "manifest.h"
#include "pattern.h"

struct mim_context *
reading_context_of(const struct check_subject *subject, const struct mim_plugin *code, unsigned threads)
{
    const struct mim_context_options options = { .no_environment = 1, .no_system = 1, .no_config = 1 };
    struct mim_context *context = NULL;
    struct mim_error err = { 0 };
    if (mim_context_create(&context, &options, &err) != MIM_OK ||
        (code ? mim_context_add_plugin(context, code, subject->lines->text, &err)
              : mim_context_add_directory(context, subject->directory, &err)) != MIM_OK ||
        mim_context_set_threads(context, threads ? threads : 1, &err) != MIM_OK)
        trial_fail("%s", err.message);
    return context;
}

struct mim_context *
reading_context(const struct check_subject *subject, unsigned threads)
{
    return reading_context_of(subject, NULL, threads);
}

/* The names and values of options that state the shape of frames, for formats that do not store it. */
static const struct {
    const char *name, *value;
} shapes[] = { { "width", PATTERN_WIDTH_TEXT }, { "height", PATTERN_HEIGHT_TEXT }, { "channels", "3" }, { "sample", "u8" },
               { "size", PATTERN_WIDTH_TEXT "x" PATTERN_HEIGHT_TEXT } };

struct needed {
    struct mim_options *options;
    bool is_required;
};

static void
visit_option(void *user, const struct mim_option_info *option)
{
    struct needed *needed = user;
    needed->is_required = needed->is_required || option->required;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (!strcmp(option->name, shapes[i].name))
            mim_options_set_text(needed->options, shapes[i].name, shapes[i].value, NULL);
}

struct mim_options *
reading_options(const struct check_trial *trial, struct mim_context *context)
{
    struct needed needed = { .options = mim_options_create() };
    if (!trial->format || mim_format_options(context, trial->format->name, trial->subject->name, 0, visit_option, &needed, NULL) != MIM_OK ||
        !needed.is_required) {
        mim_options_destroy(needed.options);
        return NULL;
    }
    return needed.options;
}

/* The bytes of a sample behind callbacks. */
struct input {
    const uint8_t *data;
    size_t size;
    const struct reading_setup *setup;
    uint64_t reads;
};

static int64_t
read_input(void *user, void *data, size_t size, uint64_t offset)
{
    struct input *input = user;
    input->reads++;
    if (input->setup->fail_at && input->reads >= input->setup->fail_at) {
        errno = EIO;
        return -1;
    }
    uint64_t left = offset < input->size ? input->size - offset : 0;
    if (input->setup->source == FROM_SINGLE_BYTES && size > 1)
        size = 1;
    size = size < left ? size : (size_t)left;
    if (size)
        memcpy(data, input->data + offset, size);
    return (int64_t)size;
}

static int64_t
size_of_input(void *user)
{
    return (int64_t)((struct input *)user)->size;
}

static enum mim_status
open_input(struct mim_source **source, const struct check_trial *trial, struct input *input, struct mim_error *err)
{
    const struct mim_source_calls calls = { .read = read_input,
                                            .size = input->setup->source == FROM_STREAM ? NULL : size_of_input,
                                            .user = input };
    return input->setup->source == FROM_MEMORY ? mim_source_open_memory(source, input->data, input->size, err)
                                               : mim_source_open_calls(source, &calls, trial->sample->name, err);
}

struct picture
picture_of(const struct mim_frame *frame)
{
    struct picture picture = { frame->width,    frame->height,    frame->channels, frame->sample, frame->pts,
                               frame->duration, frame->time_base, 14695981039346656037u };
    size_t row = (size_t)(mim_frame_bytes(frame) / frame->height);
    for (uint32_t y = 0; y < frame->height; y++)
        for (size_t x = 0; x < row; x++)
            picture.hash = (picture.hash ^ ((const uint8_t *)frame->data)[y * frame->stride + x]) * 1099511628211u;
    return picture;
}

/* Room for one more picture than there are. */
static void
add_picture(struct reading *reading, const struct mim_frame *frame)
{
    struct picture *more = realloc(reading->pictures, (reading->count + 1) * sizeof *more);
    if (!more)
        trial_fail("no memory for the list of frames");
    reading->pictures = more;
    more[reading->count++] = picture_of(frame);
    reading->notices += frame->damaged;
}

static enum mim_status
read_frame(struct mim_reader *reader, uint64_t i, const struct reading_setup *setup, struct reading *reading)
{
    struct mim_frame frame = { 0 };
    enum mim_status status = setup->is_backwards ? mim_reader_read(reader, i, &frame, &reading->err)
                                                 : mim_reader_next(reader, &frame, &reading->err);
    if (status == MIM_OK)
        add_picture(reading, &frame);
    mim_frame_clear(&frame);
    return status;
}

static void
reverse_pictures(struct reading *reading)
{
    for (size_t i = 0, k = reading->count; i + 1 < k--; i++) {
        struct picture one = reading->pictures[i];
        reading->pictures[i] = reading->pictures[k];
        reading->pictures[k] = one;
    }
}

static enum mim_status
read_frames(struct mim_reader *reader, const struct reading_setup *setup, struct reading *reading)
{
    uint64_t count = setup->max_frames == READ_NONE ? 0 : UINT64_MAX;
    bool is_counted = setup->is_counted || setup->is_backwards;
    enum mim_status status = is_counted ? mim_reader_count_exactly(reader, &count, &reading->err) : MIM_OK;
    for (uint64_t i = 0; status == MIM_OK && i < count && (!setup->max_frames || i < setup->max_frames); i++)
        status = read_frame(reader, setup->is_backwards ? count - 1 - i : i, setup, reading);
    if (setup->is_backwards)
        reverse_pictures(reading);
    return status == MIM_END ? MIM_OK : status;
}

static void
count_notice(void *user, const struct mim_notice *notice)
{
    (void)notice;
    ((struct reading *)user)->notices++;
}

void
reading_run(const struct check_trial *trial, const struct reading_setup *setup, struct reading *reading)
{
    struct mim_context *context = reading_context_of(trial->subject, setup->code, setup->threads);
    struct mim_options *options = reading_options(trial, context);
    struct input input = { setup->data ? setup->data : trial->sample->data, setup->data ? setup->size : trial->sample->size, setup, 0 };
    struct mim_source *source = NULL;
    struct mim_reader *reader = NULL;
    const struct mim_open_options how = {
        .format = trial->format ? trial->format->name : NULL,
        .plugin = trial->subject->name,
        .options = options,
        .channels = setup->channels,
        .control = { .notice = count_notice, .user = reading, .cancel = setup->cancel, .limits.working_bytes = setup->working_bytes },
    };
    *reading = (struct reading){ 0 };
    reading->status = open_input(&source, trial, &input, &reading->err);
    if (reading->status == MIM_OK)
        reading->status = mim_reader_open(&reader, context, source, &how, &reading->err);
    if (reading->status == MIM_OK)
        reading->status = read_frames(reader, setup, reading);
    reading->reads = input.reads;
    mim_reader_close(reader);
    mim_source_close(source);
    mim_options_destroy(options);
    mim_context_destroy(context);
}

void
reading_clear(struct reading *reading)
{
    free(reading->pictures);
    reading->pictures = NULL;
    reading->count = 0;
}

void
reading_run_plain(const struct check_trial *trial, struct reading *reading)
{
    reading_run(trial, &(struct reading_setup){ 0 }, reading);
    if (reading->status != MIM_OK)
        trial_fail("%s", reading->err.message);
    if (!reading->count)
        trial_fail("it has no frames");
}

void
reading_expect_same(const struct reading *plain, const struct reading *other, const char *how)
{
    if (other->status != MIM_OK)
        trial_fail("%s: %s", how, other->err.message);
    if (other->count != plain->count)
        trial_fail("%s: %zu frames, and %zu when read in order", how, other->count, plain->count);
    for (size_t i = 0; i < plain->count; i++) {
        const struct picture *a = &plain->pictures[i], *b = &other->pictures[i];
        if (a->width != b->width || a->height != b->height || a->channels != b->channels || a->sample != b->sample)
            trial_fail("%s: frame %zu is %ux%u with %u channels, and %ux%u with %u when read in order", how, i, b->width, b->height,
                       b->channels, a->width, a->height, a->channels);
        if (a->pts != b->pts || a->duration != b->duration)
            trial_fail("%s: the timing of frame %zu differs", how, i);
        if (a->hash != b->hash)
            trial_fail("%s: the pixels of frame %zu differ", how, i);
    }
}
