/* SPDX-License-Identifier: MIT */
/* Facts and metadata of the sequence and of single frames. */
#include "api/reader-priv.h"

#include <inttypes.h>

#include "base/error.h"
#include "frame/meta.h"
#include "series/series-reader.h"

uint64_t
mim_reader_count(const struct mim_reader *reader, enum mim_certainty *certainty)
{
    const struct mim_sequence *sequence = mim_decoder_sequence(reader->decoder);
    bool known = sequence->count != MIM_UNKNOWN;
    if (certainty)
        *certainty = known ? (enum mim_certainty)sequence->sure : MIM_SURE_NONE;
    return sequence->count;
}

enum mim_status
mim_reader_count_exactly(struct mim_reader *reader, uint64_t *count, struct mim_error *err)
{
    reader->in_a_row = 0;
    return mim_decoder_count(reader->decoder, count, err);
}

void
mim_reader_get_facts(const struct mim_reader *reader, struct mim_reader_facts *facts)
{
    const struct mim_sequence *sequence = mim_decoder_sequence(reader->decoder);
    *facts = (struct mim_reader_facts){
        .format = reader->format,
        .plugin = reader->plugin->name,
        .plugin_version = reader->plugin->version,
        .canvas_width = sequence->canvas_width,
        .canvas_height = sequence->canvas_height,
        .loop = sequence->loop,
        .time_base = { sequence->time_num, sequence->time_den },
        .files = reader->series ? sequence->count : 0,
    };
    facts->count = mim_reader_count(reader, &facts->certainty);
}

enum mim_status
mim_reader_name_file(const struct mim_reader *reader, enum mim_status status, struct mim_error *err)
{
    if (reader->series && status != MIM_OK && status != MIM_END)
        mim_series_name_error(reader->series, err);
    return status;
}

enum mim_status
mim_reader_fail_no_frame(const struct mim_reader *reader, uint64_t i, struct mim_error *err)
{
    enum mim_certainty certainty;
    uint64_t count = mim_reader_count(reader, &certainty);
    if (certainty == MIM_SURE_EXACT)
        return mim_fail(err, MIM_RANGE, "there is no frame %" PRIu64 ": the sequence has %" PRIu64, i, count);
    return mim_fail(err, MIM_RANGE, "there is no frame %" PRIu64, i);
}

bool
mim_reader_is_past_end(const struct mim_reader *reader, uint64_t i)
{
    enum mim_certainty certainty;
    return i >= mim_reader_count(reader, &certainty) && certainty == MIM_SURE_EXACT;
}

enum mim_status
mim_reader_info(struct mim_reader *reader, uint64_t i, struct mim_frame_facts *facts, struct mim_error *err)
{
    struct mim_frame_info info;
    reader->in_a_row = 0;
    enum mim_status status = mim_reader_is_past_end(reader, i) ? MIM_END : mim_decoder_info(reader->decoder, i, &info, err);
    if (status == MIM_END)
        return mim_reader_fail_no_frame(reader, i, err);
    if (status != MIM_OK)
        return mim_reader_name_file(reader, status, err);

    const struct mim_sequence *sequence = mim_decoder_sequence(reader->decoder);
    *facts = (struct mim_frame_facts){
        .index = i,
        .sample = (enum mim_sample)info.sample,
        .width = info.width,
        .height = info.height,
        .channels = info.channels,
        .pts = info.pts,
        .duration = info.duration,
        .time_base = { sequence->time_num, sequence->time_den },
    };
    return MIM_OK;
}

enum mim_status
mim_reader_frame_metadata(struct mim_reader *reader, uint64_t i, struct mim_meta **out, struct mim_error *err)
{
    struct mim_meta *meta = mim_meta_create();
    if (!meta)
        return mim_fail_nomem(err, "metadata");
    reader->in_a_row = 0;
    enum mim_status status =
        mim_reader_is_past_end(reader, i) ? MIM_END : mim_decoder_frame_metadata(reader->decoder, i, meta, err);
    status = status == MIM_END ? mim_reader_fail_no_frame(reader, i, err) : mim_reader_name_file(reader, status, err);
    if (status != MIM_OK || !mim_meta_count(meta)) {
        mim_meta_destroy(meta);
        meta = NULL;
    }
    if (status == MIM_OK)
        *out = meta;
    return status;
}

const struct mim_offer *
mim_reader_offer(const struct mim_reader *reader, size_t i)
{
    const struct mim_offers *offers = mim_decoder_offers(reader->decoder);
    return i < offers->count ? &offers->items[i] : NULL;
}

enum mim_status
mim_reader_load_metadata(struct mim_reader *reader, struct mim_error *err)
{
    if (reader->has_meta)
        return MIM_OK;
    struct mim_meta *meta = mim_meta_create();
    enum mim_status status = meta ? mim_decoder_metadata(reader->decoder, meta, err) : mim_fail_nomem(err, "metadata");
    if (status != MIM_OK) {
        mim_meta_destroy(meta);
        return status;
    }
    reader->meta = meta;
    reader->has_meta = true;
    return MIM_OK;
}

const struct mim_meta *
mim_reader_metadata(struct mim_reader *reader)
{
    mim_reader_load_metadata(reader, NULL);
    return reader->meta;
}
