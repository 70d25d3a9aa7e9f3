/* SPDX-License-Identifier: MIT */
/* mim plugin check: runs all tests on the plugins of a directory, or on one. */
#include "check.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../report.h"
#include "../signals.h"
#include "manifest.h"
#include "results.h"
#include "samples.h"

enum { DEFAULT_SECONDS = 30, DEFAULT_SEED = 1 };

static void
clear_subject(struct check_subject *subject)
{
    samples_clear(subject);
    manifest_destroy(subject->lines);
    free(subject->formats);
    free(subject->manifest);
    free(subject->module);
    free(subject->directory);
}

/* Lists the sections [format NAME]. */
static enum mim_status
list_formats(struct check_subject *subject, struct mim_error *err)
{
    const struct check_manifest *lines = subject->lines;
    subject->formats = calloc(lines->count + 1, sizeof *subject->formats);
    if (!subject->formats)
        return fail(err, MIM_NOMEM, "no memory for formats");
    for (size_t i = 0; i < lines->count; i++) {
        const char *section = lines->lines[i].section;
        if (strncmp(section, "format ", 7) || (i && !strcmp(section, lines->lines[i - 1].section)))
            continue;
        const char *read = manifest_value(lines, section, "read"), *write = manifest_value(lines, section, "write");
        bool is_archive = (read && strstr(read, "container")) || (write && strstr(write, "container"));
        subject->formats[subject->format_count++] = (struct check_format){
            .name = section + 7 + strspn(section + 7, " \t"),
            .read = is_archive ? NULL : read,
            .write = is_archive ? NULL : write,
            .packs = is_archive && write,
            .frames = 1,
        };
    }
    return MIM_OK;
}

/* Fills a subject from the path of a manifest. */
static enum mim_status
find_subject(struct check_subject *subject, const char *path, struct mim_error *err)
{
    char module[PATH_MAX];
    subject->manifest = realpath(path, NULL);
    if (!subject->manifest || !(subject->lines = manifest_read(subject->manifest)))
        return fail(err, MIM_IO, "%s: %s", path, strerror(errno));
    subject->directory = strndup(subject->manifest, (size_t)(strrchr(subject->manifest, '/') - subject->manifest));
    subject->name = manifest_value(subject->lines, "plugin", "name");
    const char *file = manifest_value(subject->lines, "plugin", "module");
    if (!subject->directory)
        return fail(err, MIM_NOMEM, "no memory for a path");
    if (!subject->name)
        return fail(err, MIM_BROKEN_PLUGIN, "%s: [plugin] has no name", path);
    snprintf(module, sizeof module, "%s/%s%s", subject->directory, file ? file : subject->name, file ? "" : ".so");
    if (!(subject->module = strdup(module)))
        return fail(err, MIM_NOMEM, "no memory for a path");
    return list_formats(subject, err);
}

static void
run_test(struct results *results, const struct check_trial *trial)
{
    struct check_outcome outcome;
    if (signals_interrupted())
        return;
    child_run(trial, &outcome);
    results_add(results, trial, &outcome);
}

static void
run_for_all(struct results *results, const struct check_subject *subject, const struct check_test *test)
{
    struct check_trial trial = { .test = test, .subject = subject };
    if (test->scope == CHECK_PLUGIN)
        run_test(results, &trial);
    for (size_t i = 0; test->scope == CHECK_FORMATS && i < subject->format_count; i++) {
        trial.format = &subject->formats[i];
        if ((!(test->flags & CHECK_WRITERS) || trial.format->write) && (!(test->flags & CHECK_ARCHIVES) || trial.format->packs))
            run_test(results, &trial);
    }
    for (size_t i = 0; test->scope == CHECK_SAMPLES && i < subject->sample_count; i++) {
        trial.sample = &subject->samples[i];
        trial.format = trial.sample->format;
        run_test(results, &trial);
    }
}

