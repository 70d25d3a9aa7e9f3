/* SPDX-License-Identifier: MIT */
/* The policies in force: what [policy] and [plugin NAME] of all files deny. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "registry/config-priv.h"
#include "registry/config-values.h"
#include "registry/ini-parser.h"

static const char *
plugin_of_section(const struct mim_config_entry *entry)
{
    const char *name = strncmp(entry->section, "plugin ", 7) ? NULL : entry->section + 7;
    return name ? name + strspn(name, " ") : NULL;
}

static bool
is_policy(const struct mim_config_entry *entry, const char *key)
{
    return !strcmp(entry->section, "policy") && !strcmp(entry->key, key);
}

/* The lines of one file are one list. Each file can only tighten those before it. */
static bool
file_allows(const struct mim_config *config, size_t file, const struct mim_policy_subject *subject)
{
    for (size_t i = 0; i < config->entry_count; i++) {
        const struct mim_config_entry *entry = &config->entries[i];
        if (entry->file == file && is_policy(entry, "allow") && mim_policy_list_names(entry->value, subject))
            return true;
    }
    return false;
}

/* A list that denies licenses denies an unknown one, too. */
static bool
list_denies(const char *list, const struct mim_policy_subject *subject)
{
    bool is_unknown = subject->license && !*subject->license;
    return mim_policy_list_names(list, subject) || (is_unknown && mim_policy_list_has_license(list));
}

static bool
entry_denies(const struct mim_config *config, const struct mim_config_entry *entry,
             const struct mim_policy_subject *subject)
{
    bool enabled = true;
    if (is_policy(entry, "deny"))
        return list_denies(entry->value, subject);
    if (is_policy(entry, "allow"))
        return (subject->format || subject->scheme) && !file_allows(config, entry->file, subject);
    const char *plugin = plugin_of_section(entry);
    return plugin && subject->plugin && !strcasecmp(plugin, subject->plugin) &&
           mim_config_value_switch(entry->value, &enabled) && !enabled;
}

static void
show_entry(const struct mim_config *config, const struct mim_config_entry *entry, char *text, size_t size)
{
    snprintf(text, size, "%s:%u: [%s] %s = %s", config->files.items[entry->file], entry->line, entry->section,
             entry->key, entry->value);
}

bool
mim_config_denies(const struct mim_config *config, const struct mim_policy_subject *subject, char *reason,
                  size_t reason_size)
{
    for (size_t i = 0; i < config->entry_count; i++)
        if (entry_denies(config, &config->entries[i], subject)) {
            show_entry(config, &config->entries[i], reason, reason_size);
            return true;
        }
    return false;
}

bool
mim_config_asks_license(const struct mim_config *config, char *reason, size_t size)
{
    for (size_t i = 0; i < config->entry_count; i++)
        if (!strcmp(config->entries[i].section, "policy") && mim_policy_list_has_license(config->entries[i].value)) {
            show_entry(config, &config->entries[i], reason, size);
            return true;
        }
    return false;
}

bool
mim_config_find_unknown(const struct mim_config *config, mim_policy_knows *knows, const void *user, char *reason,
                        size_t size)
{
    for (size_t i = 0; i < config->entry_count; i++) {
        const struct mim_config_entry *entry = &config->entries[i];
        const char *plugin = plugin_of_section(entry);
        char name[MIM_INI_LINE + 1];
        snprintf(name, sizeof name, "%s", plugin ? plugin : "");
        if (plugin ? knows(user, &(struct mim_policy_subject){ .plugin = plugin })
                   : strcmp(entry->section, "policy") ||
                         !mim_policy_list_unknown(entry->value, knows, user, name, sizeof name))
            continue;
        show_entry(config, entry, reason, size);
        size_t used = strlen(reason);
        snprintf(reason + used, size - used, ": no plugin, format or scheme is called %s", name);
        return true;
    }
    return false;
}
