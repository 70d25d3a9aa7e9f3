/* SPDX-License-Identifier: MIT */
/* Finds the segments before the samples, of which each has a marker, its size and a signature. */
#include "read/segments.h"

#include <string.h>

#include <mim/kit/bytes.h>
#include <mim/kit/orientation.h>

enum { SOI = 0xd8, EOI = 0xd9, SOS = 0xda, DRI = 0xdd, TEM = 0x01, RST0 = 0xd0, APP0 = 0xe0, APP14 = 0xee, COM = 0xfe };
enum { MAX_SEGMENTS = 10000, FRAME_SIZE = 6, COMPONENT_SIZE = 3, ADOBE_SIZE = 7, BLOCK = 8 };

#define SIGNATURE(text) (text), sizeof(text) - 1

static const struct {
    uint8_t marker, content;
    const char *signature;
    uint16_t size;
} contents[] = {
    { APP0, JPEG_JFIF, SIGNATURE("JFIF\0") },
    { APP0 + 1, JPEG_EXIF, SIGNATURE("Exif\0\0") },
    { APP0 + 1, JPEG_XMP, SIGNATURE("http://ns.adobe.com/xap/1.0/\0") },
    { APP0 + 1, JPEG_XMP_EXTENSION, SIGNATURE("http://ns.adobe.com/xmp/extension/\0") },
    { APP0 + 2, JPEG_ICC, SIGNATURE("ICC_PROFILE\0") },
    { APP0 + 2, JPEG_PICTURES, SIGNATURE("MPF\0") },
    { APP0 + 13, JPEG_PHOTOSHOP, SIGNATURE("Photoshop 3.0\0") },
    { APP14, JPEG_ADOBE, SIGNATURE("Adobe") },
    { COM, JPEG_COMMENT, SIGNATURE("") },
};

struct walk {
    struct mim_job *job;
    struct mim_window *window;
    struct jpeg_header *header;
    uint64_t offset;
};

static int32_t
get_bytes(struct walk *walk, uint64_t size, const uint8_t **bytes)
{
    struct mim_job *job = walk->job;
    int32_t status = mim_window_get(job, walk->window, walk->offset, size, bytes);
    if (status != MIM_TRUNCATED)
        return status;
    return job->host->fail(job, MIM_TRUNCATED, walk->offset, "the file ends at byte %llu, before the picture",
                           (unsigned long long)(walk->offset + mim_window_held(walk->window, walk->offset)));
}

/* Finds the next marker: 0xff, which may be repeated, and its code. Other bytes between segments are skipped, as libjpeg does. */
static int32_t
next_marker(struct walk *walk, uint8_t *marker)
{
    const uint8_t *byte = NULL;
    bool is_after = false;
    for (;; walk->offset++) {
        int32_t status = get_bytes(walk, 1, &byte);
        if (status != MIM_OK)
            return status;
        if (is_after && *byte != 0xff && *byte != 0)
            break;
        is_after = *byte == 0xff;
    }
    walk->offset++;
    *marker = *byte;
    return MIM_OK;
}

static int32_t
append_segment(struct walk *walk, uint8_t content, uint64_t offset, uint16_t size)
{
    struct jpeg_header *header = walk->header;
    if (header->count == MAX_SEGMENTS)
        return walk->job->host->fail(walk->job, MIM_CORRUPT, offset, "more than %d segments of metadata before the picture",
                                     MAX_SEGMENTS);
    struct jpeg_segment *segments =
        mim_array_reserve(walk->job, header->segments, &header->capacity, header->count + 1, sizeof *segments);
    if (!segments)
        return MIM_NOMEM;
    header->segments = segments;
    segments[header->count++] = (struct jpeg_segment){ content, size, offset };
    return MIM_OK;
}

/* Programs that write this segment store inks inverted: 255 is none (ITU-T T.872, 6.5.3). */
static int32_t
take_adobe(struct walk *walk, uint16_t size)
{
    walk->header->is_inverted = size >= ADOBE_SIZE;
    return MIM_OK;
}

static int32_t
take_orientation(struct walk *walk, const struct jpeg_segment *segment)
{
    struct mim_bytes bytes = { 0 };
    int32_t status = jpeg_segment_load(walk->job, segment, &bytes);
    if (status == MIM_OK && walk->header->orientation == 0)
        walk->header->orientation = (uint8_t)mim_exif_orientation(bytes.data, bytes.size);
    mim_bytes_clear(walk->job, &bytes);
    return status;
}

/* `size` bytes of the segment follow at the offset. */
static int32_t
take_metadata(struct walk *walk, uint8_t marker, uint16_t size)
{
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        const uint8_t *bytes = NULL;
        uint16_t rest = (uint16_t)(size - contents[i].size);
        if (marker != contents[i].marker || size < contents[i].size)
            continue;
        int32_t status = get_bytes(walk, contents[i].size, &bytes);
        if (status != MIM_OK)
            return status;
        if (memcmp(bytes, contents[i].signature, contents[i].size) != 0)
            continue;
        status = append_segment(walk, contents[i].content, walk->offset + contents[i].size, rest);
        if (status == MIM_OK && contents[i].content == JPEG_ADOBE)
            return take_adobe(walk, rest);
        if (status == MIM_OK && contents[i].content == JPEG_EXIF)
            return take_orientation(walk, &walk->header->segments[walk->header->count - 1]);
        return status;
    }
    return MIM_OK;
}

