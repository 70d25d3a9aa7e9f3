/* SPDX-License-Identifier: MIT */
/* Packets, pictures, and which packet holds which picture. */
#include "read/index.h"

#include <stdlib.h>

#include <mim/kit/array.h>

/* Make space for one more item of `size` bytes. Items have 32-bit numbers. */
static void *
reserve_item(struct mim_job *job, void *items, uint64_t count, uint64_t *capacity, uint64_t size)
{
    return count < UINT32_MAX / 2 ? mim_array_reserve(job, items, capacity, count + 1, size) : NULL;
}

/* The first byte of a VP8 frame has a flag for being shown. */
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

static uint32_t
duration_of(const AVPacket *packet)
{
    return packet->duration > 0 && packet->duration <= UINT32_MAX ? (uint32_t)packet->duration : 0;
}

int32_t
video_index_note(struct video_index *index, struct mim_job *job, uint64_t number, const AVPacket *packet,
                 enum AVCodecID codec)
{
    if (index->is_stated && number < index->packet_count)
        index->packets[number].duration = duration_of(packet); /* may depend on the content */
    if (number != index->packet_count)
        return MIM_OK;
    void *moved =
        reserve_item(job, index->packets, index->packet_count, &index->packet_capacity, sizeof *index->packets);
    if (!moved)
        return MIM_NOMEM;
    index->packets = moved;
    index->has_dependent |= !(packet->flags & AV_PKT_FLAG_KEY);
    index->packets[index->packet_count++] = (struct video_packet){
        .pts = video_credible_time(packet->pts),
        .dts = video_credible_time(packet->dts),
        .position = packet->pos,
        .size = (uint32_t)packet->size,
        .duration = duration_of(packet),
        .picture = VIDEO_NO_PICTURE,
        .flags = (uint16_t)packet->flags,
        .is_hidden = is_hidden(packet, codec),
    };
    return MIM_OK;
}

/* Does not compare timestamps but those of a table: a demuxer may invent them, and differently after a seek. */
bool
video_index_is(const struct video_index *index, uint64_t number, const AVPacket *packet)
{
    const struct video_packet *known = number < index->packet_count ? &index->packets[number] : NULL;
    if (!known)
        return true;
    if (index->is_stated && known->pts != packet->pts)
        return false;
    return known->size == (uint32_t)packet->size && known->position == packet->pos &&
           !((known->flags ^ packet->flags) & AV_PKT_FLAG_KEY);
}

static bool
is_marked(const struct video_packet *known, const AVPacket *packet)
{
    return known->position >= 0 || (known->pts != AV_NOPTS_VALUE && known->pts == packet->pts);
}

uint64_t
video_index_find(const struct video_index *index, const AVPacket *packet)
{
    uint64_t found = MIM_UNKNOWN;
    for (uint64_t i = 0; i < index->packet_count; i++) {
        if (!video_index_is(index, i, packet) || !is_marked(&index->packets[i], packet))
            continue;
        if (found != MIM_UNKNOWN)
            return MIM_UNKNOWN;
        found = i;
    }
    return found;
}

int32_t
video_index_learn(struct video_index *index, struct mim_job *job, uint64_t number, uint64_t packet, int64_t pts)
{
    if (number != index->picture_count)
        return MIM_OK;
    void *moved =
        reserve_item(job, index->pictures, index->picture_count, &index->picture_capacity, sizeof *index->pictures);
    if (!moved)
        return MIM_NOMEM;
    index->pictures = moved;
    bool is_known = packet < index->packet_count;
    if (!is_known || index->packets[packet].picture != VIDEO_NO_PICTURE)
        index->is_tangled = true;
    else
        index->packets[packet].picture = (uint32_t)number;
    index->pictures[index->picture_count++] =
        (struct video_picture){ pts, is_known ? (uint32_t)packet : VIDEO_NO_PICTURE };
    return MIM_OK;
}

void
video_index_forget_pictures(struct video_index *index)
{
    for (uint64_t i = 0; i < index->packet_count; i++)
        index->packets[i].picture = VIDEO_NO_PICTURE;
    index->picture_count = 0;
    index->has_all_pictures = index->is_predicted = index->is_tangled = false;
}

static int
by_pts(const void *a, const void *b)
{
    const struct video_picture *left = a, *right = b;
    return (left->pts > right->pts) - (left->pts < right->pts);
}

/* Codecs with exactly one picture per packet. Others, such as those that skip pictures, have to be decoded. */
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

