/* SPDX-License-Identifier: MIT */
/* The plugin's reader and writer called as the core calls them, one frame at a time. */
#ifndef MIM_GIF_TESTS_SESSION_H
#define MIM_GIF_TESTS_SESSION_H

#include "host.h"

#include "read/read.h"
#include "write/write.h"

/** An open reader and its canvas. */
struct reading {
    struct host host;
    struct mim_sequence sequence;
    struct mim_frame_info info; /**< of the last frame */
    uint8_t *canvas;            /**< RGBA, width x height of the sequence: the last frame composed */
    uint8_t *saved;
    struct mim_frame_info last;
    uint64_t next;
};

/** Takes the bytes over. The status of open. */
int32_t reading_open(struct reading *reading, struct bytes file);
int32_t reading_scan(struct reading *reading);

/** prepare, pixels, compose, release. Frames come in order, or from a key frame on. */
int32_t reading_frame(struct reading *reading, uint64_t index);

/** What metadata() says of the file (index MIM_UNKNOWN) or of a frame, in host.meta. */
int32_t reading_metadata(struct reading *reading, uint64_t index);
void reading_close(struct reading *reading);

/** A pixel of the canvas as 0xRRGGBBAA. */
uint32_t reading_pixel(const struct reading *reading, uint32_t x, uint32_t y);

enum { BLACK = 0x000000ff, RED = (int)0xff0000ff, GREEN = 0x00ff00ff, BLUE = 0x0000ffff, CLEAR = 0 };

#define SHOWS(x, y, colour) CHECK(reading_pixel(&reading, x, y) == (uint32_t)(colour))

/** Frames to write, packed. */
struct animation {
    uint32_t width, height, channels, count;
    uint8_t *frames;
    const int64_t *durations; /**< hundredths of a second; NULL: no timing */
    int32_t loop;
};

/** Options of the writer by name, as in the table; INT, BOOL and CHOICE as `number`, others as bytes of their type. */
struct setting {
    const char *name;
    int64_t number;
    const void *value;
};

/** Write with settings up to one without name. host.sink is the file; notices and messages stay in the host. */
int32_t animation_write(struct host *host, const struct animation *animation, const struct setting *settings);

#endif
