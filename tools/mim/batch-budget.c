/* SPDX-License-Identifier: MIT */
/* One budget for all files of a batch that are worked at together. */
#include <stdio.h>
#include <string.h>

#include "batch.h"

/* As <mim/control.h> has it: what one conversion may grow to, and what it may hold at least, whatever --memory says. */
#define DEFAULT_BUDGET 256000000u
#define SMALLEST_BUDGET 64000000u

/* Two small frames and a plugin's tables. */
#define SMALLEST_SHARE 16000000u

/* What one conversion could grow to: by --memory, or less by mim.conf. */
static uint64_t
find_budget(const struct cli *cli)
{
    static const char key[] = "limit memory = ";
    uint64_t budget = cli->limits.result_bytes ? cli->limits.result_bytes : DEFAULT_BUDGET;
    const char *value;

    for (size_t i = 0; (value = mim_context_config_value(cli->context, i)); i++) {
        char text[40];
        uint64_t bytes = 0;
        if (strncmp(value, key, sizeof key - 1))
            continue;
        value += sizeof key - 1;
        snprintf(text, sizeof text, "%.*s", (int)strcspn(value, "("), value); /* where it was said comes behind it */
        if (mim_size_parse(text, &bytes, NULL) == MIM_OK && bytes && bytes < budget)
            budget = bytes;
    }
    return budget > SMALLEST_BUDGET ? budget : SMALLEST_BUDGET;
}

size_t
budget_divide(const struct cli *cli, size_t count, uint64_t *share)
{
    uint64_t budget = find_budget(cli);

    if (count > budget / SMALLEST_SHARE)
        count = (size_t)(budget / SMALLEST_SHARE);
    *share = count > 1 && budget != MIM_NO_LIMIT ? budget / count : 0;
    return count;
}

void
budget_limit(uint64_t share, struct mim_limits *limits)
{
    limits->result_bytes = share; /* so far a job may grow, but it may always have SMALLEST_BUDGET ... */
    limits->working_bytes = share < SMALLEST_BUDGET ? share : 0; /* ... unless it is told */
}
