/* SPDX-License-Identifier: MIT */
/* Reads the lines of a manifest, which libmim then parses itself: the checker also looks at those that libmim ignores. */
#include "manifest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../text.h"

static char *
read_text(const char *path)
{
    char *text = NULL;
    size_t capacity = 0;
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    ssize_t size = getdelim(&text, &capacity, '\0', file);
    fclose(file);
    return size < 0 ? calloc(1, 1) : text;
}

/* Cuts blanks and a comment off both ends, in place. */
static char *
trim(char *text)
{
    text += strspn(text, " \t\r");
    for (char *comment = strchr(text, ';'); comment; comment = strchr(comment + 1, ';'))
        if (comment == text || isblank((unsigned char)comment[-1])) {
            *comment = '\0';
            break;
        }
    for (size_t size = strlen(text); size && isspace((unsigned char)text[size - 1]); size--)
        text[size - 1] = '\0';
    return text;
}

static void
take_line(struct check_manifest *manifest, unsigned number, char *line, const char **section)
{
    char *end, *value;
    line = trim(line);
    if (*line == '[' && (end = strchr(line, ']'))) {
        *end = '\0';
        *section = trim(line + 1);
    } else if (*line && *line != '#' && (value = strchr(line, '='))) {
        *value = '\0';
        manifest->lines[manifest->count++] = (struct check_line){ number, *section, trim(line), trim(value + 1) };
    }
}

struct check_manifest *
manifest_read(const char *path)
{
    struct check_manifest *manifest = calloc(1, sizeof *manifest);
    char *text = read_text(path);
    size_t breaks = 1;
    for (const char *at = text; at && (at = strchr(at, '\n')); at++)
        breaks++;
    if (manifest && text) {
        manifest->text = text;
        manifest->parts = strdup(text);
        manifest->lines = calloc(breaks, sizeof *manifest->lines);
    } else {
        free(text);
    }
    if (!manifest || !manifest->parts || !manifest->lines) {
        manifest_destroy(manifest);
        return NULL;
    }
    const char *section = "";
    char *rest = manifest->parts, *line;
    for (unsigned number = 1; (line = strsep(&rest, "\n")); number++)
        take_line(manifest, number, line, &section);
    return manifest;
}

void
manifest_destroy(struct check_manifest *manifest)
{
    if (!manifest)
        return;
    free(manifest->lines);
    free(manifest->parts);
    free(manifest->text);
    free(manifest);
}

const char *
manifest_value(const struct check_manifest *manifest, const char *section, const char *key)
{
    for (size_t i = 0; i < manifest->count; i++)
        if (!strcmp(manifest->lines[i].section, section) && !strcmp(manifest->lines[i].key, key))
            return manifest->lines[i].value;
    return NULL;
}
