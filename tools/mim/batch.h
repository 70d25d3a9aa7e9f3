/* SPDX-License-Identifier: MIT */
/* Many files, each converted to one of its own. */
#ifndef MIM_TOOL_BATCH_H
#define MIM_TOOL_BATCH_H

#include "cli.h"

struct batch_file {
    char *input;     /* as the command line names it */
    char *output;    /* DIR/NAME */
    bool is_exclusive;      /* did not fit beside others: its turn comes when they are done */
};

/* The work, in the order of the command line. */
struct batch_list {
    struct batch_file *files;
    size_t count;
};

/* An output for every operand. ARGUMENT or OPTION: names that are none, escape the directory, meet, or hit another's
 * input; no file has been touched. Whatever the result, batch_list_clear() comes after. */
enum mim_status batch_list_fill(struct batch_list *list, const struct cli *cli, struct mim_error *err);
void batch_list_clear(struct batch_list *list);

/* How outputs are called. */
struct naming {
    const char *directory, *template;
    char extension[32]; /* "": each input's own */
    bool is_complete;      /* the template says how names end */
};

enum mim_status naming_init(struct naming *naming, const struct cli *cli, struct mim_error *err);

/* DIR/NAME of the index-th input; free() it. */
enum mim_status naming_apply(const struct naming *naming, const char *input, size_t index, char **output,
                             struct mim_error *err);

/* How many files, `count` at most, can be worked at together, and the part of the budget for each; 0: all of it. */
size_t budget_divide(const struct cli *cli, size_t count, uint64_t *share);
/* Hold a job to its share. */
void budget_limit(uint64_t share, struct mim_limits *limits);

enum batch_outcome { BATCH_DONE, BATCH_FAILED, BATCH_SKIPPED, BATCH_OUTCOMES };

struct batch_result {
    struct batch_file *file;
    enum batch_outcome outcome;
    enum exit_code code;
    struct mim_error err;       /* FAILED: its message is the whole reason, without the input's name */
};

/* Called in the thread of workers_run(), one result at a time. */
typedef void (*batch_reporter)(void *user, const struct batch_result *result);

/* Convert all of the list, several files at once within one budget, until it is done, a signal comes, or one failed and
 * the options say that it be the last. What is interrupted, or not begun, has no result. Notices go to `cli`. */
enum mim_status workers_run(struct cli *cli, struct batch_list *list, batch_reporter report, void *user,
                          struct mim_error *err);

#endif
