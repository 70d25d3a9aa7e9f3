/* SPDX-License-Identifier: MIT */
/* Explains a choice: each format and plugin that was compared, with the rule that decided. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "io/source.h"
#include "plugin/operation.h"
#include "registry/choice.h"
#include "series/series-reader.h"

struct explainer {
    mim_explain_visitor visit;
    void *user;
};

static void
show_evidence(const struct mim_match *match, char *text, size_t size)
{
    int used = 0;
    if (match->bits)
        used = snprintf(text, size, "magic %s (%u bits)%s", match->pattern, match->bits,
                        match->extension_size ? ", " : "");
    if (match->extension_size)
        snprintf(text + used, size - (size_t)used, "extension %.*s", (int)match->extension_size, match->extension);
    else if (!match->bits)
        snprintf(text, size, "%s", match->is_sole ? "all that the plugin serves" : "named by the caller");
}

static void
explain_formats(const struct explainer *explainer, const struct mim_match *matches, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char evidence[320], rule[160];
        show_evidence(&matches[i], evidence, sizeof evidence);
        bool winner = !i && matches[0].fits;
        if (!matches[i].fits)
            snprintf(rule, sizeof rule, "its name fits, its content does not");
        else if (winner)
            snprintf(rule, sizeof rule, "%s", matches[0].rule);
        else
            snprintf(rule, sizeof rule, "%s beats it by: %s", matches[0].format->name, matches[i].rule);
        explainer->visit(explainer->user, &(struct mim_explanation){ .is_format = 1,
                                                                     .winner = winner,
                                                                     .name = matches[i].format->name,
                                                                     .evidence = evidence,
                                                                     .rule = rule });
    }
}

static void
explain_plugins(const struct explainer *explainer, const struct mim_rank *ranks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct mim_manifest *plugin = ranks[i].server.plugin;
        char evidence[PATH_MAX + 64], rule[700];
        int used = snprintf(evidence, sizeof evidence, "priority %d, %s", plugin->priority, plugin->origin.directory);
        if (ranks[i].preferred != INT_MAX && (size_t)used < sizeof evidence)
            snprintf(evidence + used, sizeof evidence - (size_t)used, ", number %d in [prefer]",
                     ranks[i].preferred + 1);
        bool winner = !i && ranks[0].unfit == MIM_OK;
        if (ranks[i].unfit != MIM_OK)
            snprintf(rule, sizeof rule, "%s", ranks[i].reason);
        else if (winner)
            snprintf(rule, sizeof rule, "%s", ranks[0].rule);
        else
            snprintf(rule, sizeof rule, "%s beats it by: %s", ranks[0].server.plugin->name, ranks[i].rule);
        if (plugin->failure && !ranks[i].unfit)
            snprintf(rule + strlen(rule), sizeof rule - strlen(rule), "; tried before, in vain: %s", plugin->failure);
        explainer->visit(
            explainer->user,
            &(struct mim_explanation){ .winner = winner, .name = plugin->name, .evidence = evidence, .rule = rule });
    }
}

static enum mim_status
explain_file(struct mim_context *context, struct mim_source *source, const char *format, const char *plugin,
             const struct explainer *explainer, struct mim_error *err)
{
    struct mim_choice choice = { 0 };
    const struct mim_request request = { .format = format, .plugin = plugin };
    enum mim_status status = mim_registry_choose_reader(context, source, &request, &choice, err);
    explain_formats(explainer, choice.formats, choice.format_count);
    explain_plugins(explainer, choice.plugins, choice.plugin_count);
    mim_choice_clear(&choice);
    return status;
}

/* The file of the operation, or the first one of its series. */
static enum mim_status
explain_source(struct mim_operation *operation, const char *format, const char *plugin, const struct explainer *explainer,
               struct mim_error *err)
{
    if (!mim_source_is_series(operation->source))
        return explain_file(operation->context, operation->source, format, plugin, explainer, err);
    struct mim_source *first;
    enum mim_status status = mim_series_first_source(&first, operation, err);
    if (status != MIM_OK)
        return status;
    status = explain_file(operation->context, first, format, plugin, explainer, err);
    mim_source_close(first);
    return status;
}

enum mim_status
mim_context_explain(struct mim_context *context, struct mim_source *source, const char *format, const char *plugin,
                    mim_explain_visitor visit, void *user, struct mim_error *err)
{
    static const struct mim_control control = { 0 };
    const struct explainer explainer = { visit, user };
    struct mim_operation operation;
    enum mim_status status = mim_operation_init(&operation, context, &control, err);
    if (status != MIM_OK)
        return status;
    mim_source_ref(source);
    status = mim_operation_resolve(&operation, &source, err);
    mim_operation_take_source(&operation, source);
    if (status == MIM_OK)
        status = explain_source(&operation, format, plugin, &explainer, err);
    mim_operation_clear(&operation);
    return status;
}
