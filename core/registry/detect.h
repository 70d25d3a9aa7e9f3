/* SPDX-License-Identifier: MIT */
/* Detection: magic patterns on a file's first and last bytes, and the extension of its name. */
#ifndef MIM_CORE_REGISTRY_DETECT_H
#define MIM_CORE_REGISTRY_DETECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mim/error.h>

/* Largest distance from either end that a pattern may reach. */
#define MIM_MAGIC_REACH 65536

/**
 * "part { & part }", part = OFFSET:HEX; "?" is any nibble, a negative offset counts from the end, FIRST..LAST:HEX is
 * anywhere in a range. HEX may be followed by /MASK, of which only the bits that are set count. All parts must match.
 */
struct mim_magic;

enum mim_status mim_magic_parse(struct mim_magic **out, const char *text, struct mim_error *err);
void mim_magic_destroy(struct mim_magic *magic);
const char *mim_magic_text(const struct mim_magic *magic);
/* Number of fixed bits, which ranks matches. Never 0. */
unsigned mim_magic_bits(const struct mim_magic *magic);
/* Raises `head` and `tail` to the bytes that the pattern needs from either end. */
void mim_magic_reach(const struct mim_magic *magic, size_t *head, size_t *tail);

/* A file's first and last bytes. A stream has no tail, so patterns that need one do not match. */
struct mim_ends {
    const uint8_t *head, *tail;
    size_t head_size, tail_size;
};
bool mim_magic_matches(const struct mim_magic *magic, const struct mim_ends *ends);

/* Finds the longest of the blank-separated, lower-case `extensions` that follows a dot at the end of `name`,
 * ignoring case. Returns its length, or 0; `found`, which may be NULL, points into the list. */
size_t mim_extension_match(const char *extensions, const char *name, const char **found);

#endif
