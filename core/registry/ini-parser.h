/* SPDX-License-Identifier: MIT */
/* INI text through inih, made safe: with line numbers, and nothing cut or continued without a word. */
#ifndef MIM_CORE_REGISTRY_INI_PARSER_H
#define MIM_CORE_REGISTRY_INI_PARSER_H

#include <stddef.h>

#include <mim/error.h>

/* Longest line, without its end; longest section name. inih would cut there and go on with the tail. */
#define MIM_INI_LINE 199
#define MIM_INI_SECTION 49
/* Largest file that is read at all. */
#define MIM_INI_FILE 65536

struct mim_ini_visitor {
    /* One KEY = VALUE; section is "" before the first. Strings last as long as the call. */
    void (*pair)(void *user, unsigned line, const char *section, const char *key, const char *value);
    /* A line that cannot be taken; the next ones still come. */
    void (*refuse)(void *user, unsigned line, const char *reason);
    void *user;
    unsigned lines_before; /* of the file, when the text is not its beginning */
};

/**
 * Visit every line of `text`. CRLF, a byte order mark and indented lines are as good as plain ones; a blank and a
 * semicolon begin a comment, also behind a value. Only MIM_NOMEM ends it early.
 */
enum mim_status mim_ini_parse(const char *text, size_t size, const struct mim_ini_visitor *visitor);

/* The file behind `fd`, from its start, with a zero behind it; the caller frees `text`. `name` begins messages. */
enum mim_status mim_ini_read(int fd, const char *name, char **text, size_t *size, struct mim_error *err);

#endif
