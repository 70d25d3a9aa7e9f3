/* SPDX-License-Identifier: MIT */
/* Control of a job: progress, notices, cancelling, limits. */
#ifndef MIM_CONTROL_H
#define MIM_CONTROL_H

#include <mim/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** No limit. A limit of 0 means the default, or that of the context or policy. */
#define MIM_NO_LIMIT UINT64_MAX

/** Limits of a job; zero-initialise for the defaults. A limit in mim.conf applies if it is lower. */
struct mim_limits {
    uint64_t result_bytes;    /**< packed pixels returned by mim_read() (default 256 000 000) and mim_read_volume() (10^9) */
    uint64_t working_bytes;   /**< all other memory of a job; default: the larger of 64 MB and two frames + 16 MB, at most
                               * result_bytes or 64 MB, whichever is larger */
    uint64_t frame_pixels;    /**< pixels of a decoded frame; default 2^31 */
    uint64_t frames;          /**< frames of a sequence; default 10^6 */
    uint64_t metadata_bytes;  /**< default 64 MiB */
    uint64_t milliseconds;    /**< default none */
    uint64_t spool_bytes;     /**< bytes of a stream, or of an output or frames that are needed twice, kept for reading them again;
                               * default 8 000 000 000 */
    uint64_t ratio;           /**< bytes out of an archive for each byte of it, after the first 100 MB; default 250 */
    uint64_t reserved[2];
};

/** Parse a size such as "256MB", "1.5 GiB" or "1000000". Stores a number; MIM_NO_LIMIT for "0", "off", "none" and
 * "false"; or 0, the default, for "on" and "true". Fails with MIM_OPTION if the text is not a size. */
MIM_API enum mim_status mim_size_parse(const char *text, uint64_t *bytes, struct mim_error *err);

/** Set a limit by its name in mim.conf: memory, working, pixels, frames, metadata, seconds, spool or ratio, to a value as
 * written there. Fails with MIM_OPTION if either is wrong. */
MIM_API enum mim_status mim_limits_set(struct mim_limits *limits, const char *name, const char *value,
                                       struct mim_error *err);

/** A switch that cancels jobs. Any thread or signal handler may set it. */
struct mim_cancel;
MIM_API struct mim_cancel *mim_cancel_create(void); /**< Create a switch that is not set; NULL if out of memory. */
MIM_API void mim_cancel_request(struct mim_cancel *cancel); /**< Set the switch; async-signal-safe. */
MIM_API void mim_cancel_reset(struct mim_cancel *cancel); /**< Clear the switch, to use it again. */
MIM_API void mim_cancel_destroy(struct mim_cancel *cancel); /**< Destroy the switch, which no job may use; may be NULL. */

/** Write the functions of plugins that are running to `text`, as in "in plugin gif, pixels; in plugin png, encode", or "": for a
 * handler of a signal, to report a plugin that hangs or dies. `own_thread` 1: only the one that this thread is in. Cuts the text
 * to `size` with its terminating zero, and returns its length. Async-signal-safe. */
MIM_API size_t mim_running_plugins(char *text, size_t size, int own_thread);

/** The progress of a job. */
struct mim_progress {
    uint64_t done;    /**< frames delivered or written. Selected frames that are decoded before their turn count when they are
                       * decoded, in a conversion as half */
    uint64_t total;   /**< number of frames, or MIM_UNKNOWN */
    uint64_t bytes;   /**< bytes read or written */
};

/** A loss or something unexpected that does not fail the job. */
struct mim_notice {
    enum mim_notice_code code;
    uint32_t reserved;
    uint64_t frame;          /**< index of the frame, or MIM_UNKNOWN for the whole sequence */
    const char *plugin;      /**< name of the plugin, or "" for libmim */
    const char *text;
};

/** Counts of a job, updated while it runs. */
struct mim_tally {
    uint64_t frames;
    uint64_t notices[MIM_NOTICE_COUNT];
    uint64_t reserved[4];
};

/** Control of a job. All fields are optional. Callbacks run on the thread that called libmim. */
struct mim_control {
    int (*progress)(void *user, const struct mim_progress *progress); /**< returns non-zero to cancel */
    void (*notice)(void *user, const struct mim_notice *notice);
    void *user;
    struct mim_cancel *cancel;  /**< borrowed */
    struct mim_tally *tally;    /**< borrowed */
    struct mim_limits limits;
    int strict;                 /**< fail with MIM_UNSUPPORTED and the notice's text on the first notice */
    uint32_t reserved[7];
};

#ifdef __cplusplus
}
#endif
#endif
