/* SPDX-License-Identifier: MIT */
/* Choosing the format of a file and the plugins that serve it. */
#include "registry/choice.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/context-priv.h"
#include "base/error.h"
#include "io/source.h"
#include "registry/policy.h"

enum mim_status
mim_registry_query(struct mim_context *context, struct mim_query *query, struct mim_error *err)
{
    query->catalog = mim_registry_catalog(context, err);
    query->config = context->config;
    return query->catalog ? MIM_OK : MIM_NOMEM;
}

void
mim_choice_clear(struct mim_choice *choice)
{
    free(choice->formats);
    free(choice->plugins);
    *choice = (struct mim_choice){ 0 };
}

/* The extension belongs to another format than the content. */
static void
note_mismatch(struct mim_choice *choice)
{
    const struct mim_match *best = &choice->formats[0];
    if (!best->bits || best->extension_size)
        return;
    for (size_t i = 1; i < choice->format_count; i++) {
        const struct mim_match *named = &choice->formats[i];
        if (named->extension_size) {
            snprintf(choice->notice, sizeof choice->notice, "named .%.*s, and its content is %s",
                     (int)named->extension_size, named->extension, best->format->name);
            return;
        }
    }
}

enum mim_status
mim_registry_choose(const struct mim_query *query, struct mim_choice *choice, struct mim_error *err)
{
    *choice = (struct mim_choice){ 0 };
    enum mim_status status = mim_policy_check(query->catalog->fault, err);
    if (status != MIM_OK)
        return status;
    status = mim_rank_formats(query, &choice->formats, &choice->format_count, err);
    if (status == MIM_UNKNOWN_FORMAT)
        return mim_diagnose_format(query, NULL, 0, err);
    if (status != MIM_OK)
        return status;

    const struct mim_match *best = &choice->formats[0];
    if (!choice->format_count || !best->fits)
        return mim_diagnose_format(query, choice->formats, choice->format_count, err);
    if (query->formats && mim_words_find(query->formats, best->format->name) < 0)
        return mim_fail(err, MIM_DISABLED, "%s: this is %s, and only these formats are allowed: %s", query->name,
                        best->format->title, query->formats);
    status = mim_rank_plugins(query, best->format, &choice->plugins, &choice->plugin_count, err);
    if (status != MIM_OK)
        return status;
    if (!choice->plugin_count || choice->plugins[0].unfit != MIM_OK)
        return mim_diagnose_plugin(query, best, choice->plugins, choice->plugin_count, err);
    if (!query->writing)
        note_mismatch(choice);
    return MIM_OK;
}

bool
mim_choice_candidate(const struct mim_choice *choice, size_t i, struct mim_candidate *candidate)
{
    if (i >= choice->plugin_count || choice->plugins[i].unfit != MIM_OK)
        return false;
    *candidate = (struct mim_candidate){ choice->formats[0].format->name, choice->plugins[i].server.plugin };
    return true;
}

static enum mim_status
choose_requested(struct mim_context *context, struct mim_query *query, const struct mim_request *request,
                 struct mim_choice *choice, struct mim_error *err)
{
    query->format = request->format;
    query->plugin = request->plugin;
    query->formats = request->formats;
    query->plugins = request->plugins;
    enum mim_status status = mim_registry_query(context, query, err);
    return status == MIM_OK ? mim_registry_choose(query, choice, err) : status;
}

enum mim_status
mim_registry_choose_reader(struct mim_context *context, struct mim_source *source, const struct mim_request *request,
                           struct mim_choice *choice, struct mim_error *err)
{
    struct mim_query query = { .source = source, .name = mim_source_name(source) };
    return choose_requested(context, &query, request, choice, err);
}

enum mim_status
mim_registry_choose_writer(struct mim_context *context, const char *name, const struct mim_request *request,
                           struct mim_choice *choice, struct mim_error *err)
{
    struct mim_query query = { .name = name, .writing = true };
    return choose_requested(context, &query, request, choice, err);
}
