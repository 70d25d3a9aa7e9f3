/* SPDX-License-Identifier: MIT */
/* Trying candidates: the one rule for readers, writers and files of a series. */
#include "plugin/try-plugins.h"

#include "base/error.h"
#include "io/sink.h"
#include "options/timing-options.h"
#include "registry/claims.h"

static enum mim_status
try_candidate(struct mim_context *context, struct mim_operation *operation, const struct mim_candidate *candidate,
              bool has_rival, mim_attempt_function open, void *user, struct mim_error *err)
{
    struct mim_attempt attempt = { .candidate = candidate, .has_rival = has_rival };
    enum mim_status status = mim_registry_load(context, candidate, &attempt.plugin, &attempt.ops, err);
    if (status != MIM_OK)
        return status;

    if (operation)
        operation->plugin = attempt.plugin->name;
    attempt.container = mim_format_container(attempt.ops);
    if (attempt.ops->reader) {
        attempt.reader_options.rows = attempt.ops->reader->options;
        attempt.reader_options.count = attempt.ops->reader->option_count;
    }
    attempt.writer_options = mim_writer_options(attempt.ops->writer, NULL);
    return open(user, &attempt, err);
}

bool
mim_try_is_final(enum mim_status status)
{
    return status != MIM_UNSUPPORTED && status != MIM_BROKEN_PLUGIN;
}

enum mim_status
mim_try_candidates(struct mim_context *context, struct mim_operation *operation, const struct mim_choice *choice,
                   mim_attempt_function open, void *user, struct mim_error *err)
{
    struct mim_error verdict = { 0 };
    enum mim_status status = MIM_OK;
    struct mim_candidate candidate, rival;
    for (size_t i = 0; (i == 0 || !mim_try_is_final(status)) && mim_choice_candidate(choice, i, &candidate); i++) {
        struct mim_error error = { 0 };
        bool has_rival = mim_choice_candidate(choice, i + 1, &rival);
        enum mim_status tried = try_candidate(context, operation, &candidate, has_rival, open, user, &error);
        if (tried == MIM_OK)
            return MIM_OK;
        mim_registry_remember_failure(context, &candidate, error.message);
        if (i == 0 || mim_try_is_final(tried)) {
            status = tried;
            verdict = error;
        }
    }
    if (err && status != MIM_OK)
        *err = verdict;
    return status;
}

enum mim_status
mim_try_plugins(struct mim_operation *operation, const struct mim_request *request, mim_attempt_function open, void *user,
                struct mim_error *err)
{
    struct mim_context *context = operation->context;
    struct mim_choice choice = { 0 };
    enum mim_status status =
        operation->sink
            ? mim_registry_choose_writer(context, mim_sink_name(operation->sink), request, &choice, err)
            : mim_registry_choose_reader(context, operation->source, request, &choice, err);

    if (status == MIM_OK && choice.notice[0])
        status = mim_operation_notice(operation, MIM_NOTICE_NAME, MIM_UNKNOWN, choice.notice, err);
    if (status == MIM_OK)
        status = mim_try_candidates(context, operation, &choice, open, user, err);
    mim_choice_clear(&choice);
    return status;
}
