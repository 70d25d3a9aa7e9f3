/* SPDX-License-Identifier: MIT */
/* One conversion, as the command line asks for it. */
#ifndef MIM_TOOL_CONVERSION_H
#define MIM_TOOL_CONVERSION_H

#include "cli.h"

struct conversion {
    char *const *inputs;
    size_t count;
    const char *output;
    bool replace;                        /* what is there already */
    struct mim_convert_options options;
};

/* All that the options say: the files are the caller's to fill in. */
void conversion_prepare(struct conversion *conversion, struct cli *cli);

/* Do it. `err` knows the side that failed, and how the command line would mend it. */
enum mim_status conversion_run(const struct conversion *conversion, struct mim_context *context, struct mim_error *err);

/* The file that an error is about; NULL where its message begins with the name, or none is meant. */
const char *conversion_subject(const struct conversion *conversion, const struct mim_error *err);

/* What the process ends with after this failure. */
enum exit_code conversion_code(const struct mim_error *err);

#endif
