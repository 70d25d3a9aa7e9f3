/* SPDX-License-Identifier: MIT */
/* Types of tags, their names, and those of the numbers that they hold. */
#ifndef MIM_TIFF_VALUES_H
#define MIM_TIFF_VALUES_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes of one value; 0: a type that nobody knows. */
unsigned tiff_type_size(uint16_t type);
bool tiff_type_is_signed(uint16_t type);

struct tiff_name {
    uint32_t value;
    const char *text;
};

extern const struct tiff_name tiff_compression_names[], tiff_photometric_names[], tiff_planar_names[],
    tiff_predictor_names[], tiff_unit_names[];

/* NULL: a number without a name. */
const char *tiff_name_of(const struct tiff_name *names, uint32_t value);
/* 0: a name without a number, as no tag here has that value. */
uint32_t tiff_value_of(const struct tiff_name *names, const char *text, uint64_t size);

/* Tags with a name of their own. Without a key: they say how pixels are stored, or point into this very file, and nothing
 * can be done with them elsewhere; with the type CODING they do so, too, but are worth telling. */
struct tiff_known_tag {
    uint16_t tag;
    int32_t type; /* enum mim_meta_type */
    const char *key;
};

/* NULL: goes by its number. */
const struct tiff_known_tag *tiff_known_tag(uint32_t tag);
/* Is this a description as ImageJ writes it? */
bool tiff_is_imagej(const void *description, uint64_t size);

#endif
