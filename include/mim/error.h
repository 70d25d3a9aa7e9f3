/* SPDX-License-Identifier: MIT */
/* What went wrong, in words and numbers. */
#ifndef MIM_ERROR_H
#define MIM_ERROR_H

#include <mim/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define MIM_API __attribute__((visibility("default")))
#else
#define MIM_API
#endif

/** Which end of a conversion an error is about. */
enum mim_side { MIM_SIDE_NONE, MIM_SIDE_INPUT, MIM_SIDE_OUTPUT };

/**
 * Filled by a call that does not return MIM_OK; plain memory of the caller's, nothing to free. Start from `{ 0 }`, or pass
 * NULL where the status is enough. It holds what the last failing call said.
 */
struct mim_error {
    enum mim_status status;
    enum mim_side side;        /**< of mim_convert(); else NONE */
    uint64_t source;           /**< INPUT of mim_convert(): which of the sources, from 0 */
    uint64_t frame;            /**< index of the frame concerned, or MIM_UNKNOWN */
    uint64_t offset;           /**< byte in the source, or MIM_UNKNOWN */
    uint64_t needed, allowed;  /**< MIM_LIMIT: in the unit that the message names; else 0 */
    char plugin[32];           /**< plugin that said so, or "" */
    char message[600];         /**< one sentence, UTF-8, no full stop at its end */
};

/** The status's name: "MIM_CORRUPT". Any thread. */
MIM_API const char *mim_status_name(enum mim_status status);

/** What the status means, in a few words: "damaged data". Any thread. */
MIM_API const char *mim_status_text(enum mim_status status);

/** Version of the library that runs, "0.1.0". */
MIM_API const char *mim_version(void);

/** Free what a call of mim's handed over as plain memory; NULL is welcome. */
MIM_API void mim_free(void *memory);

#ifdef __cplusplus
}
#endif
#endif
