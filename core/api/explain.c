/* SPDX-License-Identifier: MIT */
/* Tells people how a choice fell: the same ranking as an opening's, step by step. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/source.h"
#include "registry/diagnose.h"
#include "registry/rank.h"
#include "registry/registry.h"
#include "series/series-reader.h"

struct telling {
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
        snprintf(text, size, "%s", match->sole ? "all that the plugin serves" : "named by the caller");
}

static void
tell_formats(const struct telling *telling, const struct mim_match *matches, size_t count)
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
        telling->visit(telling->user, &(struct mim_explanation){ .is_format = 1,
                                                                 .winner = winner,
                                                                 .name = matches[i].format->name,
                                                                 .evidence = evidence,
                                                                 .rule = rule });
    }
}

static void
tell_plugins(const struct telling *telling, const struct mim_rank *ranks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct mim_manifest *plugin = ranks[i].server.plugin;
        char evidence[PATH_MAX + 64], rule[700];
        int used = snprintf(evidence, sizeof evidence, "priority %d, %s", plugin->priority, plugin->place);
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
        telling->visit(telling->user, &(struct mim_explanation){
                                          .winner = winner, .name = plugin->name, .evidence = evidence, .rule = rule });
    }
}

static enum mim_status
explain_file(struct mim_context *context, struct mim_source *source, const char *format, const char *plugin,
             const struct telling *telling, struct mim_error *err)
{
    struct mim_query query = { .source = source, .name = mim_source_name(source), .format = format, .plugin = plugin };
    enum mim_status status = mim_registry_query(context, &query, err);
    struct mim_match *matches = NULL;
    struct mim_rank *ranks = NULL;
    size_t match_count = 0, rank_count = 0;
    if (status == MIM_OK)
        status = mim_rank_formats(&query, &matches, &match_count, err);
    if (status == MIM_UNKNOWN_FORMAT)
        return mim_diagnose_format(&query, NULL, 0, err);
    if (status != MIM_OK)
        return status;

    tell_formats(telling, matches, match_count);
    if (!match_count || !matches[0].fits)
        status = mim_diagnose_format(&query, matches, match_count, err);
    else
        status = mim_rank_plugins(&query, matches[0].format, &ranks, &rank_count, err);
    if (ranks) {
        tell_plugins(telling, ranks, rank_count);
        if (!rank_count || ranks[0].unfit != MIM_OK)
            status = mim_diagnose_plugin(&query, &matches[0], ranks, rank_count, err);
    }
    free(matches);
    free(ranks);
    return status;
}

enum mim_status
mim_context_explain(struct mim_context *context, struct mim_source *source, const char *format, const char *plugin,
                    mim_explain_visitor visit, void *user, struct mim_error *err)
{
    const struct telling telling = { visit, user };
    if (!mim_source_is_series(source))
        return explain_file(context, source, format, plugin, &telling, err);

    struct mim_source *first;
    enum mim_status status = mim_series_first_source(&first, context, source, err);
    if (status != MIM_OK)
        return status;
    status = explain_file(context, first, format, plugin, &telling, err);
    mim_source_close(first);
    return status;
}
