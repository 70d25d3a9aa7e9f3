/* SPDX-License-Identifier: MIT */
/*
 * Decodes a picture with libjpeg, row by row. Its warnings decide what is damage: made-up samples are, and so are scans that are
 * missing from a progressive file that is cut. A missing end mark alone is not.
 *
 * To decode a part, libjpeg gets the file's header with the height from the part to the end, and then the codes of the part.
 */
#include "read/decode.h"

#include <jerror.h>

#include <mim/kit/orientation.h>

#include "codec.h"
#include "read/parts.h"
#include "read/reader.h"

enum { INPUT_SIZE = 64 << 10, FIXED_MEMORY = 200 << 10, ROWS_OF_SAMPLES = 64 };

struct decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_source_mgr source;
    struct jpeg_codec codec;
    const struct jpeg_header *header;
    const struct jpeg_part *part;
    uint64_t offset;  /* in the file, of the byte after the buffer */
    bool has_ended;   /* the file has no more bytes */
    bool lacks_scans; /* and had not all of a progressive picture */
    struct mim_bytes row;
    uint8_t input[INPUT_SIZE];
};

/* A picture of several scans is held as coefficients. Blocks are padded to those of the coarsest component, which has at most 4 x 4
 * of them. */
uint64_t
jpeg_decode_memory(const struct jpeg_header *header)
{
    uint64_t width = header->width + UINT64_C(31), height = header->height + UINT64_C(31);
    bool is_held = (header->frame & 15) == 2 || (header->frame & 15) == 10 || header->scan_components < header->components;
    return FIXED_MEMORY + width * header->components * ROWS_OF_SAMPLES * 2 +
           (is_held ? width * height * header->components * sizeof(JCOEF) : 0);
}

static void
begin_input(j_decompress_ptr jpeg)
{
    (void)jpeg;
}

/* Replace the height in `size` bytes of input. */
static void
patch_height(struct decoder *decoder, uint64_t size)
{
    uint32_t height = decoder->header->height - decoder->part->decoded;
    for (uint32_t i = 0; i < 2; i++)
        if (decoder->header->height_at + i - decoder->offset < size)
            decoder->input[decoder->header->height_at + i - decoder->offset] = (uint8_t)(i ? height : height >> 8);
}

/* Read up to the codes of the scan, and go on with those of the part. */
static int64_t
read_input(struct decoder *decoder)
{
    struct mim_job *job = decoder->codec.job;
    uint64_t size = sizeof decoder->input, before = decoder->header->scan_at - decoder->offset;
    if (before == 0)
        decoder->offset = decoder->part->offset;
    else if (before < size)
        size = before;
    int64_t got = job->host->read_at(job, decoder->input, size, decoder->offset);
    if (got > 0)
        patch_height(decoder, (uint64_t)got);
    return got;
}

static boolean
fill_input(j_decompress_ptr jpeg)
{
    struct decoder *decoder = (struct decoder *)jpeg;
    int64_t got = read_input(decoder);
    if (got < 0)
        jpeg_codec_check(&decoder->codec, (int32_t)-got);
    if (got == 0) { /* an end mark lets libjpeg complete what it has */
        decoder->has_ended = true;
        decoder->input[0] = 0xff;
        decoder->input[1] = JPEG_EOI;
    }
    decoder->offset += (uint64_t)got;
    decoder->source.next_input_byte = decoder->input;
    decoder->source.bytes_in_buffer = got ? (size_t)got : 2;
    return TRUE;
}

static void
skip_input(j_decompress_ptr jpeg, long count)
{
    struct decoder *decoder = (struct decoder *)jpeg;
    size_t held = decoder->source.bytes_in_buffer, skipped = count > 0 ? (size_t)count : 0;
    if (skipped > held) {
        decoder->offset += skipped - held;
        skipped = held;
    }
    decoder->source.next_input_byte += skipped;
    decoder->source.bytes_in_buffer -= skipped;
}

