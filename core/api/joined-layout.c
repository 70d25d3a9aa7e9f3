/* SPDX-License-Identifier: MIT */
/* The layout that all frames of a conversion fit. Only facts are read; the conversion itself reports what is damaged. */
#include "api/joined-layout.h"

#include "api/reader-priv.h"
#include "io/source.h"

/* Whether the frames after this one have its layout. */
static bool
is_like_all(const struct mim_reader *reader, const struct mim_frame_info *info)
{
    return mim_decoder_sequence(reader->decoder)->canvas_width || info->flags & MIM_FRAME_ALIKE;
}

void
mim_joined_layout_add_reader(struct mim_layout *layout, struct mim_reader *reader)
{
    struct mim_cursor cursor = { 0 };
    struct mim_frame_info info;
    uint64_t index;
    if (mim_source_is_stream(reader->operation.source))
        return;
    for (; mim_cursor_index(&cursor, reader->selection, &index); mim_cursor_advance(&cursor, reader->selection)) {
        enum mim_status status = mim_decoder_info(reader->decoder, index, &info, NULL);
        if (status == MIM_OK && !(info.flags & MIM_FRAME_REDUCED))
            mim_layout_join(layout, (enum mim_sample)info.sample, info.channels);
        if (status == MIM_OK ? is_like_all(reader, &info) : !reader->series || status == MIM_CANCELLED)
            return;
    }
}

void
mim_joined_layout_add_source(struct mim_layout *layout, struct mim_context *context, struct mim_source *source,
                             const struct mim_read_options *options)
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
        mim_joined_layout_add_reader(layout, reader);
    mim_reader_close(reader);
}
