/* SPDX-License-Identifier: MIT */
/* The command: which subcommand runs, and what the process ends with. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "options.h"
#include "progress.h"
#include "report.h"
#include "signals.h"

const struct command commands[] = {
    { "info", "FILE...", "what is in a file: frames, size, sample type, timing, metadata", run_info, FOR_INFO, 1, -1 },
    { "convert", "IN... OUT", "any format to any other, frame by frame", run_convert, FOR_CONVERT, 2, -1 },
    { "formats", "", "what can be read and written, and by which plugin", run_formats, FOR_FORMATS, 0, 0 },
    { "plugins", "[NAME]", "every plugin found, where, and whether it works", run_plugins, FOR_PLUGINS, 0, 1 },
    { "explain", "FILE", "why a file is taken for what it is, and who reads it", run_explain, FOR_EXPLAIN, 1, 1 },
    { "help", "[COMMAND|FORMAT]", "a command's options, or a format's", run_help, FOR_HELP, 0, 1 },
    { 0 },
};

const struct command *
command_by_name(const char *name)
{
    for (const struct command *command = commands; command->name; command++)
        if (!strcmp(command->name, name))
            return command;
    return NULL;
}

/* --plugin NAME wins for all that it serves, and is an error where it cannot be used. */
static enum mim_status
prefer_plugin(struct mim_context *context, const char *name, struct mim_error *err)
{
    enum mim_status status = mim_context_load_plugin(context, name, err);
    struct mim_plugin_info info;

    for (size_t i = 0; status == MIM_OK && mim_context_plugin(context, i, &info); i++) {
        if (strcmp(info.name, name) || info.state != MIM_PLUGIN_READY)
            continue;
        char text[512] = "[prefer]\n";
        size_t used = strlen(text);
        for (const char *format = info.formats; *format && used < sizeof text;) {
            size_t length = strcspn(format, " ");
            used += (size_t)snprintf(text + used, sizeof text - used, "%.*s = %s\n", (int)length, format, name);
            format += length + strspn(format + length, " ");
        }
        return mim_context_configure(context, text, err);
    }
    return status == MIM_OK ? mim_context_list_status(context, err) : status;
}

/* A format that the command line names is a matter of the command line. */
static enum mim_status
check_format(struct mim_context *context, const char *option, const char *name, struct mim_error *err)
{
    struct mim_format_info info;

    for (size_t i = 0; name && mim_context_format(context, i, &info); i++)
        if (!strcasecmp(info.name, name))
            return MIM_OK;
    if (!name)
        return MIM_OK;
    enum mim_status status = mim_context_list_status(context, err);
    return status == MIM_OK ? fail(err, MIM_OPTION, "%s %s: there is no such format; mim formats lists them", option, name)
                            : status;
}

static enum mim_status
create_context(struct cli *cli, struct mim_error *err)
{
    static const struct mim_context_options options = { .owns_process = 1 };

    enum mim_status status = mim_context_create(&cli->context, &options, err);
    if (status == MIM_OK)
        status = mim_context_set_threads(cli->context, cli->threads, err);
    if (status == MIM_OK && cli->plugin && cli->command->flag != FOR_EXPLAIN)
        status = prefer_plugin(cli->context, cli->plugin, err);
    if (status == MIM_OK)
        status = check_format(cli->context, "--from", cli->from, err);
    if (status == MIM_OK)
        status = check_format(cli->context, "--to", cli->to, err);
    return status;
}

void
cli_control(struct cli *cli, struct mim_control *control)
{
    *control = (struct mim_control){
        .progress = cli->quiet ? NULL : progress_show,
        .notice = cli->quiet ? NULL : notices_add,
        .user = &cli->notices,
        .cancel = signals_cancel(),
        .limits = cli->limits,
        .strict = cli->strict,
    };
}

static enum exit_code
run(struct cli *cli)
{
    const struct command *command = cli->command;
    struct mim_error err = { 0 };

    if (cli->help) {
        print_command_help(stdout, command);
        return EXIT_GOOD;
    }
    if (cli->operand_count < command->least || (command->most >= 0 && cli->operand_count > command->most)) {
        fprintf(stderr, "mim: usage: mim %s [options] %s\n", command->name, command->operands);
        return EXIT_USAGE;
    }
    if (create_context(cli, &err) != MIM_OK)
        return give_up(NULL, &err);

    enum exit_code code = command->run(cli);
    notices_print(&cli->notices, NULL);
    return code;
}

static enum exit_code
run_command(const struct command *command, int argc, char **argv)
{
    struct cli cli = { .command = command, .threads = command->flag == FOR_CONVERT ? 0 : 1 };
    struct mim_error err = { 0 };

    if (!signals_catch()) {
        fputs("mim: no memory to start\n", stderr);
        return EXIT_MEMORY;
    }
    enum exit_code code =
        options_parse(&cli, argc, argv, &err) == MIM_OK ? run(&cli) : give_up(NULL, &err);
    mim_context_destroy(cli.context);
    options_clear(&cli);
    if (signals_interrupted())
        code = EXIT_INTERRUPTED;
    signals_release();
    return code;
}

int
main(int argc, char **argv)
{
    const char *first = argc > 1 ? argv[1] : "";
    const struct command *command = command_by_name(first);

    if (command)
        return (int)finish_stdout(run_command(command, argc - 1, argv + 1));
    if (!strcmp(first, "--version")) {
        printf("mim %s\n", mim_version());
        return (int)finish_stdout(EXIT_GOOD);
    }
    if (!strcmp(first, "--help") || !strcmp(first, "-h")) {
        print_overview(stdout);
        return (int)finish_stdout(EXIT_GOOD);
    }

    if (!*first)
        print_overview(stderr);
    else
        fprintf(stderr, "mim: there is no command %s; mim help lists them\n", first);
    return EXIT_USAGE;
}
