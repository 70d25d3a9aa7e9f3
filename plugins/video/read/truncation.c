/* SPDX-License-Identifier: MIT */
/* Finds the end that each container declares. Functions return 0 when there is none. */
#include "read/truncation.h"

#include <string.h>

#include <libavutil/imgutils.h>

#include <mim/kit/bytes.h>

#include "read/ogg-pages.h"

typedef uint64_t end_function(AVStream *stream, struct mim_job *job, uint64_t size);

/* A sequence of boxes up to the end. */
static uint64_t
end_of_boxes(struct mim_job *job, uint64_t size)
{
    enum { MAX_BOXES = 1 << 20, POLL_EVERY = 1024 };
    uint8_t head[16];
    uint64_t at = 0;

    for (unsigned i = 0; i < MAX_BOXES && at < size; i++) {
        if (i % POLL_EVERY == 0 && job->host->poll(job) != MIM_OK)
            return 0;
        int64_t got = job->host->read_at(job, head, sizeof head, at);
        if (got < 8)
            return got < 0 ? 0 : size + 1;
        uint64_t length = mim_load_be32(head);
        if (length == 1)
            length = got == 16 ? mim_load_be64(head + 8) : 0;
        if (length < 8)
            return 0;
        if (__builtin_add_overflow(at, length, &at))
            return 0;
    }
    return at;
}

static uint64_t
end_of_samples(AVStream *stream)
{
    uint64_t end = 0;
    int count = stream ? avformat_index_get_entries_count(stream) : 0;
    for (int i = 0; i < count; i++) {
        const AVIndexEntry *entry = avformat_index_get_entry(stream, i);
        if (entry->pos >= 0 && entry->size > 0 && (uint64_t)entry->pos + (uint64_t)entry->size > end)
            end = (uint64_t)entry->pos + (uint64_t)entry->size;
    }
    return end;
}

/* ISO media. */
static uint64_t
end_of_media(AVStream *stream, struct mim_job *job, uint64_t size)
{
    uint64_t samples = end_of_samples(stream), boxes = end_of_boxes(job, size);
    return samples > boxes ? samples : boxes;
}

/* A variable-length number of EBML. UINT64_MAX: unknown. */
static uint64_t
ebml_number(const uint8_t *bytes, uint64_t capacity, unsigned *length)
{
    *length = capacity && bytes[0] ? (unsigned)__builtin_clz(bytes[0]) - 23 : 9;
    if (*length > 8 || *length > capacity)
        return UINT64_MAX;
    uint64_t mask = (UINT64_C(1) << (7 * *length)) - 1, value = 0;
    for (unsigned i = 0; i < *length; i++)
        value = value << 8 | bytes[i];
    value &= mask;
    return value == mask ? UINT64_MAX : value;
}

/* Matroska: the EBML header, then one segment, whose length is unknown if it was streamed. */
static uint64_t
end_of_segment(AVStream *stream, struct mim_job *job, uint64_t file_size)
{
    static const uint8_t segment[4] = { 0x18, 0x53, 0x80, 0x67 };
    uint8_t head[16];
    unsigned length;
    (void)stream, (void)file_size;

    if (job->host->read_at(job, head, sizeof head, 0) != sizeof head)
        return 0;
    uint64_t header = ebml_number(head + 4, 8, &length);
    if (header > 1 << 20)
        return 0;
    uint64_t at = 4 + length + header;
    if (job->host->read_at(job, head, 12, at) != 12 || memcmp(head, segment, sizeof segment) != 0)
        return 0;
    uint64_t size = ebml_number(head + 4, 8, &length);
    return size > INT64_MAX ? 0 : at + 4 + length + size;
}

/* AVI: the first RIFF chunk. OpenDML may append more, which the first does not declare. */
static uint64_t
end_of_riff(AVStream *stream, struct mim_job *job, uint64_t file_size)
{
    uint8_t head[8];
    (void)stream, (void)file_size;
    if (job->host->read_at(job, head, sizeof head, 0) != sizeof head)
        return 0;
    uint32_t size = mim_load_le32(head + 4);
    return size && size != UINT32_MAX ? UINT64_C(8) + size : 0;
}

