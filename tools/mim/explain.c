/* SPDX-License-Identifier: MIT */
/* mim explain: shows step by step how a file's format and plugin are chosen. */
#include <string.h>

#include "report.h"
#include "streams.h"
#include "text.h"

static void
print_step(void *user, const struct mim_explanation *step)
{
    (void)user;
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

enum exit_code
run_explain(struct cli *cli)
{
    const char *name = input_name(cli->operands[0]);
    struct mim_source *source;
    struct mim_error err = { 0 };

    if (input_open(&source, cli->operands[0], &err) != MIM_OK)
        return give_up(name, &err);

    print_heading(stdout, name);
    enum mim_status status =
        mim_context_explain(cli->context, source, cli->from, cli->plugin, print_step, NULL, &err);
    mim_source_close(source);
    return status == MIM_OK ? EXIT_GOOD : give_up(name, &err);
}
