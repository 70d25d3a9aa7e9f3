/* SPDX-License-Identifier: MIT */
/* Reads and merges mim.conf: every [policy] and [limit] applies, and the nearest [prefer] wins. */
#include "registry/config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build-paths.h"
#include "base/array.h"
#include "base/context-priv.h"
#include "base/error.h"
#include "base/string-list.h"
#include "registry/config-values.h"
#include "registry/ini-parser.h"

/* One value in force; values read later are nearer to the call. */
struct entry {
    char *section, *key, *value;
    char *text; /* "section key = value (file:line)" */
    unsigned line;
    size_t file;
};

struct mim_config {
    struct mim_string_list files, diagnostics;
    struct entry *entries;
    size_t entry_count;
};

struct reading {
    struct mim_config *config;
    const char *name;
    size_t file;
    bool is_out_of_memory;
};

static void
refuse_line(void *user, unsigned line, const char *reason)
{
    struct reading *reading = user;
    if (!mim_string_list_add(&reading->config->diagnostics, "%s:%u: %s", reading->name, line, reason))
        reading->is_out_of_memory = true;
}

static void
clear_entry(struct entry *entry)
{
    free(entry->section);
    free(entry->key);
    free(entry->value);
    free(entry->text);
}

static bool
add_entry(struct reading *reading, unsigned line, const char *section, const char *key, const char *value)
{
    struct mim_config *config = reading->config;
    if (!MIM_GROW(config->entries, config->entry_count))
        return false;

    struct entry entry = { strdup(section), strdup(key), strdup(value), NULL, line, reading->file };
    int size = asprintf(&entry.text, "%s %s = %s (%s:%u)", section, key, value, reading->name, line);
    if (size < 0)
        entry.text = NULL;
    if (!entry.section || !entry.key || !entry.value || !entry.text) {
        clear_entry(&entry);
        return false;
    }
    config->entries[config->entry_count++] = entry;
    return true;
}

static void
take_pair(void *user, unsigned line, const char *section, const char *key, const char *value)
{
    struct reading *reading = user;
    const char *wrong = mim_config_value_fault(section, key, value);
    if (wrong) {
        char reason[300];
        snprintf(reason, sizeof reason, "[%s] %s = %s: %s", section, key, value, wrong);
        refuse_line(user, line, reason);
    } else if (!add_entry(reading, line, section, key, value)) {
        reading->is_out_of_memory = true;
    }
}

static bool
read_text(struct mim_config *config, const char *name, const char *text, size_t size)
{
    struct reading reading = { .config = config, .name = name, .file = config->files.count };
    if (!mim_string_list_add(&config->files, "%s", name))
        return false;
    const struct mim_ini_visitor visitor = { .pair = take_pair, .refuse = refuse_line, .user = &reading };
    enum mim_status status = mim_ini_parse(text, size, &visitor);
    return status == MIM_OK && !reading.is_out_of_memory;
}

/* A shortage of memory or descriptors must not drop a policy. */
static bool
refuse_errno(struct mim_config *config, const char *path)
{
    return errno == ENOENT || errno == ENOTDIR ||
           (!mim_is_shortage(errno) && mim_string_list_add(&config->diagnostics, "%s: %m", path));
}

bool
mim_config_read_file(struct mim_config *config, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return refuse_errno(config, path);

    char *text = NULL;
    size_t size;
    struct mim_error err = { 0 };
    enum mim_status status = mim_ini_read(fd, path, &text, &size, &err);
    close(fd);
    if (status != MIM_OK)
        return status != MIM_NOMEM && mim_string_list_add(&config->diagnostics, "%s", err.message);
    bool read = read_text(config, path, text, size);
    free(text);
    return read;
}

static int
is_conf(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return *entry->d_name != '.' && dot && !strcmp(dot, ".conf");
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

bool
mim_config_read_directory(struct mim_config *config, const char *path)
{
    struct dirent **names;
    int count = scandir(path, &names, is_conf, by_bytes);
    if (count < 0)
        return refuse_errno(config, path);

    bool read = true;
    for (int i = 0; i < count; i++) {
        char file[PATH_MAX];
        if (snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name) < (int)sizeof file)
            read = read && mim_config_read_file(config, file);
        free(names[i]);
    }
    free(names);
    return read;
}

