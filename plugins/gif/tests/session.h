/* SPDX-License-Identifier: MIT */
/* Calls the plugin's reader and writer as the core does, one frame at a time. */
#ifndef MIM_GIF_TESTS_SESSION_H
#define MIM_GIF_TESTS_SESSION_H

#include <mim/kit/test-case.h>
#include <mim/kit/test-ops.h>

#include "read/reader.h"
#include "write/writer.h"

/* An open reader and its canvas. */
struct reading {
    struct mim_test_host host;
    struct mim_job job;
    struct mim_sequence sequence;
    struct mim_frame_info info; /* of the last frame read */
    uint8_t *canvas;            /* RGBA: the last frame composed */
    uint8_t *saved;
    struct mim_frame_info last;
    uint64_t next;
};

/* Take ownership of a file. Options and failing calls may be set before the op `open`. */
void reading_begin(struct reading *reading, struct mim_test_bytes file);
/* Begin and open. Status of open. */
int32_t reading_open(struct reading *reading, struct mim_test_bytes file);
int32_t reading_scan(struct reading *reading);

/* Prepare, decode and compose a frame: the next one, or a key frame. */
int32_t reading_frame(struct reading *reading, uint64_t index);

/* Get the metadata of the file (index MIM_UNKNOWN) or a frame as the host's report. */
int32_t reading_metadata(struct reading *reading, uint64_t index);
void reading_close(struct reading *reading);

/* A pixel of the canvas as 0xRRGGBBAA. */
uint32_t reading_pixel(const struct reading *reading, uint32_t x, uint32_t y);

enum { BLACK = 0x000000ff, RED = (int)0xff0000ff, GREEN = 0x00ff00ff, BLUE = 0x0000ffff, CLEAR = 0 };

#define SHOWS(x, y, colour) CHECK(reading_pixel(&reading, x, y) == (uint32_t)(colour))

/* Frames to write, in packed rows. */
struct animation {
    uint32_t width, height, channels, count;
    uint8_t *frames;
    const int64_t *durations; /* hundredths of a second; NULL: 10 each */
    int32_t loop;
    bool is_put_lean; /* check that put allocates nothing */
    uint32_t timing; /* MIM_TIMING_* */
};

/* An option of the writer by name: INT, BOOL and CHOICE in `number`, other types by pointer in `value`. */
struct setting {
    const char *name;
    int64_t number;
    const void *value;
};

/*
 * Write with a list of settings that ends with a NULL name. host.sink is the file; the host keeps notices and
 * messages.
 */
int32_t animation_write(struct mim_test_host *host, const struct animation *animation, const struct setting *settings);

#endif
