/* SPDX-License-Identifier: MIT */
/* Divides one memory budget between the files of a batch that are converted at the same time. */
#include <mim/context.h>

#include "batch.h"

/* From <mim/control.h>: the working memory that a conversion may use unless a limit is set. */
#define SMALLEST_BUDGET 64000000u

/* Enough for two small frames and a plugin's tables. */
#define SMALLEST_SHARE 16000000u

/* Returns the memory that one conversion may use. */
static uint64_t
find_budget(const struct mim_limits *limits)
{
    if (limits->working_bytes)
        return limits->working_bytes;
    return limits->result_bytes > SMALLEST_BUDGET ? limits->result_bytes : SMALLEST_BUDGET;
}

enum mim_status
budget_divide(const struct cli *cli, size_t *count, struct mim_limits *share, struct mim_error *err)
{
    struct mim_limits limits = { 0 };
    enum mim_status status = mim_context_limits(cli->context, &cli->limits, 0, &limits, err);
    uint64_t budget = find_budget(&limits), most = budget / SMALLEST_SHARE;

    if (*count > most)
        *count = most ? (size_t)most : 1;
    *share = cli->limits;
    if (*count > 1 && budget != MIM_NO_LIMIT) {
        share->result_bytes = budget / *count;
        if (limits.working_bytes || share->result_bytes < SMALLEST_BUDGET) /* the default allows SMALLEST_BUDGET */
            share->working_bytes = share->result_bytes;
    }
    return status;
}
