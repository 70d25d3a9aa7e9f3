/* SPDX-License-Identifier: MIT */
/* Parses a plugin's .ini, which holds everything that choosing needs without loading code. */
#include "registry/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/nearest.h"
#include "base/string-list.h"
#include "registry/ini-parser.h"
#include "registry/manifest-values.h"

#define MANIFEST_VERSION 1
#define DEFAULT_PRIORITY 500

struct parse {
    struct mim_manifest *manifest;
    enum mim_manifest_kind kind;
    const char *path;
    enum mim_status status; /* the first failure */
    struct mim_error *err;
    int manifest_version;
    struct mim_abi needs;
    char *must; /* keys that this host has to know */
    char section[MIM_INI_SECTION + 1]; /* the last unknown one */
};

struct key {
    const char *name;
    mim_manifest_take_function *take;
    size_t offset;
};

#define IN_MANIFEST(field) offsetof(struct mim_manifest, field)
#define IN_FORMAT(field) offsetof(struct mim_manifest_format, field)

static const struct key plugin_keys[] = {
    { "name", mim_manifest_take_text, IN_MANIFEST(name) },
    { "version", mim_manifest_take_text, IN_MANIFEST(version) },
    { "module", mim_manifest_take_text, IN_MANIFEST(module) },
    { "description", mim_manifest_take_text, IN_MANIFEST(description) },
    { "license", mim_manifest_take_text, IN_MANIFEST(license) },
    { "package", mim_manifest_take_text, IN_MANIFEST(package) },
    { "priority", mim_manifest_take_number, IN_MANIFEST(priority) },
    { "abi", mim_manifest_take_abi, IN_MANIFEST(abi) },
    { NULL, NULL, 0 },
};

static const struct key parse_keys[] = {
    { "manifest", mim_manifest_take_number, offsetof(struct parse, manifest_version) },
    { "needs", mim_manifest_take_abi, offsetof(struct parse, needs) },
    { "must", mim_manifest_take_list, offsetof(struct parse, must) },
    { NULL, NULL, 0 },
};

static const struct key format_keys[] = {
    { "title", mim_manifest_take_text, IN_FORMAT(title) },           { "mime", mim_manifest_take_list, IN_FORMAT(mime) },
    { "extensions", mim_manifest_take_list, IN_FORMAT(extensions) }, { "read", mim_manifest_take_list, IN_FORMAT(read) },
    { "write", mim_manifest_take_list, IN_FORMAT(write) },           { "magic", NULL, 0 }, /* take_magic */
    { NULL, NULL, 0 },
};

static const struct key scheme_keys[] = {
    { "title", mim_manifest_take_text, IN_FORMAT(title) },
    { NULL, NULL, 0 },
};

/* The sections that have a name. */
static const struct part {
    const char *section, *noun;
    const struct key *keys;
    size_t list;
} parts[] = {
    { "format ", "a format", format_keys, IN_MANIFEST(formats) },
    { "scheme ", "a scheme", scheme_keys, IN_MANIFEST(schemes) },
};

static const struct key *
find_key(const struct key *keys, const char *name, size_t length)
{
    while (keys->name && (strncmp(keys->name, name, length) || keys->name[length]))
        keys++;
    return keys->name ? keys : NULL;
}

static void
refuse_line(void *user, unsigned line, const char *reason)
{
    struct parse *parse = user;
    if (parse->status != MIM_OK)
        return;
    parse->status = line ? mim_fail(parse->err, MIM_BROKEN_PLUGIN, "%s:%u: %s", parse->path, line, reason)
                         : mim_fail(parse->err, MIM_BROKEN_PLUGIN, "%s: %s", parse->path, reason);
}

static void
refuse_nomem(struct parse *parse)
{
    if (parse->status == MIM_OK)
        parse->status = mim_fail_nomem(parse->err, parse->path);
}

/* Takes the value of a key in the table. false: there is no such key. */
static bool
take_value(struct parse *parse, const struct key *keys, void *object, unsigned line, const char *name,
           const char *value)
{
    const struct key *key = find_key(keys, name, strlen(name));
    const char *wrong = NULL;
    if (!key || key->take((char *)object + key->offset, value, &wrong))
        return key;

    char reason[300];
    snprintf(reason, sizeof reason, "%s = %s: %s", name, value, wrong ? wrong : "");
    if (wrong)
        refuse_line(parse, line, reason);
    else
        refuse_nomem(parse);
    return true;
}

