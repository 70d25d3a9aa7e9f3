/* SPDX-License-Identifier: MIT */
/* Moves from picture to picture: by decoding on, or by seeking to a keyframe. */
#include "read/cursor.h"

#include <string.h>

#include "read/track-end.h"
#include "read/truncation.h"

enum {
    NEAR = 48, /* decoding so many pictures costs less than scanning the file */
    LOST = -1  /* not a status: the decoder is not where the index says */
};

/* --- stepping ----------------------------------------------------------------------------------------------------- */

/* Every run decodes the same pictures, unless the decoder rejects packets or has no memory. */
static bool
is_in_order(const struct video_index *index, uint64_t number, uint64_t packet)
{
    bool is_known = number < index->picture_count && index->pictures[number].packet == packet;
    return is_known || index->is_tangled || index->failures;
}

/* From the start on, pictures are numbered as they come. One that contradicts the prediction invalidates it. */
static int32_t
take_in_order(struct video_cursor *cursor, const struct video_decoded *decoded)
{
    struct video_index *index = &cursor->scan.index;
    uint64_t number = cursor->next;
    bool is_foretold = number < index->picture_count && index->pictures[number].packet == decoded->packet;

    if (index->is_stated && (!is_foretold || cursor->decoder.demux.is_lost))
        return LOST;
    if (index->is_predicted && !is_foretold) {
        int32_t status = video_scan_decode(&cursor->scan);
        if (status != MIM_OK)
            return status;
    }
    if (index->has_all_pictures && !is_in_order(index, number, decoded->packet))
        return video_scan_lost(&cursor->scan);
    if (index->has_all_pictures)
        return number < index->picture_count ? MIM_OK : MIM_END;
    return video_scan_learn(&cursor->scan, cursor->decoder.demux.stream, number, decoded);
}

/* Without its index, AVI flags every packet as a keyframe. */
static bool
has_credible_flags(const struct video_cursor *cursor)
{
    const struct video_demux *demux = &cursor->decoder.demux;
    const AVCodecDescriptor *codec = avcodec_descriptor_get(demux->stream->codecpar->codec_id);
    return cursor->scan.index.has_dependent || strcmp(demux->format->iformat->name, "avi") ||
           (codec && codec->props & AV_CODEC_PROP_INTRA_ONLY);
}

/* After a seek, skip pictures until the wanted one: the first may lack their references. */
static int32_t
take_due(const struct video_cursor *cursor, const struct video_decoded *decoded, bool *is_due)
{
    const struct video_index *index = &cursor->scan.index;
    uint64_t number = cursor->next;

    *is_due = false;
    if (cursor->decoder.demux.is_lost || number >= index->picture_count || decoded->packet >= index->packet_count)
        return LOST;
    struct video_packet *packet = &index->packets[decoded->packet];
    uint32_t picture = packet->picture;
    bool is_false =
        decoded->packet == cursor->entry && !decoded->is_key && !(decoded->is_untyped && has_credible_flags(cursor));
    packet->is_false_keyframe |= is_false;
    *is_due = picture == number;
    if (is_false || (*is_due && decoded->is_damaged))
        return LOST; /* correct only when decoded from further back */
    return picture == VIDEO_NO_PICTURE || picture <= number ? MIM_OK : LOST;
}

static int32_t
end_of_pictures(struct video_cursor *cursor)
{
    struct video_index *index = &cursor->scan.index;
    if (!cursor->is_from_start || index->is_stated)
        return cursor->next < index->picture_count ? LOST : MIM_END;
    if (index->is_predicted && cursor->next < index->picture_count) {
        int32_t status = video_scan_decode(&cursor->scan);
        if (status != MIM_OK)
            return status;
    }
    if (!index->has_all_pictures)
        index->has_all_pictures = true;
    else if (cursor->next < index->picture_count && !index->is_tangled && !index->failures)
        return video_scan_lost(&cursor->scan);
    return MIM_END;
}

/* Decode the next picture in place of another. */
static int32_t
take_next(struct video_cursor *cursor, struct video_shared_picture **picture)
{
    struct video_decoded decoded;
    bool is_due = true;
    int32_t status;
    AVFrame *frame = video_shared_picture_renew(picture);
    if (!frame)
        return MIM_NOMEM;
    do {
        av_frame_unref(frame);
        status = video_decoder_next(&cursor->decoder, frame, &decoded);
        if (status == MIM_OK)
            status = cursor->is_from_start ? take_in_order(cursor, &decoded) : take_due(cursor, &decoded, &is_due);
    } while (status == MIM_OK && !is_due);
    if (status == MIM_OK)
        cursor->next++;
    else
        av_frame_unref(frame);
    return status == MIM_END ? end_of_pictures(cursor) : status;
}

