/* SPDX-License-Identifier: MIT */
/* mim plugin new: writes the sources of a plugin, from the files in skeleton/. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <mim/plugin.h>

#include "report.h"

#define STRING_(x) #x
#define STRING(x) STRING_(x)

enum { MAX_NAME = 31, MAGIC_SIZE = 8, MAX_WORDS = 12, MAX_PATH = 128 };

/* A file of the skeleton, or a directory, which has no text. Both texts have words between two @. */
struct template {
    const char *path, *text;
    bool is_script;
};

static const struct template templates[] = {
    { .path = "@NAME@" },
    { .path = "@NAME@/@NAME@.@EXTENSION@", .text =
#include "plugin.c.inc"
    },
    { .path = "@NAME@/@NAME@.ini", .text =
#include "plugin.ini.inc"
    },
    { .path = "@NAME@/meson.build", .text =
#include "meson.build.inc"
    },
    { .path = "@NAME@/Makefile", .text =
#include "Makefile.inc"
    },
    { .path = "@NAME@/README.md", .text =
#include "README.md.inc"
    },
    { .path = "@NAME@/test.c", .text =
#include "test.c.inc"
    },
    { .path = "@NAME@/mim-@NAME@.spec", .text =
#include "plugin.spec.inc"
    },
    { .path = "@NAME@/debian" },
    { .path = "@NAME@/debian/changelog", .text =
#include "changelog.inc"
    },
    { .path = "@NAME@/debian/control", .text =
#include "control.inc"
    },
    { .path = "@NAME@/debian/copyright", .text =
#include "copyright.inc"
    },
    { .path = "@NAME@/debian/rules", .is_script = true, .text =
#include "rules.inc"
    },
    { .path = "@NAME@/debian/source" },
    { .path = "@NAME@/debian/source/format", .text =
#include "format.inc"
    },
};
enum { TEMPLATES = sizeof templates / sizeof *templates };

/* A word of the templates and its value. A list ends with a word without a name. */
struct word {
    const char *name, *value;
};

struct language {
    const char *name;
    struct word words[MAX_WORDS];
};

static const struct language languages[] = {
    { "c",
      { { "EXTENSION", "c" }, { "LANGUAGES", "'c'" }, { "STANDARD", "'c_std=gnu17'" }, { "LINKING", "" }, { "COMPILER", "CC" },
        { "FLAGS", "CFLAGS" }, { "DIALECT", "" }, { "LIBRARIES", "" }, { "ARGUMENTS", "" }, { "PACKAGE", "gcc" } } },
    { "c++",
      { { "EXTENSION", "cc" }, { "LANGUAGES", "'c', 'cpp'" }, { "STANDARD", "'c_std=gnu17', 'cpp_std=c++20'" },
        { "LINKING", ", link_language: 'cpp'" }, { "COMPILER", "CXX" }, { "FLAGS", "CXXFLAGS" },
        { "DIALECT", "-std=c++20 -Wno-missing-field-initializers" }, { "LIBRARIES", "-lstdc++" },
        { "ARGUMENTS", ",\n  cpp_args: '-Wno-missing-field-initializers'" }, { "PACKAGE", "gcc-c++" } } },
};

struct skeleton {
    struct word words[MAX_WORDS];   /* the same for all languages */
    const struct language *language;
    char magic[6 * MAGIC_SIZE + 1]; /* as a list in C */
    char hex[2 * MAGIC_SIZE + 1];
    char date[40], year[8];
};

static const char *
find_value(const struct word *word, const char *name, size_t length)
{
    for (; word->name; word++)
        if (strlen(word->name) == length && !strncmp(word->name, name, length))
            return word->value;
    return NULL;
}

/* Prints a text with the values of its words. */
static void
print_filled(FILE *out, const struct skeleton *skeleton, const char *text)
{
    while (*text) {
        size_t length = *text == '@' ? strcspn(text + 1, "@\n") : 0;
        const char *value = length ? find_value(skeleton->words, text + 1, length) : NULL;
        if (length && !value)
            value = find_value(skeleton->language->words, text + 1, length);
        if (value)
            fputs(value, out);
        else
            fputc(*text, out);
        text += value ? length + 2 : 1;
    }
}

