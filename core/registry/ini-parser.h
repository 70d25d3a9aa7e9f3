/* SPDX-License-Identifier: MIT */
/* INI text parsed by inih, with line numbers, and without silent truncation or continuation. */
#ifndef MIM_CORE_REGISTRY_INI_PARSER_H
#define MIM_CORE_REGISTRY_INI_PARSER_H

#include <stddef.h>

#include <mim/error.h>

/* Longest line, without its end, and longest section name. inih would split longer ones. */
#define MIM_INI_LINE 199
#define MIM_INI_SECTION 49
/* Largest file that is read. */
#define MIM_INI_FILE 65536

struct mim_ini_visitor {
    /* One KEY = VALUE; section is "" before the first. Strings last as long as the call. */
    void (*pair)(void *user, unsigned line, const char *section, const char *key, const char *value);
    /* Called for a bad line; parsing continues. */
    void (*refuse)(void *user, unsigned line, const char *reason);
    void *user;
    unsigned lines_before; /* of the file, when the text is not its beginning */
};

/* Visits every line of `text`. CRLF, a byte order mark and indentation are accepted; a blank and a semicolon begin a
 * comment, also after a value. Only MIM_NOMEM ends it early. */
enum mim_status mim_ini_parse(const char *text, size_t size, const struct mim_ini_visitor *visitor);

/* Reads the whole file `fd` into a terminated `text`, which the caller frees. `name` begins messages. */
enum mim_status mim_ini_read(int fd, const char *name, char **text, size_t *size, struct mim_error *err);

#endif
