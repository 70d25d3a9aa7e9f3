/* SPDX-License-Identifier: MIT */
/* Stacks in one directory, as ImageJ, MetaMorph (STK) and tifffile write them. */
#include "read/stack.h"

#include <stdlib.h>
#include <string.h>

#include <tiff.h>

#include "file/known-tags.h"

enum { UIC2 = 33629 };

int32_t
tiff_description_read(struct tiff_directory *directory, char text[TIFF_DESCRIPTION_SIZE + 1])
{
    struct tiff_entry entry;
    const uint8_t *bytes = NULL;
    text[0] = '\0';
    int32_t status = tiff_directory_open(directory);
    for (uint64_t i = 0; i < directory->count && status == MIM_OK; i++) {
        status = tiff_directory_entry(directory, i, &entry);
        if (status != MIM_OK || entry.tag != TIFFTAG_IMAGEDESCRIPTION || entry.size != 1)
            continue;
        uint64_t size = entry.count < TIFF_DESCRIPTION_SIZE ? entry.count : TIFF_DESCRIPTION_SIZE;
        status = size ? tiff_window_get(directory->job, directory->window, entry.offset, size, &bytes) : MIM_OK;
        if (status == MIM_OK && size)
            memcpy(text, bytes, size);
        text[size] = '\0';
        return status;
    }
    return status;
}

/* ImageJ: a line "images=12". */
static uint64_t
imagej_images(const char *description)
{
    const char *line = tiff_is_imagej(description, strlen(description)) ? strstr(description, "\nimages=") : NULL;
    return line ? strtoull(line + strlen("\nimages="), NULL, 10) : 1;
}

/* tifffile: {"shape": [3, 4, 32, 24]}, the axes of all samples. */
static uint64_t
tifffile_samples(const char *description)
{
    static const char key[] = "\"shape\": [";
    const char *shape = description[0] == '{' ? strstr(description, key) : NULL;
    uint64_t product = 1;
    char *end = NULL;
    for (const char *at = shape ? shape + strlen(key) : ""; *at && *at != ']'; at = end + strspn(end, ", ")) {
        uint64_t axis = strtoull(at, &end, 10);
        if (end == at || __builtin_mul_overflow(product, axis, &product))
            return 0;
    }
    return shape ? product : 0;
}

/* MetaMorph: a tag with a value for each plane. */
static int32_t
metamorph_images(struct tiff_directory *directory, uint64_t *images)
{
    struct tiff_entry entry;
    int32_t status = MIM_OK;
    for (uint64_t i = 0; i < directory->count && status == MIM_OK; i++) {
        status = tiff_directory_entry(directory, i, &entry);
        if (status == MIM_OK && entry.tag == UIC2)
            *images = entry.count;
    }
    return status;
}

int32_t
tiff_stack_read(struct tiff_stack *stack, struct tiff_directory *directory)
{
    char description[TIFF_DESCRIPTION_SIZE + 1];
    int32_t status = tiff_description_read(directory, description);
    *stack = (struct tiff_stack){ .images = 1 };
    if (status != MIM_OK)
        return status;
    stack->images = imagej_images(description);
    stack->samples = tifffile_samples(description);
    return metamorph_images(directory, &stack->images);
}