/* Copy the bytes after `mark` and `skip` more bytes, if `mark` is near the start of the file. */
static bool
find_after(struct mim_job *job, const void *mark, size_t mark_size, size_t skip, uint8_t *bytes, size_t count)
{
    enum { WINDOW = 8192 };
    uint8_t head[WINDOW];
    int64_t got = job->host->read_at(job, head, sizeof head, 0);
    const uint8_t *found = got > 0 ? memmem(head, (size_t)got, mark, mark_size) : NULL;

    if (!found || (size_t)(head + got - found) < mark_size + skip + count)
        return false;
    memcpy(bytes, found + mark_size + skip, count);
    return true;
}

/* ASF: the file properties contain the size of the file. */
static uint64_t
end_of_asf(AVStream *stream, struct mim_job *job, uint64_t file_size)
{
    static const uint8_t properties[16] = { 0xa1, 0xdc, 0xab, 0x8c, 0x47, 0xa9, 0xcf, 0x11,
                                            0x8e, 0xe4, 0x00, 0xc0, 0x0c, 0x20, 0x53, 0x65 };
    uint8_t bytes[8];
    (void)stream, (void)file_size;

    return find_after(job, properties, sizeof properties, 24, bytes, sizeof bytes) ? mim_load_le64(bytes) : 0;
}

/* FLV: the metadata may contain the size of the file as a double. */
static uint64_t
end_of_flv(AVStream *stream, struct mim_job *job, uint64_t file_size)
{
    static const uint8_t mark[11] = "\0\10filesize";
    uint8_t bytes[8];
    double size;
    (void)stream, (void)file_size;

    if (!find_after(job, mark, 10, 1, bytes, sizeof bytes))
        return 0;
    uint64_t bits = mim_load_be64(bytes);
    memcpy(&size, &bits, sizeof size);
    return size > 0 && size < 1e15 ? (uint64_t)size : 0;
}

/* A transport stream consists of whole packets, after the rest of one that was cut. */
static uint64_t
end_of_packets(AVStream *stream, struct mim_job *job, uint64_t size)
{
    static const unsigned lengths[] = { 188, 192, 204 };
    uint8_t head[5 * 204];
    int64_t got = job->host->read_at(job, head, sizeof head, 0);
    (void)stream;

    for (size_t i = 0; got == sizeof head && i < sizeof lengths / sizeof *lengths; i++) {
        unsigned length = lengths[i], before = length == 192 ? 4 : 0;
        for (unsigned first = 0; first < length; first++)
            if (head[first] == 0x47 && head[first + length] == 0x47 && head[first + 2 * length] == 0x47 &&
                head[first + 3 * length] == 0x47) {
                unsigned cut = (first + length - before) % length;
                return cut + (size - cut + length - 1) / length * length;
            }
    }
    return 0;
}

/* YUV4MPEG2: a line of text, then pictures of one size, each after a line of its own. */
static uint64_t
end_of_pictures(AVStream *stream, struct mim_job *job, uint64_t size)
{
    const AVCodecParameters *codec = stream ? stream->codecpar : NULL;
    int picture = codec ? av_image_get_buffer_size(codec->format, codec->width, codec->height, 1) : -1;
    char line[256];

    for (uint64_t at = 0, count = 0; picture > 0 && at < size && job->host->poll(job) == MIM_OK; count++) {
        int64_t got = job->host->read_at(job, line, sizeof line, at);
        const char *end = got > 0 ? memchr(line, '\n', (size_t)got) : NULL;
        if (!end)
            return got < (int64_t)sizeof line ? size + 1 : 0;
        at += (uint64_t)(end + 1 - line) + (count ? (uint64_t)picture : 0);
        if (at >= size)
            return at;
    }
    return 0;
}

/* --- tails -------------------------------------------------------------------------------------------------------- */

/* Find the end in the last bytes of a file: more than `size` if it is cut, 0 if there is no end. */
typedef uint64_t tail_function(const uint8_t *tail, uint64_t size);

