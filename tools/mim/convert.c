/* SPDX-License-Identifier: MIT */
/* mim convert: any format to any other. */
#include <stdlib.h>
#include <string.h>

#include "progress.h"
#include "report.h"
#include "signals.h"
#include "streams.h"

struct inputs {
    struct mim_source **sources;
    size_t count;
};

static void
inputs_close(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        mim_source_close(inputs->sources[i]);
    free(inputs->sources);
}

/* All of them, or the exit code of the one that cannot be opened. */
static enum exit_code
inputs_open(struct inputs *inputs, char **paths, size_t count)
{
    struct mim_error err = { 0 };

    inputs->sources = calloc(count, sizeof(struct mim_source *));
    if (!inputs->sources) {
        fail(&err, MIM_NOMEM, "no memory for %zu inputs", count);
        return give_up(NULL, &err);
    }
    for (; inputs->count < count; ++inputs->count)
        if (input_open(&inputs->sources[inputs->count], paths[inputs->count], &err) != MIM_OK)
            return give_up(input_name(paths[inputs->count]), &err);
    return EXIT_GOOD;
}

static bool
is_about(const struct mim_error *err, const char *name)
{
    size_t length = strlen(name);
    return !strncmp(err->message, name, length) && (err->message[length] == ':' || err->message[length] == ' ');
}

/* What the library says, and how the command line would mend it. */
static void
add_advice(struct mim_error *err)
{
    static const struct {
        const char *said, *advice;
    } pieces[] = {
        { " is an option of writing, not of reading", "give it with -o" },
        { " is an option of reading, not of writing", "give it with -i" },
        { ": exists already", "--force replaces it" },
    };
    size_t used = strlen(err->message);

    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        if (strstr(err->message, pieces[i].said))
            snprintf(err->message + used, sizeof err->message - used, "; %s", pieces[i].advice);
}

/* What a status means when it is the output's. */
static enum exit_code
output_code(enum mim_status status)
{
    return status == MIM_IO ? EXIT_OUTPUT : status == MIM_UNKNOWN_FORMAT ? EXIT_USAGE : exit_code_of(status);
}

/* The file that an error is about; NULL where its message begins with the name, or none is meant. */
static const char *
subject_of(const struct inputs *inputs, const struct mim_sink *sink, const struct mim_error *err)
{
    const char *name = err->side == MIM_SIDE_INPUT    ? mim_source_name(inputs->sources[err->source])
                       : err->side == MIM_SIDE_OUTPUT ? mim_sink_name(sink)
                                                      : NULL;
    return name && !is_about(err, name) ? name : NULL;
}

static enum exit_code
tell_failure(const struct inputs *inputs, const struct mim_sink *sink, struct mim_error *err)
{
    if (signals_interrupted())
        return EXIT_INTERRUPTED;
    if (output_closed())
        return EXIT_OUTPUT;

    add_advice(err);
    report_error(subject_of(inputs, sink, err), err);
    return err->side == MIM_SIDE_OUTPUT ? output_code(err->status) : exit_code_of(err->status);
}

static void
fill_options(struct cli *cli, struct mim_convert_options *options)
{
    *options = (struct mim_convert_options){
        .read = {
            .open = {
                .format = cli->from,
                .options = cli->reading,
                .sample = cli->sample,
                .channels = cli->channels,
                .mean = cli->mean,
            },
            .ranges = cli->frames.ranges,
            .range_count = cli->frames.count,
            .partial = cli->partial,
        },
        .write = { .format = cli->to, .options = cli->writing, .keep_existing = !cli->force },
    };
    cli_control(cli, &options->read.open.control);
    cli_control(cli, &options->write.control);
}

enum exit_code
run_convert(struct cli *cli)
{
    size_t count = (size_t)cli->operand_count - 1;
    const char *output = cli->operands[count];
    struct mim_sink *sink = NULL;
    struct inputs inputs = { 0 };
    struct mim_error err = { 0 };

    if (!strcmp(output, "-") && !cli->to) {
        fail(&err, MIM_ARGUMENT, "has no name to tell the format by; say it with --to FORMAT");
        return give_up(STDOUT_NAME, &err);
    }
    if (output_open(&sink, output, cli->force, &err) != MIM_OK) {
        give_up(output_name(output), &err);
        return output_code(err.status);
    }

    enum exit_code code = inputs_open(&inputs, cli->operands, count);
    if (code == EXIT_GOOD) {
        struct mim_convert_options options;
        fill_options(cli, &options);
        progress_start();
        enum mim_status status = mim_convert(cli->context, inputs.sources, count, sink, &options, &err);
        progress_clear();
        notices_print(&cli->notices, NULL);
        if (status != MIM_OK)
            code = tell_failure(&inputs, sink, &err);
    }
    inputs_close(&inputs);
    mim_sink_close(sink);
    return code;
}
