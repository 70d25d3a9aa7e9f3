/* SPDX-License-Identifier: MIT */
/* The command's options: one table, from which getopt's, the help pages and the man page's check are made. */
#ifndef MIM_TOOL_OPTIONS_H
#define MIM_TOOL_OPTIONS_H

#include "cli.h"

struct option_row {
    const char *name;
    char letter;            /* 0: long only */
    const char *value;      /* NULL: takes none; "[...]" may be left out */
    unsigned commands;      /* FOR_* */
    const char *help;
    enum mim_status (*set)(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err);
    size_t offset;          /* in struct cli, for the setters that need it */
};

/* Ended by a row without a name. */
extern const struct option_row option_rows[];

/* Fill `cli` from what follows the subcommand's name. OPTION: what is wrong with it. */
enum mim_status options_parse(struct cli *cli, int argc, char **argv, struct mim_error *err);
void options_clear(struct cli *cli);

#endif