/* An unknown key belongs to a newer version or is misspelt. It is ignored, and listed. */
static void
note_unknown(struct parse *parse, unsigned line, const char *what, const char *name, const struct key *const *tables)
{
    struct mim_nearest nearest = { .wanted = name };
    for (; *tables; tables++)
        for (const struct key *key = *tables; key->name; key++)
            mim_nearest_offer(&nearest, key->name);

    char *before = parse->manifest->origin.ignored, *all = NULL;
    if (asprintf(&all, "%s%s%s:%u: unknown %s %s%s%s%s", before ? before : "", before ? "\n" : "", parse->path, line, what,
                 name, nearest.found ? "; did you mean " : "", nearest.found ? nearest.found : "",
                 nearest.found ? "?" : "") < 0) {
        refuse_nomem(parse);
        return;
    }
    free(before);
    parse->manifest->origin.ignored = all;
}

static void
note_section(struct parse *parse, unsigned line, const char *section)
{
    static const struct key sections[] = { { "plugin", NULL, 0 }, { "format", NULL, 0 }, { "scheme", NULL, 0 }, { NULL, NULL, 0 } };
    static const struct key *const tables[] = { sections, NULL };
    char word[MIM_INI_SECTION + 1];
    if (!strcmp(parse->section, section))
        return;
    snprintf(parse->section, sizeof parse->section, "%s", section);
    snprintf(word, sizeof word, "%.*s", (int)strcspn(section, " \t"), section);
    note_unknown(parse, line, "section", word, tables);
}

static void
take_magic(struct parse *parse, struct mim_manifest_format *format, unsigned line, const char *value)
{
    struct mim_error why = { 0 };
    enum mim_status status = MIM_NOMEM;
    if (MIM_GROW(format->magic, format->magic_count))
        status = mim_magic_parse(&format->magic[format->magic_count], value, &why);
    if (status == MIM_OK)
        format->magic_count++;
    else if (status == MIM_NOMEM)
        refuse_nomem(parse);
    else
        refuse_line(parse, line, why.message);
}

/* The section's format or scheme of that name, which is added if it is new. NULL: no memory. */
static struct mim_manifest_format *
open_part(struct mim_manifest *manifest, const struct part *part, const char *name)
{
    struct mim_manifest_list *list = (void *)((char *)manifest + part->list);
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->items[i].name, name))
            return &list->items[i];
    if (!MIM_GROW(list->items, list->count))
        return NULL;
    struct mim_manifest_format *format = &list->items[list->count];
    *format = (struct mim_manifest_format){ .name = strdup(name) };
    list->count += format->name != NULL;
    return format->name ? format : NULL;
}

static void
take_part_pair(struct parse *parse, const struct part *part, unsigned line, const char *name, const char *key, const char *value)
{
    char reason[80];
    if (!mim_name_valid(name, strlen(name))) {
        snprintf(reason, sizeof reason, "%s's name is made of a-z, 0-9 and \"-\"", part->noun);
        refuse_line(parse, line, reason);
        return;
    }
    struct mim_manifest_format *format = open_part(parse->manifest, part, name);
    const struct key *const tables[] = { part->keys, NULL };
    if (!format)
        refuse_nomem(parse);
    else if (part->keys == format_keys && !strcmp(key, "magic"))
        take_magic(parse, format, line, value);
    else if (!take_value(parse, part->keys, format, line, key, value))
        note_unknown(parse, line, "key", key, tables);
}

static void
take_pair(void *user, unsigned line, const char *section, const char *key, const char *value)
{
    static const struct key *const tables[] = { parse_keys, plugin_keys, NULL };
    struct parse *parse = user;
    if (parse->status != MIM_OK)
        return;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strncmp(section, parts[i].section, 7)) {
            take_part_pair(parse, &parts[i], line, section + 7 + strspn(section + 7, " \t"), key, value);
            return;
        }
    if (strcmp(section, "plugin"))
        note_section(parse, line, section);
    else if (!take_value(parse, parse_keys, parse, line, key, value) &&
             !take_value(parse, plugin_keys, parse->manifest, line, key, value))
        note_unknown(parse, line, "key", key, tables);
}

/* A key of `must` that this host does not know. false: there is none. */
static bool
find_unknown_must(const struct parse *parse, const char **word, size_t *length)
{
    const char *cursor = parse->must;
    while (mim_words_next(&cursor, word, length))
        if (!find_key(parse_keys, *word, *length) && !find_key(plugin_keys, *word, *length) &&
            !find_key(format_keys, *word, *length))
            return true;
    return false;
}

