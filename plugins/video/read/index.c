/* SPDX-License-Identifier: MIT */
/* Units and shots. */
#include "read/index.h"

#include <stdlib.h>
#include <string.h>

/* Room for one more item of `size` bytes. */
static void *
grow(struct mim_job *job, void *items, uint64_t count, uint64_t *room, uint64_t size)
{
    if (count < *room)
        return items;
    uint64_t more = *room ? *room + *room / 2 : 256;
    void *moved = count < UINT32_MAX / 2 ? job->host->resize(job, items, *room * size, more * size) : NULL;
    if (moved)
        *room = more;
    return moved;
}

/* A VP8 frame says in its first byte whether it is shown. */
static bool
is_hidden(const AVPacket *packet, enum AVCodecID codec)
{
    return codec == AV_CODEC_ID_VP8 && packet->size && !(packet->data[0] & 0x10);
}

int64_t
video_credible_time(int64_t time)
{
    return time <= VIDEO_LATEST && time >= -VIDEO_LATEST ? time : AV_NOPTS_VALUE;
}

int32_t
video_index_note(struct video_index *index, struct mim_job *job, uint64_t number, const AVPacket *packet,
                 enum AVCodecID codec)
{
    if (number != index->unit_count)
        return MIM_OK;
    void *moved = grow(job, index->units, index->unit_count, &index->unit_room, sizeof *index->units);
    if (!moved)
        return MIM_NOMEM;
    index->units = moved;
    index->units[index->unit_count++] = (struct video_unit){
        .pts = video_credible_time(packet->pts),
        .dts = video_credible_time(packet->dts),
        .position = packet->pos,
        .size = (uint32_t)packet->size,
        .duration = packet->duration > 0 && packet->duration <= UINT32_MAX ? (uint32_t)packet->duration : 0,
        .shot = VIDEO_NO_SHOT,
        .flags = (uint16_t)packet->flags,
        .is_hidden = is_hidden(packet, codec),
    };
    return MIM_OK;
}

/* Timestamps may be made up by the demuxer, and differently after a seek: they count only where there is no
 * position. */
bool
video_index_is(const struct video_index *index, uint64_t number, const AVPacket *packet)
{
    const struct video_unit *unit = number < index->unit_count ? &index->units[number] : NULL;
    if (!unit)
        return true;
    return unit->size == (uint32_t)packet->size && unit->position == packet->pos &&
           !((unit->flags ^ packet->flags) & AV_PKT_FLAG_KEY);
}

static bool
is_marked(const struct video_unit *unit, const AVPacket *packet)
{
    return unit->position >= 0 || (unit->pts != AV_NOPTS_VALUE && unit->pts == packet->pts);
}

uint64_t
video_index_find(const struct video_index *index, const AVPacket *packet)
{
    uint64_t found = MIM_UNKNOWN;
    for (uint64_t i = 0; i < index->unit_count; i++) {
        if (!video_index_is(index, i, packet) || !is_marked(&index->units[i], packet))
            continue;
        if (found != MIM_UNKNOWN)
            return MIM_UNKNOWN;
        found = i;
    }
    return found;
}

int32_t
video_index_learn(struct video_index *index, struct mim_job *job, uint64_t number, uint64_t unit, int64_t pts)
{
    if (number != index->shot_count)
        return MIM_OK;
    void *moved = grow(job, index->shots, index->shot_count, &index->shot_room, sizeof *index->shots);
    if (!moved)
        return MIM_NOMEM;
    index->shots = moved;
    bool is_known = unit < index->unit_count;
    if (!is_known || index->units[unit].shot != VIDEO_NO_SHOT)
        index->is_tangled = true;
    else
        index->units[unit].shot = (uint32_t)number;
    index->shots[index->shot_count++] = (struct video_shot){ pts, is_known ? (uint32_t)unit : VIDEO_NO_SHOT };
    return MIM_OK;
}

void
video_index_forget_shots(struct video_index *index)
{
    for (uint64_t i = 0; i < index->unit_count; i++)
        index->units[i].shot = VIDEO_NO_SHOT;
    index->shot_count = 0;
    index->has_all_shots = index->is_predicted = index->is_tangled = false;
}

static int
by_pts(const void *a, const void *b)
{
    const struct video_shot *left = a, *right = b;
    return (left->pts > right->pts) - (left->pts < right->pts);
}

