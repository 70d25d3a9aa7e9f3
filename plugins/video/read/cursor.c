/* SPDX-License-Identifier: MIT */
/* From picture to picture. */
#include "read/cursor.h"

#include "read/truncation.h"

enum {
    NEAR = 48,
    LOST = -1
}; /* pictures that are sooner decoded than the whole file looked through; not where we should be */

/* --- going on ----------------------------------------------------------------------------------------------------- */

/* From the start every picture is known by its place; one that was not foretold ends the prophecy. */
static int32_t
take_in_order(struct video_walk *walk, const struct video_picture *picture)
{
    struct video_index *index = &walk->index;
    uint64_t number = walk->next;

    if (index->is_predicted && (number >= index->shot_count || index->shots[number].unit != picture->unit)) {
        int32_t status = video_walk_decode_all(walk);
        if (status != MIM_OK)
            return status;
    }
    if (index->has_all_shots)
        return number < index->shot_count ? MIM_OK : MIM_END;
    return video_walk_learn(walk, &walk->player, number, picture);
}

/* After a seek pictures that lack what came before are passed over, until the one that is due. */
static int32_t
take_due(const struct video_walk *walk, const struct video_picture *picture, bool *is_due)
{
    const struct video_index *index = &walk->index;
    uint64_t number = walk->next;

    *is_due = false;
    if (walk->player.demux.is_lost || number >= index->shot_count || picture->unit >= index->unit_count)
        return LOST;
    uint32_t shot = index->units[picture->unit].shot;
    *is_due = shot == number;
    return shot == VIDEO_NO_SHOT || shot <= number ? MIM_OK : LOST;
}

static int32_t
finish(struct video_walk *walk)
{
    struct video_index *index = &walk->index;
    if (!walk->is_whole)
        return walk->next < index->shot_count ? LOST : MIM_END;
    if (index->is_predicted && walk->next < index->shot_count) {
        int32_t status = video_walk_decode_all(walk);
        return status == MIM_OK ? MIM_END : status;
    }
    index->has_all_shots = true;
    return MIM_END;
}

/* The picture that follows, into an empty frame. */
static int32_t
take_next(struct video_walk *walk, AVFrame *frame)
{
    struct video_picture picture;
    bool is_due = true;
    int32_t status;
    do {
        av_frame_unref(frame);
        status = video_player_next(&walk->player, frame, &picture);
        if (status == MIM_OK)
            status = walk->is_whole ? take_in_order(walk, &picture) : take_due(walk, &picture, &is_due);
    } while (status == MIM_OK && !is_due);
    if (status == MIM_OK)
        walk->next++;
    else
        av_frame_unref(frame);
    return status == MIM_END ? finish(walk) : status;
}

static void
drop_pictures(struct video_walk *walk)
{
    av_frame_unref(walk->now);
    av_frame_unref(walk->ahead);
    walk->has_ahead = false;
    walk->at = MIM_UNKNOWN;
}

static void
close_player(struct video_walk *walk)
{
    drop_pictures(walk);
    if (walk->is_open)
        video_player_close(&walk->player);
    walk->is_open = false;
}

/* What failed may have left the decoder anywhere: the next call starts afresh. */
static int32_t
give_up(struct video_walk *walk, int32_t status)
{
    if (status != MIM_OK && status != MIM_END)
        close_player(walk);
    return status;
}

static int32_t
start_again(struct video_walk *walk)
{
    close_player(walk);
    walk->is_open = walk->is_whole = true;
    walk->next = 0;
    return video_player_open(&walk->player, walk->job, &walk->what, &walk->index, walk->threads, VIDEO_TO_SHOW);
}

static int32_t
step(struct video_walk *walk)
{
    if (walk->has_ahead) {
        AVFrame *passed = walk->now;
        walk->now = walk->ahead;
        walk->ahead = passed;
        walk->has_ahead = false;
        walk->at++;
        return MIM_OK;
    }
    walk->at = MIM_UNKNOWN;
    int32_t status = take_next(walk, walk->now);
    if (status == MIM_OK)
        walk->at = walk->next - 1;
    return status;
}

static int32_t
walk_on(struct video_walk *walk, uint64_t number)
{
    int32_t status = MIM_OK;
    while (status == MIM_OK && walk->at != number)
        status = step(walk);
    return status;
}

/* --- going anywhere ----------------------------------------------------------------------------------------------- */

/* The player's place is before the picture, and no entry lies between. */
static bool
is_near(const struct video_walk *walk, uint64_t number)
{
    uint64_t from = walk->at != MIM_UNKNOWN ? walk->at : walk->next;
    if (!walk->is_open || from > number)
        return false;
    if (number - from <= 1)
        return true; /* the usual case, not worth a look for entries far behind */
    if (!walk->index.has_all_shots)
        return number - from <= NEAR;
    uint64_t entry = number < walk->index.shot_count ? video_index_entry(&walk->index, number, 0) : MIM_UNKNOWN;
    return entry == MIM_UNKNOWN || entry < walk->player.demux.next;
}

