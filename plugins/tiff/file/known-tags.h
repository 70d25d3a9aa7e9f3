/* SPDX-License-Identifier: MIT */
/* Sizes of tag types, names of tags, and names of tag values. */
#ifndef MIM_TIFF_FILE_KNOWN_TAGS_H
#define MIM_TIFF_FILE_KNOWN_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of one value; 0: unknown type. */
unsigned tiff_type_size(uint16_t type);
bool tiff_type_is_signed(uint16_t type);

struct tiff_name {
    uint32_t value;
    const char *text;
};

extern const struct tiff_name tiff_compression_names[], tiff_photometric_names[], tiff_planar_names[],
    tiff_predictor_names[], tiff_unit_names[];

/* Returns NULL for an unknown number. */
const char *tiff_name_of(const struct tiff_name *names, uint32_t value);
/* Returns 0, which none of these tags uses, for an unknown name. */
uint32_t tiff_value_of(const struct tiff_name *names, const char *text, uint64_t size);

/* Tags with a name, and tags that are only valid in their own file because they describe how pixels are stored or hold
 * offsets. These have no key; with the type CODING they are reported as metadata all the same. */
struct tiff_known_tag {
    uint16_t tag;
    int32_t type; /* enum mim_meta_type */
    const char *key;
};

/* Returns NULL for a raw tag, which is known by its number only. */
const struct tiff_known_tag *tiff_known_tag(uint32_t tag);
/* Whether a list of `count` tags has the tag. */
bool tiff_is_among(uint32_t tag, const uint16_t *tags, size_t count);
/* Does the description begin as ImageJ writes it? */
bool tiff_is_imagej(const void *description, uint64_t size);

#endif
