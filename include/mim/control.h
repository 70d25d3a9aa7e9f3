/* SPDX-License-Identifier: MIT */
/* How a job is watched and bounded: progress, notices, cancelling, limits. */
#ifndef MIM_CONTROL_H
#define MIM_CONTROL_H

#include <mim/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** As a limit: none. 0 means the default, or what the context or the policy says. */
#define MIM_NO_LIMIT UINT64_MAX

/** Zeroed = all defaults. Policies in mim.conf tighten these and are never loosened by a call. */
struct mim_limits {
    uint64_t result_bytes;    /**< packed pixel bytes handed over by mim_read() and mim_read_volume(): 256 000 000, volumes 10^9 */
    uint64_t working_bytes;   /**< all else a job holds: the larger of 64 MB and two frames + 16 MB, never above a larger result_bytes */
    uint64_t frame_pixels;    /**< 2^28, when decoding */
    uint64_t frames;          /**< 10^6 */
    uint64_t metadata_bytes;  /**< 64 MiB */
    uint64_t milliseconds;    /**< none */
    uint64_t reserved[4];
};

/** Parse SPEC-style sizes: "256MB", "1.5 GiB", "1000000", "off", "on". `bytes` becomes a number, MIM_NO_LIMIT ("0",
 * "off", "none", "false") or 0 for the default ("on", "true"). OPTION quotes what is not a size. */
MIM_API enum mim_status mim_size_parse(const char *text, uint64_t *bytes, struct mim_error *err);

/** A switch that any thread or signal handler may throw. */
struct mim_cancel;
MIM_API struct mim_cancel *mim_cancel_create(void); /**< not thrown; NULL: no memory */
MIM_API void mim_cancel_request(struct mim_cancel *cancel); /**< throw it; async-signal-safe */
MIM_API void mim_cancel_reset(struct mim_cancel *cancel); /**< for the next job */
MIM_API void mim_cancel_destroy(struct mim_cancel *cancel); /**< no job may use it any more; NULL is welcome */

struct mim_progress {
    uint64_t done;    /**< frames delivered or written */
    uint64_t total;   /**< or MIM_UNKNOWN */
    uint64_t bytes;   /**< read or written so far */
};

struct mim_notice {
    enum mim_notice_code code;
    uint32_t reserved;
    uint64_t frame;          /**< or MIM_UNKNOWN: of the whole */
    const char *plugin;      /**< "" when the core says it */
    const char *text;
};

/** What a job counted; filled as it goes. */
struct mim_tally {
    uint64_t frames;
    uint64_t notices[MIM_NOTICE_COUNT];
    uint64_t reserved[4];
};

/** All optional. Callbacks run in the thread that called mim, between steps, never in a worker. */
struct mim_control {
    int (*progress)(void *user, const struct mim_progress *progress); /**< non-zero cancels */
    void (*notice)(void *user, const struct mim_notice *notice);
    void *user;
    struct mim_cancel *cancel;  /**< borrowed */
    struct mim_tally *tally;    /**< borrowed */
    struct mim_limits limits;
    int strict;                 /**< a notice is an error: MIM_UNSUPPORTED with its text */
    uint32_t reserved[7];
};

#ifdef __cplusplus
}
#endif
#endif