static int32_t
go_by_entry(struct video_walk *walk, uint64_t number, unsigned skip)
{
    uint64_t entry = walk->index.has_all_shots ? video_index_entry(&walk->index, number, skip) : MIM_UNKNOWN;
    if (entry == MIM_UNKNOWN)
        return LOST;
    if (!walk->is_open) {
        int32_t status = start_again(walk);
        if (status != MIM_OK)
            return status;
    }
    drop_pictures(walk);
    walk->is_whole = false;
    walk->next = number;
    int32_t status = video_player_go(&walk->player, entry);
    return status == MIM_OK ? walk_on(walk, number) : status == MIM_CORRUPT ? LOST : status;
}

static int32_t
go(struct video_walk *walk, uint64_t number)
{
    enum { ENTRIES = 3 }; /* tried before the start: some keys are none */
    int32_t status = LOST;
    for (unsigned skip = 0; status == LOST && skip < ENTRIES; skip++)
        status = go_by_entry(walk, number, skip);
    if (status != LOST)
        return status;
    status = start_again(walk);
    return status == MIM_OK ? walk_on(walk, number) : status;
}

static int32_t
past_the_end(struct video_walk *walk)
{
    int32_t status = video_walk_verdict(walk);
    return status == MIM_OK ? MIM_END : status;
}

int32_t
video_walk_to(struct video_walk *walk, uint64_t number)
{
    int32_t status = MIM_OK;
    if (walk->is_open && walk->at == number)
        return MIM_OK;
    if (!is_near(walk, number) && !walk->index.has_all_shots && (number > NEAR || walk->is_open))
        status = video_walk_scan(walk);
    if (status == MIM_OK && walk->index.has_all_shots && number >= walk->index.shot_count)
        return past_the_end(walk);
    if (status == MIM_OK)
        status = is_near(walk, number) ? walk_on(walk, number) : LOST;
    if (status == LOST)
        status = go(walk, number);
    status = give_up(walk, status);
    return status == MIM_END ? past_the_end(walk) : status;
}

/* --- times -------------------------------------------------------------------------------------------------------- */

/* As the fps filter counts, which sees packets only. */
int64_t
video_walk_end(const struct video_walk *walk)
{
    uint64_t last = walk->index.shot_count - 1;
    return walk->index.shots[last].pts + video_walk_own_duration(&walk->index, walk->player.demux.stream, last);
}

/* Where the container says that the stream ends, AV_NOPTS_VALUE if it does not: the only place for the last duration where
 * packets tell the distance to the next in coding order. */
static int64_t
declared_end(const struct video_demux *demux)
{
    const AVStream *stream = demux->stream;
    const AVFormatContext *format = demux->format;
    int64_t end = stream->start_time == AV_NOPTS_VALUE ? 0 : stream->start_time;
    if (stream->duration != AV_NOPTS_VALUE)
        return __builtin_add_overflow(end, stream->duration, &end) ? AV_NOPTS_VALUE : video_credible_time(end);
    if (format->nb_streams > 1 || format->duration == AV_NOPTS_VALUE ||
        format->duration_estimation_method != AVFMT_DURATION_FROM_STREAM)
        return AV_NOPTS_VALUE;
    /* Matroska's, which counts from 0 */
    return video_credible_time(av_rescale_q(format->duration, AV_TIME_BASE_Q, stream->time_base));
}

static int64_t
last_duration(struct video_walk *walk, uint64_t number)
{
    const struct video_demux *demux = &walk->player.demux;
    int64_t own = video_walk_own_duration(&walk->index, demux->stream, number), end = declared_end(demux);
    int64_t rest = end == AV_NOPTS_VALUE ? 0 : end - walk->index.shots[number].pts;
    return rest > own && !video_is_cut(demux->format->iformat->name, demux->stream, walk->job) ? rest : own;
}

int32_t
video_walk_times(struct video_walk *walk, uint64_t number, int64_t *start, int64_t *end)
{
    const struct video_index *index = &walk->index;
    if (!index->has_all_shots && number + 1 >= index->shot_count && !walk->has_ahead) {
        int32_t status = take_next(walk, walk->ahead);
        walk->has_ahead = status == MIM_OK;
        if (status != MIM_OK && status != MIM_END)
            return give_up(walk, status);
    }
    bool is_last = number + 1 >= index->shot_count;
    *start = index->shots[number].pts;
    *end = is_last ? *start + last_duration(walk, number) : index->shots[number + 1].pts;
    if (*end <= *start)
        *end = *start + video_walk_own_duration(index, walk->player.demux.stream, number);
    return MIM_OK;
}

int32_t
video_walk_open(struct video_walk *walk, struct mim_job *job)
{
    walk->job = job;
    walk->at = MIM_UNKNOWN;
    walk->now = av_frame_alloc();
    walk->ahead = av_frame_alloc();
    return walk->now && walk->ahead ? start_again(walk) : MIM_NOMEM;
}

void
video_walk_close(struct video_walk *walk)
{
    if (!walk->job)
        return;
    if (walk->now && walk->ahead)
        close_player(walk);
    av_frame_free(&walk->now);
    av_frame_free(&walk->ahead);
    video_index_close(&walk->index, walk->job);
}
