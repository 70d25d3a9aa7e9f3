/* SPDX-License-Identifier: MIT */
/* Samples are found in a directory, or written by the plugin itself. */
#include "samples.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../report.h"
#include "child.h"
#include "pattern.h"

/* Takes the bytes of a descriptor. The name is copied. */
static enum mim_status
add_sample(struct check_subject *subject, const char *name, const struct check_format *format, int fd, struct mim_error *err)
{
    struct stat facts;
    struct check_sample *more = realloc(subject->samples, (subject->sample_count + 1) * sizeof *more);
    if (!more)
        return fail(err, MIM_NOMEM, "no memory for samples");
    subject->samples = more;
    if (fstat(fd, &facts) < 0 || !facts.st_size || facts.st_size > MAX_SAMPLE)
        return MIM_OK;
    struct check_sample sample = { strdup(name), format, malloc((size_t)facts.st_size), (size_t)facts.st_size };
    if (!sample.name || !sample.data || pread(fd, sample.data, sample.size, 0) != (ssize_t)sample.size) {
        free(sample.name);
        free(sample.data);
        return fail(err, MIM_IO, "%s: the sample cannot be read", name);
    }
    more[subject->sample_count++] = sample;
    return MIM_OK;
}

static void
take_winner(void *user, const struct mim_explanation *step)
{
    if (step->is_format && step->winner)
        snprintf(user, 64, "%s", step->name);
}

/* The format that libmim chooses for a file, if the plugin has it; no code is loaded. */
static const struct check_format *
find_format(const struct check_subject *subject, struct mim_context *context, const char *path)
{
    struct mim_source *source = NULL;
    char name[64] = "";
    if (mim_source_open_path(&source, path, NULL) != MIM_OK ||
        mim_context_explain(context, source, NULL, NULL, take_winner, name, NULL) != MIM_OK)
        *name = '\0';
    mim_source_close(source);
    for (size_t i = 0; i < subject->format_count; i++)
        if (!strcmp(subject->formats[i].name, name))
            return &subject->formats[i];
    return NULL;
}

static enum mim_status
take_file(struct check_subject *subject, struct mim_context *context, const char *directory, const char *name, struct mim_error *err)
{
    char path[PATH_MAX];
    struct stat facts;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const struct check_format *format = NULL;
    if (fd >= 0 && !fstat(fd, &facts) && S_ISREG(facts.st_mode))
        format = find_format(subject, context, path);
    enum mim_status status = format && format->read ? add_sample(subject, name, format, fd, err) : MIM_OK;
    if (fd >= 0)
        close(fd);
    return status;
}

enum mim_status
samples_find(struct check_subject *subject, const char *directory, struct mim_error *err)
{
    const struct mim_context_options options = { .no_environment = 1, .no_system = 1, .no_config = 1 };
    struct mim_context *context = NULL;
    struct dirent **names = NULL;
    int count = scandir(directory, &names, NULL, alphasort);
    if (count < 0)
        return fail(err, MIM_IO, "%s: %s", directory, strerror(errno));
    enum mim_status status = mim_context_create(&context, &options, err);
    if (status == MIM_OK)
        status = mim_context_add_directory(context, subject->directory, err);
    for (int i = 0; i < count; i++) {
        if (status == MIM_OK)
            status = take_file(subject, context, directory, names[i]->d_name, err);
        free(names[i]);
    }
    free(names);
    mim_context_destroy(context);
    return status;
}

/* Where the child writes a sample. */
static int output = -1;

static void
write_sample(const struct check_trial *trial)
{
    struct mim_error err = { 0 };
    void *data;
    size_t size;
    if (pattern_write(trial, &(struct pattern_setup){ 0 }, &data, &size, &err) != MIM_OK)
        trial_fail("%s", err.message);
    if (write(output, data, size) != (ssize_t)size)
        trial_fail("the sample cannot be kept: %m");
}

/* Writes a file of several frames, or of one if the format or its usual options allow no more. */
static bool
write_frames(const struct check_subject *subject, struct check_format *format)
{
    static const struct check_test test = { "samples", "written", CHECK_FORMATS, write_sample, 0, CHECK_WRITERS };
    const struct check_trial trial = { &test, subject, format, NULL };
    struct check_outcome outcome;
    format->frames = PATTERN_FRAMES;
    child_run(&trial, &outcome);
    if (outcome.result == CHECK_PASSED)
        return true;
    format->frames = 1;
    child_run(&trial, &outcome);
    return outcome.result == CHECK_PASSED;
}

enum mim_status
samples_write(struct check_subject *subject, bool is_taken, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    for (size_t i = 0; status == MIM_OK && i < subject->format_count; i++) {
        struct check_format *format = &subject->formats[i];
        char name[80];
        if (!format->write)
            continue;
        output = memfd_create("sample", MFD_CLOEXEC);
        if (output < 0)
            return fail(err, MIM_IO, "no memory for a sample: %s", strerror(errno));
        snprintf(name, sizeof name, "written.%s", format->name);
        if (write_frames(subject, format) && format->read && is_taken)
            status = add_sample(subject, name, format, output, err);
        close(output);
    }
    return status;
}

void
samples_clear(struct check_subject *subject)
{
    for (size_t i = 0; i < subject->sample_count; i++) {
        free(subject->samples[i].name);
        free(subject->samples[i].data);
    }
    free(subject->samples);
}
