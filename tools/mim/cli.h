/* SPDX-License-Identifier: MIT */
/* One run of the command: the parsed command line, and the functions shared by the subcommands. */
#ifndef MIM_TOOL_CLI_H
#define MIM_TOOL_CLI_H

#include <stdbool.h>

#include <mim/mim.h>

#include "frames.h"
#include "notices.h"

/* Exit statuses of the process; no others from 128 to 255 are used. */
enum exit_code {
    EXIT_GOOD = 0,
    EXIT_SEVERAL = 1,    /* several inputs failed in different ways */
    EXIT_USAGE = 2,
    EXIT_PLUGIN = 3,     /* not installed, or broken */
    EXIT_POLICY = 4,
    EXIT_MEMORY = 5,     /* a limit exceeded, or out of memory */
    EXIT_INPUT = 6,      /* unreadable, unknown or damaged */
    EXIT_OUTPUT = 7,
    EXIT_WORKER = 75,    /* timeout or crash */
    EXIT_INTERRUPTED = 130 /* instead, the process ends by its signal */
};

/* The subcommands that an option belongs to. */
enum {
    FOR_INFO = 1,
    FOR_CONVERT = 2,
    FOR_FORMATS = 4,
    FOR_PLUGINS = 8,
    FOR_EXPLAIN = 16,
    FOR_HELP = 32,
    FOR_BATCH = 64,
    FOR_PLUGIN = 128,     /* the group alone */
    FOR_PLUGIN_NEW = 256,
    FOR_PLUGIN_CHECK = 512,
    FOR_ALL = 1023
};

struct cli;

struct command {
    const char *name;
    const char *operands;          /* as shown in the synopsis */
    const char *summary;
    enum exit_code (*run)(struct cli *cli);
    unsigned flag;                 /* FOR_* */
    int min_operands, max_operands; /* -1: any number */
    const struct command *parts;   /* the commands of a group, which is not run itself */
};

/* The subcommands, and those of the group `plugin`. A row without a name ends a table. */
extern const struct command commands[], plugin_commands[];

/* Find a command, or the one called `part` of a group. `part` may be NULL. */
const struct command *command_by_name(const char *name, const char *part);

struct cli {
    const struct command *command;
    char **operands;
    int operand_count;

    const char *from, *to, *plugin;
    char *formats;                          /* to allow, separated by blanks; NULL: all */
    struct mim_options *reading, *writing;  /* NULL: none given */
    enum mim_sample sample;
    uint32_t channels;
    bool mean;
    struct frame_list frames;
    uint64_t start;                         /* number of the first file of a series to write */
    struct mim_limits limits;
    unsigned threads;
    bool partial, strict, force, quiet;
    const char *directory, *name;           /* of batch */
    const char *language;                   /* of plugin new */
    unsigned jobs;                          /* 0: one per thread */
    bool skip_existing, keep_going;
    const char *samples, *todo;             /* of plugin check */
    uint64_t seed;
    bool thorough;
    bool json, each, count, paths, config, help;
    bool is_stuck;                          /* threads of a batch do not return and still use the structs */

    struct mim_context *context;
    struct notices notices;
};

/* Create a new context that is set up by the options. */
enum mim_status cli_context(const struct cli *cli, struct mim_context **out, struct mim_error *err);

/* Return whether a configuration that cannot be understood ends the run: not help, which needs no plugins, nor the list of
 * the configuration, by which it can be mended. */
bool heeds_policy(const struct cli *cli);

/* Fill the control of a job from the options. */
void cli_control(struct cli *cli, struct mim_control *control);

/* Return whether a format has this name, or the extension after a dot. */
bool is_format_called(const struct mim_format_info *info, const char *name);

/* Return whether `name` is one of the blank-separated words, ignoring case. */
bool is_word_of(const char *words, const char *name);

/* Return the limit of a job's duration in milliseconds, from the options and mim.conf. */
uint64_t cli_milliseconds(const struct cli *cli);

/* Run one subcommand after the options are parsed. */
enum exit_code run_info(struct cli *cli);
enum exit_code run_convert(struct cli *cli);
enum exit_code run_batch(struct cli *cli);
enum exit_code run_formats(struct cli *cli);
enum exit_code run_plugins(struct cli *cli);
enum exit_code run_explain(struct cli *cli);
enum exit_code run_help(struct cli *cli);
enum exit_code run_plugin_new(struct cli *cli);
enum exit_code run_plugin_check(struct cli *cli);

/* help.c: the help pages of the command, a subcommand, and a format. */
void print_overview(FILE *out);
void print_command_help(FILE *out, const struct command *command);
struct option_page {
    struct mim_context *context;
    const char *format, *plugin; /* plugin NULL: the one that would be chosen */
    const char *title;           /* name of the format in the headings */
};
enum mim_status print_format_options(FILE *out, const struct option_page *page, struct mim_error *err);
/* tables.c: the option tables of a plugin's formats, which are separated by blanks in `formats`. */
enum mim_status print_plugin_options(struct mim_context *context, const char *plugin, const char *formats,
                                     struct mim_error *err);

#endif