/* An MPEG-4 VOP that is not coded has a few bytes and is not a picture. */
static bool
is_plain(const struct video_packet *packet, enum AVCodecID codec)
{
    enum { MIN_SIZE = 12 };
    return packet->pts != AV_NOPTS_VALUE && !(packet->flags & AV_PKT_FLAG_CORRUPT) &&
           packet->size >= (codec == AV_CODEC_ID_MPEG4 ? MIN_SIZE : 1);
}

static bool
is_shown(const struct video_packet *packet)
{
    return !packet->is_hidden && !(packet->flags & AV_PKT_FLAG_DISCARD);
}

/* Pictures that are shown before the first one refer to packets before it, and are no loss. */
bool
video_index_misses_picture(const struct video_index *index, enum AVCodecID codec)
{
    int64_t first = index->picture_count ? index->pictures[0].pts : INT64_MIN;
    if (index->is_tangled || !is_picture_a_packet(codec))
        return false;
    for (uint64_t i = 0; i < index->packet_count; i++) {
        const struct video_packet *packet = &index->packets[i];
        bool is_leading = !(packet->flags & AV_PKT_FLAG_KEY) && packet->pts < first;
        if (packet->picture == VIDEO_NO_PICTURE && is_plain(packet, codec) && is_shown(packet) && !is_leading)
            return true;
    }
    return false;
}

/* Times are distinct, no picture is far from its packet's place in coding order, and none precedes the first keyframe. */
static bool
is_credible(const struct video_index *index, const struct video_picture *pictures, uint64_t count)
{
    enum { MAX_DISTANCE = 40 }; /* codecs reorder at most 16 pictures, or 32 fields */
    uint64_t first = 0;
    while (first < index->packet_count && !is_shown(&index->packets[first]))
        first++;
    for (uint64_t i = 0; i < count; i++) {
        if (i && pictures[i].pts == pictures[i - 1].pts)
            return false;
        uint64_t hidden = pictures[i].packet > i ? pictures[i].packet - i : i - pictures[i].packet;
        if (hidden > MAX_DISTANCE + (index->packet_count - count))
            return false;
    }
    return index->packets[0].flags & AV_PKT_FLAG_KEY && (!count || first > 0 || pictures[0].packet == first);
}

int32_t
video_index_predict(struct video_index *index, struct mim_job *job, enum AVCodecID codec)
{
    uint64_t count = 0, capacity = 0;
    if (!index->packet_count || index->fault || !is_picture_a_packet(codec))
        return MIM_OK;
    for (uint64_t i = 0; i < index->packet_count; i++) {
        if (!is_plain(&index->packets[i], codec))
            return MIM_OK;
        count += is_shown(&index->packets[i]);
    }

    struct video_picture *pictures = mim_array_reserve(job, NULL, &capacity, count + 1, sizeof *pictures);
    if (!pictures)
        return MIM_NOMEM;
    count = 0;
    for (uint64_t i = 0; i < index->packet_count; i++)
        if (is_shown(&index->packets[i]))
            pictures[count++] = (struct video_picture){ index->packets[i].pts, (uint32_t)i };
    qsort(pictures, count, sizeof *pictures, by_pts);
    if (!is_credible(index, pictures, count)) {
        mim_array_free(job, pictures, capacity, sizeof *pictures);
        return MIM_OK;
    }

    video_index_forget_pictures(index);
    mim_array_free(job, index->pictures, index->picture_capacity, sizeof *pictures);
    index->pictures = pictures;
    index->picture_capacity = capacity;
    index->picture_count = count;
    for (uint64_t i = 0; i < count; i++)
        index->packets[pictures[i].packet].picture = (uint32_t)i;
    index->has_all_pictures = index->is_predicted = true;
    return MIM_OK;
}

/* A keyframe that is not shown after the picture: pictures shown before a keyframe may refer to earlier packets. */
static bool
is_usable_keyframe(const struct video_packet *packet, uint64_t picture)
{
    return packet->flags & AV_PKT_FLAG_KEY && !packet->is_false_keyframe && packet->picture != VIDEO_NO_PICTURE &&
           packet->picture <= picture;
}

uint64_t
video_index_find_keyframe(const struct video_index *index, uint64_t picture, unsigned skip)
{
    if (index->is_tangled || index->headers.is_incomplete)
        return MIM_UNKNOWN;
    for (uint64_t i = index->pictures[picture].packet; i > 0; i--)
        if (is_usable_keyframe(&index->packets[i], picture) && !skip--)
            return i;
    return MIM_UNKNOWN;
}

void
video_index_close(struct video_index *index, struct mim_job *job)
{
    mim_array_free(job, index->packets, index->packet_capacity, sizeof *index->packets);
    mim_array_free(job, index->pictures, index->picture_capacity, sizeof *index->pictures);
    video_headers_close(&index->headers, job);
    *index = (struct video_index){ 0 };
}
