/* SPDX-License-Identifier: MIT */
/* Reads and merges mim.conf: every [policy] and [limit] applies, and the nearest [prefer] wins. */
#include "registry/config-priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "registry/config-values.h"
#include "registry/ini-parser.h"

struct reading {
    struct mim_config *config;
    const char *name;
    size_t file;
    bool is_users, is_void; /* the user's own file; it has an unknown section */
    bool is_out_of_memory;
};

/* What may be a policy is never ignored: the diagnostic just added disables all plugins. */
static bool
fail_closed(struct mim_config *config, bool is_added)
{
    if (is_added && !config->fault)
        config->fault = config->diagnostics.count;
    return is_added;
}

static void
refuse_line(void *user, unsigned line, const char *reason)
{
    struct reading *reading = user;
    struct mim_config *config = reading->config;
    if (!fail_closed(config, mim_string_list_add(&config->diagnostics, "%s:%u: %s", reading->name, line, reason)))
        reading->is_out_of_memory = true;
}

/* A later version may know the section, and the user's preferences may depend on it. */
static void
void_file(struct reading *reading, unsigned line, const char *section)
{
    if (!reading->is_void && !mim_string_list_add(&reading->config->diagnostics,
                                                  "%s:%u: no such section: [%s]; [prefer] in this file is ignored",
                                                  reading->name, line, section))
        reading->is_out_of_memory = true;
    reading->is_void = true;
}

static void
clear_entry(struct mim_config_entry *entry)
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

    struct mim_config_entry entry = { strdup(section), strdup(key), strdup(value), NULL, line, reading->file };
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
    if (reading->is_users && *section && !mim_config_value_section(section)) {
        void_file(reading, line, section);
    } else if (wrong) {
        char reason[300];
        snprintf(reason, sizeof reason, "[%s] %s = %s: %s", section, key, value, wrong);
        refuse_line(user, line, reason);
    } else if (!add_entry(reading, line, section, key, value)) {
        reading->is_out_of_memory = true;
    }
}

static void
drop_preferences(struct mim_config *config, size_t file)
{
    size_t kept = 0;
    for (size_t i = 0; i < config->entry_count; i++)
        if (config->entries[i].file == file && !strcmp(config->entries[i].section, "prefer"))
            clear_entry(&config->entries[i]);
        else
            config->entries[kept++] = config->entries[i];
    config->entry_count = kept;
}

static bool
read_text(struct mim_config *config, const char *name, const char *text, size_t size, bool is_users)
{
    struct reading reading = { .config = config, .name = name, .file = config->files.count, .is_users = is_users };
    if (!mim_string_list_add(&config->files, "%s", name))
        return false;
    const struct mim_ini_visitor visitor = { .pair = take_pair, .refuse = refuse_line, .user = &reading };
    enum mim_status status = mim_ini_parse(text, size, &visitor);
    if (reading.is_void)
        drop_preferences(config, reading.file);
    return status == MIM_OK && !reading.is_out_of_memory;
}

/* A link that points nowhere is a file that cannot be read. */
static bool
is_absent(const char *path)
{
    struct stat facts;
    return (errno == ENOENT || errno == ENOTDIR) && lstat(path, &facts) < 0;
}

bool
mim_config_refuse_errno(struct mim_config *config, const char *path)
{
    /* a shortage of memory or descriptors must not drop a policy */
    return is_absent(path) ||
           (!mim_is_shortage(errno) && fail_closed(config, mim_string_list_add(&config->diagnostics, "%s: %m", path)));
}

bool
mim_config_read_file(struct mim_config *config, const char *path, bool is_users)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return mim_config_refuse_errno(config, path);

    char *text = NULL;
    size_t size;
    struct mim_error err = { 0 };
    enum mim_status status = mim_ini_read(fd, path, &text, &size, &err);
    close(fd);
    if (status != MIM_OK)
        return status != MIM_NOMEM && fail_closed(config, mim_string_list_add(&config->diagnostics, "%s", err.message));
    bool read = read_text(config, path, text, size, is_users);
    free(text);
    return read;
}

struct mim_config *
mim_config_create(void)
{
    return calloc(1, sizeof(struct mim_config));
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
    size_t fault = config->fault;
    bool read = read_text(config, "context", text, strlen(text), false);
    if (read && config->diagnostics.count == diagnostics)
        return MIM_OK;

    enum mim_status status = read ? mim_fail(err, MIM_OPTION, "%s", config->diagnostics.items[diagnostics])
                                  : mim_fail_nomem(err, "the configuration");
    cut_texts(&config->files, files);
    cut_texts(&config->diagnostics, diagnostics);
    config->fault = fault;
    while (config->entry_count > entries)
        clear_entry(&config->entries[--config->entry_count]);
    return status;
}

const char *
mim_config_fault(const struct mim_config *config)
{
    return config->fault ? config->diagnostics.items[config->fault - 1] : NULL;
}

const char *
mim_config_prefers(const struct mim_config *config, const char *format)
{
    for (size_t i = config->entry_count; i > 0; i--) {
        const struct mim_config_entry *entry = &config->entries[i - 1];
        if (!strcmp(entry->section, "prefer") && !strcmp(entry->key, format))
            return entry->value;
    }
    return NULL;
}

void
mim_config_limit(const struct mim_config *config, struct mim_limits *limits)
{
    for (size_t i = 0; i < config->entry_count; i++) {
        const struct mim_config_entry *entry = &config->entries[i];
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
