/* SPDX-License-Identifier: MIT */
/*
 * Compares the reader with libwebp's demultiplexer, which needs all frames at once, and its decoder: what the demultiplexer
 * accepts has the same frames here, and what our parser accepts of a damaged file has the pixels that libwebp decodes from the
 * same bytes.
 */
#include <webp/decode.h>
#include <webp/demux.h>

#include <mim/kit/test-ops.h>

#include "fuzz.h"

#include "read/frames.h"
#include "read/pixels.h"
#include "read/reader.h"

enum { MAX_FRAMES = 8, MAX_PIXELS = 1 << 18, MAX_METADATA = 1 << 16, MAX_ALLOCATED = 4 << 20 };

/* Is the picture of libwebp that of our raster? A header without the bit for alpha means RGB, also if its pixels have some. */
static bool
are_same_pixels(const struct mim_raster *ours, const uint8_t *rgba)
{
    for (size_t i = 0; i < (size_t)ours->width * ours->height; i++)
        if (memcmp(ours->data + i * ours->channels, rgba + i * 4, ours->channels) != 0)
            return false;
    return true;
}

/* Both decode the bytes to the same pixels, or both refuse them. With all bytes at once, libwebp makes up VP8 data that end early;
 * in pieces it refuses them, as we do. */
static void
compare_pixels(const struct mim_test_reading *reading, int32_t status, const uint8_t *data, size_t size)
{
    int width, height;
    uint8_t *rgba = WebPDecodeRGBA(data, size, &width, &height);

    bool is_cut = status == MIM_CORRUPT && !((const struct webp_frame *)reading->packet)->is_lossless;
    if ((status == MIM_OK) != (rgba != NULL) && !is_cut)
        fprintf(stderr, "status %d here, libwebp %s\n", status, rgba ? "decodes it" : "refuses");
    EXPECT((status == MIM_OK) == (rgba != NULL) || is_cut);
    EXPECT(!rgba || (width == (int)reading->raster.width && height == (int)reading->raster.height));
    EXPECT(!rgba || is_cut || are_same_pixels(&reading->raster, rgba));
    WebPFree(rgba);
}

static void
compare_facts(const struct mim_frame_info *info, const WebPIterator *frame, bool is_animation)
{
    EXPECT((int)info->width == frame->width && (int)info->height == frame->height);
    if (!is_animation)
        return;
    EXPECT(info->x == frame->x_offset && info->y == frame->y_offset && info->duration == frame->duration);
    EXPECT((info->dispose == MIM_DISPOSE_BACKGROUND) == (frame->dispose_method == WEBP_MUX_DISPOSE_BACKGROUND));
    EXPECT((info->blend == MIM_BLEND_OVER) == (frame->blend_method == WEBP_MUX_BLEND));
}

/* Returns the status of a frame that was found. */
static int32_t
read_frame(struct mim_test_reading *reading, uint64_t index, const WebPDemuxer *demuxer)
{
    const struct mim_test_host *host = mim_test_host_of(&reading->serial);
    const struct webp_reader *state = reading->serial.state;
    const struct webp_frame *frame = reading->packet;
    WebPIterator theirs;

    int32_t status = webp_reader_ops.prepare(&reading->serial, index, reading->packet, &reading->info);
    if (status != MIM_OK)
        return status;
    if ((uint64_t)frame->width * frame->height > MAX_PIXELS)
        return MIM_OK;
    int32_t verdict = mim_test_reading_frame(reading, index);
    EXPECT(verdict != MIM_END && verdict != MIM_NOMEM);
    compare_pixels(reading, verdict, host->source.data + frame->offset, frame->size);
    if (demuxer && WebPDemuxGetFrame(demuxer, (int)index + 1, &theirs)) {
        compare_facts(&reading->info, &theirs, state->is_animation);
        if (verdict == MIM_OK)
            compare_pixels(reading, verdict, theirs.fragment.bytes, theirs.fragment.size);
        WebPDemuxReleaseIterator(&theirs);
    }
    return MIM_OK;
}