/* libjpeg found another restart than its next, which it counts from the begin of the part. */
static boolean
accept_restart(j_decompress_ptr jpeg, int number)
{
    const struct decoder *decoder = (const struct decoder *)jpeg;
    int expected = (number + (int)(decoder->part->restart % 8)) % 8;
    if (jpeg->unread_marker != JPEG_RST0 + expected)
        return jpeg_resync_to_restart(jpeg, expected);
    jpeg->unread_marker = 0;
    return TRUE;
}

static void
end_input(j_decompress_ptr jpeg)
{
    (void)jpeg;
}

static uint8_t
mix_ink(uint8_t ink, uint8_t black)
{
    unsigned product = ink * black + 128u;
    return (uint8_t)((product + (product >> 8)) >> 8); /* divided by 255, rounded */
}

/* 255 is no ink in inverted samples. */
static void
mix_inks(uint8_t *row, uint32_t width, bool is_inverted)
{
    uint8_t flip = is_inverted ? 0 : 255, *to = row;
    for (const uint8_t *from = row; width; width--, from += 4) {
        uint8_t black = from[3] ^ flip;
        for (int i = 0; i < 3; i++)
            *to++ = mix_ink(from[i] ^ flip, black);
    }
}

static void
configure_output(struct decoder *decoder)
{
    jpeg_read_header(&decoder->jpeg, TRUE);
    decoder->jpeg.out_color_space = decoder->jpeg.num_components == 1   ? JCS_GRAYSCALE
                                    : decoder->jpeg.num_components == 3 ? JCS_RGB
                                                                        : JCS_CMYK;
    jpeg_start_decompress(&decoder->jpeg);
}

static void
decode_row(struct decoder *decoder, JSAMPROW row)
{
    jpeg_codec_check(&decoder->codec, decoder->codec.job->host->poll(decoder->codec.job));
    jpeg_read_scanlines(&decoder->jpeg, &row, 1);
}

static void
decode_rows(struct decoder *decoder, struct mim_raster *raster)
{
    const struct jpeg_header *header = decoder->header;
    const struct jpeg_part *part = decoder->part;
    struct mim_orientation turn = mim_orientation_get(header->orientation);
    bool is_direct = header->orientation == 1 && header->components != 4;
    for (uint32_t y = part->decoded; y < part->first; y++)
        decode_row(decoder, decoder->row.data);
    for (uint32_t y = part->first; y < part->end; y++) {
        uint8_t *row = is_direct ? raster->data + y * raster->stride : decoder->row.data;
        decode_row(decoder, row);
        if (header->components == 4)
            mix_inks(row, header->width, header->is_inverted);
        if (!is_direct)
            mim_orientation_place_row(turn, row, y, header->width, raster->channels, raster);
    }
}

/* Did the file end before all bits of all coefficients had come? libjpeg frees what it knows of them when it finishes. */
static bool
find_missing_scans(const struct decoder *decoder)
{
    const struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    if (!decoder->has_ended || !jpeg->coef_bits)
        return false;
    for (int component = 0; component < jpeg->num_components; component++)
        for (int i = 0; i < DCTSIZE2; i++)
            if (jpeg->coef_bits[component][i] != 0)
                return true;
    return false;
}

static int32_t
fail_for_damage(const struct decoder *decoder)
{
    struct mim_job *job = decoder->codec.job;
    unsigned long long end = decoder->offset;
    unsigned row = decoder->part->decoded + decoder->codec.row;
    if (decoder->lacks_scans)
        return job->host->fail(job, MIM_TRUNCATED, decoder->offset, "the file ends at byte %llu, before the last scan", end);
    if (!decoder->codec.warning)
        return decoder->has_ended ? job->host->notice(job, MIM_NOTICE_OTHER, "no end mark: the file may have been longer") : MIM_OK;
    if (decoder->has_ended)
        return job->host->fail(job, MIM_TRUNCATED, decoder->offset, "the file ends at byte %llu, after about %u of %u rows", end,
                               row, decoder->header->height);
    return job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "damaged data at about row %u of %u", row,
                           decoder->header->height);
}

