/* SPDX-License-Identifier: MIT */
/* The description of the first page, and the ImageJ stack that it may announce. */
#include "read/imagej.h"

#include <stdlib.h>
#include <string.h>

#include <tiff.h>

#include "file/known-tags.h"

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
        status = size ? tiff_window_get(directory->window, directory->job, entry.offset, size, &bytes) : MIM_OK;
        if (status == MIM_OK && size)
            memcpy(text, bytes, size);
        text[size] = '\0';
        return status;
    }
    return status;
}

int32_t
tiff_imagej_images(struct tiff_directory *directory, uint64_t *images)
{
    char description[TIFF_DESCRIPTION_SIZE + 1];
    int32_t status = tiff_description_read(directory, description);
    bool is_imagej = status == MIM_OK && tiff_is_imagej(description, sizeof description);
    const char *line = is_imagej ? strstr(description, "\nimages=") : NULL;
    if (line)
        *images = strtoull(line + strlen("\nimages="), NULL, 10);
    return status;
}
