/* SPDX-License-Identifier: MIT */
/* Magic patterns and extensions. */
#include "registry/detect.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/number.h"
#include "base/string-list.h"

#define PART_BYTES 96
#define PARTS 8

struct part {
    long first, last; /* range of offsets; negative: from the end */
    bool is_relative; /* the offset counts from the last part that is not */
    size_t length;
    uint8_t value[PART_BYTES], mask[PART_BYTES];
};

struct mim_magic {
    unsigned bits;
    size_t part_count;
    struct part *parts;
    char text[];
};

static const char *
skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

/* Parses one offset; NULL: none, or too large. */
static const char *
parse_offset(const char *at, long *offset)
{
    if (!isdigit((unsigned char)at[*at == '-']))
        return NULL;
    char *end;
    *offset = strtol(at, &end, 10);
    return *offset < -MIM_MAGIC_REACH || *offset > MIM_MAGIC_REACH ? NULL : end;
}

/* Parses the digits after "/", one for each of the value. A bit that is not in the mask is any bit, and 0 in the value. */
static const char *
parse_mask(const char *at, struct part *part)
{
    for (size_t i = 0; i < 2 * part->length; i++) {
        int found = mim_hex_digit(at[i]);
        unsigned shift = i % 2 ? 0 : 4;
        if (found < 0)
            return NULL;
        part->mask[i / 2] &= (uint8_t)(found << shift | (shift ? 15 : 240));
    }
    for (size_t i = 0; i < part->length; i++)
        if (part->value[i] & ~part->mask[i])
            return NULL;
    return at + 2 * part->length;
}

static unsigned
count_bits(const struct part *part)
{
    unsigned bits = 0;
    for (size_t i = 0; i < part->length; i++)
        bits += (unsigned)__builtin_popcount(part->mask[i]);
    return bits;
}

static const char *
parse_hex(const char *at, struct part *part)
{
    for (; isxdigit((unsigned char)*at) || *at == '?'; at += 2) {
        if ((!isxdigit((unsigned char)at[1]) && at[1] != '?') || part->length == PART_BYTES)
            return NULL;
        uint8_t value = 0, mask = 0;
        for (int i = 0; i < 2; i++) {
            int found = mim_hex_digit(at[i]);
            value = (uint8_t)(value << 4 | (found < 0 ? 0 : found));
            mask = (uint8_t)(mask << 4 | (found < 0 ? 0 : 15));
        }
        part->value[part->length] = value;
        part->mask[part->length++] = mask;
    }
    return part->length ? at : NULL;
}

/* Parses OFFSET:HEX, FIRST..LAST:HEX or +OFFSET:HEX, with /MASK or without. Returns the rest, or NULL with `wrong` filled. */
static const char *
parse_part(const char *at, bool is_first, struct part *part, unsigned *bits, const char **wrong)
{
    *wrong = "expected an offset of at most 65536";
    at = skip_blanks(at);
    part->is_relative = *at == '+';
    at = parse_offset(at + part->is_relative, &part->first);
    if (!at)
        return NULL;
    part->last = part->first;
    if (!strncmp(at, "..", 2) && !(at = parse_offset(at + 2, &part->last)))
        return NULL;

    *wrong = "a range goes from a lower to a higher offset, counted from one end";
    if (part->last < part->first || (part->first < 0) != (part->last < 0))
        return NULL;

    *wrong = "\"+\" and one offset follow another part";
    if (part->is_relative && (part->first < 0 || part->last != part->first || is_first))
        return NULL;

    *wrong = "expected \":\" and at most 96 pairs of hexadecimal digits or \"?\"";
    if (*at != ':' || !(at = parse_hex(at + 1, part)))
        return NULL;

    *wrong = "expected as many hexadecimal digits after \"/\" as before, with every bit that is set before";
    if (*at == '/' && !(at = parse_mask(at + 1, part)))
        return NULL;
    *bits += count_bits(part);

    *wrong = "it reaches past the end of the file";
    if (part->last < 0 && part->last + (long)part->length > 0)
        return NULL;
    return skip_blanks(at);
}

