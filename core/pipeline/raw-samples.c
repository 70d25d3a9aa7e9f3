/* SPDX-License-Identifier: MIT */
/* Reading and mapping plain samples. */
#include "pipeline/raw-samples.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/sample.h"
#include "base/size.h"
#include "frame/frame.h"

#define PART_BYTES (4u << 20) /* bytes of one part */

static uint64_t
row_bytes(const struct mim_frame_info *info)
{
    uint64_t row = 0;
    mim_row_bytes(info->width, info->channels, (enum mim_sample)info->sample, &row);
    return row;
}

enum mim_status
mim_raw_samples_check(struct mim_source *source, const struct mim_frame_info *info, struct mim_error *err)
{
    uint64_t row = 0, end = 0, size = mim_source_known_size(source);
    bool fits = mim_row_bytes(info->width, info->channels, (enum mim_sample)info->sample, &row) &&
                info->raw_stride >= row && mim_size_mul(info->raw_stride, info->height - 1, &end) &&
                mim_size_add(end, row, &end) && mim_size_add(end, info->raw_offset, &end);
    if (!fits)
        return mim_fail(err, MIM_CORRUPT, "rows of %" PRIu64 " bytes with a stride of %" PRIu64 " bytes", row,
                        info->raw_stride);
    if (size != MIM_UNKNOWN && end > size) {
        mim_fail(err, MIM_TRUNCATED, "its samples end at byte %" PRIu64 ", the file ends at %" PRIu64, end, size);
        if (err)
            err->offset = size;
        return MIM_TRUNCATED;
    }
    return MIM_OK;
}

static bool
is_other_order(const struct mim_frame_info *info)
{
    bool big = info->flags & MIM_FRAME_BIG_ENDIAN, host_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    return big != host_big;
}

/* In the byte order of the machine, and aligned. */
static bool
is_native(const struct mim_frame_info *info)
{
    size_t size = mim_sample_size((enum mim_sample)info->sample);
    return size && (size == 1 || !is_other_order(info)) && info->raw_offset % size == 0 && info->raw_stride % size == 0;
}

bool
mim_raw_samples_map(struct mim_source *source, const struct mim_frame_info *info, struct mim_mapping *mapping)
{
    return is_native(info) &&
           mim_source_map(source, info->raw_offset, info->raw_stride * (info->height - 1) + row_bytes(info), mapping);
}

static uint32_t
rows_per_part(const struct mim_frame_info *info)
{
    uint64_t rows = PART_BYTES / (info->raw_stride ? info->raw_stride : 1);
    return rows < 1 ? 1 : rows > info->height ? info->height : (uint32_t)rows;
}

uint32_t
mim_raw_samples_parts(const struct mim_frame_info *info)
{
    return mim_divide_up(info->height, rows_per_part(info));
}

static enum mim_status
read_exactly(struct mim_source *source, void *to, uint64_t size, uint64_t offset, struct mim_error *err)
{
    int64_t got = mim_source_read_at(source, to, size, offset, err);
    if (got < 0)
        return (enum mim_status) - got;
    if ((uint64_t)got == size)
        return MIM_OK;
    mim_fail(err, MIM_TRUNCATED, "the file ends at byte %" PRIu64 ", in the middle of samples", offset + (uint64_t)got);
    if (err)
        err->offset = offset + (uint64_t)got;
    return MIM_TRUNCATED;
}

/* Rows with gaps between them; the gaps are not read. */
static enum mim_status
read_scattered(struct mim_source *source, const struct mim_frame_info *info, uint32_t first, uint32_t rows,
               struct mim_raster *to, struct mim_error *err)
{
    uint64_t row = row_bytes(info);
    for (uint32_t y = first; y < first + rows; y++) {
        enum mim_status status =
            read_exactly(source, to->data + y * to->stride, row, info->raw_offset + y * info->raw_stride, err);
        if (status != MIM_OK)
            return status;
    }
    return MIM_OK;
}

/* The first row of a part, and how many it has. */
static uint32_t
rows_of_part(const struct mim_frame_info *info, uint32_t part, uint32_t *rows)
{
    uint32_t per_part = rows_per_part(info), first = part * per_part;
    *rows = info->height - first < per_part ? info->height - first : per_part;
    return first;
}

static void
swap_rows(const struct mim_frame_info *info, uint8_t *data, uint64_t size)
{
    if (is_other_order(info))
        mim_sample_swap((enum mim_sample)info->sample, data, size / mim_sample_size((enum mim_sample)info->sample));
}

enum mim_status
mim_raw_samples_read(struct mim_source *source, const struct mim_frame_info *info, uint32_t part, struct mim_raster *to,
                     struct mim_error *err)
{
    uint32_t rows, first = rows_of_part(info, part, &rows);
    uint64_t row = row_bytes(info), offset = info->raw_offset + first * row;
    enum mim_status status = info->raw_stride == row
                                 ? read_exactly(source, to->data + first * row, rows * row, offset, err)
                                 : read_scattered(source, info, first, rows, to, err);
    if (status == MIM_OK)
        swap_rows(info, to->data + first * row, rows * row);
    return status;
}

void
mim_raw_samples_salvage(struct mim_source *source, const struct mim_frame_info *info, uint32_t part, struct mim_raster *to,
                        struct mim_error *err)
{
    uint32_t rows, first = rows_of_part(info, part, &rows), y = first;
    uint64_t row = row_bytes(info);
    while (y < first + rows && read_scattered(source, info, y, 1, to, NULL) == MIM_OK) {
        swap_rows(info, to->data + y * to->stride, row);
        y++;
    }
    err->needed += (uint64_t)(first + rows - y) * info->width;
    for (; y < first + rows; y++)
        memset(to->data + y * to->stride, 0, row);
}