/* The magic bytes of the format are those of the name, after one that no text has. */
static void
fill_magic(struct skeleton *skeleton, const char *name)
{
    uint8_t magic[MAGIC_SIZE] = { 0x89 };

    memcpy(magic + 1, name, strnlen(name, MAGIC_SIZE - 1));
    for (size_t i = 0; i < MAGIC_SIZE; i++) {
        sprintf(skeleton->hex + 2 * i, "%02x", magic[i]);
        sprintf(skeleton->magic + (i ? 6 * i - 2 : 0), i ? ", 0x%02x" : "0x%02x", magic[i]);
    }
}

/* The date as in mails, for the changelog. */
static void
fill_date(struct skeleton *skeleton)
{
    time_t now = time(NULL);
    struct tm today;

    gmtime_r(&now, &today);
    strftime(skeleton->date, sizeof skeleton->date, "%a, %d %b %Y %T +0000", &today);
    strftime(skeleton->year, sizeof skeleton->year, "%Y", &today);
}

static enum mim_status
start_skeleton(struct skeleton *skeleton, const char *name, const char *language, struct mim_error *err)
{
    size_t length = strlen(name), count = sizeof languages / sizeof *languages, i = 0;

    if (!length || length > MAX_NAME || *name == '-' || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")])
        return fail(err, MIM_ARGUMENT, "%s: the name of a plugin has a-z, 0-9 and \"-\", at most %d of them", name, MAX_NAME);
    while (i < count && strcmp(language, languages[i].name))
        i++;
    if (i == count)
        return fail(err, MIM_OPTION, "--lang %s: not c or c++", language);

    *skeleton = (struct skeleton){ .language = &languages[i] };
    fill_magic(skeleton, name);
    fill_date(skeleton);
    const struct word words[] = {
        { "NAME", name },
        { "ABI", STRING(MIM_PLUGIN_ABI_MAJOR) "." STRING(MIM_PLUGIN_ABI_MINOR) },
        { "MAGIC", skeleton->magic },
        { "HEX", skeleton->hex },
        { "DATE", skeleton->date },
        { "YEAR", skeleton->year },
    };
    memcpy(skeleton->words, words, sizeof words);
    return MIM_OK;
}

static bool
fill_path(const struct skeleton *skeleton, const struct template *template, char path[MAX_PATH])
{
    FILE *out = fmemopen(path, MAX_PATH, "w");
    if (!out)
        return false;
    print_filled(out, skeleton, template->path);
    return !fclose(out);
}

/* Leaves no file if it fails. */
static bool
write_file(const struct skeleton *skeleton, const struct template *template, const char *path)
{
    if (!template->text)
        return !mkdir(path, 0777);

    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, template->is_script ? 0777 : 0666);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out)
        return false;
    print_filled(out, skeleton, template->text);
    bool is_whole = !ferror(out);
    is_whole = !fclose(out) && is_whole;
    if (!is_whole)
        unlink(path);
    return is_whole;
}

/* Writes all files or, after a failure, removes them. */
static bool
write_files(const struct skeleton *skeleton)
{
    char path[MAX_PATH];
    size_t count = 0;

    while (count < TEMPLATES && fill_path(skeleton, &templates[count], path) && write_file(skeleton, &templates[count], path))
        count++;
    if (count == TEMPLATES)
        return true;
    int reason = errno;
    while (count-- > 0)
        if (fill_path(skeleton, &templates[count], path))
            remove(path);
    errno = reason;
    return false;
}

enum exit_code
run_plugin_new(struct cli *cli)
{
    const char *name = cli->operands[0];
    struct skeleton skeleton;
    struct mim_error err = { 0 };

    if (start_skeleton(&skeleton, name, cli->language ? cli->language : "c", &err) != MIM_OK)
        return give_up(NULL, &err);
    if (!write_files(&skeleton)) {
        fail(&err, errno == EEXIST ? MIM_EXISTS : MIM_IO, "%s: %s", name, strerror(errno));
        report_error(NULL, &err);
        return EXIT_OUTPUT;
    }
    printf("wrote %s; make -C %s check builds and tests it\n", name, name);
    return EXIT_GOOD;
}
