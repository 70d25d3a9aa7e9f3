/* SPDX-License-Identifier: MIT */
/* A directory of plugins, one of hints, and a context that sees nothing else. */
#ifndef MIM_TESTS_REGISTRY_TREE_H
#define MIM_TESTS_REGISTRY_TREE_H

#include <mim/context.h>
#include <mim/registry.h>

#include "io/source.h"
#include "registry/choice.h"
#include "registry/manifest.h"
#include "tree.h"

static char *root, *hints;
static struct mim_context *context;
static struct mim_choice found;
static const struct mim_plugin *plugin;
static struct mim_error err;

static inline struct mim_candidate
candidate(size_t i)
{
    struct mim_candidate item = { 0 };
    CHECK(mim_choice_candidate(&found, i, &item));
    return item;
}

/* A context that knows nothing but what the environment names, which ends the search path by "!". */
static inline void
fresh(void)
{
    mim_choice_clear(&found);
    mim_context_destroy(context);
    context = NULL;
    struct mim_context_options options = { .no_config = 1 };
    assert_int_equal(mim_context_create(&context, &options, NULL), MIM_OK);
}

/* As it was set up, looking anew. */
static inline void
again(void)
{
    fresh();
    assert_int_equal(mim_context_add_directory(context, root, NULL), MIM_OK);
}

static inline void
setup(void)
{
    root = tree_make();
    hints = tree_make();
    setenv("MIM_KNOWN_DIR", hints, 1);
    setenv("MIM_PLUGIN_PATH", "!", 1);
    again();
}

static inline void
teardown(void)
{
    mim_choice_clear(&found);
    mim_context_destroy(context);
    context = NULL;
    unsetenv("MIM_PLUGIN_PATH");
    tree_remove(root);
    tree_remove(hints);
}

static inline void
manifest_text(char *text, size_t size, const char *name, const char *format, const char *more)
{
    snprintf(text, size,
             "[plugin]\nmanifest = 1\nname = %s\nversion = 1.0\nabi = 1.0\n%s\n[format %s]\nmagic = 0:4d4f434b\n"
             "extensions = mck\ntitle = Mock\nread = multi\n",
             name, more, format);
}

/* NAME.ini, and NAME.so when there is such a module among the misbehaving ones. */
static inline void
install(const char *directory, const char *name, const char *format, const char *more)
{
    char text[900], file[64];
    manifest_text(text, sizeof text, name, format, more);
    snprintf(file, sizeof file, "%s.ini", name);
    tree_write(directory, file, text);
    snprintf(file, sizeof file, "%s.so", name);
    const char *module = tree_path(TEST_PLUGINS, file);
    if (!access(module, F_OK))
        tree_copy(directory, file, module, 1 << 20);
}

static inline struct mim_source *
source_named(const char *name, const void *data, size_t size)
{
    FILE *file = tmpfile();
    CHECK(file && fwrite(data, 1, size, file) == size && !fseek(file, 0, SEEK_SET));
    struct mim_source *source = NULL;
    int fd = dup(fileno(file));
    fclose(file);
    assert_int_equal(mim_source_open_fd(&source, fd, name, NULL), MIM_OK);
    return source; /* the descriptor stays with the process: tests are short */
}

static inline struct mim_source *
source_of(const void *data, size_t size)
{
    return source_named("test.bin", data, size);
}

static inline enum mim_status
find(struct mim_source *source, const char *format, const char *name)
{
    mim_choice_clear(&found);
    err = (struct mim_error){ 0 };
    return mim_registry_choose_reader(context, source, &(struct mim_request){ format, name, NULL, NULL }, &found, &err);
}

static inline enum mim_status
load(void)
{
    const struct mim_format_ops *ops;
    const struct mim_candidate first = candidate(0);
    return mim_registry_load(context, &first, &plugin, &ops, &err);
}

static inline void
says(const char *words)
{
    assert_string_equal(err.message, words);
}

static inline void
says_part(const char *words)
{
    if (!strstr(err.message, words))
        fail_msg("\"%s\" does not say \"%s\"", err.message, words);
}

static inline size_t
diagnostics(void)
{
    size_t count = 0;
    while (mim_context_diagnostic(context, count))
        count++;
    return count;
}

static inline void
diagnosed(const char *words)
{
    for (size_t i = 0; i < diagnostics(); i++)
        if (strstr(mim_context_diagnostic(context, i), words))
            return;
    for (size_t i = 0; i < diagnostics(); i++)
        print_message("%s\n", mim_context_diagnostic(context, i));
    fail_msg("no diagnostic says \"%s\"", words);
}

static inline struct mim_plugin_info
info_of(const char *name)
{
    struct mim_plugin_info info;
    for (size_t i = 0; mim_context_plugin(context, i, &info); i++)
        if (!strcmp(info.name, name))
            return info;
    fail_msg("no plugin %s", name);
    return info;
}

static inline enum mim_plugin_state
state_of(const char *name)
{
    return info_of(name).state;
}

static inline const char *
reason_of(const char *name)
{
    return info_of(name).reason;
}

/* Is anything from below that directory mapped into this process? */
static inline bool
maps_hold(const char *directory)
{
    char line[1024];
    bool held = false;
    FILE *maps = fopen("/proc/self/maps", "re");
    while (maps && fgets(line, sizeof line, maps))
        held = held || strstr(line, directory);
    if (maps)
        fclose(maps);
    return held;
}

#endif
