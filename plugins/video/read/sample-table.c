/* SPDX-License-Identifier: MIT */
/* Decides whether the table of samples replaces reading all packets. */
#include "read/sample-table.h"

#include <string.h>

#include "read/boxes.h"
#include "read/truncation.h"

/* The boxes of a file without fragments. Fragments have further tables, which FFmpeg may read later. */
static bool
is_known(struct mim_job *job, const char type[4], struct video_box box)
{
    static const char known[][5] = { "ftyp", "mdat", "free", "skip", "wide", "uuid" };
    struct video_box extends;

    if (!memcmp(type, "moov", 4))
        return !video_box_find(job, &box, "mvex", &extends) && box.at == box.end;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!memcmp(type, known[i], 4))
            return true;
    return false;
}

static bool
is_unfragmented(struct mim_job *job, uint64_t size)
{
    struct video_box file = { 0, size }, box;
    char type[4];
    while (video_box_next(job, &file, type, &box))
        if (!is_known(job, type, box))
            return false;
    return file.at == file.end;
}

/* No byte of the file is the content of several packets, as a hostile table could claim to keep readers busy. */
static bool
is_inside(AVStream *stream, uint64_t size)
{
    int count = avformat_index_get_entries_count(stream);
    for (int i = 0; i < count; i++) {
        const AVIndexEntry *entry = avformat_index_get_entry(stream, i);
        if (entry->pos < 0 || entry->size <= 0 || (uint64_t)entry->size > size)
            return false;
        size -= (uint64_t)entry->size;
    }
    return count > 0;
}

/* Frames of VP8 state in their content whether they are shown. */
bool
video_table_is_complete(const struct video_demux *demux)
{
    struct mim_job *job = demux->job;
    const char *name = demux->format->iformat->name;
    uint64_t size = job->host->size(job);

    return !strncmp(name, "mov,", 4) && demux->stream->codecpar->codec_id != AV_CODEC_ID_VP8 && size != MIM_UNKNOWN &&
           is_inside(demux->stream, size) && is_unfragmented(job, size) &&
           !video_is_truncated(name, demux->stream, job);
}

/* Parsers clear the flags of keyframes without content. */
static void
set_flags(struct video_index *index, struct video_packet *packet, const AVIndexEntry *entry)
{
    packet->flags = (uint16_t)(packet->flags & ~AV_PKT_FLAG_KEY);
    if (entry->flags & AVINDEX_KEYFRAME)
        packet->flags |= AV_PKT_FLAG_KEY;
    else
        index->has_dependent = true;
}

bool
video_table_confirm(const struct video_demux *demux, struct video_index *index)
{
    uint64_t count = (uint64_t)avformat_index_get_entries_count(demux->stream);
    if (demux->is_lost || index->fault || index->packet_count != count ||
        video_headers_changes(&index->headers, 0) != index->headers.count)
        return false;
    index->has_dependent = false;
    for (uint64_t i = 0; i < count; i++) {
        const AVIndexEntry *entry = avformat_index_get_entry(demux->stream, (int)i);
        struct video_packet *packet = &index->packets[i];
        if (packet->position != entry->pos || packet->size != (uint32_t)entry->size)
            return false;
        set_flags(index, packet, entry);
    }
    return true;
}