static bool
is_frame(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* A component has an identity, two factors of resolution in a byte, and a table. */
static void
take_components(struct jpeg_header *header, const uint8_t *bytes)
{
    uint32_t columns = 1, rows = 1, fewest = header->components > 1 ? 16 : 1;
    for (uint32_t i = 0; header->components > 1 && i < header->components; i++) {
        uint32_t factors = bytes[i * COMPONENT_SIZE + 1], across = factors >> 4, down = factors & 15;
        columns = across > columns ? across : columns;
        rows = down > rows ? down : rows;
        fewest = down < fewest ? down : fewest;
    }
    header->unit_width = columns * BLOCK;
    header->unit_height = rows * BLOCK;
    header->mixes_rows = fewest < rows;
}

static int32_t
take_frame(struct walk *walk, uint8_t marker, uint16_t size)
{
    struct jpeg_header *header = walk->header;
    const uint8_t *bytes = NULL;
    if (size < FRAME_SIZE || header->frame)
        return walk->job->host->fail(walk->job, MIM_CORRUPT, walk->offset,
                                     header->frame ? "a second frame header, expected one" : "a frame header of %u bytes", size);
    int32_t status = get_bytes(walk, FRAME_SIZE, &bytes);
    if (status != MIM_OK)
        return status;
    header->frame = marker;
    header->precision = bytes[0];
    header->height = mim_load_be16(bytes + 1);
    header->width = mim_load_be16(bytes + 3);
    header->components = bytes[5];
    header->height_at = walk->offset + 1;
    if (size < FRAME_SIZE + header->components * COMPONENT_SIZE)
        return walk->job->host->fail(walk->job, MIM_CORRUPT, walk->offset, "a frame header of %u bytes for %u components", size,
                                     header->components);
    status = get_bytes(walk, FRAME_SIZE + header->components * UINT64_C(3), &bytes);
    if (status == MIM_OK)
        take_components(header, bytes + FRAME_SIZE);
    return status;
}

static int32_t
take_restarts(struct walk *walk, uint8_t marker, uint16_t size)
{
    const uint8_t *bytes = NULL;
    (void)marker;
    if (size != 2)
        return MIM_OK; /* libjpeg reports it */
    int32_t status = get_bytes(walk, size, &bytes);
    if (status == MIM_OK)
        walk->header->restart_interval = mim_load_be16(bytes);
    return status;
}

static int32_t
take_scan(struct walk *walk, uint16_t size)
{
    const uint8_t *bytes = NULL;
    if (!walk->header->frame || !size)
        return walk->job->host->fail(walk->job, MIM_CORRUPT, walk->offset, "a scan without a frame header before it");
    int32_t status = get_bytes(walk, 1, &bytes);
    if (status == MIM_OK)
        walk->header->scan_components = bytes[0];
    walk->header->scan_at = walk->offset + size;
    return status;
}

/* Reads one segment. MIM_END at the first scan. */
static int32_t
take_segment(struct walk *walk)
{
    const uint8_t *bytes = NULL;
    uint8_t marker;
    int32_t status = next_marker(walk, &marker);
    if (status != MIM_OK)
        return status;
    if (marker == EOI)
        return walk->job->host->fail(walk->job, MIM_CORRUPT, walk->offset, "the end mark comes before the picture");
    if (marker == TEM || (marker >= RST0 && marker <= SOI))
        return MIM_OK; /* they have no size */
    status = get_bytes(walk, 2, &bytes);
    if (status != MIM_OK)
        return status;
    uint32_t size = mim_load_be16(bytes);
    if (size < 2)
        return walk->job->host->fail(walk->job, MIM_CORRUPT, walk->offset, "a segment of %u bytes, expected at least 2", size);
    walk->offset += 2;
    uint64_t next = walk->offset + size - 2;
    if (marker == SOS) {
        status = take_scan(walk, (uint16_t)(size - 2));
        return status == MIM_OK ? (int32_t)MIM_END : status;
    }
    status = (is_frame(marker) ? take_frame : marker == DRI ? take_restarts : take_metadata)(walk, marker, (uint16_t)(size - 2));
    walk->offset = next;
    return status;
}

int32_t
jpeg_header_read(struct mim_job *job, struct mim_window *window, struct jpeg_header *header)
{
    struct walk walk = { job, window, header, 0 };
    const uint8_t *bytes = NULL;
    int32_t status = get_bytes(&walk, 2, &bytes);
    if (status == MIM_OK && (bytes[0] != 0xff || bytes[1] != SOI))
        return job->host->fail(job, MIM_CORRUPT, 0, "the file does not begin with the start mark of JPEG");
    for (walk.offset = 2; status == MIM_OK;) {
        status = job->host->poll(job);
        if (status == MIM_OK)
            status = take_segment(&walk);
    }
    return status == MIM_END ? (int32_t)MIM_OK : status;
}

int32_t
jpeg_segment_load(struct mim_job *job, const struct jpeg_segment *segment, struct mim_bytes *bytes)
{
    bytes->size = 0;
    int32_t status = mim_bytes_reserve(job, bytes, segment->size + UINT64_C(1));
    int64_t got = status == MIM_OK ? job->host->read_at(job, bytes->data, segment->size, segment->offset) : 0;
    if (got < 0)
        return (int32_t)-got;
    bytes->size = (uint64_t)got;
    return status;
}
