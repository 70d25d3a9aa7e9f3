/* SPDX-License-Identifier: MIT */
/* mim convert: converts one or more inputs to one output. */
#include <string.h>

#include "conversion.h"
#include "progress.h"
#include "report.h"
#include "signals.h"
#include "streams.h"

static enum exit_code
report_failure(const struct conversion *conversion, const struct mim_error *err)
{
    if (signals_interrupted())
        return EXIT_INTERRUPTED;
    if (err->side == MIM_SIDE_OUTPUT && !strcmp(conversion->output, "-") && output_closed())
        return EXIT_OUTPUT;

    report_error(conversion_subject(conversion, err), err);
    return conversion_code(err);
}

enum exit_code
run_convert(struct cli *cli)
{
    struct conversion conversion;
    struct mim_error err = { 0 };

    conversion_prepare(&conversion, cli);
    conversion.inputs = cli->operands;
    conversion.count = (size_t)cli->operand_count - 1;
    conversion.output = cli->operands[conversion.count];
    if (!strcmp(conversion.output, "-") && !cli->to) {
        fail(&err, MIM_ARGUMENT, "needs a format; give it with --to FORMAT");
        return give_up(STDOUT_NAME, &err);
    }

    progress_start();
    bool is_one = conversion.count == 1;
    signals_watch(is_one ? input_name(*conversion.inputs) : output_name(conversion.output), cli_milliseconds(cli));
    enum mim_status status = conversion_run(&conversion, cli->context, &err);
    signals_watch(NULL, 0);
    progress_clear();
    if (!signals_interrupted())
        notices_print(&cli->notices, NULL);
    return status == MIM_OK ? EXIT_GOOD : report_failure(&conversion, &err);
}