static void
drop_pictures(struct video_cursor *cursor)
{
    video_shared_picture_unref(&cursor->current);
    video_shared_picture_unref(&cursor->lookahead);
    cursor->has_lookahead = false;
    cursor->at = MIM_UNKNOWN;
}

static void
close_decoder(struct video_cursor *cursor)
{
    drop_pictures(cursor);
    if (cursor->is_open)
        video_decoder_close(&cursor->decoder);
    cursor->is_open = false;
}

/* A failure may leave the decoder anywhere: close it, so that the next call starts over. */
static int32_t
reset_on_failure(struct video_cursor *cursor, int32_t status)
{
    if (status != MIM_OK && status != MIM_END)
        close_decoder(cursor);
    return status;
}

static int32_t
restart_decoder(struct video_cursor *cursor)
{
    close_decoder(cursor);
    cursor->is_open = cursor->is_from_start = true;
    cursor->next = 0;
    int32_t status = video_decoder_open(&cursor->decoder, cursor->scan.job, &cursor->scan.setup, &cursor->scan.index,
                                        cursor->scan.threads, VIDEO_TO_SHOW);
    if (status == MIM_OK)
        video_scan_set_stream(&cursor->scan, cursor->decoder.demux.stream);
    return status;
}

static int32_t
step_once(struct video_cursor *cursor)
{
    if (video_decoder_is_unfit(&cursor->decoder)) {
        close_decoder(cursor);
        return LOST;
    }
    if (cursor->has_lookahead) {
        struct video_shared_picture *passed = cursor->current;
        cursor->current = cursor->lookahead;
        cursor->lookahead = passed;
        cursor->has_lookahead = false;
        cursor->at++;
        return MIM_OK;
    }
    cursor->at = MIM_UNKNOWN;
    int32_t status = take_next(cursor, &cursor->current);
    if (status == MIM_OK)
        cursor->at = cursor->next - 1;
    return status;
}

/* A file that contradicts its container's table has to be read as a whole. */
static int32_t
replace_table(struct video_cursor *cursor)
{
    int32_t status = cursor->scan.index.is_stated ? video_scan_run(&cursor->scan) : MIM_OK;
    return status == MIM_OK ? LOST : status;
}

static int32_t
step_to(struct video_cursor *cursor, uint64_t number)
{
    int32_t status = MIM_OK;
    while (status == MIM_OK && cursor->at != number)
        status = step_once(cursor);
    return status == LOST ? replace_table(cursor) : status;
}

/* --- seeking ------------------------------------------------------------------------------------------------------ */

/* The decoder is before the picture, with no keyframe in between that would be a shortcut. */
static bool
is_near(const struct video_cursor *cursor, uint64_t number)
{
    const struct video_index *index = &cursor->scan.index;
    uint64_t from = cursor->at != MIM_UNKNOWN ? cursor->at : cursor->next;
    if (!cursor->is_open || from > number)
        return false;
    if (index->is_stated && number >= index->picture_count)
        return false;
    if (number - from <= 1)
        return true; /* the usual case: do not search for keyframes */
    if (!index->has_all_pictures)
        return number - from <= NEAR;
    uint64_t keyframe = number < index->picture_count ? video_index_find_keyframe(index, number, 0) : MIM_UNKNOWN;
    return keyframe == MIM_UNKNOWN || keyframe < cursor->decoder.demux.next;
}

static int32_t
seek_by_keyframe(struct video_cursor *cursor, uint64_t number, unsigned skip)
{
    const struct video_index *index = &cursor->scan.index;
    if (index->has_all_pictures && number >= index->picture_count)
        return MIM_END;
    uint64_t keyframe = index->has_all_pictures ? video_index_find_keyframe(index, number, skip) : MIM_UNKNOWN;
    if (keyframe == MIM_UNKNOWN)
        return LOST;
    if (!cursor->is_open) {
        int32_t status = restart_decoder(cursor);
        if (status != MIM_OK)
            return status;
    }
    drop_pictures(cursor);
    cursor->is_from_start = false;
    cursor->next = number;
    cursor->entry = keyframe;
    if (index->is_stated)
        video_demux_fetch(&cursor->decoder.demux, index, keyframe, index->pictures[number].packet);
    int32_t status = video_decoder_seek(&cursor->decoder, keyframe);
    return status == MIM_OK ? step_to(cursor, number) : status == MIM_CORRUPT ? replace_table(cursor) : status;
}

