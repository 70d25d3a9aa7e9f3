/* SPDX-License-Identifier: MIT */
/* Texts of a file by keyword, and the conversions that texts need. */
#ifndef MIM_PNG_TEXT_H
#define MIM_PNG_TEXT_H

#include <stdbool.h>

#include <mim/kit/array.h>

enum { PNGX_KEYWORD_MAX = 79, PNGX_TEXTS_MAX = 1000 };

struct pngx_text {
    char keyword[2 * PNGX_KEYWORD_MAX + 1]; /* UTF-8 */
    struct mim_bytes value;                 /* UTF-8 */
};

/* Zeroed = empty. Texts of one keyword are joined by line ends, in file order. */
struct pngx_texts {
    struct pngx_text *items; /* host memory */
    uint32_t count;
    uint64_t capacity;
    uint64_t left; /* bytes of metadata that are still allowed */
};

/* Add the data of a tEXt, zTXt or iTXt. Returns CORRUPT (without a message) for an invalid one, LIMIT or NOMEM. */
int32_t pngx_texts_add(struct mim_job *job, struct pngx_texts *texts, uint32_t type, const uint8_t *data,
                       uint64_t size);
/* Report all texts as metadata. */
int32_t pngx_texts_report(struct mim_job *job, const struct pngx_texts *texts);
void pngx_texts_close(struct mim_job *job, struct pngx_texts *texts);

/* The keyword of an XMP packet, which an iTXt chunk holds. */
#define PNGX_XMP_KEYWORD "XML:com.adobe.xmp"

/* The metadata key of a PNG keyword, and the keyword of a key; NULL if there is none. */
const char *pngx_text_key(const char *keyword);
const char *pngx_text_keyword(const char *key);

/* Length of the ISO 8601 time with seconds at the start of `text`, including its zone, or 0. */
uint64_t pngx_text_time(const char *text, uint64_t size);

#endif
