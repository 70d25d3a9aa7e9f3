/* SPDX-License-Identifier: MIT */
/* From readers to one writer, frame by frame. */
#include <mim/convert.h>

#include <stdbool.h>

#include "api/conversion-damage.h"
#include "api/conversion-progress.h"
#include "api/frame-origin.h"
#include "api/frame-pace.h"
#include "api/joined-layout.h"
#include "api/reader-priv.h"
#include "api/reduced-frames.h"
#include "api/step-times.h"
#include "api/writer-priv.h"
#include "base/error.h"
#include "frame/meta.h"
#include "series/series-writer.h"

struct conversion {
    struct mim_context *context;
    const struct mim_convert_options *options;
    struct mim_read_options read; /* the caller's, with callbacks of the conversion */
    struct mim_write_options write;
    struct mim_sink *sink;
    struct mim_writer *writer; /* opened together with the first input */
    struct mim_frame_pace pace;
    struct mim_step_times times; /* of the current source */
    struct mim_conversion_progress progress;
    struct mim_source *const *sources;
    size_t source_count;
    uint32_t source;         /* the number of the current source, from 1 */
    bool is_ended;           /* by `each`: the frames so far are all */
    struct mim_conversion_damage damage;
};

/* --- one source --------------------------------------------------------------------------------------------------- */

/* Records which side failed, unless a notice was the error, and returns the status. */
static enum mim_status
blame_side(enum mim_status status, enum mim_side side, uint64_t source, struct mim_error *err)
{
    if (status != MIM_OK && status != MIM_END && err) {
        if (err->side == MIM_SIDE_NONE)
            err->side = side;
        err->source = source;
    }
    return status;
}

static bool
is_series(const struct mim_reader *reader)
{
    struct mim_reader_facts facts;
    mim_reader_get_facts(reader, &facts);
    return facts.files > 0;
}

/* With a single input the writer can know the number of frames. */
static enum mim_status
announce_frames(struct conversion *conversion, struct mim_reader *reader, bool leaves_out, struct mim_error *err)
{
    if (conversion->source_count > 1 || (is_series(reader) && conversion->read.partial))
        return MIM_OK;
    /* a damaged file has no count; the conversion reports the damage when it reaches that frame */
    if (mim_reader_selected(reader, NULL) == MIM_UNKNOWN && mim_writer_wants_count(conversion->writer)) {
        uint64_t total;
        enum mim_status status = mim_reader_count_exactly(reader, &total, err);
        if (status == MIM_CANCELLED || status == MIM_TIMEOUT)
            return status;
    }
    if (mim_reader_selected(reader, NULL) != MIM_UNKNOWN && !mim_frame_pace_changes_count(&conversion->pace) &&
        !leaves_out)
        mim_writer_expect(conversion->writer, mim_reader_selected(reader, NULL));
    return MIM_OK;
}

/* Most formats store frames of one layout and one time base: find those that hold all inputs. */
static void
join_layouts(const struct conversion *conversion, struct mim_reader *reader)
{
    struct mim_plugin_writer *plugin = mim_writer_plugin(conversion->writer);
    if (plugin->ops->flags & MIM_WRITER_MIXED)
        return;
    mim_joined_layout_add_reader(plugin, reader);
    for (size_t i = 1; i < conversion->source_count; i++)
        mim_joined_layout_add_source(plugin, conversion->context, conversion->sources[i], &conversion->read);
    if (conversion->source_count == 1)
        plugin->base.den = 0; /* that of its frames, which the pace may have changed */
}

/* Whether players of the written format ignore the aspect of samples. */
static bool
wants_square(const struct mim_plugin_writer *writer)
{
    const struct mim_series_writing *series = writer->operation->series;
    return (series ? series->ops : writer->ops)->flags & MIM_WRITER_SQUARE;
}

static enum mim_status
start_writing(struct conversion *conversion, struct mim_reader *reader, uint64_t index, struct mim_error *err)
{
    bool is_first = !conversion->writer;
    enum mim_status status = MIM_OK;
    if (is_first)
        status = mim_writer_open(&conversion->writer, conversion->context, conversion->sink, &conversion->write, err);
    if (status != MIM_OK)
        return blame_side(status, MIM_SIDE_OUTPUT, 0, err);
    if (wants_square(mim_writer_plugin(conversion->writer)))
        mim_reader_make_square(reader);
    bool leaves_out = mim_reduced_frames_leave_out(reader, mim_writer_plugin(conversion->writer));
    if (!is_first)
        return MIM_OK;

    mim_frame_pace_start(&conversion->pace, conversion->writer, conversion->source_count > 1 ? NULL : reader);
    status = mim_writer_set_sources(conversion->writer, conversion->sources, conversion->source_count, err);
    mim_frame_origin_set_order(conversion->writer, reader, conversion->options);
    if (!conversion->options->each)
        join_layouts(conversion, reader);
    if (status == MIM_OK)
        status = announce_frames(conversion, reader, leaves_out, err);
    if (status != MIM_OK)
        return blame_side(status, MIM_SIDE_INPUT, index, err);
    if (conversion->options->without_metadata)
        return MIM_OK;
    status = mim_reader_load_metadata(reader, err);
    if (status != MIM_OK)
        return blame_side(status, MIM_SIDE_INPUT, index, err);
    status = mim_writer_set_metadata(conversion->writer, mim_reader_metadata(reader), err);
    return blame_side(status, MIM_SIDE_OUTPUT, 0, err);
}

