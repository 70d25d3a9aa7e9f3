/* SPDX-License-Identifier: MIT */
/* Tests of the module's file and of its manifest. None runs code of the plugin. */
#include <elf.h>
#include <errno.h>
#include <string.h>

#include <mim/plugin.h>
#include <mim/kit/entry.h>

#include "child.h"
#include "manifest.h"
#include "module-file.h"
#include "reading.h"

static struct module_file
open_file(const struct check_trial *trial)
{
    struct module_file file;
    if (!module_file_open(&file, trial->subject->module))
        trial_fail("%s: %s", trial->subject->module, strerror(errno));
    return file;
}

/* Names that begin with two underscores belong to the compiler and its libraries. */
static void
exports_entry_only(const struct check_trial *trial)
{
    static const char *const linkers[] = { MIM_STRING(MIM_PLUGIN_SYMBOL), "_init", "_fini", "_edata", "_end" };
    const struct module_file file = open_file(trial);
    const char *name;
    bool has_entry = false;
    for (size_t i = 0; (name = module_file_export(&file, i)); i++) {
        size_t known = 0;
        while (known < sizeof linkers / sizeof *linkers && strcmp(name, linkers[known]))
            known++;
        has_entry = has_entry || !known;
        if (known == sizeof linkers / sizeof *linkers && strncmp(name, "__", 2))
            trial_fail("it exports %s, and not only %s: compile with -fvisibility=hidden, link with -Wl,--exclude-libs,ALL", name,
                       linkers[0]);
    }
    if (!has_entry)
        trial_fail("it does not export %s", linkers[0]);
}

static void
needs_no_libmim(const struct check_trial *trial)
{
    const struct module_file file = open_file(trial);
    const char *library;
    for (size_t i = 0; (library = module_file_string(&file, DT_NEEDED, i)); i++)
        if (!strncmp(library, "libmim.", 7))
            trial_fail("it links %s, and a plugin calls the host table only", library);
}

static void
binds_at_once(const struct check_trial *trial)
{
    const struct module_file file = open_file(trial);
    uint64_t flags = 0, later = 0, now;
    module_file_value(&file, DT_FLAGS, &flags);
    module_file_value(&file, DT_FLAGS_1, &later);
    if (!(flags & DF_BIND_NOW) && !(later & DF_1_NOW) && !module_file_value(&file, DT_BIND_NOW, &now))
        trial_fail("undefined functions would be found only when they are called: link with -Wl,-z,now");
}

static void
has_no_text_relocations(const struct check_trial *trial)
{
    const struct module_file file = open_file(trial);
    uint64_t flags = 0, value;
    module_file_value(&file, DT_FLAGS, &flags);
    if (flags & DF_TEXTREL || module_file_value(&file, DT_TEXTREL, &value))
        trial_fail("it has relocations in code: compile everything with -fPIC");
}

static void
has_no_run_path(const struct check_trial *trial)
{
    const struct module_file file = open_file(trial);
    const char *path = module_file_string(&file, DT_RPATH, 0);
    if (!path)
        path = module_file_string(&file, DT_RUNPATH, 0);
    if (path)
        trial_fail("it searches libraries in %s: link without -rpath", path);
}

static void
has_note(const struct check_trial *trial)
{
    const struct module_file file = open_file(trial);
    if (!module_file_note(&file))
        trial_fail("it has no note in the section .note.mim: define the entry with MIM_PLUGIN of mim/kit/entry.h");
}

/* Also that the note equals the manifest, which libmim compares. */
static void
is_accepted(const struct check_trial *trial)
{
    const struct check_subject *subject = trial->subject;
    struct mim_context *context = reading_context(subject, 1);
    struct mim_plugin_info info;
    const char *line;
    for (size_t i = 0; (line = mim_context_diagnostic(context, i)); i++)
        if (!strncmp(line, subject->manifest, strlen(subject->manifest)))
            trial_fail("%s", line);
    for (size_t i = 0; mim_context_plugin(context, i, &info); i++)
        if (!strcmp(info.manifest, subject->manifest)) {
            if (info.state != MIM_PLUGIN_READY)
                trial_fail("%s", info.reason);
            return;
        }
    trial_fail("%s is not read: the name of the file must be that of the plugin, with .ini", subject->manifest);
}

