/* SPDX-License-Identifier: MIT */
/* The table of the command's options, and the parser of the command line. */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

static enum mim_status
set_flag(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    (void)value, (void)err;
    *(bool *)((char *)cli + row->offset) = true;
    return MIM_OK;
}

static enum mim_status
set_text(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    (void)err;
    *(const char **)((char *)cli + row->offset) = value;
    return MIM_OK;
}

static enum mim_status
need_options(struct mim_options **options, struct mim_error *err)
{
    if (!*options)
        *options = mim_options_create();
    return *options ? MIM_OK : fail(err, MIM_NOMEM, "no memory for options");
}

/* Adds NAME=VALUE to the options of the reader or the writer. */
static enum mim_status
add_assignment(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    struct mim_options **options = (struct mim_options **)((char *)cli + row->offset);
    enum mim_status status = need_options(options, err);
    return status == MIM_OK ? mim_options_parse(*options, value, err) : status;
}

/* Sets the writer's option of the same name. */
static enum mim_status
add_named(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    enum mim_status status = need_options(&cli->writing, err);
    return status == MIM_OK ? mim_options_set_text(cli->writing, row->name, value, err) : status;
}

static enum mim_status
set_formats(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    (void)row;
    free(cli->formats);
    cli->formats = strdup(value);
    for (char *at = cli->formats; at && *at; at++)
        *at = *at == ',' ? ' ' : (char)tolower((unsigned char)*at);
    return cli->formats ? MIM_OK : fail(err, MIM_NOMEM, "no memory for a list of formats");
}

static enum mim_status
add_frames(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    (void)row;
    return frame_list_add(&cli->frames, value, err);
}

static enum mim_status
set_result(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    (void)row;
    return mim_size_parse(value, &cli->limits.result_bytes, err);
}

static enum mim_status
set_memory(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    enum mim_status status = set_result(cli, row, value, err);
    cli->limits.working_bytes = cli->limits.result_bytes;
    return status;
}

static enum mim_status
set_limit(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    char name[32];
    size_t length = strcspn(value, "=");

    if (!value[length] || length >= sizeof name)
        return fail(err, MIM_OPTION, "--%s %s: not NAME=VALUE", row->name, value);
    snprintf(name, sizeof name, "%.*s", (int)length, value);
    return mim_limits_set(&cli->limits, name, value + length + 1, err);
}

/* Sets the limit of the same name. */
static enum mim_status
set_named_limit(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    return mim_limits_set(&cli->limits, row->name, value, err);
}

/* Sets a number of threads or jobs. */
static enum mim_status
set_number(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);
    if (end == value || *end || *value == '-' || number > 1024)
        return fail(err, MIM_OPTION, "--%s %s: not a number from 0 to 1024", row->name, value);
    *(unsigned *)((char *)cli + row->offset) = (unsigned)number;
    return MIM_OK;
}

static enum mim_status
set_seed(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    char *end;
    cli->seed = strtoull(value, &end, 10);
    return isdigit((unsigned char)*value) && !*end ? MIM_OK : fail(err, MIM_OPTION, "--%s %s: not a number", row->name, value);
}

static enum mim_status
set_start(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end || errno || number > INT64_MAX)
        return fail(err, MIM_OPTION, "--%s %s: not a number of 0 or more", row->name, value);
    cli->start = number;
    return MIM_OK;
}

static enum mim_status
set_keep_going(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    (void)row;
    cli->keep_going = !value || !strcmp(value, "yes");
    if (value && !cli->keep_going && strcmp(value, "no"))
        return fail(err, MIM_OPTION, "--keep-going=%s: not yes or no", value);
    return MIM_OK;
}

static enum mim_status
set_sample(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    (void)row;
    cli->sample = mim_sample_by_name(value);
    if (cli->sample == MIM_SAMPLE_NONE)
        return fail(err, MIM_OPTION, "--sample %s: not one of u1 u8 u16 u32 u64 i8 i16 i32 i64 f32 f64", value);
    return MIM_OK;
}

static enum mim_status
set_color(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    static const char *const names[] = { "gray", "graya", "rgb", "rgba" }; /* by channels - 1 */

    (void)row;
    for (uint32_t i = 0; i < 4; i++)
        if (!strcmp(value, names[i])) {
            cli->channels = i + 1;
            return MIM_OK;
        }
    return fail(err, MIM_OPTION, "--color %s: not one of gray graya rgb rgba", value);
}