static int32_t
seek_picture(struct video_cursor *cursor, uint64_t number)
{
    enum { MAX_KEYFRAMES = 3 }; /* tried before the start: some packets are falsely flagged as keyframes */
    int32_t status = LOST;
    for (unsigned skip = 0; status == LOST && skip < MAX_KEYFRAMES; skip++)
        status = seek_by_keyframe(cursor, number, skip);
    if (status != LOST)
        return status;
    bool was_stated = cursor->scan.index.is_stated;
    status = restart_decoder(cursor);
    if (status == MIM_OK)
        status = step_to(cursor, number);
    return status == LOST && was_stated ? seek_picture(cursor, number) : status;
}

uint64_t
video_cursor_key_picture(const struct video_cursor *cursor)
{
    const struct video_index *index = &cursor->scan.index;
    uint64_t packet = cursor->is_from_start ? 0 : cursor->entry;
    uint64_t picture = packet < index->packet_count ? index->packets[packet].picture : VIDEO_NO_PICTURE;
    return picture == VIDEO_NO_PICTURE ? 0 : picture;
}

static int32_t
end_status(struct video_cursor *cursor)
{
    int32_t status = video_scan_verdict(&cursor->scan);
    return status == MIM_OK ? MIM_END : status;
}

int32_t
video_cursor_seek(struct video_cursor *cursor, uint64_t number)
{
    const struct video_index *index = &cursor->scan.index;
    int32_t status = MIM_OK;
    if (cursor->is_open && cursor->at == number)
        return MIM_OK;
    if (!is_near(cursor, number) && (number > NEAR || cursor->is_open))
        status = video_scan_for(&cursor->scan, number);
    if (status == MIM_OK && index->has_all_pictures && number >= index->picture_count)
        return end_status(cursor);
    if (status == MIM_OK)
        status = is_near(cursor, number) ? step_to(cursor, number) : LOST;
    if (status == LOST)
        status = seek_picture(cursor, number);
    status = reset_on_failure(cursor, status);
    return status == MIM_END ? end_status(cursor) : status;
}

/* --- times -------------------------------------------------------------------------------------------------------- */

/* FFmpeg's fps filter ends at this time, because it sees packets only. */
int64_t
video_cursor_end(const struct video_cursor *cursor)
{
    uint64_t last = cursor->scan.index.picture_count - 1;
    return cursor->scan.index.pictures[last].pts +
           video_scan_duration(&cursor->scan, cursor->decoder.demux.stream, last);
}

static int64_t
last_duration(struct video_cursor *cursor, uint64_t number)
{
    const struct video_demux *demux = &cursor->decoder.demux;
    int64_t precision, own = video_scan_duration(&cursor->scan, demux->stream, number);
    int64_t end = video_declared_end(demux, cursor->scan.job, &precision);
    int64_t rest = end == AV_NOPTS_VALUE ? 0 : end - cursor->scan.index.pictures[number].pts;
    bool is_longer = rest > own + precision;
    bool is_shorter = rest > 0 && rest < own - 1 && video_has_end_of_file(demux);
    return (is_longer || is_shorter) && !video_is_truncated(demux->format->iformat->name, demux->stream, cursor->scan.job) ? rest : own;
}

int32_t
video_cursor_times(struct video_cursor *cursor, uint64_t number, int64_t *start, int64_t *end)
{
    const struct video_index *index = &cursor->scan.index;
    if (!index->has_all_pictures && number + 1 >= index->picture_count && !cursor->has_lookahead) {
        int32_t status = take_next(cursor, &cursor->lookahead);
        cursor->has_lookahead = status == MIM_OK;
        if (status != MIM_OK && status != MIM_END)
            return reset_on_failure(cursor, status);
    }
    bool is_last = number + 1 >= index->picture_count;
    *start = index->pictures[number].pts;
    *end = is_last ? *start + last_duration(cursor, number) : index->pictures[number + 1].pts;
    if (*end <= *start)
        *end = *start + video_scan_duration(&cursor->scan, cursor->decoder.demux.stream, number);
    return MIM_OK;
}

int32_t
video_cursor_open(struct video_cursor *cursor, struct mim_job *job)
{
    cursor->scan.job = job;
    cursor->at = MIM_UNKNOWN;
    return restart_decoder(cursor);
}

void
video_cursor_close(struct video_cursor *cursor)
{
    if (!cursor->scan.job)
        return;
    close_decoder(cursor);
    video_index_close(&cursor->scan.index, cursor->scan.job);
}