/* Insertions, deletions and replacements that change one word to the other. */
static size_t
word_distance(const char *a, const char *b)
{
    size_t row[64], width = strlen(b);
    if (width >= sizeof row / sizeof *row)
        return width;
    for (size_t i = 0; i <= width; i++)
        row[i] = i;
    for (; *a; a++) {
        size_t corner = row[0]++;
        for (size_t i = 0; i < width; i++) {
            size_t best = corner + (*a != b[i]), above = row[i + 1];
            best = best < above + 1 ? best : above + 1;
            row[i + 1] = best < row[i] + 1 ? best : row[i] + 1;
            corner = above;
        }
    }
    return row[width];
}

static const char *const plugin_keys[] = { "manifest", "name",    "version",  "abi",  "needs", "module",
                                           "description", "license", "package", "priority", NULL };
static const char *const format_keys[] = { "title", "mime", "extensions", "magic", "read", "write", NULL };
static const char *const scheme_keys[] = { "title", NULL };
static const char *const sections[] = { "plugin", "format", "scheme", NULL };
static const char *const abilities[] = { "multi", "animation", "seek", "image", "container", NULL };

static void
expect_word(const struct check_trial *trial, unsigned line, const char *kind, const char *word, const char *const known[])
{
    const char *nearest = known[0];
    for (size_t i = 0; known[i]; i++) {
        if (!strcmp(known[i], word))
            return;
        if (word_distance(word, known[i]) < word_distance(word, nearest))
            nearest = known[i];
    }
    trial_fail("%s:%u: unknown %s %s: is %s meant?", trial->subject->manifest, line, kind, word, nearest);
}

static void
knows_all_words(const struct check_trial *trial)
{
    const struct check_manifest *manifest = trial->subject->lines;
    for (size_t i = 0; i < manifest->count; i++) {
        const struct check_line *line = &manifest->lines[i];
        char section[64], values[300], *rest = values, *word;
        snprintf(section, sizeof section, "%.*s", (int)strcspn(line->section, " \t"), line->section);
        expect_word(trial, line->number, "section", section, sections);
        bool is_format = !strcmp(section, "format");
        const char *const *keys = is_format ? format_keys : strcmp(section, "scheme") ? plugin_keys : scheme_keys;
        expect_word(trial, line->number, "key", line->key, keys);
        snprintf(values, sizeof values, "%s", is_format && (!strcmp(line->key, "read") || !strcmp(line->key, "write")) ? line->value : "");
        while ((word = strsep(&rest, " \t")))
            if (*word)
                expect_word(trial, line->number, "ability", word, abilities);
    }
}

const struct check_test check_static_tests[] = {
    { "static", "exports the entry only", CHECK_PLUGIN, exports_entry_only, 0, 0 },
    { "static", "needs no libmim", CHECK_PLUGIN, needs_no_libmim, 0, 0 },
    { "static", "binds functions at once", CHECK_PLUGIN, binds_at_once, 0, 0 },
    { "static", "no relocations in code", CHECK_PLUGIN, has_no_text_relocations, 0, 0 },
    { "static", "no path for libraries", CHECK_PLUGIN, has_no_run_path, 0, 0 },
    { "static", "a note", CHECK_PLUGIN, has_note, 0, 0 },
    { "manifest", "known sections, keys and abilities", CHECK_PLUGIN, knows_all_words, 0, 0 },
    { "manifest", "accepted, and equal to the note", CHECK_PLUGIN, is_accepted, 0, CHECK_NEEDED },
    { 0 },
};
