/* SPDX-License-Identifier: MIT */
/* Claims are compared as lines of text: those of a note, or the same made from a manifest or a struct. */
#include "registry/claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/string-list.h"

static const char *const keys[MIM_CLAIM_COUNT] = { "name=", "version=", "abi=", "license=", "formats=", "schemes=" };

struct mim_claims
mim_claims_of_note(const char *origin, char *text)
{
    struct mim_claims claims = { .origin = origin, .text = text, .values = { "", "", "", "", "", "" } };
    char *rest = text, *line;
    while (rest && (line = strsep(&rest, "\n")))
        for (size_t i = 0; i < MIM_CLAIM_COUNT; i++)
            if (!strncmp(line, keys[i], strlen(keys[i])))
                claims.values[i] = line + strlen(keys[i]);
    return claims;
}

static void
print_format(FILE *out, const char *separator, const char *name, bool reads, bool writes)
{
    fprintf(out, "%s%s:%s%s", separator, name, reads ? "r" : "", writes ? "w" : "");
}

static void
print_head(FILE *out, const char *const values[], int major, int minor)
{
    fprintf(out, "name=%s\nversion=%s\nlicense=%s\nabi=%d.%d\nformats=", values[0], values[1], values[2], major, minor);
}

/* Ends a text that was printed to memory; NULL if memory was short. */
static char *
finish_text(FILE *out, char **text)
{
    bool failed = ferror(out);
    if (!fclose(out) && !failed)
        return *text;
    free(*text);
    return NULL;
}

struct mim_claims
mim_claims_of_manifest(const struct mim_manifest *manifest)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return (struct mim_claims){ 0 };
    print_head(out, (const char *const[]){ manifest->name, manifest->version, manifest->license }, manifest->abi.major,
               manifest->abi.minor);
    for (size_t i = 0; i < manifest->formats.count; i++)
        print_format(out, i ? " " : "", manifest->formats.items[i].name, *manifest->formats.items[i].read, *manifest->formats.items[i].write);
    fprintf(out, "\nschemes=%s", manifest->schemes.names);
    return mim_claims_of_note(manifest->origin.path ? manifest->origin.path : "the manifest", finish_text(out, &text));
}

const struct mim_container_ops *
mim_format_container(const struct mim_format_ops *format)
{
    return MIM_HAS(format, container) ? format->container : NULL;
}

static bool
can_read(const struct mim_format_ops *format)
{
    const struct mim_container_ops *container = mim_format_container(format);
    return format->reader || (container && container->next);
}

static bool
can_write(const struct mim_format_ops *format)
{
    const struct mim_container_ops *container = mim_format_container(format);
    return format->writer || (container && container->add);
}

struct mim_claims
mim_claims_of_plugin(const char *origin, const struct mim_plugin *plugin)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return (struct mim_claims){ 0 };
    print_head(out, (const char *const[]){ plugin->name, plugin->version, plugin->licence ? plugin->licence : "" },
               plugin->major, plugin->minor);
    for (const struct mim_format_ops *const *format = plugin->formats; format && *format; format++)
        print_format(out, format > plugin->formats ? " " : "", (*format)->name, can_read(*format), can_write(*format));
    fputs("\nschemes=", out);
    for (const struct mim_transport_ops *const *transport = mim_plugin_transports(plugin); transport && *transport; transport++)
        fprintf(out, "%s ", (*transport)->schemes);
    return mim_claims_of_note(origin, finish_text(out, &text));
}

void
mim_claims_clear(struct mim_claims *claims)
{
    free(claims->text);
    claims->text = NULL;
}

/* Whether each word of `some` is in `all`. */
static bool
has_words(const char *all, const char *some)
{
    const char *word;
    size_t length;
    char copy[64];
    while (mim_words_next(&some, &word, &length))
        if (snprintf(copy, sizeof copy, "%.*s", (int)length, word) >= (int)sizeof copy || mim_words_find(all, copy) < 0)
            return false;
    return true;
}

/* Formats and schemes are sets. */
static bool
claim_equal(int claim, const char *a, const char *b)
{
    return claim >= MIM_CLAIM_FORMATS ? has_words(a, b) && has_words(b, a) : !strcmp(a, b);
}

enum mim_status
mim_claims_compare(struct mim_claims manifest, struct mim_claims code, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    if (!manifest.text || !code.text)
        status = mim_fail_nomem(err, "a comparison of a manifest with its plugin");
    for (int i = 0; status == MIM_OK && i < MIM_CLAIM_COUNT; i++) {
        const char *wanted = manifest.values[i], *found = code.values[i];
        if (!claim_equal(i, wanted, found))
            status = mim_fail(err, MIM_BROKEN_PLUGIN, "%s says %.*s = %s, and %s says %s", manifest.origin,
                              (int)strlen(keys[i]) - 1, keys[i], *wanted ? wanted : "nothing", code.origin,
                              *found ? found : "nothing");
    }
    mim_claims_clear(&manifest);
    mim_claims_clear(&code);
    return status;
}
