/* SPDX-License-Identifier: MIT */
/* mim explain: shows step by step how a file's format and plugin are chosen, and what opens it. */
#include <string.h>

#include "json.h"
#include "report.h"
#include "signals.h"
#include "streams.h"
#include "text.h"

/* What opening the file comes to. */
struct opening {
    struct mim_reader_facts facts; /* if it succeeds */
    struct mim_error err;
    struct mim_reader *reader;
};

/* The steps on their way to JSON, where formats and plugins are separate lists. */
struct steps {
    struct json json;
    bool is_format; /* the list that is open */
};

static void
open_file(struct opening *opening, struct cli *cli, struct mim_source *source)
{
    struct mim_open_options options = { .format = cli->from, .plugin = cli->plugin };

    *opening = (struct opening){ 0 };
    options.control.cancel = signals_cancel();
    if (mim_reader_open(&opening->reader, cli->context, source, &options, &opening->err) == MIM_OK)
        mim_reader_get_facts(opening->reader, &opening->facts);
}

static void
print_step(void *user, const struct mim_explanation *step)
{
    const char **chosen = user;

    if (step->winner && !step->is_format)
        *chosen = step->name;
    printf("  %s  ", step->is_format ? "format" : "plugin");
    print_cell(stdout, step->name, strlen("12345678"));
    print_cell(stdout, step->winner ? "chosen" : "-", strlen("chosen"));
    print_text(stdout, step->evidence);
    if (*step->rule) {
        fputs(": ", stdout);
        print_text(stdout, step->rule);
    }
    putchar('\n');
}

/* Prints what opens the file, unless it is the chosen plugin. */
static void
print_opening(const struct opening *opening, const char *chosen)
{
    if (opening->reader && chosen && !strcmp(chosen, opening->facts.plugin))
        return;
    fputs(opening->reader ? "  opened by " : "  not opened: ", stdout);
    print_text(stdout, opening->reader ? opening->facts.plugin : opening->err.message);
    putchar('\n');
}

static void
print_json_step(void *user, const struct mim_explanation *step)
{
    struct steps *steps = user;
    struct json *json = &steps->json;

    if (steps->is_format && !step->is_format) {
        steps->is_format = false;
        json_close(json, ']');
        json_key(json, "plugins");
        json_open(json, '[');
    }
    json_open(json, '{');
    json_key(json, "name");
    json_string(json, step->name);
    json_key(json, "chosen");
    json_boolean(json, step->winner);
    json_key(json, "evidence");
    json_string(json, step->evidence);
    json_key(json, "rule");
    json_string(json, step->rule);
    json_close(json, '}');
}

static enum mim_status
explain_json(struct cli *cli, struct mim_source *source, const struct opening *opening, struct mim_error *err)
{
    struct steps steps = { .json = { .out = stdout }, .is_format = true };
    struct json *json = &steps.json;

    json_open(json, '{');
    json_key(json, "file");
    json_string(json, shown_name(cli->operands[0]));
    json_key(json, "formats");
    json_open(json, '[');
    enum mim_status status =
        mim_context_explain(cli->context, source, cli->from, cli->plugin, print_json_step, &steps, err);
    json_close(json, ']');
    if (steps.is_format) {
        json_key(json, "plugins");
        json_words(json, "", ' ');
    }
    json_key(json, "opened_by");
    json_string(json, opening->reader ? opening->facts.plugin : NULL);
    json_key(json, "error");
    json_string(json, opening->reader ? NULL : opening->err.message);
    json_close(json, '}');
    return status;
}

static enum mim_status
explain_text(struct cli *cli, struct mim_source *source, const struct opening *opening, struct mim_error *err)
{
    const char *chosen = NULL;

    print_heading(stdout, input_name(cli->operands[0]));
    enum mim_status status = mim_context_explain(cli->context, source, cli->from, cli->plugin, print_step, &chosen, err);
    if (status == MIM_OK)
        print_opening(opening, chosen);
    return status;
}

enum exit_code
run_explain(struct cli *cli)
{
    const char *name = input_name(cli->operands[0]);
    struct mim_source *source;
    struct opening opening;
    struct mim_error err = { 0 };

    if (input_open(&source, cli->operands[0], &err) != MIM_OK)
        return give_up(name, &err);

    /* first, so that the steps tell of plugins that failed */
    open_file(&opening, cli, source);
    enum mim_status status = opening.err.status;
    if (status == MIM_NOMEM || status == MIM_CANCELLED) /* says nothing about the file */
        err = opening.err;
    else
        status = cli->json ? explain_json(cli, source, &opening, &err) : explain_text(cli, source, &opening, &err);
    mim_reader_close(opening.reader);
    mim_source_close(source);
    return status == MIM_OK ? EXIT_GOOD : give_up(name, &err);
}