static const char *
parse_parts(struct mim_magic *magic, struct part *parts)
{
    const char *at = magic->text, *wrong;
    for (;; at++) {
        if (magic->part_count == PARTS)
            return "more than 8 parts";
        at = parse_part(at, !magic->part_count, &parts[magic->part_count], &magic->bits, &wrong);
        magic->part_count++;
        if (!at)
            return wrong;
        if (*at != '&')
            break;
    }
    if (*at)
        return "parts are joined by \"&\"";
    return magic->bits ? NULL : "it matches everything";
}

enum mim_status
mim_magic_parse(struct mim_magic **out, const char *text, struct mim_error *err)
{
    struct part parts[PARTS] = { 0 };
    struct mim_magic *magic = calloc(1, sizeof *magic + strlen(text) + 1);
    if (!magic)
        return mim_fail_nomem(err, "a magic pattern");
    strcpy(magic->text, text);

    const char *wrong = parse_parts(magic, parts);
    if (wrong) {
        mim_magic_destroy(magic);
        return mim_fail(err, MIM_BROKEN_PLUGIN, "magic = %s: %s", text, wrong);
    }
    magic->parts = calloc(magic->part_count, sizeof *parts);
    if (!magic->parts) {
        mim_magic_destroy(magic);
        return mim_fail_nomem(err, "a magic pattern");
    }
    memcpy(magic->parts, parts, magic->part_count * sizeof *parts);
    *out = magic;
    return MIM_OK;
}

void
mim_magic_destroy(struct mim_magic *magic)
{
    if (!magic)
        return;
    free(magic->parts);
    free(magic);
}

const char *
mim_magic_text(const struct mim_magic *magic)
{
    return magic->text;
}

unsigned
mim_magic_bits(const struct mim_magic *magic)
{
    return magic->bits;
}

void
mim_magic_reach(const struct mim_magic *magic, size_t *head, size_t *tail)
{
    const struct part *base = magic->parts;
    for (size_t i = 0; i < magic->part_count; i++) {
        const struct part *part = &magic->parts[i];
        base = part->is_relative ? base : part;
        size_t *reach = base->first < 0 ? tail : head;
        size_t needed = base->first < 0 ? (size_t)-base->first
                                        : (size_t)(base->last + (part->is_relative ? part->first : 0)) + part->length;
        if (*reach < needed)
            *reach = needed;
    }
}

static bool
bytes_match(const struct part *part, const uint8_t *bytes)
{
    for (size_t i = 0; i < part->length; i++)
        if ((bytes[i] & part->mask[i]) != part->value[i])
            return false;
    return true;
}

/* Do the part at `start` and those relative to it match? */
static bool
group_matches(const struct part *part, const struct part *end, const uint8_t *bytes, long start, long size)
{
    for (long at = start;; at = start + part->first) {
        if (at < 0 || at + (long)part->length > size || !bytes_match(part, bytes + at))
            return false;
        if (++part == end || !part->is_relative)
            return true;
    }
}

static bool
part_matches(const struct part *part, const struct part *end, const struct mim_ends *ends)
{
    bool from_end = part->first < 0;
    const uint8_t *bytes = from_end ? ends->tail : ends->head;
    long size = (long)(from_end ? ends->tail_size : ends->head_size);
    for (long offset = part->first; offset <= part->last; offset++)
        if (group_matches(part, end, bytes, from_end ? size + offset : offset, size))
            return true;
    return false;
}

bool
mim_magic_matches(const struct mim_magic *magic, const struct mim_ends *ends)
{
    const struct part *end = magic->parts + magic->part_count;
    for (const struct part *part = magic->parts; part < end; part++)
        if (!part->is_relative && !part_matches(part, end, ends))
            return false;
    return true;
}

size_t
mim_extension_match(const char *extensions, const char *name, const char **found)
{
    const char *slash = strrchr(name, '/');
    if (slash)
        name = slash + 1;

    size_t best = 0, length, size = strlen(name);
    const char *word;
    while (mim_words_next(&extensions, &word, &length)) {
        /* ".name" is a hidden file without an extension */
        if (length <= best || size < length + 2 || name[size - length - 1] != '.' ||
            strncasecmp(name + size - length, word, length))
            continue;
        best = length;
        if (found)
            *found = word;
    }
    return best;
}