static enum mim_status
set_gray(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err)
{
    (void)row;
    cli->mean = value && !strcmp(value, "mean");
    cli->channels = cli->mean ? 0 : 1;
    if (value && !cli->mean && strcmp(value, "luma"))
        return fail(err, MIM_OPTION, "--gray=%s: not luma or mean", value);
    return MIM_OK;
}

#define IN_CLI(field) offsetof(struct cli, field)
#define CONVERTING (FOR_CONVERT | FOR_BATCH)
#define READING (FOR_INFO | CONVERTING)

const struct option_row option_rows[] = {
    { "each", 0, NULL, FOR_INFO, "list every frame", set_flag, IN_CLI(each) },
    { "count", 0, NULL, FOR_INFO, "count frames exactly, however long it takes", set_flag, IN_CLI(count) },
    { "json", 0, NULL, FOR_INFO | FOR_FORMATS | FOR_PLUGINS | FOR_EXPLAIN | FOR_PLUGIN_CHECK, "print JSON; see mim(1)", set_flag, IN_CLI(json) },
    { "input", 'i', "NAME=VALUE", READING, "set an option of the input's format; see mim help FORMAT", add_assignment,
      IN_CLI(reading) },
    { "output", 'o', "NAME=VALUE", CONVERTING, "set an option of the output's format", add_assignment, IN_CLI(writing) },
    { "fps", 0, "N", CONVERTING, "same as -o fps=N: frames per second", add_named, 0 },
    { "duration", 0, "S[,S...]", CONVERTING, "same as -o duration=S: seconds per frame, one number or a list", add_named,
      0 },
    { "loop", 0, "N", CONVERTING, "same as -o loop=N: number of plays, 0 for ever", add_named, 0 },
    { "from", 0, "FORMAT", READING | FOR_EXPLAIN, "format of the input, instead of detecting it", set_text, IN_CLI(from) },
    { "to", 0, "FORMAT", CONVERTING, "format of the output, whatever its name", set_text, IN_CLI(to) },
    { "formats", 0, "NAME[,NAME...]", READING, "read only these formats, and refuse all others", set_formats, 0 },
    { "plugin", 0, "NAME", READING | FOR_EXPLAIN, "use this plugin for all of its formats", set_text, IN_CLI(plugin) },
    { "frames", 0, "LIST", CONVERTING, "frames to convert: numbers and slices, as in 0,5:10,-1,::2", add_frames, 0 },
    { "start", 0, "N", CONVERTING, "first number of a series such as frame_%03d.gif; default 0", set_start,
      0 },
    { "color", 0, "MODEL", CONVERTING, "convert to gray, graya, rgb or rgba", set_color, 0 },
    { "gray", 0, "[luma|mean]", CONVERTING, "convert to gray by luma, or by the mean of all channels", set_gray, 0 },
    { "sample", 0, "TYPE", CONVERTING, "convert to u1, u8, u16, u32, u64, i8, i16, i32, i64, f32 or f64", set_sample, 0 },
    { "memory", 0, "SIZE", READING, "same as --limit memory=SIZE --limit working=SIZE, as in 256MB", set_memory, 0 },
    { "memtest", 0, "SIZE", READING, "same as --limit memory=SIZE", set_result, 0 },
    { "limit", 0, "NAME=VALUE", READING, "limit memory, working, pixels, frames, metadata, seconds, spool or ratio", set_limit, 0 },
    { "seconds", 0, "N", READING | FOR_PLUGIN_CHECK, "same as --limit seconds=N: how long each job may take, in a batch each file",
      set_named_limit, 0 },
    { "threads", 0, "N", CONVERTING, "number of threads; 0: all that this process may use", set_number,
      IN_CLI(threads) },
    { "partial", 0, NULL, CONVERTING, "keep the good frames of a damaged input", set_flag, IN_CLI(partial) },
    { "force", 'f', NULL, CONVERTING, "replace an existing output", set_flag, IN_CLI(force) },
    { "strict", 0, NULL, READING, "treat notes as errors", set_flag, IN_CLI(strict) },
    { "quiet", 'q', NULL, READING, "print no notes and no progress", set_flag, IN_CLI(quiet) },
    { "verbose", 'v', NULL, READING, "list all values that notes are about", set_flag, IN_CLI(notices.is_verbose) },
    { "directory", 'd', "DIR", FOR_BATCH, "directory for the outputs, created if missing", set_text, IN_CLI(directory) },
    { "name", 0, "TEMPLATE", FOR_BATCH, "output names, with {name}, {ext} and {index}; see mim(1)", set_text, IN_CLI(name) },
    { "jobs", 'j', "N", FOR_BATCH, "number of files to convert at once; 0: one per thread", set_number, IN_CLI(jobs) },
    { "skip-existing", 0, NULL, FOR_BATCH, "skip files whose output exists", set_flag,
      IN_CLI(skip_existing) },
    { "keep-going", 0, "[yes|no]", FOR_BATCH, "no: start no more files after a failure", set_keep_going, 0 },
    { "samples", 0, "DIR", FOR_PLUGIN_CHECK, "files to read, instead of those that the plugin writes", set_text, IN_CLI(samples) },
    { "thorough", 0, NULL, FOR_PLUGIN_CHECK, "try every byte, call and poll, and more damaged files", set_flag, IN_CLI(thorough) },
    { "todo", 0, "TEXT[|TEXT...]", FOR_PLUGIN_CHECK, "tests whose name contains one of the texts may fail", set_text, IN_CLI(todo) },
    { "seed", 0, "N", FOR_PLUGIN_CHECK, "which bits to flip; default 1", set_seed, 0 },
    { "paths", 0, NULL, FOR_PLUGINS, "list the directories searched, highest precedence first", set_flag, IN_CLI(paths) },
    { "config", 0, NULL, FOR_PLUGINS, "list the configuration files and the values in effect", set_flag, IN_CLI(config) },
    { "lang", 0, "c|c++", FOR_PLUGIN_NEW, "language of the plugin; default c", set_text, IN_CLI(language) },
    { "help", 'h', NULL, FOR_ALL, "show this help", set_flag, IN_CLI(help) },
    { 0 },
};

