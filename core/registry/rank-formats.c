/* SPDX-License-Identifier: MIT */
/* Ranks the formats of a file. Each rule compares one property; the first that differs decides and is the reason. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "io/source.h"
#include "registry/rank.h"

static bool
counts_for_detection(const struct mim_server *server)
{
    return server->plugin && server->plugin->state != MIM_PLUGIN_SHADOWED;
}

/* Iterates over the declarations used for detection: those of the plugins, or the hint's when there are none. */
static const struct mim_manifest_format *
next_declaration(const struct mim_format *format, size_t *at)
{
    for (; *at < format->server_count; ++*at)
        if (counts_for_detection(&format->servers[*at]))
            return format->servers[(*at)++].format;
    if (format->server_count || *at || !format->hint.plugin)
        return NULL;
    ++*at;
    return format->hint.format;
}

static bool
has_magic(const struct mim_format *format)
{
    const struct mim_manifest_format *declared;
    for (size_t at = 0; (declared = next_declaration(format, &at));)
        if (declared->magic_count)
            return true;
    return false;
}

static void
match_magic(struct mim_match *match, const struct mim_ends *ends)
{
    const struct mim_manifest_format *declared;
    for (size_t at = 0; (declared = next_declaration(match->format, &at));)
        for (size_t i = 0; i < declared->magic_count; i++) {
            const struct mim_magic *magic = declared->magic[i];
            if (mim_magic_bits(magic) <= match->bits || !mim_magic_matches(magic, ends))
                continue;
            match->bits = mim_magic_bits(magic);
            match->pattern = mim_magic_text(magic);
        }
}

static void
match_extension(struct mim_match *match, const char *name)
{
    const struct mim_manifest_format *declared;
    for (size_t at = 0; (declared = next_declaration(match->format, &at));) {
        const char *found;
        size_t size = mim_extension_match(declared->extensions, name, &found);
        if (size > match->extension_size) {
            match->extension_size = size;
            match->extension = found;
        }
    }
}

static void
match_plugins(struct mim_match *match, const struct mim_query *query)
{
    char reason[320];
    for (size_t i = 0; i < match->format->server_count; i++) {
        const struct mim_server *server = &match->format->servers[i];
        if (counts_for_detection(server) && query->plugin && !strcmp(server->plugin->name, query->plugin))
            match->is_requested = true;
        if (mim_rank_unfit(query, server, reason, sizeof reason) == MIM_OK)
            match->is_usable = true;
    }
}

struct format_rule {
    int (*compare)(const struct mim_match *a, const struct mim_match *b);
    const char *text;
};

static int
by_fit(const struct mim_match *a, const struct mim_match *b)
{
    return b->fits - a->fits;
}

static int
by_word(const struct mim_match *a, const struct mim_match *b)
{
    return b->is_requested - a->is_requested;
}

static int
by_magic(const struct mim_match *a, const struct mim_match *b)
{
    return (a->bits < b->bits) - (a->bits > b->bits);
}

static int
by_extension(const struct mim_match *a, const struct mim_match *b)
{
    return (a->extension_size < b->extension_size) - (a->extension_size > b->extension_size);
}

static int
by_usability(const struct mim_match *a, const struct mim_match *b)
{
    return b->is_usable - a->is_usable;
}

static int
by_format_name(const struct mim_match *a, const struct mim_match *b)
{
    return strcmp(a->format->name, b->format->name);
}

static const struct format_rule format_rules[] = {
    { by_fit, "content" },         { by_word, "the plugin that was asked for" }, { by_magic, "magic" },
    { by_extension, "extension" }, { by_usability, "a plugin is ready" },        { by_format_name, "name" },
};

static const struct format_rule *
decide_formats(const struct mim_match *a, const struct mim_match *b)
{
    const struct format_rule *last = &format_rules[sizeof format_rules / sizeof *format_rules - 1],
                             *rule = format_rules;
    while (rule < last && !rule->compare(a, b))
        rule++;
    return rule;
}

static int
compare_formats(const void *a, const void *b)
{
    return decide_formats(a, b)->compare(a, b);
}

/* The first and last bytes of the file, as far as any pattern reaches. */
struct window {
    uint8_t *memory;
    struct mim_ends ends;
};

static void
measure_window(const struct mim_catalog *catalog, size_t *head, size_t *tail)
{
    for (size_t i = 0; i < catalog->format_count; i++) {
        const struct mim_manifest_format *declared;
        for (size_t at = 0; (declared = next_declaration(&catalog->formats[i], &at));)
            for (size_t j = 0; j < declared->magic_count; j++)
                mim_magic_reach(declared->magic[j], head, tail);
    }
}

