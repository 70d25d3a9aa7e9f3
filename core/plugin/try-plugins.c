/* SPDX-License-Identifier: MIT */
/* Trying the plugins that may read a source. */
#include "plugin/try-plugins.h"

#include "base/error.h"
#include "registry/registry.h"

struct trial {
    struct mim_operation *operation;
    mim_attempt_function open;
    void *user;
};

static enum mim_status
open_with(const struct trial *trial, const struct mim_candidate *candidate, struct mim_error *err)
{
    const struct mim_plugin *plugin;
    const struct mim_format_ops *ops;
    enum mim_status status = mim_registry_load(trial->operation->context, candidate, &plugin, &ops, err);
    if (status != MIM_OK)
        return status;
    if (!ops->reader)
        return mim_fail(err, MIM_UNSUPPORTED, "the plugin %s does not read %s", plugin->name, candidate->format);

    struct mim_attempt opening = {
        .plugin = plugin, .format = candidate->format, .ops = ops->reader, .other = { .writing = true }
    };
    if (ops->writer) {
        opening.other.rows = ops->writer->options;
        opening.other.count = ops->writer->option_count;
    }
    trial->operation->plugin = plugin->name;
    return trial->open(trial->user, &opening, err);
}

/* Another plugin may do what one cannot; what one calls damaged is damaged. */
static bool
next_may_do(enum mim_status status)
{
    return status == MIM_UNSUPPORTED || status == MIM_BROKEN_PLUGIN;
}

static enum mim_status
try_candidates(const struct trial *trial, const struct mim_candidates *candidates, struct mim_error *err)
{
    struct mim_error first = { 0 };
    enum mim_status first_status = MIM_OK;
    for (size_t i = 0; i < candidates->count; i++) {
        struct mim_error error = { 0 };
        enum mim_status tried = open_with(trial, &candidates->items[i], &error);
        if (tried == MIM_OK)
            return MIM_OK;
        mim_registry_remember_failure(trial->operation->context, &candidates->items[i], error.message);
        if (first_status == MIM_OK || !next_may_do(tried)) {
            first_status = tried;
            first = error;
        }
        if (!next_may_do(tried))
            break;
    }
    if (err && first_status != MIM_OK)
        *err = first;
    return first_status;
}

enum mim_status
mim_try_plugins(struct mim_operation *operation, const char *format, const char *plugin, mim_attempt_function open,
                void *user, struct mim_error *err)
{
    const struct trial trial = { operation, open, user };
    struct mim_candidates candidates = { 0 };
    enum mim_status status =
        mim_registry_find_readers(operation->context, operation->source, format, plugin, &candidates, err);
    if (status != MIM_OK)
        return status;

    if (candidates.notice[0])
        status = mim_operation_notice(operation, MIM_NOTICE_NAME, MIM_UNKNOWN, candidates.notice, err);
    if (status == MIM_OK)
        status = try_candidates(&trial, &candidates, err);
    mim_candidates_clear(&candidates);
    return status;
}
