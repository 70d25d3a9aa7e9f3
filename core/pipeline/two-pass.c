/* SPDX-License-Identifier: MIT */
/* Spooling frames between the two passes of a writer. */
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
    struct mim_two_pass *survey = calloc(1, sizeof *survey);
    if (survey)
        survey->spool = mim_spool_create();
    if (!survey || !survey->spool) {
        free(survey);
        return mim_fail_nomem(err, "a spool");
    }
    survey->writer = writer;
    *out = survey;
    return MIM_OK;
}

void
mim_two_pass_destroy(struct mim_two_pass *survey)
{
    if (!survey)
        return;
    mim_spool_destroy(survey->spool);
    free(survey);
}

static uint64_t
row_bytes(const struct mim_frame_info *info)
{
    uint64_t row = 0;
    mim_row_bytes(info->width, info->channels, (enum mim_sample)info->sample, &row);
    return row;
}

static enum mim_status
write_slot(struct mim_two_pass *survey, const struct mim_encode_frame *slot, struct mim_error *err)
{
    struct mim_spool *spool = survey->spool;
    enum mim_status status = mim_spool_write(spool, &slot->info, sizeof slot->info, mim_spool_size(spool), err);
    if (status == MIM_OK)
        status = mim_spool_write(spool, slot->packet, survey->writer->ops->packet_size, mim_spool_size(spool), err);
    for (uint32_t y = 0; y < slot->info.height && status == MIM_OK; y++)
        status = mim_spool_write(spool, slot->raster.data + y * slot->raster.stride, row_bytes(&slot->info),
                                 mim_spool_size(spool), err);
    return status;
}

enum mim_status
mim_two_pass_add(struct mim_two_pass *survey, struct mim_encode_frame *slot, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    if (mim_encode_frame_next_stage(slot) == MIM_ENCODE_ACCEPTED) {
        for (uint32_t band = 0; band < slot->bands; band++)
            mim_encode_frame_convert_band(slot, band, &slot->loss);
        status = mim_encode_frame_converted(slot, survey->writer, err);
    }
    if (status == MIM_OK)
        status = mim_plugin_writer_survey(survey->writer, slot->index, &slot->info, &slot->raster, err);
    if (status == MIM_OK)
        status = write_slot(survey, slot, err);
    survey->count += status == MIM_OK;
    return status;
}

enum mim_status
mim_two_pass_end(struct mim_two_pass *survey, struct mim_error *err)
{
    return mim_plugin_writer_survey(survey->writer, MIM_UNKNOWN, NULL, NULL, err);
}

uint64_t
mim_two_pass_count(const struct mim_two_pass *survey)
{
    return survey->count;
}

static enum mim_status
read_back(struct mim_two_pass *survey, void *to, uint64_t size, struct mim_error *err)
{
    int64_t got = mim_spool_read(survey->spool, to, size, survey->read_offset, err);
    if (got < 0)
        return (enum mim_status) - got;
    if ((uint64_t)got != size)
        return mim_fail(err, MIM_IO, "the spool of frames is shorter than what was written to it");
    survey->read_offset += size;
    return MIM_OK;
}

enum mim_status
mim_two_pass_replay(struct mim_two_pass *survey, struct mim_encode_frame *slot, struct mim_error *err)
{
    struct mim_frame_info info;
    enum mim_status status = read_back(survey, &info, sizeof info, err);
    if (status == MIM_OK)
        status = read_back(survey, slot->packet, survey->writer->ops->packet_size, err);
    if (status == MIM_OK)
        status =
            mim_frame_alloc(&slot->frame, (enum mim_sample)info.sample, info.width, info.height, info.channels, err);
    if (status != MIM_OK)
        return status;

    slot->info = info;
    for (uint32_t y = 0; y < info.height && status == MIM_OK; y++)
        status = read_back(survey, (uint8_t *)slot->frame.data + y * slot->frame.stride, row_bytes(&info), err);
    return status == MIM_OK ? mim_encode_frame_accepted(slot, survey->writer, err) : status;
}
