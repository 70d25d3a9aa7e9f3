/* SPDX-License-Identifier: MIT */
/* mim info: describes files without decoding them. */

#include "inspect.h"
#include "report.h"
#include "signals.h"
#include "streams.h"

static enum exit_code
inspect_file(struct cli *cli, const char *file, struct json *json)
{
    struct inspection inspection;

    fflush(stdout); /* the facts of earlier files must not get lost with a job that does not stop */
    signals_watch(input_name(file), cli_milliseconds(cli));
    inspection_open(&inspection, cli, file);
    if (json && !signals_interrupted())
        info_print_json(&inspection, cli, json);
    else if (inspection.reader && !signals_interrupted())
        info_print_text(&inspection, cli);

    if (!signals_interrupted())
        notices_print(&cli->notices, input_name(file));
    enum exit_code code =
        inspection.reader && !inspection.damaged ? EXIT_GOOD : give_up(input_name(file), &inspection.err);
    inspection_close(&inspection);
    signals_watch(NULL, 0);
    return code;
}

enum exit_code
run_info(struct cli *cli)
{
    struct verdict verdict = { EXIT_GOOD };
    struct json json = { .out = stdout };

    if (cli->json)
        json_open(&json, '[');
    for (int i = 0; i < cli->operand_count && !signals_interrupted(); i++) {
        if (i && !cli->json)
            putchar('\n');
        verdict_add(&verdict, inspect_file(cli, cli->operands[i], cli->json ? &json : NULL));
    }
    if (cli->json)
        json_close(&json, ']');
    return verdict.code;
}
