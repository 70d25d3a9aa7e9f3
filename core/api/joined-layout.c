/* SPDX-License-Identifier: MIT */
/* The layout and the time base that all frames of a conversion fit. Only facts are read; the conversion itself reports
 * what is damaged. */
#include "api/joined-layout.h"

#include <mim/kit/ratio.h>

#include "api/reader-priv.h"
#include "frame/frame.h"
#include "io/source.h"

/* Whether the frames after this one have its layout. */
static bool
is_like_all(const struct mim_reader *reader, const struct mim_frame_info *info)
{
    return mim_decoder_sequence(reader->decoder)->canvas_width || info->flags & MIM_FRAME_ALIKE;
}

/* The greatest time of which both bases are multiples. If it is too short to be stored, the base stays as it is. */
static void
refine_base(struct mim_rational *base, struct mim_rational other)
{
    if (!mim_time_base_valid(other))
        return;
    if (!base->den)
        *base = other;
    uint64_t num = mim_ratio_common_divisor((uint64_t)base->num * (uint64_t)other.den,
                                            (uint64_t)other.num * (uint64_t)base->den);
    uint64_t den = (uint64_t)base->den * (uint64_t)other.den, divisor = mim_ratio_common_divisor(num, den);
    if (num / divisor <= INT32_MAX && den / divisor <= INT32_MAX)
        *base = (struct mim_rational){ (int64_t)(num / divisor), (int64_t)(den / divisor) };
}

static void
join_layout(struct mim_layout *layout, struct mim_reader *reader)
{
    struct mim_cursor cursor = { 0 };
    struct mim_frame_info info;
    uint64_t index;
    for (; mim_cursor_index(&cursor, reader->selection, &index); mim_cursor_advance(&cursor, reader->selection)) {
        enum mim_status status = mim_decoder_info(reader->decoder, index, &info, NULL);
        if (status == MIM_OK && !(info.flags & MIM_FRAME_REDUCED))
            mim_layout_join(layout, (enum mim_sample)info.sample, info.channels);
        if (status == MIM_OK ? is_like_all(reader, &info) : !reader->series || status == MIM_CANCELLED)
            return;
    }
}

void
mim_joined_layout_add_reader(struct mim_plugin_writer *writer, struct mim_reader *reader)
{
    const struct mim_sequence *sequence = mim_decoder_sequence(reader->decoder);
    refine_base(&writer->base, (struct mim_rational){ sequence->time_num, sequence->time_den });
    if (!mim_source_is_stream(reader->operation.source))
        join_layout(&writer->joined, reader);
}

void
mim_joined_layout_add_source(struct mim_plugin_writer *writer, struct mim_context *context,
                             struct mim_source *source, const struct mim_read_options *options)
{
    struct mim_open_options quiet = options->open;
    struct mim_reader *reader;
    quiet.control.notice = NULL;
    quiet.control.progress = NULL;
    quiet.control.tally = NULL;
    quiet.control.strict = 0;
    if (mim_source_is_stream(source) || mim_reader_open(&reader, context, source, &quiet, NULL) != MIM_OK)
        return;
    if (mim_reader_select(reader, options->ranges, options->range_count, options->partial, NULL) == MIM_OK)
        mim_joined_layout_add_reader(writer, reader);
    mim_reader_close(reader);
}