/* Runs the tests of a table. Returns false if one that the others need fails. */
static bool
run_table(struct results *results, const struct check_subject *subject, const struct check_test *test)
{
    for (; test->group; test++) {
        unsigned before = results->counts[CHECK_FAILED];
        run_for_all(results, subject, test);
        if (test->flags & CHECK_NEEDED && results->counts[CHECK_FAILED] > before)
            return false;
    }
    return true;
}

/* Once it is known that the plugin loads, the module is loaded here, which saves loading it for each test. */
static void
run_all(struct results *results, const struct check_subject *subject)
{
    static const struct check_test *const tables[] = { check_abi_tests, check_behaviour_tests, check_hostile_tests, check_memory_tests,
                                                     check_archive_tests };
    if (!run_table(results, subject, check_static_tests) || !run_table(results, subject, check_load_tests))
        return;
    dlopen(subject->module, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        run_table(results, subject, tables[i]);
}

static enum mim_status
check_plugin(const struct cli *cli, struct results *results, const char *manifest, struct mim_error *err)
{
    struct check_subject subject = { .is_thorough = cli->thorough, .seed = cli->seed ? cli->seed : DEFAULT_SEED,
                                     .seconds = DEFAULT_SECONDS,
                                     .todo = cli->todo };
    if (cli->limits.milliseconds && cli->limits.milliseconds != MIM_NO_LIMIT)
        subject.seconds = (unsigned)((cli->limits.milliseconds + 999) / 1000);
    enum mim_status status = find_subject(&subject, manifest, err);
    if (status == MIM_OK)
        status = samples_write(&subject, !cli->samples, err);
    if (status == MIM_OK && cli->samples)
        status = samples_find(&subject, cli->samples, err);
    if (status == MIM_OK) {
        results_begin_subject(results, &subject);
        run_all(results, &subject);
        results_end_subject(results);
    }
    clear_subject(&subject);
    return status;
}

static int
is_manifest(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return *entry->d_name != '.' && dot && !strcmp(dot, ".ini");
}

static enum mim_status
check_directory(const struct cli *cli, struct results *results, const char *path, struct mim_error *err)
{
    struct dirent **names = NULL;
    int count = scandir(path, &names, is_manifest, alphasort);
    enum mim_status status = count < 0 ? fail(err, MIM_IO, "%s: %s", path, strerror(errno))
                             : count   ? MIM_OK
                                       : fail(err, MIM_NO_PLUGIN, "%s has no manifest, which is a file NAME.ini", path);
    for (int i = 0; i < count; i++) {
        char file[PATH_MAX];
        snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
        if (status == MIM_OK)
            status = check_plugin(cli, results, file, err);
        free(names[i]);
    }
    free(names);
    return status;
}

/* The manifest of a module, NAME.ini for NAME.so, or the manifest itself. */
static enum mim_status
check_file(const struct cli *cli, struct results *results, const char *path, struct mim_error *err)
{
    char manifest[PATH_MAX];
    const char *dot = strrchr(path, '.');
    if (!dot || (strcmp(dot, ".so") && strcmp(dot, ".ini")))
        return fail(err, MIM_ARGUMENT, "%s: expected a directory, or a file named NAME.so", path);
    snprintf(manifest, sizeof manifest, "%.*s.ini", (int)(dot - path), path);
    return check_plugin(cli, results, manifest, err);
}

enum exit_code
run_plugin_check(struct cli *cli)
{
    struct json json = { .out = stdout };
    struct results results = { .json = cli->json ? &json : NULL };
    struct mim_error err = { 0 };
    struct stat facts;
    const char *path = cli->operands[0];

    results_begin(&results);
    enum mim_status status = stat(path, &facts) < 0 ? fail(&err, MIM_IO, "%s: %s", path, strerror(errno))
                             : S_ISDIR(facts.st_mode) ? check_directory(cli, &results, path, &err)
                                                      : check_file(cli, &results, path, &err);
    results_end(&results);
    if (status != MIM_OK)
        return give_up(NULL, &err);
    return results.counts[CHECK_FAILED] ? EXIT_PLUGIN : EXIT_GOOD;
}
