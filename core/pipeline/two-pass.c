/* SPDX-License-Identifier: MIT */
/* Frames are spooled between the two passes of a writer. */
#include "pipeline/two-pass.h"

#include <stdlib.h>

#include "base/error.h"
#include "io/spool.h"

struct mim_two_pass {
    struct mim_plugin_writer *writer;
    struct mim_spool *spool;
    uint64_t count, read_offset;
};

enum mim_status
mim_two_pass_create(struct mim_two_pass **out, struct mim_plugin_writer *writer, struct mim_error *err)
{
    struct mim_two_pass *two_pass = calloc(1, sizeof *two_pass);
    if (two_pass)
        two_pass->spool = mim_spool_create(false);
    if (!two_pass || !two_pass->spool) {
        free(two_pass);
        return mim_fail_nomem(err, "a spool");
    }
    mim_spool_limit(two_pass->spool, writer->operation->control.limits.spool_bytes);
    two_pass->writer = writer;
    *out = two_pass;
    return MIM_OK;
}

void
mim_two_pass_destroy(struct mim_two_pass *two_pass)
{
    if (!two_pass)
        return;
    mim_spool_destroy(two_pass->spool);
    free(two_pass);
}

static uint64_t
row_bytes(const struct mim_frame_info *info)
{
    uint64_t row = 0;
    mim_row_bytes(info->width, info->channels, (enum mim_sample)info->sample, &row);
    return row;
}

static enum mim_status
spool_frame(struct mim_two_pass *two_pass, const struct mim_encode_frame *frame, struct mim_error *err)
{
    struct mim_spool *spool = two_pass->spool;
    enum mim_status status = mim_spool_write(spool, &frame->info, sizeof frame->info, mim_spool_size(spool), err);
    if (status == MIM_OK)
        status =
            mim_spool_write(spool, frame->entry.packet, two_pass->writer->ops->packet_size, mim_spool_size(spool), err);
    for (uint32_t y = 0; y < frame->info.height && status == MIM_OK; y++)
        status = mim_spool_write(spool, frame->raster.data + y * frame->raster.stride, row_bytes(&frame->info),
                                 mim_spool_size(spool), err);
    return status;
}

enum mim_status
mim_two_pass_add(struct mim_two_pass *two_pass, struct mim_encode_frame *frame, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    if (mim_encode_frame_next_stage(frame) == MIM_ENCODE_ACCEPTED) {
        for (uint32_t band = 0; band < frame->entry.bands.count; band++)
            mim_encode_frame_convert_band(frame, band, &frame->loss);
        status = mim_encode_frame_converted(frame, two_pass->writer, err);
    }
    if (status == MIM_OK)
        status = mim_plugin_writer_survey(two_pass->writer, frame->entry.index, &frame->info, &frame->raster, err);
    if (status == MIM_OK)
        status = spool_frame(two_pass, frame, err);
    two_pass->count += status == MIM_OK;
    return status;
}

enum mim_status
mim_two_pass_end(struct mim_two_pass *two_pass, struct mim_error *err)
{
    return mim_plugin_writer_survey(two_pass->writer, MIM_UNKNOWN, NULL, NULL, err);
}

uint64_t
mim_two_pass_count(const struct mim_two_pass *two_pass)
{
    return two_pass->count;
}

static enum mim_status
read_back(struct mim_two_pass *two_pass, void *to, uint64_t size, struct mim_error *err)
{
    int64_t got = mim_spool_read(two_pass->spool, to, size, two_pass->read_offset, err);
    if (got < 0)
        return (enum mim_status) - got;
    if ((uint64_t)got != size)
        return mim_fail(err, MIM_IO, "the spool of frames has been truncated");
    two_pass->read_offset += size;
    return MIM_OK;
}

enum mim_status
mim_two_pass_replay(struct mim_two_pass *two_pass, struct mim_encode_frame *frame, struct mim_error *err)
{
    struct mim_frame_info info;
    enum mim_status status = read_back(two_pass, &info, sizeof info, err);
    if (status == MIM_OK)
        status = read_back(two_pass, frame->entry.packet, two_pass->writer->ops->packet_size, err);
    if (status == MIM_OK)
        status =
            mim_frame_alloc(&frame->given, (enum mim_sample)info.sample, info.width, info.height, info.channels, err);
    if (status != MIM_OK)
        return status;

    frame->info = info;
    for (uint32_t y = 0; y < info.height && status == MIM_OK; y++)
        status = read_back(two_pass, (uint8_t *)frame->given.data + y * frame->given.stride, row_bytes(&info), err);
    return status == MIM_OK ? mim_encode_frame_accepted(frame, two_pass->writer, err) : status;
}
