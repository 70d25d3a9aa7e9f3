/* SPDX-License-Identifier: MIT */
/* Reports the resolutions of a page, and the aspect of samples that follows from them. */
#include "read/resolution.h"

#include <string.h>

#include <tiff.h>

#include <mim/kit/aspect.h>

#include "file/known-tags.h"

static bool
is_resolution(const struct tiff_entry *axis)
{
    return axis->type == TIFF_RATIONAL && axis->count == 1;
}

static int32_t
read_axis(struct tiff_directory *directory, const struct tiff_entry *axis, struct mim_rational *ratio)
{
    struct mim_job *job = directory->job;
    const uint8_t *bytes = NULL;
    int32_t status = tiff_window_get(job, directory->window, axis->offset, 8, &bytes);
    if (status != MIM_OK)
        return job->host->fail(job, status, axis->offset, "cannot read the resolution");
    *ratio = (struct mim_rational){ (int64_t)tiff_number(directory->order, bytes, 4),
                                    (int64_t)tiff_number(directory->order, bytes + 4, 4) };
    return MIM_OK;
}

/* Two tags make one item. */
int32_t
tiff_resolution_report(struct tiff_directory *directory, const struct tiff_entry axes[2], uint64_t unit)
{
    struct mim_job *job = directory->job;
    struct mim_rational ratios[2];
    const char *name = tiff_name_of(tiff_unit_names, (uint32_t)unit);
    if (!is_resolution(&axes[0]) || !is_resolution(&axes[1]))
        return MIM_OK;

    int32_t status = read_axis(directory, &axes[0], &ratios[0]);
    if (status == MIM_OK)
        status = read_axis(directory, &axes[1], &ratios[1]);
    if (status == MIM_OK)
        status = job->host->meta(job, "resolution", MIM_META_RATIONALS, ratios, sizeof ratios);
    if (status == MIM_OK && name)
        status = job->host->meta(job, "resolution_unit", MIM_META_TEXT, name, strlen(name));
    return status;
}

int32_t
tiff_resolution_report_aspect(struct tiff_directory *directory)
{
    struct tiff_entry entry, axes[2] = { { 0 }, { 0 } };
    struct mim_rational x, y;
    int32_t status = tiff_directory_open(directory);
    for (uint64_t i = 0; i < directory->count && status == MIM_OK; i++) {
        status = tiff_directory_entry(directory, i, &entry);
        if (status == MIM_OK && (entry.tag == TIFFTAG_XRESOLUTION || entry.tag == TIFFTAG_YRESOLUTION))
            axes[entry.tag == TIFFTAG_YRESOLUTION] = entry;
    }
    if (status != MIM_OK || !is_resolution(&axes[0]) || !is_resolution(&axes[1]))
        return status;
    status = read_axis(directory, &axes[0], &x);
    if (status == MIM_OK)
        status = read_axis(directory, &axes[1], &y);
    return status == MIM_OK ? mim_aspect_deliver(directory->job, (uint64_t)y.num * (uint64_t)x.den,
                                                 (uint64_t)y.den * (uint64_t)x.num)
                            : status;
}
