/* SPDX-License-Identifier: MIT */
/* Finds the tags that refer to further directories. */
#include "read/offers.h"

#include <inttypes.h>
#include <stdio.h>

#include <tiff.h>

static const struct {
    uint16_t tag;
    int32_t kind;
    const char *key;  /* of a later page */
    const char *text; /* NULL: images, which are counted */
} references[] = {
    { TIFFTAG_SUBIFD, MIM_OFFER_IMAGE, "sub_ifds", NULL },
    { TIFFTAG_EXIFIFD, MIM_OFFER_PROPERTY, "exif_ifd", "the EXIF directory" },
    { TIFFTAG_GPSIFD, MIM_OFFER_PROPERTY, "gps_ifd", "the GPS directory" },
};

static int32_t
offer_entry(struct mim_job *job, const struct tiff_entry *entry)
{
    char text[60];
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        const struct mim_offer offer = { .struct_size = sizeof offer,
                                         .kind = references[i].kind,
                                         .index = entry->tag,
                                         .text = references[i].text ? references[i].text : text };
        if (references[i].tag != entry->tag)
            continue;
        snprintf(text, sizeof text, "a set of %" PRIu64 " images in sub-IFDs", entry->count);
        return job->host->offer(job, &offer);
    }
    return MIM_OK;
}

/* Offers are known after open, which reads the first page only. */
static int32_t
report_entry(struct mim_job *job, const struct tiff_entry *entry)
{
    const int64_t count = (int64_t)entry->count;
    for (size_t i = 0; i < sizeof references / sizeof *references; i++)
        if (references[i].tag == entry->tag)
            return job->host->meta(job, references[i].key, MIM_META_INT, &count, sizeof count);
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
        status = is_first ? offer_entry(directory->job, &entry) : report_entry(directory->job, &entry);
    }
    return status;
}
