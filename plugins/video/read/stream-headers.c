/* SPDX-License-Identifier: MIT */
/* Records the headers of a stream, and repeats them for a decoder that starts at a keyframe. */
#include "read/stream-headers.h"

enum { MAX_BYTES = 4 << 20 }; /* a stream with more headers is decoded from the start */

static const struct {
    enum AVPacketSideDataType type;
    enum video_header_kind kind;
} side_data[] = {
    { AV_PKT_DATA_NEW_EXTRADATA, VIDEO_HEADER_EXTRADATA },
    { AV_PKT_DATA_PALETTE, VIDEO_HEADER_PALETTE },
};

enum { SIDE_DATA = sizeof side_data / sizeof *side_data };

/* --- recording ------------------------------------------------------------------------------------------------------ */

/* The last bytes of the previous header of this kind are the same: decoding them again changes nothing. */
static bool
is_repeated(const struct video_headers *headers, enum video_header_kind kind, uint64_t offset)
{
    uint64_t size = headers->bytes.size - offset;
    for (uint64_t i = headers->count; i-- > 0;) {
        const struct video_header *item = &headers->items[i];
        if (item->kind == kind)
            return item->size >= size && !memcmp(headers->bytes.data + item->offset + item->size - size,
                                                 headers->bytes.data + offset, (size_t)size);
    }
    return false;
}

/* Keep the bytes from `offset` on as a header of packet `number`, if they are new. */
static int32_t
add_header(struct video_headers *headers, struct mim_job *job, uint64_t number, enum video_header_kind kind,
           uint64_t offset)
{
    uint64_t size = headers->bytes.size - offset, count = headers->count;
    if (!size || is_repeated(headers, kind, offset)) {
        headers->bytes.size = offset;
        return MIM_OK;
    }
    void *moved = mim_array_reserve(job, headers->items, &headers->capacity, count + 1, sizeof *headers->items);
    if (!moved)
        return MIM_NOMEM;
    headers->items = moved;
    headers->items[headers->count++] = (struct video_header){ number, offset, (uint32_t)size, kind };
    headers->is_incomplete |= headers->bytes.size > MAX_BYTES;
    return MIM_OK;
}

/* A bit for each kind of unit in a packet. */
static unsigned
kinds_of(const AVPacket *packet, const AVCodecParameters *parameters)
{
    struct video_unit_walk walk;
    struct video_header_unit unit;
    unsigned kinds = 0;

    video_units_begin(&walk, packet, parameters);
    while (video_units_next(&walk, &unit))
        kinds |= 1u << unit.kind;
    return kinds;
}

static int32_t
note_units(struct video_headers *headers, struct mim_job *job, uint64_t number, const AVPacket *packet,
           const AVCodecParameters *parameters, enum video_header_kind kind)
{
    struct video_unit_walk walk;
    struct video_header_unit unit;
    uint64_t offset = headers->bytes.size;
    int32_t status = MIM_OK;

    video_units_begin(&walk, packet, parameters);
    while (status == MIM_OK && video_units_next(&walk, &unit))
        if (unit.kind == kind)
            status = mim_bytes_append(job, &headers->bytes, unit.data, unit.size);
    return status == MIM_OK ? add_header(headers, job, number, kind, offset) : status;
}

static int32_t
note_side_data(struct video_headers *headers, struct mim_job *job, uint64_t number, const AVPacket *packet, size_t i)
{
    size_t size = 0;
    uint64_t offset = headers->bytes.size;
    const uint8_t *data = av_packet_get_side_data(packet, side_data[i].type, &size);
    int32_t status = data ? mim_bytes_append(job, &headers->bytes, data, size) : MIM_OK;
    return status == MIM_OK ? add_header(headers, job, number, side_data[i].kind, offset) : status;
}

int32_t
video_headers_note(struct video_headers *headers, struct mim_job *job, uint64_t number, const AVPacket *packet,
                   const AVCodecParameters *parameters)
{
    int32_t status = MIM_OK;
    uint64_t count = headers->count;
    headers->is_incomplete |= !number && !video_codec_has_keyframes(parameters->codec_id);
    if (headers->is_incomplete)
        return MIM_OK;
    for (size_t i = 0; i < SIDE_DATA && packet->side_data_elems && status == MIM_OK; i++)
        status = note_side_data(headers, job, number, packet, i);
    unsigned kinds = kinds_of(packet, parameters);
    for (enum video_header_kind kind = 0; kinds >> kind && status == MIM_OK; kind++)
        if (kinds >> kind & 1)
            status = note_units(headers, job, number, packet, parameters, kind);
    headers->needs_one_thread |= count && headers->count > count && parameters->codec_id == AV_CODEC_ID_MPEG4;
    return status;
}

