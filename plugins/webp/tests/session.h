/* SPDX-License-Identifier: MIT */
/* Reads and writes files through the plugin's operations, called in the order of the core. */
#ifndef MIM_WEBP_TESTS_SESSION_H
#define MIM_WEBP_TESTS_SESSION_H

#include <mim/kit/test-case.h>
#include <mim/kit/test-ops.h>

#include "read/pixels.h"
#include "read/reader.h"
#include "write/state.h"
#include "write/writer.h"

/* Packed u8 frames of one shape, each shown for 40 ms. */
struct animation {
    uint32_t width, height, channels, count;
    const uint8_t *frames;
    uint32_t timing;                    /* MIM_TIMING_* */
    const char *xmp;                    /* metadata; NULL: none */
    void (*set)(struct webp_encoding *); /* sets options; NULL: the defaults */
};

/* Write them to host->sink. */
int32_t write_animation(struct mim_test_host *host, const struct animation *animation);

/* Make what was written the source, which the caller frees. */
void use_as_source(struct mim_test_host *host);

#endif