/* Reads no tail of a stream, whose end may be far away, nor more tail than the file has bytes. */
static enum mim_status
read_window(const struct mim_query *query, struct window *window, struct mim_error *err)
{
    size_t head = 0, tail = 0;
    measure_window(query->catalog, &head, &tail);
    uint64_t size = mim_source_is_stream(query->source) ? MIM_UNKNOWN : mim_source_known_size(query->source);
    if (size == MIM_UNKNOWN)
        tail = 0;
    else if (tail > size)
        tail = (size_t)size;

    uint8_t *memory = window->memory = malloc(head + tail + 1);
    if (!memory)
        return mim_fail_nomem(err, "the first bytes of a file");
    int64_t got = mim_source_read_at(query->source, memory, head, 0, err);
    int64_t got_tail = got >= 0 && tail ? mim_source_read_at(query->source, memory + head, tail, size - tail, err) : 0;
    if (got < 0 || got_tail < 0)
        return (enum mim_status)(got < 0 ? -got : -got_tail);
    window->ends = (struct mim_ends){ memory, memory + head, (size_t)got, (size_t)got_tail };
    return MIM_OK;
}

static bool
has_evidence(const struct mim_match *match)
{
    return match->bits || match->extension_size || match->is_sole;
}

static const struct mim_format *
sole_format_of(const struct mim_query *query)
{
    const struct mim_manifest *plugin = query->plugin ? mim_catalog_plugin(query->catalog, query->plugin) : NULL;
    return plugin && plugin->formats.count == 1 ? mim_catalog_format(query->catalog, plugin->formats.items[0].name) : NULL;
}

static size_t
match_all(const struct mim_query *query, const struct mim_ends *ends, struct mim_match *matches)
{
    size_t count = 0;
    bool fits = false;
    for (size_t i = 0; i < query->catalog->format_count; i++) {
        struct mim_match *match = &matches[count];
        *match = (struct mim_match){ .format = &query->catalog->formats[i] };
        if (ends)
            match_magic(match, ends);
        match_extension(match, query->name);
        match_plugins(match, query);
        /* writers go by the name; readers by the content, unless the format has no magic */
        match->fits = match->bits || (match->extension_size && (query->writing || !has_magic(match->format)));
        fits = fits || match->fits;
        count += has_evidence(match);
    }

    const struct mim_format *sole = fits ? NULL : sole_format_of(query);
    if (sole) {
        matches[count] = (struct mim_match){ .format = sole, .is_sole = true, .fits = true };
        match_plugins(&matches[count++], query);
    }
    return count;
}

/* The format of this name, or of an extension with its dot, which may also be the name of a format. */
static const struct mim_format *
find_by_word(const struct mim_catalog *catalog, const char *word)
{
    const struct mim_format *found = NULL;
    char file[64];
    snprintf(file, sizeof file, "x%s", word);
    for (size_t i = 0; i < catalog->format_count; i++) {
        const struct mim_format *format = &catalog->formats[i];
        struct mim_match match = { .format = format };
        if (!strcasecmp(format->name, *word == '.' ? word + 1 : word))
            return format;
        match_extension(&match, *word == '.' ? file : "");
        if (!found && match.extension_size == strlen(word) - 1)
            found = format;
    }
    return found;
}

static enum mim_status
match_by_word(const struct mim_query *query, struct mim_match *match, size_t *count, struct mim_error *err)
{
    const struct mim_format *format = find_by_word(query->catalog, query->format);
    if (!format)
        return mim_fail(err, MIM_UNKNOWN_FORMAT, "no format is called %s", query->format);
    *match = (struct mim_match){ .format = format, .fits = true, .rule = "the caller's word" };
    match_plugins(match, query);
    *count = 1;
    return MIM_OK;
}

enum mim_status
mim_rank_formats(const struct mim_query *query, struct mim_match **out, size_t *count, struct mim_error *err)
{
    struct mim_match *matches = calloc(query->catalog->format_count + 1, sizeof *matches);
    if (!matches)
        return mim_fail_nomem(err, "a choice of formats");

    struct window window = { 0 };
    enum mim_status status = MIM_OK;
    if (query->format) {
        status = match_by_word(query, matches, count, err);
    } else {
        if (query->source)
            status = read_window(query, &window, err);
        if (status == MIM_OK) {
            *count = match_all(query, query->source ? &window.ends : NULL, matches);
            qsort(matches, *count, sizeof *matches, compare_formats);
        }
    }
    free(window.memory);
    if (status != MIM_OK) {
        free(matches);
        return status;
    }
    for (size_t i = 0; !query->format && i < *count; i++)
        matches[i].rule = *count > 1 ? decide_formats(&matches[0], &matches[i ? i : 1])->text : "the only one";
    *out = matches;
    return MIM_OK;
}
