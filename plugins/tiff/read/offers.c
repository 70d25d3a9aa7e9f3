/* SPDX-License-Identifier: MIT */
/* Finds the tags that refer to further directories, and those of volumes, of which the first slice is read. */
#include "read/offers.h"

#include <inttypes.h>
#include <stdio.h>

#include <tiff.h>

static const struct {
    uint16_t tag;
    int32_t kind;
    const char *key;  /* of a later page */
    const char *text; /* of images it follows their number */
} references[] = {
    { TIFFTAG_SUBIFD, MIM_OFFER_IMAGE, "sub_ifds", "images in sub-IFDs" },
    { TIFFTAG_IMAGEDEPTH, MIM_OFFER_IMAGE, "further_slices", "further slices of a volume" },
    { TIFFTAG_EXIFIFD, MIM_OFFER_PROPERTY, "exif_ifd", "the EXIF directory" },
    { TIFFTAG_GPSIFD, MIM_OFFER_PROPERTY, "gps_ifd", "the GPS directory" },
};

/* What the entry refers to, besides the frame. */
static uint64_t
count_of(struct tiff_directory *directory, const struct tiff_entry *entry)
{
    uint64_t depth;
    if (entry->tag != TIFFTAG_IMAGEDEPTH)
        return entry->count;
    return tiff_directory_uint(directory, entry, 0, &depth) == MIM_OK && depth > 1 ? depth - 1 : 0;
}

/* Offers are known after open, which reads the first page only. */
static int32_t
state_entry(struct tiff_directory *directory, const struct tiff_entry *entry, bool is_first)
{
    struct mim_job *job = directory->job;
    char text[80];
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        if (references[i].tag != entry->tag)
            continue;
        const int64_t count = (int64_t)count_of(directory, entry);
        bool is_image = references[i].kind == MIM_OFFER_IMAGE;
        const struct mim_offer offer = { .struct_size = sizeof offer,
                                         .kind = references[i].kind,
                                         .index = entry->tag,
                                         .text = is_image ? text : references[i].text };
        if (!count)
            return MIM_OK;
        if (!is_first)
            return job->host->meta(job, references[i].key, MIM_META_INT, &count, sizeof count);
        snprintf(text, sizeof text, "a set of %" PRId64 " %s", count, references[i].text);
        return job->host->offer(job, &offer);
    }
    return MIM_OK;
}

int32_t
tiff_offer_subdirectories(struct tiff_directory *directory, bool is_first)
{
    int32_t status = tiff_directory_open(directory);
    if (status != MIM_OK)
        return MIM_OK; /* prepare reports the error */
    for (uint64_t i = 0; i < directory->count && status == MIM_OK; i++) {
        struct tiff_entry entry;
        if (tiff_directory_entry(directory, i, &entry) != MIM_OK)
            return MIM_OK;
        status = state_entry(directory, &entry, is_first);
    }
    return status;
}