/* Codecs of which a packet is a picture. Others, such as those with skipped pictures, are decoded to be counted. */
static bool
is_picture_a_packet(enum AVCodecID codec)
{
    const AVCodecDescriptor *descriptor = avcodec_descriptor_get(codec);
    switch (codec) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC:
    case AV_CODEC_ID_VP8:
    case AV_CODEC_ID_VP9:
    case AV_CODEC_ID_AV1:
    case AV_CODEC_ID_MPEG1VIDEO:
    case AV_CODEC_ID_MPEG2VIDEO:
    case AV_CODEC_ID_MPEG4:
        return true;
    default:
        return descriptor && descriptor->props & AV_CODEC_PROP_INTRA_ONLY;
    }
}

/* A VOP of MPEG-4 that is not coded is a few bytes, and no picture. */
static bool
is_plain(const struct video_unit *unit, enum AVCodecID codec)
{
    enum { LEAST = 12 };
    return unit->pts != AV_NOPTS_VALUE && !(unit->flags & AV_PKT_FLAG_CORRUPT) &&
           unit->size >= (codec == AV_CODEC_ID_MPEG4 ? LEAST : 1);
}

static bool
is_shown(const struct video_unit *unit)
{
    return !unit->is_hidden && !(unit->flags & AV_PKT_FLAG_DISCARD);
}

/* In order, each at a time of its own, none far from its place among the packets, and none before the first key. */
static bool
is_credible(const struct video_index *index, const struct video_shot *shots, uint64_t count)
{
    enum { FARTHEST = 40 }; /* the deepest reordering is 16 pictures, or 32 fields */
    uint64_t first = 0;
    while (first < index->unit_count && !is_shown(&index->units[first]))
        first++;
    for (uint64_t i = 0; i < count; i++) {
        if (i && shots[i].pts == shots[i - 1].pts)
            return false;
        uint64_t hidden = shots[i].unit > i ? shots[i].unit - i : i - shots[i].unit;
        if (hidden > FARTHEST + (index->unit_count - count))
            return false;
    }
    return index->units[0].flags & AV_PKT_FLAG_KEY && (!count || first > 0 || shots[0].unit == first);
}

int32_t
video_index_predict(struct video_index *index, struct mim_job *job, enum AVCodecID codec)
{
    uint64_t count = 0;
    if (!index->unit_count || index->fault || !is_picture_a_packet(codec))
        return MIM_OK;
    for (uint64_t i = 0; i < index->unit_count; i++) {
        if (!is_plain(&index->units[i], codec))
            return MIM_OK;
        count += is_shown(&index->units[i]);
    }

    struct video_shot *shots = job->host->resize(job, NULL, 0, (count + 1) * sizeof *shots);
    if (!shots)
        return MIM_NOMEM;
    count = 0;
    for (uint64_t i = 0; i < index->unit_count; i++)
        if (is_shown(&index->units[i]))
            shots[count++] = (struct video_shot){ index->units[i].pts, (uint32_t)i };
    qsort(shots, count, sizeof *shots, by_pts);
    if (!is_credible(index, shots, count)) {
        job->host->resize(job, shots, (count + 1) * sizeof *shots, 0);
        return MIM_OK;
    }

    video_index_forget_shots(index);
    if (index->shots)
        job->host->resize(job, index->shots, index->shot_room * sizeof *shots, 0);
    index->shots = shots;
    index->shot_room = count + 1;
    index->shot_count = count;
    for (uint64_t i = 0; i < count; i++)
        index->units[shots[i].unit].shot = (uint32_t)i;
    index->has_all_shots = index->is_predicted = true;
    return MIM_OK;
}

/* A key unit that is shown no later: pictures that are coded after it and shown before it need those before. */
static bool
is_entry(const struct video_unit *unit, uint64_t shot)
{
    return unit->flags & AV_PKT_FLAG_KEY && unit->shot != VIDEO_NO_SHOT && unit->shot <= shot;
}

uint64_t
video_index_entry(const struct video_index *index, uint64_t shot, unsigned skip)
{
    if (index->is_tangled)
        return MIM_UNKNOWN;
    for (uint64_t i = index->shots[shot].unit; i > 0; i--)
        if (is_entry(&index->units[i], shot) && !skip--)
            return i;
    return MIM_UNKNOWN;
}

void
video_index_close(struct video_index *index, struct mim_job *job)
{
    if (index->units)
        job->host->resize(job, index->units, index->unit_room * sizeof *index->units, 0);
    if (index->shots)
        job->host->resize(job, index->shots, index->shot_room * sizeof *index->shots, 0);
    *index = (struct video_index){ 0 };
}