/* The first required key that is missing, or NULL. */
static const char *
missing_key(const struct parse *parse, char *scratch, size_t size)
{
    const struct mim_manifest *manifest = parse->manifest;
    const char *word;
    size_t length;
    if (find_unknown_must(parse, &word, &length)) {
        snprintf(scratch, size, "must = %.*s: this libmim does not know the key", (int)length, word);
        return scratch;
    }
    if (!parse->manifest_version)
        return "[plugin] has no \"manifest = 1\"";
    if (parse->manifest_version > MANIFEST_VERSION) {
        snprintf(scratch, size, "manifest = %d, and this libmim supports %d", parse->manifest_version,
                 MANIFEST_VERSION);
        return scratch;
    }
    if (!manifest->name)
        return "[plugin] has no name";
    if (!mim_name_valid(manifest->name, strlen(manifest->name)))
        return "a plugin's name is made of a-z, 0-9 and \"-\", at most 31 of them";
    if (!manifest->formats.count && !manifest->schemes.count)
        return "it has no [format NAME] or [scheme NAME]";
    if (parse->kind == MIM_MANIFEST_HINT)
        return NULL;
    if (!manifest->version)
        return "[plugin] has no version";
    if (manifest->abi.major < 0)
        return "[plugin] has no abi";
    for (size_t i = 0; i < manifest->formats.count; i++)
        if (!manifest->formats.items[i].read && !manifest->formats.items[i].write) {
            snprintf(scratch, size, "[format %s] has neither read nor write", manifest->formats.items[i].name);
            return scratch;
        }
    if (parse->needs.major >= 0 && parse->needs.major != manifest->abi.major)
        return "abi and needs have different major numbers";
    return NULL;
}

static bool
fill_text(char **text, const char *initial)
{
    return *text || (*text = strdup(initial));
}

static bool
fill_format(struct mim_manifest_format *format)
{
    return fill_text(&format->title, format->name) && fill_text(&format->mime, "") &&
           fill_text(&format->extensions, "") && fill_text(&format->read, "") && fill_text(&format->write, "");
}

static bool
fill_list(struct mim_manifest_list *list)
{
    const char *wrong;
    for (size_t i = 0; i < list->count; i++)
        if (!fill_format(&list->items[i]) || !mim_manifest_take_list(&list->names, list->items[i].name, &wrong))
            return false;
    return fill_text(&list->names, "");
}

static bool
fill_in(struct mim_manifest *manifest)
{
    char module[48];
    snprintf(module, sizeof module, "%s.so", manifest->name);
    if (!fill_text(&manifest->version, "") || !fill_text(&manifest->module, module) ||
        !fill_text(&manifest->description, "") || !fill_text(&manifest->license, "") ||
        !fill_text(&manifest->package, "") || !fill_text(&manifest->reason, "") || !fill_text(&manifest->origin.ignored, ""))
        return false;
    for (size_t i = 0; i < manifest->schemes.count; i++)
        if (!fill_text(&manifest->schemes.items[i].read, "read"))
            return false;
    return fill_list(&manifest->formats) && fill_list(&manifest->schemes);
}

enum mim_status
mim_manifest_parse(struct mim_manifest **out, enum mim_manifest_kind kind, const struct mim_manifest_text *text,
                   struct mim_error *err)
{
    struct mim_manifest *manifest = calloc(1, sizeof *manifest);
    if (!manifest)
        return mim_fail_nomem(err, text->path);
    manifest->priority = DEFAULT_PRIORITY;
    manifest->abi.major = -1;

    struct parse parse = {
        .manifest = manifest, .kind = kind, .path = text->path, .err = err, .needs = { .major = -1 }
    };
    const struct mim_ini_visitor visitor = { take_pair, refuse_line, &parse, text->lines_before };
    if (mim_ini_parse(text->data, text->size, &visitor) == MIM_NOMEM)
        refuse_nomem(&parse);
    char scratch[100];
    const char *lack = parse.status == MIM_OK ? missing_key(&parse, scratch, sizeof scratch) : NULL;
    if (lack)
        refuse_line(&parse, 0, lack);
    if (parse.status == MIM_OK && !fill_in(manifest))
        refuse_nomem(&parse);
    free(parse.must);
    if (parse.status != MIM_OK) {
        mim_manifest_destroy(manifest);
        return parse.status;
    }

    manifest->abi.needs = parse.needs.minor;
    *out = manifest;
    return MIM_OK;
}
