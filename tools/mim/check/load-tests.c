/* SPDX-License-Identifier: MIT */
/* Tests that loading and using the plugin leaves the process as it was. */
#include <dirent.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "reading.h"

static void
print_directory(FILE *out)
{
    char *path = getcwd(NULL, 0);
    fputs(path ? path : "none", out);
    free(path);
}

static void
print_umask(FILE *out)
{
    mode_t mask = umask(0);
    umask(mask);
    fprintf(out, "%03o", mask);
}

static void
print_locale(FILE *out)
{
    fputs(setlocale(LC_ALL, NULL), out);
}

/* The C library catches the signals 32 and 33 for threads. */
#define SIGNALS_OF_LIBC (3ull << 31)

/* The masks of blocked, ignored and caught signals. */
static void
print_signals(FILE *out)
{
    char line[200];
    FILE *status = fopen("/proc/self/status", "re");
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "SigBlk:", 7) || !strncmp(line, "SigIgn:", 7) || !strncmp(line, "SigCgt:", 7))
            fprintf(out, "%.7s %llx ", line, strtoull(line + 7, NULL, 16) & ~SIGNALS_OF_LIBC);
    if (status)
        fclose(status);
}

/* Without the descriptor of the listing itself, which is the next free one. */
static void
print_descriptors(FILE *out)
{
    char path[64], target[200];
    for (int fd = 0; fd < 1024; fd++) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        ssize_t size = readlink(path, target, sizeof target - 1);
        if (size > 0)
            fprintf(out, "%d=%.*s ", fd, (int)size, target);
    }
}

static size_t
count_threads(void)
{
    size_t count = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (const struct dirent *entry; tasks && (entry = readdir(tasks));)
        count += *entry->d_name != '.';
    if (tasks)
        closedir(tasks);
    return count;
}

/* The kernel may list a thread for a moment after it was joined. */
static void
print_threads(FILE *out)
{
    for (int i = 0; i < 1000 && count_threads() > 1; i++)
        usleep(1000);
    fprintf(out, "%zu threads", count_threads());
}

static void
print_environment(FILE *out)
{
    for (char **variable = environ; *variable; variable++)
        fprintf(out, "%s ", *variable);
}

enum property { DIRECTORY, UMASK, LOCALE, SIGNALS, DESCRIPTORS, THREADS, ENVIRONMENT };
static void (*const properties[])(FILE *) = {
    [DIRECTORY] = print_directory,     [UMASK] = print_umask,     [LOCALE] = print_locale,           [SIGNALS] = print_signals,
    [DESCRIPTORS] = print_descriptors, [THREADS] = print_threads, [ENVIRONMENT] = print_environment,
};

static char *
property_text(int property)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        trial_fail("no memory for a text");
    properties[property](out);
    fclose(out);
    return text;
}

static void
load_plugin(const struct check_trial *trial)
{
    struct mim_error err = { 0 };
    struct mim_context *context = reading_context(trial->subject, 1);
    if (mim_context_load_plugin(context, trial->subject->name, &err) != MIM_OK)
        trial_fail("%s", err.message);
    mim_context_destroy(context);
}

/* Loads the plugin, and reads the first sample if there is one. */
static void
use_plugin(const struct check_trial *trial)
{
    struct check_trial reading_trial = *trial;
    struct reading reading;
    load_plugin(trial);
    if (!trial->subject->sample_count)
        return;
    reading_trial.sample = &trial->subject->samples[0];
    reading_trial.format = reading_trial.sample->format;
    reading_run(&reading_trial, &(struct reading_setup){ 0 }, &reading);
    reading_clear(&reading);
}

static void
keeps_property(const struct check_trial *trial)
{
    char *before = property_text(trial->test->argument);
    use_plugin(trial);
    char *after = property_text(trial->test->argument);
    if (strcmp(before, after))
        trial_fail("before: %.400s, after: %.400s", before, after);
}

static void
prints_nothing(const struct check_trial *trial)
{
    use_plugin(trial);
    if (trial_printed())
        trial_fail("it writes to stdout or stderr: call host->log or host->notice");
}

const struct check_test check_load_tests[] = {
    { "load", "loads", CHECK_PLUGIN, load_plugin, 0, CHECK_NEEDED },
    { "load", "prints nothing", CHECK_PLUGIN, prints_nothing, 0, 0 },
    { "load", "same working directory", CHECK_PLUGIN, keeps_property, DIRECTORY, 0 },
    { "load", "same umask", CHECK_PLUGIN, keeps_property, UMASK, 0 },
    { "load", "same locale", CHECK_PLUGIN, keeps_property, LOCALE, 0 },
    { "load", "same signals", CHECK_PLUGIN, keeps_property, SIGNALS, 0 },
    { "load", "same descriptors", CHECK_PLUGIN, keeps_property, DESCRIPTORS, 0 },
    { "load", "no thread left", CHECK_PLUGIN, keeps_property, THREADS, 0 },
    { "load", "same environment", CHECK_PLUGIN, keeps_property, ENVIRONMENT, 0 },
    { 0 },
};
