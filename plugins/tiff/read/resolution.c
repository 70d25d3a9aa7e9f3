/* SPDX-License-Identifier: MIT */
/* Reports the resolutions of a page, and the aspect of samples that follows from them. */
#include "read/resolution.h"

#include <string.h>

#include <tiff.h>

#include <mim/kit/aspect.h>

#include "file/known-tags.h"

/* Set `ratio`, whose den stays 0 when the page has no such tag or its value is unusable. */
static int32_t
read_axis(struct tiff_directory *directory, const struct tiff_entry *axis, struct mim_rational *ratio)
{
    struct mim_job *job = directory->job;
    const uint8_t *bytes = NULL;
    *ratio = (struct mim_rational){ 0, 0 };
    if (axis->type != TIFF_RATIONAL || axis->count != 1)
        return axis->tag ? tiff_directory_drop(directory, axis, "its type is wrong") : MIM_OK;
    int32_t status = tiff_window_get(job, directory->window, axis->offset, 8, &bytes);
    if (status == MIM_TRUNCATED)
        return tiff_directory_drop(directory, axis, "its value is beyond the end of the file");
    if (status != MIM_OK)
        return job->host->fail(job, status, axis->offset, "cannot read the resolution");
    *ratio = (struct mim_rational){ (int64_t)tiff_number(directory->order, bytes, 4),
                                    (int64_t)tiff_number(directory->order, bytes + 4, 4) };
    return MIM_OK;
}

/* The resolutions of the columns and rows of frames. */
static int32_t
read_axes(struct tiff_directory *directory, const struct tiff_entry axes[2], struct mim_rational ratios[2])
{
    int32_t status = read_axis(directory, &axes[directory->is_transposed], &ratios[0]);
    return status == MIM_OK ? read_axis(directory, &axes[!directory->is_transposed], &ratios[1]) : status;
}

/* Two tags make one item. */
int32_t
tiff_resolution_report(struct tiff_directory *directory, const struct tiff_entry axes[2], uint64_t unit)
{
    struct mim_job *job = directory->job;
    struct mim_rational ratios[2];
    const char *name = tiff_name_of(tiff_unit_names, (uint32_t)unit);

    int32_t status = read_axes(directory, axes, ratios);
    if (status != MIM_OK || !ratios[0].den || !ratios[1].den)
        return status;
    status = job->host->meta(job, "resolution", MIM_META_RATIONALS, ratios, sizeof ratios);
    if (status == MIM_OK && name)
        status = job->host->meta(job, "resolution_unit", MIM_META_TEXT, name, strlen(name));
    return status;
}

int32_t
tiff_resolution_report_aspect(struct tiff_directory *directory)
{
    struct tiff_entry entry, axes[2] = { { 0 }, { 0 } };
    struct mim_rational ratios[2];
    directory->is_quiet = true; /* the page reports unusable tags */
    int32_t status = tiff_directory_open(directory);
    for (uint64_t i = 0; i < directory->count && status == MIM_OK; i++) {
        status = tiff_directory_entry(directory, i, &entry);
        if (status == MIM_OK && (entry.tag == TIFFTAG_XRESOLUTION || entry.tag == TIFFTAG_YRESOLUTION))
            axes[entry.tag == TIFFTAG_YRESOLUTION] = entry;
    }
    if (status == MIM_OK)
        status = read_axes(directory, axes, ratios);
    if (status != MIM_OK || !ratios[0].den || !ratios[1].den)
        return status;
    return mim_aspect_deliver(directory->job, (uint64_t)ratios[1].num * (uint64_t)ratios[0].den,
                              (uint64_t)ratios[1].den * (uint64_t)ratios[0].num);
}