/* --- repeating ------------------------------------------------------------------------------------------------------ */

uint64_t
video_headers_changes(const struct video_headers *headers, uint64_t number)
{
    uint64_t count = headers->count;
    while (count && headers->items[count - 1].packet > number)
        count--;
    return count;
}

static const struct video_header *
find_latest(const struct video_headers *headers, enum video_header_kind kind, uint64_t number)
{
    for (uint64_t i = video_headers_changes(headers, number); i-- > 0;)
        if (headers->items[i].kind == kind)
            return &headers->items[i];
    return NULL;
}

/* What precedes packet `number`. */
struct prefix {
    const struct video_headers *headers;
    uint64_t number;
    const struct video_header *extradata, *encoder, *parameters; /* the latest */
    bool has_one_item; /* a decoder of MPEG-4 ignores all but the first parameters in a packet */
};

static struct prefix
find_prefix(const struct video_headers *headers, uint64_t number, const AVPacket *packet,
            const AVCodecParameters *parameters)
{
    struct prefix prefix = { .headers = headers, .number = number };
    if (!number)
        return prefix;
    prefix.extradata = find_latest(headers, VIDEO_HEADER_EXTRADATA, number);
    prefix.encoder = find_latest(headers, VIDEO_HEADER_ENCODER, number - 1);
    prefix.has_one_item = parameters->codec_id == AV_CODEC_ID_MPEG4;
    if (prefix.has_one_item && !(kinds_of(packet, parameters) & 1u << VIDEO_HEADER_PARAMETERS))
        prefix.parameters = find_latest(headers, VIDEO_HEADER_PARAMETERS, number - 1);
    return prefix;
}

static bool
is_in_force(const struct prefix *prefix, const struct video_header *item)
{
    if (item->kind != VIDEO_HEADER_PARAMETERS)
        return item == prefix->encoder;
    if (prefix->extradata && item->packet < prefix->extradata->packet)
        return false; /* new extradata replaces earlier parameters */
    return !prefix->has_one_item || item == prefix->parameters;
}

/* Copy the units; `to` NULL measures them. */
static size_t
copy_units(const struct prefix *prefix, uint8_t *to)
{
    const struct video_headers *headers = prefix->headers;
    size_t size = 0;
    for (uint64_t i = 0; i < headers->count && headers->items[i].packet < prefix->number; i++) {
        const struct video_header *item = &headers->items[i];
        if (!is_in_force(prefix, item))
            continue;
        if (to)
            memcpy(to + size, headers->bytes.data + item->offset, item->size);
        size += item->size;
    }
    return size;
}

static bool
begins_with_unit(const AVPacket *packet, const AVCodecParameters *parameters)
{
    struct video_unit_walk walk;
    video_units_begin(&walk, packet, parameters);
    return walk.framing != VIDEO_START_CODES ||
           (packet->size > 3 && !packet->data[0] && !packet->data[1] && packet->data[2] <= 1);
}

static int32_t
attach_side_data(const struct video_headers *headers, uint64_t number, AVPacket *packet)
{
    for (size_t i = 0; i < SIDE_DATA; i++) {
        const struct video_header *item = find_latest(headers, side_data[i].kind, number);
        uint8_t *data = item ? av_packet_new_side_data(packet, side_data[i].type, item->size) : NULL;
        if (item && !data)
            return MIM_NOMEM;
        if (item)
            memcpy(data, headers->bytes.data + item->offset, item->size);
    }
    return MIM_OK;
}

int32_t
video_headers_apply(const struct video_headers *headers, uint64_t number, AVPacket *packet,
                    const AVCodecParameters *parameters)
{
    const struct prefix prefix = find_prefix(headers, number, packet, parameters);
    size_t size = copy_units(&prefix, NULL), old_size = (size_t)packet->size;
    int32_t status = attach_side_data(headers, number, packet);
    if (status != MIM_OK || !size)
        return status;
    if (!begins_with_unit(packet, parameters))
        return MIM_CORRUPT;
    if (av_grow_packet(packet, (int)size) < 0)
        return MIM_NOMEM;
    memmove(packet->data + size, packet->data, old_size);
    copy_units(&prefix, packet->data);
    return MIM_OK;
}

void
video_headers_close(struct video_headers *headers, struct mim_job *job)
{
    mim_array_free(job, headers->items, headers->capacity, sizeof *headers->items);
    mim_bytes_clear(job, &headers->bytes);
}
