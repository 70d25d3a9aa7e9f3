/* SPDX-License-Identifier: MIT */
/* Opens a picture, and tells its shape. */
#include "read/reader.h"

#include <stdio.h>

#include <jpeglib.h>

#include <mim/kit/orientation.h>

#include "read/decode.h"
#include "read/metadata.h"
#include "read/parts.h"

static int32_t
unsupported(struct mim_job *job, const char *what, unsigned found, const char *expected)
{
    return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "%s %u, this plugin reads %s", what, found, expected);
}

static int32_t
check_header(struct mim_job *job, const struct jpeg_header *header)
{
    static const uint32_t readable = 1u << 0 | 1u << 1 | 1u << 2 | 1u << 9 | 1u << 10; /* processes of Huffman and arithmetic codes */
    uint32_t process = header->frame & 15;
    if (!(readable >> process & 1))
        return unsupported(job, "the coding process is number", process, "sequential and progressive pictures");
    if (header->precision != 8)
        return unsupported(job, "the bits of a sample are", header->precision, "8");
    if (header->components != 1 && header->components != 3 && header->components != 4)
        return unsupported(job, "the number of components is", header->components, "1, 3 and 4");
    if (!header->width)
        return job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "a width of 0");
    if (!header->height)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "the number of rows follows the picture");
    return MIM_OK;
}

static int32_t
open_reader(struct mim_job *job, struct mim_sequence *sequence)
{
    struct jpeg_reader *self = job->state;
    int32_t status = jpeg_header_read(job, &self->window, &self->header);
    if (status == MIM_OK)
        status = check_header(job, &self->header);
    if (!self->orients || !self->header.orientation)
        self->header.orientation = 1;
    self->is_stream = sequence->sequential;
    sequence->count = 1;
    sequence->sure = MIM_SURE_EXACT;
    sequence->loop = -1;
    return status;
}

/* Inks that RGB replaces: its gamut is another. */
static int32_t
report_inks(struct mim_job *job, const struct jpeg_header *header)
{
    return header->components == 4 ? job->host->notice(job, MIM_NOTICE_COLOUR, "CMYK becomes RGB") : MIM_OK;
}

static int32_t
prepare_picture(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    const struct jpeg_reader *self = job->state;
    const struct jpeg_header *header = &self->header;
    struct jpeg_parts *parts = packet;
    bool is_transposed = mim_orientation_get(header->orientation).is_transposed;
    if (index)
        return MIM_END;
    jpeg_parts_join(header, parts);
    int32_t status = self->is_stream ? MIM_OK : jpeg_parts_find(job, header, parts);
    if (status != MIM_OK)
        return status;
    info->parts = parts->count;
    info->width = is_transposed ? header->height : header->width;
    info->height = is_transposed ? header->width : header->height;
    info->channels = header->components == 1 ? 1 : 3;
    info->sample = MIM_SAMPLE_U8;
    info->pts = MIM_NO_PTS;
    info->work_size = parts->count > 1 ? 0 : jpeg_decode_memory(header);
    return report_inks(job, header);
}

/* What is not metadata, by content: from its first or second segment on. */
static const struct {
    int32_t kind;
    const char *text;
    uint64_t from;
} rest[JPEG_COMMENT + 1] = {
    [JPEG_PICTURES] = { MIM_OFFER_IMAGE, "further pictures (MPF)", 1 },
    [JPEG_PHOTOSHOP] = { MIM_OFFER_PROPERTY, "properties of Photoshop or IPTC", 1 },
    [JPEG_XMP_EXTENSION] = { MIM_OFFER_PROPERTY, "the extension of XMP", 1 },
    [JPEG_COMMENT] = { MIM_OFFER_PROPERTY, "a further comment", 2 },
};

static int32_t
offer_rest(struct mim_job *job)
{
    const struct jpeg_reader *self = job->state;
    uint64_t counts[JPEG_COMMENT + 1] = { 0 };
    int32_t status = MIM_OK;
    for (uint64_t i = 0; i < self->header.count && status == MIM_OK; i++) {
        uint8_t content = self->header.segments[i].content;
        const struct mim_offer offer = { .struct_size = sizeof offer,
                                         .kind = rest[content].kind,
                                         .index = (uint32_t)i,
                                         .text = rest[content].text };
        if (offer.text && ++counts[content] == rest[content].from)
            status = job->host->offer(job, &offer);
    }
    return status;
}

static void
close_reader(struct mim_job *job)
{
    struct jpeg_reader *self = job->state;
    mim_window_close(job, &self->window);
    mim_array_free(job, self->header.segments, self->header.capacity, sizeof *self->header.segments);
}

static const struct mim_option options[] = {
    { MIM_OPTION_HEADER, .type = MIM_OPTION_BOOL, .offset = offsetof(struct jpeg_reader, orients), .name = "orient", .initial = 1,
      .help = "turn the picture as its Exif orientation says" },
};

const struct mim_reader_ops jpeg_reader_ops = {
    .struct_size = sizeof jpeg_reader_ops,
    .flags = MIM_READER_ANY_ORDER,
    .state_size = sizeof(struct jpeg_reader),
    .packet_size = sizeof(struct jpeg_parts),
    .option_count = sizeof options / sizeof *options,
    .options = options,
    .open = open_reader,
    .prepare = prepare_picture,
    .pixels = jpeg_decode,
    .metadata = jpeg_deliver_metadata,
    .close = close_reader,
    .offers = offer_rest,
};