#define ROW_COUNT (sizeof option_rows / sizeof *option_rows - 1)

/* The tables for getopt, with the options of one command. */
struct getopt_tables {
    struct option longs[ROW_COUNT + 1];
    char shorts[2 * ROW_COUNT + 2];
};

static void
fill_tables(struct getopt_tables *tables, unsigned command)
{
    struct option *next = tables->longs;
    char *letter = tables->shorts;

    *letter++ = ':'; /* makes getopt distinguish a missing value from an unknown option */
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct option_row *row = &option_rows[i];
        if (!(row->commands & command))
            continue;
        int argument = !row->value ? no_argument : *row->value == '[' ? optional_argument : required_argument;
        *next++ = (struct option){ row->name, argument, NULL, (int)(256 + i) };
        if (row->letter)
            *letter++ = row->letter;
        if (row->letter && row->value)
            *letter++ = ':';
    }
    *next = (struct option){ 0 };
    *letter = 0;
}

static const struct option_row *
row_of(int code)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (code == (int)(256 + i) || (code && code == option_rows[i].letter))
            return &option_rows[i];
    return NULL;
}

static const struct option_row *
row_named(const char *argument)
{
    size_t length = strcspn(argument, "=");
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strlen(option_rows[i].name) == length && !strncmp(option_rows[i].name, argument, length))
            return &option_rows[i];
    return NULL;
}

/* Reports the argument before optind, for which getopt returned '?' or ':'. */
static enum mim_status
refuse_argument(const struct cli *cli, int code, char **argv, struct mim_error *err)
{
    const char *argument = argv[optind - 1];
    const char *command = cli->command->name;
    char letter[3] = { '-', (char)optopt, 0 };
    bool is_short = optopt && optopt < 256;
    const struct option_row *row = !strncmp(argument, "--", 2) ? row_named(argument + 2) : NULL;

    if (code == ':')
        return fail(err, MIM_OPTION, "%s needs a value; see mim help %s", is_short ? letter : argument, command);
    if (row && row->commands & cli->command->flag)
        return fail(err, MIM_OPTION, "--%s takes no value; see mim help %s", row->name, command);
    return fail(err, MIM_OPTION, "mim %s has no option %s; see mim help %s", command, is_short ? letter : argument,
                command);
}

enum mim_status
options_parse(struct cli *cli, int argc, char **argv, struct mim_error *err)
{
    struct getopt_tables tables;
    int code;

    fill_tables(&tables, cli->command->flag);
    opterr = 0;
    while ((code = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
        const struct option_row *row = code == '?' || code == ':' ? NULL : row_of(code);
        if (!row)
            return refuse_argument(cli, code, argv, err);
        enum mim_status status = row->set(cli, row, optarg, err);
        if (status != MIM_OK)
            return status;
    }
    cli->operands = argv + optind;
    cli->operand_count = argc - optind;
    return MIM_OK;
}

void
options_clear(struct cli *cli)
{
    mim_options_destroy(cli->reading);
    mim_options_destroy(cli->writing);
    free(cli->formats);
    frame_list_clear(&cli->frames);
}
