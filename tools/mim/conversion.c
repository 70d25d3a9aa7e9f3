/* SPDX-License-Identifier: MIT */
/* One conversion: opens the files by name, calls the library, and interprets failures. */
#include "conversion.h"

#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "streams.h"

struct inputs {
    struct mim_source **sources;
    size_t count;
};

static void
close_inputs(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        mim_source_close(inputs->sources[i]);
    free(inputs->sources);
}

/* Opens all inputs. Reports the first one that cannot be opened. */
static enum mim_status
open_inputs(struct inputs *inputs, const struct conversion *conversion, struct mim_error *err)
{
    size_t wanted = conversion->count;

    inputs->sources = calloc(wanted, sizeof(struct mim_source *));
    if (!inputs->sources)
        return fail(err, MIM_NOMEM, "no memory for %zu inputs", wanted);
    for (; inputs->count < wanted; ++inputs->count) {
        const char *path = conversion->inputs[inputs->count];
        enum mim_status status = input_open(&inputs->sources[inputs->count], path, err);
        if (status != MIM_OK) {
            err->side = MIM_SIDE_INPUT;
            err->source = inputs->count;
            return status;
        }
    }
    return MIM_OK;
}

/* Appends the command-line option that solves the problem to the library's message, which is matched by its text. */
static void
add_advice(struct mim_error *err)
{
    static const struct {
        const char *message, *advice;
    } pieces[] = {
        { " is an option of writing, not of reading", "give it with -o" },
        { " is an option of reading, not of writing", "give it with -i" },
        { ": exists already", "--force replaces it" },
        { " file must have the same size", "-i size=WxH scales pages and videos, --frames leaves frames out, and a series "
                                           "such as frame_%03d.png stores any size" },
        { " must have the same channels and sample type", "--color and --sample convert them" },
        { " the limit ", "--limit NAME=VALUE changes it" },
        /* instead of the line above */
        { " the limit working=", "--memory SIZE or --limit NAME=VALUE changes it" },
        { " the limit seconds=", "--seconds N changes it" },
    };
    size_t used = strlen(err->message);

    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        if (strstr(err->message, pieces[i].message))
            snprintf(err->message + used, sizeof err->message - used, "; %s", pieces[i].advice);
}

void
conversion_prepare(struct conversion *conversion, struct cli *cli)
{
    *conversion = (struct conversion){
        .replace = cli->force,
        .options = {
            .read = {
                .open = {
                    .format = cli->from,
                    .formats = cli->formats,
                    .options = cli->reading,
                    .sample = cli->sample,
                    .channels = cli->channels,
                    .mean = cli->mean,
                },
                .ranges = cli->frames.ranges,
                .range_count = cli->frames.count,
                .partial = cli->partial,
            },
            .write = {
                .format = cli->to,
                .options = cli->writing,
                .keep_existing = !cli->force,
                .start = cli->start,
            },
        },
    };
    cli_control(cli, &conversion->options.read.open.control);
    cli_control(cli, &conversion->options.write.control);
}

enum mim_status
conversion_run(const struct conversion *conversion, struct mim_context *context, struct mim_error *err)
{
    struct mim_sink *sink = NULL;
    struct inputs inputs = { 0 };

    /* open the output first: an existing file is then reported without waiting for a pipe */
    enum mim_status status = conversion->is_literal
                                 ? mim_sink_open_literal(&sink, conversion->output, !conversion->replace, err)
                                 : output_open(&sink, conversion->output, conversion->replace, err);
    if (status != MIM_OK)
        err->side = MIM_SIDE_OUTPUT;
    else
        status = open_inputs(&inputs, conversion, err);
    if (status == MIM_OK)
        status = mim_convert(context, inputs.sources, inputs.count, sink, &conversion->options, err);
    if (status != MIM_OK)
        add_advice(err);
    close_inputs(&inputs);
    mim_sink_close(sink);
    return status;
}

const char *
conversion_subject(const struct conversion *conversion, const struct mim_error *err)
{
    const char *name = err->side == MIM_SIDE_INPUT    ? input_name(conversion->inputs[err->source])
                       : err->side == MIM_SIDE_OUTPUT ? output_name(conversion->output)
                                                      : NULL;
    return name && !is_about(err->message, name) ? name : NULL;
}

/* Returns the exit code for an error of the output. */
static enum exit_code
output_code(enum mim_status status)
{
    bool is_writing = status == MIM_IO || status == MIM_UNSUPPORTED;
    return is_writing ? EXIT_OUTPUT : status == MIM_UNKNOWN_FORMAT ? EXIT_USAGE : exit_code_of(status);
}

enum exit_code
conversion_code(const struct mim_error *err)
{
    return err->side == MIM_SIDE_OUTPUT ? output_code(err->status) : exit_code_of(err->status);
}
