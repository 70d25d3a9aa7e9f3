/* SPDX-License-Identifier: MIT */
/* One run of the command: what was asked for, and what every subcommand shares. */
#ifndef MIM_TOOL_CLI_H
#define MIM_TOOL_CLI_H

#include <stdbool.h>

#include <mim/mim.h>

#include "frames.h"
#include "notices.h"

/* What the process ends with; nothing else from 128 to 255. */
enum exit_code {
    EXIT_GOOD = 0,
    EXIT_SEVERAL = 1,    /* several inputs failed in different ways */
    EXIT_USAGE = 2,
    EXIT_PLUGIN = 3,     /* not installed, or broken */
    EXIT_POLICY = 4,
    EXIT_MEMORY = 5,     /* a limit, or no memory */
    EXIT_INPUT = 6,      /* unreadable, unrecognised or damaged */
    EXIT_OUTPUT = 7,
    EXIT_WORKER = 75,    /* time-out or crash */
    EXIT_INTERRUPTED = 130
};

/* Which subcommands an option belongs to. */
enum {
    FOR_INFO = 1,
    FOR_CONVERT = 2,
    FOR_FORMATS = 4,
    FOR_PLUGINS = 8,
    FOR_EXPLAIN = 16,
    FOR_HELP = 32,
    FOR_BATCH = 64,
    FOR_ALL = 127
};

struct cli;

struct command {
    const char *name;
    const char *operands;          /* as the synopsis shows them */
    const char *summary;
    enum exit_code (*run)(struct cli *cli);
    unsigned flag;                 /* FOR_* */
    int min_operands, max_operands;               /* operands; most -1: any number */
};

/* The subcommands, ended by a row without a name. */
extern const struct command commands[];
const struct command *command_by_name(const char *name);

struct cli {
    const struct command *command;
    char **operands;
    int operand_count;

    const char *from, *to, *plugin;
    struct mim_options *reading, *writing;  /* NULL when none was given */
    enum mim_sample sample;
    uint32_t channels;
    bool mean;
    struct frame_list frames;
    uint64_t start;                         /* number of the first file of a series */
    struct mim_limits limits;
    unsigned threads;
    bool partial, strict, force, quiet;
    const char *directory, *name;           /* of batch */
    unsigned jobs;                          /* 0: as many as threads */
    bool skip_existing, keep_going;
    bool json, each, count, paths, config, help;

    struct mim_context *context;
    struct notices notices;
};

/* A context as the options want it; each that is made is independent. */
enum mim_status cli_context(const struct cli *cli, struct mim_context **out, struct mim_error *err);

/* The options' and the notices' side of a job. */
void cli_control(struct cli *cli, struct mim_control *control);

/* Run one subcommand over parsed options. */
enum exit_code run_info(struct cli *cli);
enum exit_code run_convert(struct cli *cli);
enum exit_code run_batch(struct cli *cli);
enum exit_code run_formats(struct cli *cli);
enum exit_code run_plugins(struct cli *cli);
enum exit_code run_explain(struct cli *cli);
enum exit_code run_help(struct cli *cli);

/* help.c: a subcommand's page; the option tables of a format. tables.c: of all formats of a plugin, blanks between. */
void print_overview(FILE *out);
void print_command_help(FILE *out, const struct command *command);
struct option_page {
    struct mim_context *context;
    const char *format, *plugin; /* plugin NULL: whichever serves it */
    const char *title;           /* what the headings call it */
};
enum mim_status print_format_options(FILE *out, const struct option_page *page, struct mim_error *err);
enum mim_status print_plugin_options(struct mim_context *context, const char *plugin, const char *formats,
                                     struct mim_error *err);

#endif
