/* SPDX-License-Identifier: MIT */
/* The options of a format: the table of the first plugin whose code loads. */
#include <mim/options.h>

#include "options/option-describe.h"
#include "plugin/try-plugins.h"

struct listing {
    bool writing;
    mim_option_visitor visit;
    void *user;
};

static enum mim_status
visit_options(void *user, const struct mim_attempt *attempt, struct mim_error *err)
{
    const struct listing *listing = user;
    const struct mim_option_table *table = listing->writing ? &attempt->writer_options : &attempt->reader_options;
    const struct mim_option *row;
    (void)err;
    for (uint32_t i = 0; (row = mim_option_row(table, i)); i++) {
        struct mim_option_scratch scratch;
        struct mim_option_info info;
        mim_option_describe(row, &scratch, &info);
        listing->visit(listing->user, &info);
    }
    return MIM_OK;
}

enum mim_status
mim_format_options(struct mim_context *context, const char *format, const char *plugin, int writing,
                   mim_option_visitor visit, void *user, struct mim_error *err)
{
    struct mim_query query = { .name = format, .format = format, .plugin = plugin, .writing = writing };
    struct mim_choice choice = { 0 };
    struct listing listing = { writing, visit, user };
    enum mim_status status = mim_registry_query(context, &query, err);
    if (status == MIM_OK)
        status = mim_registry_choose(&query, &choice, err);
    if (status == MIM_OK)
        status = mim_try_candidates(context, NULL, &choice, visit_options, &listing, err);
    mim_choice_clear(&choice);
    return status;
}
