/* SPDX-License-Identifier: MIT */
/* One conversion, as requested on the command line. */
#ifndef MIM_TOOL_CONVERSION_H
#define MIM_TOOL_CONVERSION_H

#include "cli.h"

struct conversion {
    char *const *inputs;
    size_t count;
    const char *output;
    bool replace;                        /* an existing output */
    bool is_literal;                     /* the output's name is neither a pattern nor a URI nor "-" */
    struct mim_convert_options options;
};

/* Fill in everything that follows from the options. The caller sets the files. */
void conversion_prepare(struct conversion *conversion, struct cli *cli);

/* Convert. On failure `err` has the side that failed, and a message that suggests an option if one helps. */
enum mim_status conversion_run(const struct conversion *conversion, struct mim_context *context, struct mim_error *err);

/* Return the file that an error is about, or NULL if the message begins with its name or concerns no file. */
const char *conversion_subject(const struct conversion *conversion, const struct mim_error *err);

/* Return the exit code for a failure. */
enum exit_code conversion_code(const struct mim_error *err);

#endif
