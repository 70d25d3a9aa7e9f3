/* SPDX-License-Identifier: MIT */
/*
 * Compares the reader with libjpeg alone, which decodes the whole picture from memory: both return the same picture, or both
 * refuse it. Damaged pictures are kept as far as they go, so that their pixels are compared as well; damage is reported only if
 * libjpeg warns.
 */
#include <mim/kit/test-ops.h>

#include "fuzz.h"

#include "plain.h"
#include "read/reader.h"

enum { MAX_PIXEL_BYTES = 1 << 20, MAX_ALLOCATED = 4 << 20, RGB = 3, CMYK = 4 };

/* Errors of segments before the picture, which libjpeg passes over. */
static bool
is_our_own_reason(const char *text)
{
    return strstr(text, "a segment of") || strstr(text, "segments of metadata");
}

/* Is `rgb` the colour of these inks? */
static bool
is_colour_of(const uint8_t *inks, const uint8_t *rgb, bool is_inverted)
{
    uint8_t flip = is_inverted ? 0 : 255;
    for (int i = 0; i < RGB; i++)
        if (rgb[i] != ((inks[i] ^ flip) * (inks[3] ^ flip) + 127) / 255)
            return false;
    return true;
}

static bool
are_same_pixels(const struct mim_raster *ours, const uint8_t *theirs, const struct jpeg_header *header)
{
    size_t pixels = (size_t)ours->width * ours->height;
    if (header->components != CMYK)
        return memcmp(ours->data, theirs, pixels * ours->channels) == 0;
    for (size_t i = 0; i < pixels; i++)
        if (!is_colour_of(theirs + i * CMYK, ours->data + i * RGB, header->is_inverted))
            return false;
    return true;
}

static void
compare_pictures(const struct mim_test_host *host, const struct mim_test_reading *reading, int32_t status)
{
    const struct jpeg_header *header = &((const struct jpeg_reader *)reading->serial.state)->header;
    long warnings;
    uint8_t *theirs = plain_decode(host->source.data, host->source.size, MAX_PIXEL_BYTES * 2, &warnings);
    bool is_same = (status == MIM_OK) == (theirs != NULL) || is_our_own_reason(host->message);
    if (!is_same)
        fprintf(stderr, "status %d here, libjpeg %s: %s\n", status, theirs ? "reads it" : "refuses", host->message);
    EXPECT(is_same);
    EXPECT(status == MIM_OK || host->message[0]);
    if (status == MIM_OK && theirs) {
        bool lacks_scans = strstr(host->message, "before the last scan");
        EXPECT(!host->message[0] || warnings > 0 || lacks_scans);
        EXPECT(are_same_pixels(&reading->raster, theirs, header));
    }
    free(theirs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mim_test_host host = { .source = { .data = (uint8_t *)(uintptr_t)data, .size = size }, .keeps_damaged = true };
    struct mim_test_reading reading;

    mim_test_reading_begin(&reading, &host, &jpeg_reader_ops);
    struct jpeg_reader *state = reading.serial.state;
    state->orients = 0;
    int32_t status = mim_test_reading_open(&reading);
    uint64_t pixel_bytes = (uint64_t)state->header.width * state->header.height * state->header.components;
    if (status != MIM_OK || pixel_bytes <= MAX_PIXEL_BYTES) {
        if (status == MIM_OK)
            status = mim_test_reading_frame(&reading, 0);
        compare_pictures(&host, &reading, status);
    }
    if (state->header.scan_at) {
        mim_test_host_forget(&host);
        EXPECT(jpeg_reader_ops.metadata(&reading.serial, NULL, NULL) == MIM_OK && !host.message[0]);
    }
    EXPECT(host.max_allocated <= MAX_ALLOCATED + (int64_t)size * 2 && host.reserved == 0);
    mim_test_reading_end(&reading);
    EXPECT(mim_test_host_clear(&host));
    return 0;
}