/* Damage that libwebp passes over: the next frame takes the place of one without pixels, the size of a rectangle is ignored, and so
 * are chunks that claim more than what encloses them. */
static bool
is_our_own_reason(const char *text)
{
    return strstr(text, "has no pixels") || strstr(text, "another size than its pixels") || strstr(text, "a chunk at byte");
}

/* Does libwebp decode a frame that the demultiplexer found? */
static bool
is_readable(const WebPDemuxer *demuxer, uint64_t index)
{
    WebPIterator frame;
    int width, height;
    if (!WebPDemuxGetFrame(demuxer, (int)index + 1, &frame))
        return false;
    uint8_t *rgba = WebPDecodeRGBA(frame.fragment.bytes, frame.fragment.size, &width, &height);
    WebPFree(rgba);
    WebPDemuxReleaseIterator(&frame);
    return rgba;
}

static void
read_frames(struct mim_test_reading *reading, struct mim_test_host *host, const WebPDemuxer *demuxer)
{
    int32_t status = MIM_OK;
    uint64_t read = 0;

    while (read < MAX_FRAMES && (status = read_frame(reading, read, demuxer)) == MIM_OK) {
        mim_test_host_forget(host); /* an error belongs to that frame only */
        read++;
    }
    bool is_missed = demuxer && status != MIM_OK && !is_our_own_reason(host->message) && is_readable(demuxer, read);
    if (is_missed)
        fprintf(stderr, "status %d of frame %d, libwebp reads it: %s\n", status, (int)read, host->message);
    EXPECT(!is_missed);
    EXPECT(status == MIM_OK || status == MIM_END || host->message[0]);
}

/* The application wants what is there of damaged frames, turned as Exif says. */
static void
read_damaged(struct mim_test_host *host)
{
    struct mim_test_reading reading;

    host->keeps_damaged = true;
    mim_test_reading_begin(&reading, host, &webp_reader_ops);
    int32_t status = mim_test_reading_open(&reading);
    for (uint64_t i = 0; i < MAX_FRAMES && status == MIM_OK; i++) {
        mim_test_host_forget(host);
        status = webp_reader_ops.prepare(&reading.serial, i, reading.packet, &reading.info);
        if (status == MIM_OK && (uint64_t)reading.info.width * reading.info.height <= MAX_PIXELS)
            status = mim_test_reading_frame(&reading, i);
    }
    EXPECT(status == MIM_OK || status == MIM_END || host->message[0]);
    EXPECT(host->max_allocated <= MAX_ALLOCATED + (int64_t)host->source.size * 2);
    mim_test_reading_end(&reading);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mim_test_host host = { .source = { .data = (uint8_t *)(uintptr_t)data, .size = size },
                                  .limits[MIM_LIMIT_METADATA] = MAX_METADATA,
                                  .lends = size % 2 == 0 };
    const WebPData whole = { data, size };
    struct mim_test_reading reading;
    bool is_file = size >= 4 && !memcmp(data, "RIFF", 4); /* the demultiplexer takes bare pixels, too */
    WebPDemuxer *demuxer = is_file ? WebPDemux(&whole) : NULL;

    mim_test_reading_begin(&reading, &host, &webp_reader_ops);
    ((struct webp_reader *)reading.serial.state)->orients = 0;
    int32_t status = mim_test_reading_open(&reading);
    if (status == MIM_OK)
        read_frames(&reading, &host, demuxer);
    EXPECT(status == MIM_OK || (host.message[0] && !demuxer));
    mim_test_host_forget(&host);
    if (status == MIM_OK)
        EXPECT(webp_reader_ops.metadata(&reading.serial, NULL, NULL) == MIM_OK);
    EXPECT(host.max_allocated <= MAX_ALLOCATED + (int64_t)size * 2);
    mim_test_reading_end(&reading);
    WebPDemuxDelete(demuxer);
    mim_test_host_forget(&host);
    read_damaged(&host);
    EXPECT(mim_test_host_clear(&host));
    return 0;
}
