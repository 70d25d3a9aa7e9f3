/* SPDX-License-Identifier: MIT */
/* Divides one memory budget between the files of a batch that are converted at the same time. */
#include <stdio.h>
#include <string.h>

#include "batch.h"

/* From <mim/control.h>: the default limit of one conversion, and the memory that it may always use, whatever --memory
 * says. */
#define DEFAULT_BUDGET 256000000u
#define SMALLEST_BUDGET 64000000u

/* Enough for two small frames and a plugin's tables. */
#define SMALLEST_SHARE 16000000u

/* Returns the limit of one conversion: that of --memory, or a lower one from mim.conf. */
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
        snprintf(text, sizeof text, "%.*s", (int)strcspn(value, "("), value); /* "(file:line)" follows */
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
    limits->result_bytes = share;
    limits->working_bytes = share < SMALLEST_BUDGET ? share : 0; /* the default would allow SMALLEST_BUDGET */
}