/* States what the source has besides its frames, which the writer gets with them. */
static enum mim_status
state_source(struct conversion *conversion, struct mim_reader *reader, uint64_t index, struct mim_error *err)
{
    mim_frame_origin_take_offers(conversion->writer, conversion->source, reader);
    if (!index || conversion->options->without_metadata)
        return MIM_OK;
    enum mim_status status = mim_frame_origin_take_metadata(conversion->writer, conversion->source, reader, err);
    return blame_side(status, MIM_SIDE_INPUT, index, err);
}

/* The callback may fail without filling the error. */
static enum mim_status
apply_each(const struct mim_convert_options *options, struct mim_frame *frame, struct mim_error *err)
{
    struct mim_error error = { .status = MIM_OK };
    uint64_t index = frame->index;
    enum mim_status status = options->each(options->user, frame, &error);
    if (status == MIM_OK || status == MIM_END)
        return status;
    if (error.status != status) {
        mim_fail(&error, status, "stopped by the application: %s", mim_status_text(status));
        error.frame = index;
    }
    if (err)
        *err = error;
    return status;
}

static enum mim_status
write_frame(struct conversion *conversion, struct mim_frame *frame, struct mim_error *err)
{
    const struct mim_convert_options *options = conversion->options;
    enum mim_status status = options->each ? apply_each(options, frame, err) : MIM_OK;
    conversion->is_ended = status == MIM_END;
    if (status != MIM_OK)
        return status;

    mim_frame_origin_state(frame, conversion->source);
    /* timestamps are meaningful only for all frames of one file; durations always are */
    if (conversion->read.range_count || conversion->source_count > 1)
        frame->pts = MIM_NO_PTS;
    if (options->without_metadata) {
        mim_meta_destroy(frame->meta);
        frame->meta = NULL;
    }
    status = blame_side(mim_frame_pace_take(&conversion->pace, frame, err), MIM_SIDE_OUTPUT, 0, err);
    conversion->progress.frames += status == MIM_OK;
    return status;
}

/* In a series a file of unknown format is one damaged frame. */
static bool
is_damage(const struct mim_reader *reader, enum mim_status status)
{
    return status == MIM_CORRUPT || status == MIM_TRUNCATED || status == MIM_IO ||
           (status == MIM_UNKNOWN_FORMAT && is_series(reader));
}

/* The first damage becomes the result of the conversion. MIM_END: finish with the frames so far. */
static enum mim_status
pass_damage(struct conversion *conversion, const struct mim_reader *reader, enum mim_status status,
            const struct mim_error *error)
{
    mim_conversion_damage_keep(&conversion->damage, status, error);
    return is_series(reader) ? MIM_OK : MIM_END;
}

/* MIM_OK: continue without the frame. */
static enum mim_status
handle_damage(struct conversion *conversion, struct mim_reader *reader, enum mim_status status, struct mim_error *error)
{
    bool first = conversion->damage.status == MIM_OK;
    uint64_t good = conversion->progress.frames + (conversion->times.run != NULL);
    if (first)
        mim_conversion_damage_count(error, good);
    if (!conversion->read.partial || (!is_series(reader) && !good))
        return status;
    status = pass_damage(conversion, reader, status, error);
    /* the first failure is the result of the conversion; notices report only those after it */
    return status == MIM_OK ? mim_reader_skip(reader, first ? NULL : error, error) : status;
}

/* The frame is written as far as it could be decoded, and a notice has reported it. */
static enum mim_status
handle_loss(struct conversion *conversion, struct mim_reader *reader)
{
    struct mim_error error;
    enum mim_status damage = mim_reader_damage(reader, &error);
    if (damage == MIM_OK)
        return MIM_OK;
    mim_conversion_damage_count(&error, conversion->progress.frames + (conversion->times.run != NULL) - 1);
    return pass_damage(conversion, reader, damage, &error);
}