/* Where the rows after a warning are in the raster. A progressive picture has all rows, some of them coarse. */
static struct mim_rect
lost_rows(const struct decoder *decoder, const struct mim_raster *raster)
{
    const struct jpeg_part *part = decoder->part;
    struct mim_orientation turn = mim_orientation_get(decoder->header->orientation);
    uint32_t first = decoder->codec.warning ? part->decoded + decoder->codec.row : part->end;
    first = first < part->first ? part->first : first;
    uint32_t count = part->end - first;
    if (turn.is_transposed)
        return (struct mim_rect){ turn.from_right ? raster->width - part->end : first, 0, count, raster->height };
    return (struct mim_rect){ 0, turn.from_bottom ? raster->height - part->end : first, raster->width, count };
}

/* Fails for damage, unless the rows before it are wanted. */
static int32_t
report_damage(const struct decoder *decoder, struct mim_raster *raster)
{
    struct mim_job *job = decoder->codec.job;
    int32_t status = fail_for_damage(decoder);
    if (status != MIM_TRUNCATED && status != MIM_CORRUPT)
        return status;
    struct mim_rect lost = lost_rows(decoder, raster);
    return job->host->keep_damaged(job, raster, &lost);
}

/* Look for the end of the file, after the last part. */
static void
finish_picture(struct decoder *decoder)
{
    if (decoder->part->end < decoder->header->height)
        return;
    decoder->lacks_scans = find_missing_scans(decoder);
    jpeg_finish_decompress(&decoder->jpeg);
}

static int32_t
decode_part(struct decoder *decoder, struct mim_raster *raster)
{
    decoder->source = (struct jpeg_source_mgr){ .init_source = begin_input,
                                                .fill_input_buffer = fill_input,
                                                .skip_input_data = skip_input,
                                                .resync_to_restart = accept_restart,
                                                .term_source = end_input };
    if (setjmp(decoder->codec.out) == 0) {
        jpeg_create_decompress(&decoder->jpeg);
        decoder->jpeg.src = &decoder->source;
        jpeg_codec_poll_in(&decoder->codec, (j_common_ptr)&decoder->jpeg);
        configure_output(decoder);
        decode_rows(decoder, raster);
        finish_picture(decoder);
        decoder->codec.status = report_damage(decoder, raster);
    }
    jpeg_destroy_decompress(&decoder->jpeg);
    return decoder->codec.status;
}

/* The memory of libjpeg for one of several parts is announced here, since those that are decoded at once each need it. */
int32_t
jpeg_decode(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part, struct mim_raster *raster)
{
    const struct jpeg_header *header = &((const struct jpeg_reader *)job->state)->header;
    const struct jpeg_parts *parts = packet;
    const int64_t reserved = parts->count > 1 ? (int64_t)jpeg_decode_memory(header) : 0;
    (void)info;
    struct decoder *decoder = job->host->resize(job, NULL, 0, sizeof *decoder);
    if (!decoder)
        return MIM_NOMEM;
    decoder->header = header;
    decoder->part = &parts->parts[part];
    decoder->offset = 0;
    decoder->has_ended = false;
    decoder->lacks_scans = false;
    decoder->row = (struct mim_bytes){ 0 };
    jpeg_codec_open(&decoder->codec, job, (j_common_ptr)&decoder->jpeg, MIM_CORRUPT);
    int32_t status = mim_bytes_reserve(job, &decoder->row, header->width * UINT64_C(4));
    if (status == MIM_OK)
        status = job->host->reserve(job, reserved);
    if (status == MIM_OK) {
        status = decode_part(decoder, raster);
        job->host->reserve(job, -reserved);
    }
    mim_bytes_clear(job, &decoder->row);
    job->host->resize(job, decoder, sizeof *decoder, 0);
    return status;
}
