/* SPDX-License-Identifier: MIT */
/* Makes the names of a batch's outputs from those of the inputs and a template. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "batch.h"
#include "report.h"

#define INDEX_MAX_DIGITS 9

/* The values of a template's fields. */
struct parts {
    const char *stem;
    size_t stem_length;
    const char *extension;
    size_t index;
};

/* Finds out whether the template has an extension of its own: {ext}, or that of a known format as in "{name}.tif". */
static enum mim_status
find_known_ending(struct naming *naming, struct mim_context *context, struct mim_error *err)
{
    struct mim_format_info info;
    const char *dot = strrchr(naming->template, '.');

    naming->is_complete = strstr(naming->template, "{ext}");
    for (size_t i = 0; dot && dot[1] && mim_context_format(context, i, &info); i++)
        naming->is_complete |= is_word_of(info.extensions, dot + 1);
    return mim_context_list_status(context, err);
}

/* Stores the first extension of a format, or its name if it has no extension, or the extension that names it. */
static enum mim_status
find_extension(struct naming *naming, struct mim_context *context, const char *format, struct mim_error *err)
{
    struct mim_format_info info;
    size_t size = sizeof naming->extension;

    snprintf(naming->extension, size, "%s", format + (*format == '.'));
    for (size_t i = 0; mim_context_format(context, i, &info); i++)
        if (!strcasecmp(info.name, format) && *info.extensions)
            snprintf(naming->extension, size, "%.*s", (int)strcspn(info.extensions, " "), info.extensions);
    return mim_context_list_status(context, err);
}

enum mim_status
naming_init(struct naming *naming, const struct cli *cli, struct mim_error *err)
{
    *naming = (struct naming){ .directory = cli->directory, .template = cli->name ? cli->name : "{name}" };

    enum mim_status status = cli->to ? find_extension(naming, cli->context, cli->to, err) : MIM_OK;
    return status == MIM_OK ? find_known_ending(naming, cli->context, err) : status;
}

/* Returns the last component of a path, without trailing slashes. */
static const char *
last_component(const char *path, size_t *length)
{
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    *length = end - start;
    return path + start;
}

/* Names a series: "frame" for frame_%03d.png and frame_*.png, the directory's name for %03d.png. */
static void
name_series(const char *input, struct parts *parts)
{
    size_t length = strcspn(parts->stem, "%*?[");
    while (length > 0 && length < parts->stem_length && strchr("_-. ", parts->stem[length - 1]))
        length--;
    if (length < parts->stem_length)
        parts->stem_length = length;
    if (length)
        return;
    char *directory = strndup(input, (size_t)(parts->stem - input));
    if (directory && *directory) {
        const char *name = last_component(directory, &length);
        parts->stem = input + (name - directory);
        parts->stem_length = length;
    }
    free(directory);
}

static struct parts
split_name(const struct naming *naming, const char *input, size_t index)
{
    size_t length;
    struct stat info;
    const char *name = last_component(input, &length), *dot = memrchr(name, '.', length);
    bool exists = !stat(input, &info), is_directory = exists && S_ISDIR(info.st_mode);
    bool has_extension = dot && dot != name && !is_directory; /* ".profile" has none */

    struct parts parts = {
        .stem = name,
        .stem_length = has_extension ? (size_t)(dot - name) : length,
        .extension = *naming->extension ? naming->extension : has_extension ? dot + 1 : "",
        .index = index,
    };
    if (!exists)
        name_series(input, &parts);
    if (is_directory && strspn(name, ".") >= length)
        parts.stem_length = 0; /* "." and ".." */
    return parts;
}

/* Returns the minimum number of digits of "index" or "index:N", or -1 for any other field. */
static int
index_digits(const char *field, size_t length)
{
    size_t word = strlen("index");
    if (length < word || strncmp(field, "index", word))
        return -1;
    if (length == word)
        return 1;
    bool is_digit = length == word + 2 && field[word] == ':' && isdigit((unsigned char)field[word + 1]);
    int digits = is_digit ? field[word + 1] - '0' : 0;
    return digits >= 1 && digits <= INDEX_MAX_DIGITS ? digits : -1;
}

/* Prints the value of a field. Returns false if the field is unknown. */
static bool
print_field(FILE *out, const char *field, size_t length, const struct parts *parts)
{
    int digits = index_digits(field, length);

    if (length == 4 && !strncmp(field, "name", 4))
        fwrite(parts->stem, 1, parts->stem_length, out);
    else if (length == 3 && !strncmp(field, "ext", 3))
        fputs(parts->extension, out);
    else if (digits > 0)
        fprintf(out, "%0*zu", digits, parts->index);
    else
        return false;
    return true;
}

/* Prints the template with the values of its fields; "{{" and "}}" print a brace. */
static enum mim_status
expand_template(FILE *out, const char *template, const struct parts *parts, struct mim_error *err)
{
    for (const char *at = template; *at; at++) {
        bool doubled = (*at == '{' || *at == '}') && at[1] == *at;
        if ((*at != '{' && *at != '}') || doubled) {
            fputc(*at, out);
            at += doubled;
            continue;
        }
        size_t length = strcspn(at + 1, "{}");
        if (*at == '}' || at[1 + length] != '}' || !print_field(out, at + 1, length, parts))
            return fail(err, MIM_OPTION, "--name %s: unknown field \"%.*s\"; use {name}, {ext}, {index} or {index:DIGITS}, "
                                         "and {{ or }} for a brace", template, (int)length + 2, at);
        at += length + 1;
    }
    return MIM_OK;
}

/* Refuses a name that is empty or would leave the directory. */
static enum mim_status
check_name(const struct naming *naming, const char *input, const char *name, struct mim_error *err)
{
    if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
        return fail(err, MIM_ARGUMENT, "%s: no name for the output", input);
    if (strchr(name, '/'))
        return fail(err, MIM_OPTION, "--name %s: outputs must be files in %s, but \"%s\" contains a slash", naming->template,
                    naming->directory, name);
    return MIM_OK;
}

enum mim_status
naming_apply(const struct naming *naming, const char *input, size_t index, char **output, struct mim_error *err)
{
    struct parts parts = split_name(naming, input, index);
    char *path = NULL;
    size_t size = 0;

    if (!parts.stem_length && strstr(naming->template, "{name}"))
        return fail(err, MIM_ARGUMENT, "%s: no name for the output", input);
    FILE *out = open_memstream(&path, &size);
    if (!out)
        return fail(err, MIM_NOMEM, "no memory for a name");
    fprintf(out, "%s/", naming->directory);
    long start = ftell(out);
    enum mim_status status = expand_template(out, naming->template, &parts, err);
    if (!naming->is_complete && *parts.extension)
        fprintf(out, ".%s", parts.extension);
    bool whole = start > 0 && !ferror(out);
    whole = !fclose(out) && whole && path; /* without memory, fclose() may succeed and leave none */
    if (status == MIM_OK)
        status = whole ? check_name(naming, input, path + start, err) : fail(err, MIM_NOMEM, "no memory for a name");
    if (status != MIM_OK) {
        free(path);
        return status;
    }
    *output = path;
    return MIM_OK;
}
