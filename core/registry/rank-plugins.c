/* SPDX-License-Identifier: MIT */
/* Ranks the plugins of a format. Each rule compares one property; the first that differs decides and is the reason. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "registry/config.h"
#include "registry/rank.h"

static const char *
abilities_of(const struct mim_server *server, bool writing)
{
    return writing ? server->format->write : server->format->read;
}

/* Several frames count more than timing, and timing more than random access. */
static int
count_abilities(const char *words)
{
    static const struct {
        const char *word;
        int worth;
    } abilities[] = { { "multi", 4 }, { "animation", 2 }, { "seek", 1 } };
    int sum = 0;
    for (size_t i = 0; i < sizeof abilities / sizeof *abilities; i++)
        if (mim_words_find(words, abilities[i].word) >= 0)
            sum += abilities[i].worth;
    return sum;
}

/* The status of an open that fails because of a plugin's state. */
static const enum mim_status status_of_state[] = {
    [MIM_PLUGIN_READY] = MIM_OK,          [MIM_PLUGIN_SHADOWED] = MIM_NO_PLUGIN,
    [MIM_PLUGIN_MASKED] = MIM_DISABLED,   [MIM_PLUGIN_BROKEN] = MIM_BROKEN_PLUGIN,
    [MIM_PLUGIN_DISABLED] = MIM_DISABLED,
};

enum mim_status
mim_rank_unfit(const struct mim_query *query, const struct mim_server *server, char *reason, size_t size)
{
    const struct mim_manifest *plugin = server->plugin;
    if (plugin->state != MIM_PLUGIN_READY) {
        snprintf(reason, size, "%s", plugin->reason);
        return status_of_state[plugin->state];
    }
    const char *name = server->format->name;
    const struct mim_policy_subject subject = { plugin->name, plugin->license, query->is_scheme ? NULL : name,
                                                query->is_scheme ? name : NULL };
    if (mim_config_denies(query->config, &subject, reason, size))
        return MIM_DISABLED;
    if (!*abilities_of(server, query->writing)) {
        snprintf(reason, size, "it does not %s %s", query->writing ? "write" : "read", server->format->name);
        return MIM_UNSUPPORTED;
    }
    if (query->plugin && strcmp(query->plugin, plugin->name)) {
        snprintf(reason, size, "the plugin %s was asked for", query->plugin);
        return MIM_ARGUMENT;
    }
    if (query->plugins && mim_words_find(query->plugins, plugin->name) < 0) {
        snprintf(reason, size, "only these plugins are allowed: %s", query->plugins);
        return MIM_DISABLED;
    }
    *reason = '\0';
    return MIM_OK;
}

/* Rules return less than 0 when `a` is better. */
struct plugin_rule {
    int (*compare)(const struct mim_rank *a, const struct mim_rank *b);
    const char *text;
};

static int
by_fitness(const struct mim_rank *a, const struct mim_rank *b)
{
    return (a->unfit != MIM_OK) - (b->unfit != MIM_OK);
}

static int
by_preference(const struct mim_rank *a, const struct mim_rank *b)
{
    return (a->preferred > b->preferred) - (a->preferred < b->preferred);
}

static int
by_priority(const struct mim_rank *a, const struct mim_rank *b)
{
    return b->server.plugin->priority - a->server.plugin->priority;
}

static int
by_abilities(const struct mim_rank *a, const struct mim_rank *b)
{
    return b->abilities - a->abilities;
}

static int
by_directory(const struct mim_rank *a, const struct mim_rank *b)
{
    size_t left = a->server.plugin->origin.rank, right = b->server.plugin->origin.rank;
    return (left > right) - (left < right);
}

static int
by_plugin_name(const struct mim_rank *a, const struct mim_rank *b)
{
    return strcmp(a->server.plugin->name, b->server.plugin->name);
}

static int
by_manifest(const struct mim_rank *a, const struct mim_rank *b)
{
    return strcmp(a->server.plugin->origin.path, b->server.plugin->origin.path);
}

static const struct plugin_rule plugin_rules[] = {
    { by_fitness, "it can be used" }, { by_preference, "[prefer]" }, { by_priority, "priority" },
    { by_abilities, "abilities" },    { by_directory, "place" },     { by_plugin_name, "name" },
    { by_manifest, "path" },
};

static const struct plugin_rule *
decide_plugins(const struct mim_rank *a, const struct mim_rank *b)
{
    const struct plugin_rule *last = &plugin_rules[sizeof plugin_rules / sizeof *plugin_rules - 1],
                             *rule = plugin_rules;
    while (rule < last && !rule->compare(a, b))
        rule++;
    return rule;
}

static int
compare_plugins(const void *a, const void *b)
{
    return decide_plugins(a, b)->compare(a, b);
}

enum mim_status
mim_rank_plugins(const struct mim_query *query, const struct mim_format *format, struct mim_rank **out, size_t *count,
                 struct mim_error *err)
{
    struct mim_rank *ranks = calloc(format->server_count + 1, sizeof *ranks);
    if (!ranks)
        return mim_fail_nomem(err, "a choice of plugins");

    const char *preferred = mim_config_prefers(query->config, format->name);
    for (size_t i = 0; i < format->server_count; i++) {
        struct mim_rank *rank = &ranks[i];
        rank->server = format->servers[i];
        rank->unfit = mim_rank_unfit(query, &rank->server, rank->reason, sizeof rank->reason);
        int place = preferred ? mim_words_find(preferred, rank->server.plugin->name) : -1;
        rank->preferred = place < 0 ? INT_MAX : place;
        rank->abilities = count_abilities(abilities_of(&rank->server, query->writing));
    }
    qsort(ranks, format->server_count, sizeof *ranks, compare_plugins);

    for (size_t i = 0; i < format->server_count; i++)
        ranks[i].rule = format->server_count > 1 ? decide_plugins(&ranks[0], &ranks[i ? i : 1])->text : "the only one";
    *out = ranks;
    *count = format->server_count;
    return MIM_OK;
}