/* Motion JPEG: marks begin and end each picture, and cannot occur in coded data. A mark at the end may be cut itself. */
static uint64_t
end_in_jpegs(const uint8_t *tail, uint64_t size)
{
    static const uint8_t beginning[3] = { 0xff, 0xd8, 0xff }, end[2] = { 0xff, 0xd9 };
    for (uint64_t at = size; at-- > 0;) {
        uint64_t left = size - at;
        if (!memcmp(tail + at, beginning, left < sizeof beginning ? left : sizeof beginning))
            return size + 1;
        if (left >= sizeof end && !memcmp(tail + at, end, sizeof end))
            return at + sizeof end;
    }
    return 0;
}

/* The size of the header of a pack of MPEG-1 or MPEG-2, or 0. */
static uint64_t
pack_size(const uint8_t *pack, uint64_t size)
{
    if (size <= 13)
        return 14;
    return (pack[4] & 0xf0) == 0x20 ? 12 : (pack[4] & 0xc0) == 0x40 ? 14u + (pack[13] & 7) : 0;
}

/* MPEG program streams: packets with a length follow the head of the last pack. */
static uint64_t
end_in_packs(const uint8_t *tail, uint64_t size)
{
    static const uint8_t pack[4] = { 0, 0, 1, 0xba }, last[4] = { 0, 0, 1, 0xb9 };
    enum { HEAD = 6 };
    uint64_t at = size;
    while (at > 0 && (size - at < sizeof pack || memcmp(tail + at, pack, sizeof pack) != 0))
        at--;
    uint64_t head = size >= sizeof pack && !memcmp(tail + at, pack, sizeof pack) ? pack_size(tail + at, size - at) : 0;
    if (!head)
        return 0;
    for (at += head; at < size;) {
        uint64_t left = size - at;
        if (left >= sizeof last && !memcmp(tail + at, last, sizeof last))
            return at + sizeof last;
        if (memcmp(tail + at, last, left < 3 ? left : 3) != 0)
            return 0;
        at = left < HEAD ? size + 1 : at + HEAD + mim_load_be16(tail + at + 4);
    }
    return at;
}

static uint64_t
end_in_tail(struct mim_job *job, uint64_t size, tail_function *find)
{
    enum { TAIL = 1 << 18 };
    uint64_t capacity = size < TAIL ? size : TAIL, end = 0;
    uint8_t *tail = job->host->resize(job, NULL, 0, TAIL);

    if (!tail)
        return 0;
    if (job->host->read_at(job, tail, capacity, size - capacity) == (int64_t)capacity)
        end = find(tail, capacity);
    job->host->resize(job, tail, TAIL, 0);
    return end ? size - capacity + end : 0;
}

static uint64_t
end_of_jpegs(AVStream *stream, struct mim_job *job, uint64_t size)
{
    (void)stream;
    return end_in_tail(job, size, end_in_jpegs);
}

static uint64_t
end_of_packs(AVStream *stream, struct mim_job *job, uint64_t size)
{
    (void)stream;
    return end_in_tail(job, size, end_in_packs);
}

/* --- all containers ----------------------------------------------------------------------------------------------- */

static const struct {
    const char *demuxer; /* the first of FFmpeg's names */
    end_function *find;
} ends[] = {
    { "mov", end_of_media },          { "matroska", end_of_segment }, { "avi", end_of_riff },
    { "asf", end_of_asf },            { "flv", end_of_flv },          { "mpegts", end_of_packets },
    { "ogg", video_end_of_pages },    { "mjpeg", end_of_jpegs },      { "mpeg", end_of_packs },
    { "yuv4mpegpipe", end_of_pictures },
};

bool
video_is_truncated(const char *demuxer, AVStream *stream, struct mim_job *job)
{
    uint64_t size = job->host->size(job);
    size_t length = strcspn(demuxer, ",");
    for (size_t i = 0; i < sizeof ends / sizeof *ends && size != MIM_UNKNOWN; i++)
        if (strlen(ends[i].demuxer) == length && !memcmp(ends[i].demuxer, demuxer, length))
            return ends[i].find(stream, job, size) > size;
    return false;
}

int32_t
video_fail_truncated(struct mim_job *job)
{
    return job->host->fail(job, MIM_TRUNCATED, job->host->size(job), "the file ends before its container does");
}
