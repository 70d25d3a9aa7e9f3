/* SPDX-License-Identifier: MIT */
/* The table of the command's options, which defines the parser, the help pages and the check of the man page. */
#ifndef MIM_TOOL_OPTIONS_H
#define MIM_TOOL_OPTIONS_H

#include "cli.h"

struct option_row {
    const char *name;
    char letter;            /* 0: long only */
    const char *value;      /* NULL: takes no value; "[...]": may be omitted */
    unsigned commands;      /* FOR_* */
    const char *help;
    enum mim_status (*set)(struct cli *cli, const struct option_row *row, const char *value, struct mim_error *err);
    size_t offset;          /* of the field in struct cli, for setters that use it */
};

/* A row without a name ends the table. */
extern const struct option_row option_rows[];

/* Fill `cli` from the arguments after the subcommand's name. Fails with MIM_OPTION. */
enum mim_status options_parse(struct cli *cli, int argc, char **argv, struct mim_error *err);
void options_clear(struct cli *cli);

#endif
