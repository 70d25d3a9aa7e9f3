/* SPDX-License-Identifier: MIT */
/* mim batch: converts many files, each to an output of its own, and prints a line for each and a summary. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"
#include "progress.h"
#include "report.h"
#include "signals.h"
#include "streams.h"
#include "text.h"

static const struct {
    const char *mark, *plain; /* plain: for locales other than UTF-8 */
    const char *count;
} outcomes[] = {
    [BATCH_DONE] = { "✓", "ok", "done" },
    [BATCH_FAILED] = { "✗", "failed", "failed" },
    [BATCH_SKIPPED] = { "–", "skipped", "skipped" },
};

struct tally {
    const struct cli *cli;
    bool is_plain;            /* ASCII only */
    bool has_separate_errors; /* standard error and standard output are different files */
    size_t counts[BATCH_OUTCOMES];
    struct verdict verdict;
};

static bool
is_utf8(void)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (!locale)
        return false;

    bool utf8 = !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8");
    freelocale(locale);
    return utf8;
}

/* Returns whether standard error and standard output are different files. If so, failures are reported on both. */
static bool
errors_go_elsewhere(void)
{
    struct stat out, err;
    return fstat(STDOUT_FILENO, &out) || fstat(STDERR_FILENO, &err) || out.st_dev != err.st_dev
           || out.st_ino != err.st_ino;
}

/* Flushes each line, because a batch may take hours. */
static void
print_line(const struct tally *tally, const struct batch_result *result)
{
    printf("%s ", tally->is_plain ? outcomes[result->outcome].plain : outcomes[result->outcome].mark);
    print_text(stdout, shown_name(result->file->input));
    if (result->outcome == BATCH_SKIPPED)
        fputs(": exists already", stdout);
    if (result->outcome == BATCH_FAILED) {
        fputs(": ", stdout);
        print_text(stdout, result->err.message);
    }
    putchar('\n');
    fflush(stdout);
}

static void
report_result(void *user, const struct batch_result *result)
{
    struct tally *tally = user;
    bool failed = result->outcome == BATCH_FAILED;

    tally->counts[result->outcome]++;
    progress_clear();
    if (failed || !tally->cli->quiet)
        print_line(tally, result);
    if (!failed)
        return;
    if (tally->has_separate_errors)
        report_error(shown_name(result->file->input), &result->err);
    verdict_add(&tally->verdict, result->code);
}

/* Prints a summary such as "3 done, 1 failed, 2 not done", which omits all zeros but the first. */
static void
print_counts(const struct tally *tally, size_t total)
{
    printf("%zu %s", tally->counts[BATCH_DONE], outcomes[BATCH_DONE].count);
    for (int i = BATCH_DONE; i < BATCH_OUTCOMES; i++) {
        total -= tally->counts[i];
        if (i != BATCH_DONE && tally->counts[i])
            printf(", %zu %s", tally->counts[i], outcomes[i].count);
    }
    if (total)
        printf(", %zu not done", total);
    putchar('\n');
}

/* Creates the directory unless it exists. */
static enum mim_status
make_directory(const char *path, bool *made, struct mim_error *err)
{
    struct stat info;

    *made = !mkdir(path, 0777);
    if (*made)
        return MIM_OK;
    if (errno != EEXIST)
        return fail(err, MIM_IO, "%s", strerror(errno));
    return !stat(path, &info) && S_ISDIR(info.st_mode) ? MIM_OK : fail(err, MIM_IO, "not a directory");
}

static enum exit_code
work_through(struct cli *cli, struct batch_list *list)
{
    struct tally tally = { .cli = cli, .is_plain = !is_utf8(), .has_separate_errors = errors_go_elsewhere() };
    struct mim_error err = { 0 };
    bool made;

    if (make_directory(cli->directory, &made, &err) != MIM_OK) {
        report_error(cli->directory, &err);
        return EXIT_OUTPUT;
    }
    if (workers_run(cli, list, report_result, &tally, &err) != MIM_OK)
        verdict_add(&tally.verdict, give_up(NULL, &err));
    if (made)
        rmdir(cli->directory); /* succeeds only if no output was written */
    if (!cli->quiet)
        print_counts(&tally, list->count);
    return tally.verdict.code;
}

enum exit_code
run_batch(struct cli *cli)
{
    struct batch_list list;
    struct mim_error err = { 0 };

    if (!cli->directory || !*cli->directory) {
        fail(&err, MIM_OPTION, "mim batch needs -d DIR, the directory for the outputs");
        return give_up(NULL, &err);
    }
    if (cli->force && cli->skip_existing) {
        fail(&err, MIM_OPTION, "--force and --skip-existing cannot be combined");
        return give_up(NULL, &err);
    }
    enum mim_status status = batch_list_fill(&list, cli, &err);
    enum exit_code code = status == MIM_OK ? work_through(cli, &list) : give_up(NULL, &err);
    if (!cli->is_stuck)
        batch_list_clear(&list);
    return code;
}