static bool
read_user_file(struct mim_config *config)
{
    const char *base = secure_getenv("XDG_CONFIG_HOME"), *home = secure_getenv("HOME");
    char path[PATH_MAX];
    int size = -1;
    if (base && *base == '/') /* the XDG specification ignores relative paths */
        size = snprintf(path, sizeof path, "%s/mim-1/mim.conf", base);
    else if (home && *home == '/')
        size = snprintf(path, sizeof path, "%s/.config/mim-1/mim.conf", home);
    return size < 0 || size >= (int)sizeof path || mim_config_read_file(config, path);
}

struct mim_config *
mim_config_create(void)
{
    return calloc(1, sizeof(struct mim_config));
}

struct mim_config *
mim_config_load(const struct mim_context_options *options)
{
    struct mim_config *config = mim_config_create();
    if (!config)
        return NULL;
    bool read = options->no_system || (mim_config_read_file(config, MIM_SYSCONF_DIR "/mim.conf") &&
                                       mim_config_read_directory(config, MIM_SYSCONF_DIR "/conf.d"));
    if (read && (options->no_config || read_user_file(config)))
        return config;
    mim_config_destroy(config);
    return NULL;
}

void
mim_config_destroy(struct mim_config *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < config->entry_count; i++)
        clear_entry(&config->entries[i]);
    free(config->entries);
    mim_string_list_clear(&config->files);
    mim_string_list_clear(&config->diagnostics);
    free(config);
}

static void
cut_texts(struct mim_string_list *texts, size_t count)
{
    while (texts->count > count)
        free(texts->items[--texts->count]);
}

enum mim_status
mim_config_add_text(struct mim_config *config, const char *text, struct mim_error *err)
{
    size_t files = config->files.count, diagnostics = config->diagnostics.count, entries = config->entry_count;
    bool read = read_text(config, "context", text, strlen(text));
    if (read && config->diagnostics.count == diagnostics)
        return MIM_OK;

    enum mim_status status = read ? mim_fail(err, MIM_OPTION, "%s", config->diagnostics.items[diagnostics])
                                  : mim_fail_nomem(err, "the configuration");
    cut_texts(&config->files, files);
    cut_texts(&config->diagnostics, diagnostics);
    while (config->entry_count > entries)
        clear_entry(&config->entries[--config->entry_count]);
    return status;
}

static bool
entry_denies(const struct entry *entry, const struct mim_policy_subject *subject)
{
    bool enabled = true;
    if (!strcmp(entry->section, "policy"))
        return mim_config_value_denies(entry->value, subject);
    return !strncmp(entry->section, "plugin ", 7) && subject->plugin &&
           !strcmp(entry->section + 7 + strspn(entry->section + 7, " "), subject->plugin) &&
           mim_config_value_switch(entry->value, &enabled) && !enabled;
}

bool
mim_config_denies(const struct mim_config *config, const char *plugin, const char *license, const char *format,
                  char *reason, size_t reason_size)
{
    const struct mim_policy_subject subject = { plugin, license, format };
    for (size_t i = 0; i < config->entry_count; i++) {
        const struct entry *entry = &config->entries[i];
        if (!entry_denies(entry, &subject))
            continue;
        snprintf(reason, reason_size, "%s:%u: [%s] %s = %s", config->files.items[entry->file], entry->line,
                 entry->section, entry->key, entry->value);
        return true;
    }
    return false;
}

const char *
mim_config_prefers(const struct mim_config *config, const char *format)
{
    for (size_t i = config->entry_count; i > 0; i--) {
        const struct entry *entry = &config->entries[i - 1];
        if (!strcmp(entry->section, "prefer") && !strcmp(entry->key, format))
            return entry->value;
    }
    return NULL;
}

void
mim_config_limit(const struct mim_config *config, struct mim_limits *limits)
{
    for (size_t i = 0; i < config->entry_count; i++) {
        const struct entry *entry = &config->entries[i];
        if (!strcmp(entry->section, "limit"))
            mim_config_value_tighten(entry->key, entry->value, limits);
    }
}

const char *
mim_config_file(const struct mim_config *config, size_t i)
{
    return mim_string_list_item(&config->files, i);
}

const char *
mim_config_value(const struct mim_config *config, size_t i)
{
    return i < config->entry_count ? config->entries[i].text : NULL;
}

const char *
mim_config_diagnostic(const struct mim_config *config, size_t i)
{
    return mim_string_list_item(&config->diagnostics, i);
}

struct mim_config *
mim_context_config(struct mim_context *context)
{
    if (!context->config)
        context->config = mim_config_load(&context->options);
    return context->config;
}
