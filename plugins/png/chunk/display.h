/* SPDX-License-Identifier: MIT */
/* The chunks gAMA, cHRM, cICP, mDCV and cLLI: for which displays the samples are. The last three are written from here too. */
#ifndef MIM_PNG_DISPLAY_H
#define MIM_PNG_DISPLAY_H

#include <stdbool.h>

#include <mim/plugin.h>

enum { PNGX_CICP_SIZE = 4, PNGX_MDCV_SIZE = 24, PNGX_CLLI_SIZE = 8 };

/* Zeroed = nothing known. */
struct pngx_display {
    uint8_t primaries, transfer; /* code points of ITU-T H.273; 0: unknown */
    uint8_t mdcv[PNGX_MDCV_SIZE], clli[PNGX_CLLI_SIZE];
    bool has_mdcv, has_clli;
};

/* Deliver the data of a chunk of one of these types as metadata. CORRUPT: it is damaged. */
int32_t pngx_display_report(struct mim_job *job, uint32_t type, const uint8_t *data, uint64_t size);

/* Retain metadata. UNSUPPORTED: it has another key, or a value that the chunks cannot store. */
int32_t pngx_display_retain(struct pngx_display *display, const char *key, int32_t type, const void *value, uint64_t size);
int32_t pngx_display_emit(struct mim_job *job, const struct pngx_display *display);

#endif
