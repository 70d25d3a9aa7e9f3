/* SPDX-License-Identifier: MIT */
/* Converting many files, each to an output of its own. */
#ifndef MIM_TOOL_BATCH_H
#define MIM_TOOL_BATCH_H

#include "cli.h"

struct batch_file {
    char *input;       /* as given on the command line */
    char *output;      /* DIR/NAME */
    bool is_exclusive; /* exceeded its share of the budget: converted alone, after the others */
};

/* All files of the batch, in the order of the command line. */
struct batch_list {
    struct batch_file *files;
    size_t count;
};

/* Choose an output for every operand. Fails with MIM_ARGUMENT or MIM_OPTION, before any file is touched, if an output
 * name is empty, leaves the directory, is used twice or is another file's input. Call batch_list_clear() even after a
 * failure. */
enum mim_status batch_list_fill(struct batch_list *list, const struct cli *cli, struct mim_error *err);
void batch_list_clear(struct batch_list *list);

/* How the outputs are named. */
struct naming {
    const char *directory, *template;
    char extension[32]; /* "": that of each input */
    bool is_complete;   /* the template includes an extension */
};

enum mim_status naming_init(struct naming *naming, const struct cli *cli, struct mim_error *err);

/* Make the output name of the index-th input, DIR/NAME. Free it with free(). */
enum mim_status naming_apply(const struct naming *naming, const char *input, size_t index, char **output,
                             struct mim_error *err);

/* Lower `count`, the number of files converted at once, to fit the memory, and store the limits of each. They are those of
 * the command unless the memory is divided. */
enum mim_status budget_divide(const struct cli *cli, size_t *count, struct mim_limits *share, struct mim_error *err);

enum batch_outcome { BATCH_DONE, BATCH_FAILED, BATCH_SKIPPED, BATCH_OUTCOMES };

struct batch_result {
    struct batch_file *file;
    enum batch_outcome outcome;
    enum exit_code code;
    struct mim_error err;       /* BATCH_FAILED: its message is the complete reason, without the input's name */
};

/* Called on the thread that called workers_run(), once per result. */
typedef void (*batch_reporter)(void *user, const struct batch_result *result);

/* Convert all files of the list, several at once within one budget, until the end, a signal, or the first failure if
 * the options say so. Interrupted files and files not started have no result. Notices are added to `cli`. */
enum mim_status workers_run(struct cli *cli, struct batch_list *list, batch_reporter report, void *user,
                          struct mim_error *err);

#endif
