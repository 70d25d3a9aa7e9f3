/* SPDX-License-Identifier: MIT */
/* Texts of a file, by their keywords. */
#ifndef MIM_PNG_TEXT_H
#define MIM_PNG_TEXT_H

#include "shared/memory.h"

enum { PNGX_KEYWORD_MAX = 79, PNGX_TEXTS_MAX = 1000 };

struct pngx_text {
    char keyword[2 * PNGX_KEYWORD_MAX + 1]; /**< UTF-8 */
    struct shared_bytes value;              /**< UTF-8 */
};

/** Zeroed = empty. Texts of one keyword are joined by line ends, as they come. */
struct pngx_texts {
    struct pngx_text *items; /**< the host's memory */
    uint32_t count, capacity;
    uint64_t left; /**< bytes of metadata that may still come */
};

/** Take the data of a tEXt, zTXt or iTXt. CORRUPT: it is none; nothing is said and nothing taken. LIMIT, NOMEM. */
int32_t pngx_texts_add(struct mim_job *job, struct pngx_texts *texts, uint32_t type, const uint8_t *data,
                       uint64_t size);
/** As metadata. */
int32_t pngx_texts_report(struct mim_job *job, const struct pngx_texts *texts);
void pngx_texts_close(struct mim_job *job, struct pngx_texts *texts);

/** Our name of a keyword, or NULL; and the keyword of our name. */
const char *pngx_text_key(const char *keyword);
const char *pngx_text_keyword(const char *key);

/** Is it whole UTF-8? */
bool pngx_text_is_utf8(const uint8_t *data, uint64_t size);
/** Is a time as ISO 8601 at the start of `text`, up to its seconds? Its length with the zone, or 0. */
uint64_t pngx_text_time(const char *text, uint64_t size);
/** UTF-8 as Latin-1, at most `room` characters. Their number, or -1 when one has no place there. */
int64_t pngx_text_to_latin1(const char *text, uint64_t size, uint8_t *out, uint64_t capacity);

#endif