static enum mim_status
convert_source(struct conversion *conversion, uint64_t index, struct mim_error *err)
{
    const struct mim_read_options *options = &conversion->read;
    struct mim_reader *reader = NULL;
    conversion->source = (uint32_t)index + 1;
    conversion->progress.frames_before = conversion->progress.frames;
    enum mim_status status =
        mim_reader_open(&reader, conversion->context, conversion->sources[index], &options->open, err);
    if (status == MIM_OK)
        status = mim_reader_select(reader, options->ranges, options->range_count, options->partial, err);
    if (status != MIM_OK) {
        mim_reader_close(reader);
        return blame_side(status, MIM_SIDE_INPUT, index, err);
    }
    mim_step_times_start(&conversion->times, reader);
    status = start_writing(conversion, reader, index, err);
    if (status == MIM_OK)
        status = state_source(conversion, reader, index, err);

    struct mim_frame frame = { 0 };
    while (status == MIM_OK) {
        struct mim_error error = { 0 };
        status = blame_side(mim_reader_next(reader, &frame, &error), MIM_SIDE_INPUT, index, &error);
        if (status == MIM_OK) {
            if (mim_step_times_exchange(&conversion->times, &frame))
                status = write_frame(conversion, &frame, err);
            if (status == MIM_OK)
                status = handle_loss(conversion, reader);
            continue;
        }
        if (is_damage(reader, status))
            status = blame_side(handle_damage(conversion, reader, status, &error), MIM_SIDE_INPUT, index, &error);
        if (status != MIM_OK && status != MIM_END && err)
            *err = error;
    }
    if (mim_step_times_finish(&conversion->times, &frame) && status == MIM_END && !conversion->is_ended)
        status = write_frame(conversion, &frame, err);
    mim_frame_clear(&frame);
    if (status == MIM_END && conversion->is_ended)
        status = MIM_OK;
    else if (status == MIM_END)
        status = blame_side(mim_reduced_frames_report(reader, mim_writer_plugin(conversion->writer), err),
                            MIM_SIDE_INPUT, index, err);
    mim_reader_close(reader);
    return status;
}

static enum mim_status
finish_writing(struct conversion *conversion, enum mim_status status, struct mim_error *err)
{
    if (!conversion->progress.frames)
        status = mim_conversion_damage_report(&conversion->damage, status, err);
    if (status == MIM_OK)
        status = blame_side(mim_frame_pace_finish(&conversion->pace, err), MIM_SIDE_OUTPUT, 0, err);
    mim_frame_pace_clear(&conversion->pace);
    if (status == MIM_OK)
        return blame_side(mim_writer_finish(conversion->writer, err), MIM_SIDE_OUTPUT, 0, err);
    mim_writer_abandon(conversion->writer);
    return status;
}

enum mim_status
mim_convert(struct mim_context *context, struct mim_source *const *sources, size_t source_count, struct mim_sink *sink,
            const struct mim_convert_options *given, struct mim_error *err)
{
    static const struct mim_convert_options defaults = { 0 };
    const struct mim_convert_options *options = given ? given : &defaults;
    if (!context || !sink || !sources || !source_count)
        return mim_fail(err, MIM_ARGUMENT, "a conversion needs a context, sources and a sink");

    struct conversion conversion = {
        .context = context,
        .options = options,
        .read = options->read,
        .write = options->write,
        .sink = sink,
        .sources = sources,
        .source_count = source_count,
    };
    conversion.read.open.packed_bits |= !options->each;
    conversion.read.open.partial |= conversion.read.partial;
    mim_conversion_progress_start(&conversion.progress, &options->read.open.control, source_count > 1);
    mim_conversion_progress_listen(&conversion.progress, &conversion.read.open.control, &conversion.write.control);

    /* report an impossible output before waiting for a source */
    enum mim_status status = mim_sink_set_start(sink, options->write.start, err);
    if (status == MIM_OK)
        status = mim_sink_check(sink, err);
    blame_side(status, MIM_SIDE_OUTPUT, 0, err);
    for (size_t i = 0; i < source_count && status == MIM_OK && conversion.damage.status == MIM_OK && !conversion.is_ended; i++)
        status = convert_source(&conversion, i, err);
    status = finish_writing(&conversion, status, err);
    return mim_conversion_damage_report(&conversion.damage, status, err);
}

enum mim_status
mim_convert_uri(struct mim_context *context, const char *input, const char *output,
                const struct mim_convert_options *options, struct mim_error *err)
{
    struct mim_source *source;
    enum mim_status status = mim_source_open_path(&source, input, err);
    if (status != MIM_OK)
        return status;
    struct mim_sink *sink;
    status = mim_sink_open_path(&sink, output, options && options->write.keep_existing, err);
    if (status == MIM_OK) {
        mim_sink_set_sync(sink, options && options->write.sync);
        status = mim_convert(context, &source, 1, sink, options, err);
        mim_sink_close(sink);
    }
    mim_source_close(source);
    return status;
}
