/* SPDX-License-Identifier: MIT */
/* Small files of every format, and the outcome of reading or converting one. */
#include "subject.h"

#include <dirent.h>
#include <stdlib.h>

struct subject subjects[32];
size_t subject_count;

static bool
load(struct subject *subject, const char *directory, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    fseek(file, 0, SEEK_END);
    subject->size = (size_t)ftell(file);
    rewind(file);
    subject->data = malloc(subject->size + 1);
    bool whole = subject->data && fread(subject->data, 1, subject->size, file) == subject->size;
    fclose(file);
    snprintf(subject->name, sizeof subject->name, "%.60s", name);
    return whole;
}

static int
is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strcmp(entry->d_name, "README");
}

/* Three frames of 5 x 4 RGB: see set_raw_shape(). */
static bool
make_raw(struct subject *subject)
{
    static unsigned char samples[3 * 5 * 4 * 3];
    for (size_t i = 0; i < sizeof samples; i++)
        samples[i] = (unsigned char)(i * 7);
    *subject = (struct subject){ .name = "samples.raw", .data = samples, .size = sizeof samples };
    return true;
}

size_t
subjects_load(const char *directory, struct subject loaded[], size_t most)
{
    struct dirent **names = NULL;
    size_t count = 0;
    int found = scandir(directory, &names, is_visible, alphasort);

    for (int i = 0; i < found; i++) {
        if (count < most && load(&loaded[count], directory, names[i]->d_name))
            count++;
        free(names[i]);
    }
    free(names);
    return count;
}

void
subjects_load_seeds(void)
{
    size_t most = sizeof subjects / sizeof *subjects;
    subject_count = subjects_load(FAULT_SEEDS, subjects, most - 1);
    subject_count += make_raw(&subjects[subject_count]);
}

bool
subject_is(const struct subject *subject, const char *format)
{
    const char *ending = strrchr(subject->name, '.');
    return ending && !strncmp(ending + 1, format, 3);
}

bool
outcome_equal(const struct outcome *a, const struct outcome *b)
{
    return a->status == b->status && a->frames == b->frames && a->digest == b->digest;
}

enum mim_status
subject_context(struct mim_context **context, unsigned threads)
{
    static const struct mim_context_options options = { .no_system = 1, .no_config = 1 };
    enum mim_status status = mim_context_create(context, &options, NULL);
    if (status == MIM_OK && threads > 1)
        status = mim_context_set_threads(*context, threads, NULL);
    return status;
}

static void
digest(struct outcome *outcome, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    uint64_t sum = outcome->digest ? outcome->digest : 14695981039346656037u;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ bytes[i]) * 1099511628211u;
    outcome->digest = sum;
}

static void
digest_meta(struct outcome *outcome, const struct mim_meta *meta)
{
    struct mim_meta_item item;
    for (size_t i = 0; mim_meta_at(meta, i, &item); i++) {
        digest(outcome, item.key, strlen(item.key) + 1);
        digest(outcome, item.data, item.size);
    }
}

static void
digest_frame(struct outcome *outcome, const struct mim_frame *frame)
{
    const uint64_t facts[] = { frame->width,         frame->height, frame->channels, frame->sample,
                               (uint64_t)frame->pts, frame->index,  frame->damaged,  (uint64_t)frame->duration,
                               (uint64_t)frame->loop };
    size_t row = (size_t)frame->width * frame->channels * mim_sample_size(frame->sample);

    digest(outcome, facts, sizeof facts);
    for (uint32_t y = 0; y < frame->height; y++)
        digest(outcome, (const char *)frame->data + y * frame->stride, row);
    digest_meta(outcome, frame->meta);
    outcome->frames++;
}

static enum mim_status
read_all(struct mim_reader *reader, struct outcome *outcome, struct mim_error *err)
{
    struct mim_frame frame = { 0 };
    enum mim_status status = mim_reader_load_metadata(reader, err);

    if (status == MIM_OK)
        digest_meta(outcome, mim_reader_metadata(reader));
    while (status == MIM_OK && (status = mim_reader_next(reader, &frame, err)) == MIM_OK)
        digest_frame(outcome, &frame);
    mim_frame_clear(&frame);
    return status == MIM_END ? MIM_OK : status;
}

static enum mim_status
read_backwards(struct mim_reader *reader, struct outcome *outcome, struct mim_error *err)
{
    struct mim_frame frame = { 0 };
    uint64_t count = 0;
    enum mim_status status = mim_reader_count_exactly(reader, &count, err);

    for (uint64_t i = count; status == MIM_OK && i-- > 0;)
        if ((status = mim_reader_read(reader, i, &frame, err)) == MIM_OK)
            digest_frame(outcome, &frame);
    mim_frame_clear(&frame);
    return status;
}

static enum mim_status
read_subject(struct mim_context *context, struct mim_source *source, const struct attempt *attempt,
             const struct mim_open_options *options, struct outcome *outcome, struct mim_error *err)
{
    struct mim_reader *reader = NULL;
    enum mim_status status = mim_reader_open(&reader, context, source, options, err);
    if (status == MIM_OK)
        status = attempt->backwards ? read_backwards(reader, outcome, err) : read_all(reader, outcome, err);
    mim_reader_close(reader);
    return status;
}

static enum mim_status
convert_subject(struct mim_context *context, struct mim_source *source, const struct attempt *attempt,
                const struct mim_open_options *open, struct outcome *outcome, struct mim_error *err)
{
    struct mim_tally tally = { 0 };
    struct mim_convert_options options = { .read.open = *open, .write.format = attempt->to };
    struct mim_sink *sink = attempt->sink;
    void *bytes = NULL;
    size_t size = 0;

    options.read.open.control.tally = &tally;
    enum mim_status status = sink ? MIM_OK : mim_sink_open_memory(&sink, err);
    if (status == MIM_OK)
        status = mim_convert(context, &source, 1, sink, &options, err);
    if (status == MIM_OK && !attempt->sink)
        status = mim_sink_take(sink, &bytes, &size, err);
    if (status == MIM_OK)
        outcome->frames = tally.frames;
    digest(outcome, bytes, size);
    mim_free(bytes);
    mim_sink_close(sink);
    return status;
}

/* A raw file does not state its shape. */
static enum mim_status
set_raw_shape(struct mim_open_options *options, struct mim_options **shape, struct mim_error *err)
{
    static const char *const assignments[] = { "width=5", "height=4", "channels=3", "sample=u8" };
    *shape = mim_options_create();
    options->format = "raw";
    options->options = *shape;
    enum mim_status status = *shape ? MIM_OK : MIM_NOMEM;
    for (size_t i = 0; status == MIM_OK && i < sizeof assignments / sizeof *assignments; i++)
        status = mim_options_parse(*shape, assignments[i], err);
    return status;
}

struct outcome
subject_try(const struct attempt *attempt)
{
    struct outcome outcome = { .status = MIM_OK };
    struct mim_context *context = attempt->context;
    struct mim_source *source = attempt->source;
    struct mim_tally tally = { 0 };
    struct mim_open_options options = { .control = { .limits = attempt->limits, .tally = &tally } };
    struct mim_options *shape = NULL;
    struct mim_error err = { 0 };

    if (!context)
        outcome.status = subject_context(&context, attempt->threads);
    if (outcome.status == MIM_OK && subject_is(attempt->subject, "raw"))
        outcome.status = set_raw_shape(&options, &shape, &err);
    if (outcome.status == MIM_OK && !source)
        outcome.status = mim_source_open_memory(&source, attempt->subject->data, attempt->subject->size, &err);
    if (outcome.status == MIM_OK)
        outcome.status = attempt->to ? convert_subject(context, source, attempt, &options, &outcome, &err)
                                     : read_subject(context, source, attempt, &options, &outcome, &err);
    else
        mim_sink_close(attempt->sink);
    mim_source_close(source);
    mim_options_destroy(shape);
    if (!attempt->context)
        mim_context_destroy(context);
    outcome.notices_of_loss = tally.notices[MIM_NOTICE_FRAMES] + tally.notices[MIM_NOTICE_METADATA] +
                              tally.notices[MIM_NOTICE_DAMAGED];
    snprintf(outcome.message, sizeof outcome.message, "%s", err.message);
    return outcome;
}
