/* SPDX-License-Identifier: MIT */
/* Reading one frame at a time: any length, bounded memory. */
#ifndef MIM_READER_H
#define MIM_READER_H

#include <mim/context.h>
#include <mim/frame.h>
#include <mim/meta.h>
#include <mim/options.h>
#include <mim/source.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_reader; /* opaque; one thread at a time */

/** Zeroed = all defaults. */
struct mim_open_options {
    const char *format;            /**< name; NULL: by content, then by extension */
    const char *plugin;            /**< name; NULL: the best */
    const struct mim_options *options;
    struct mim_control control;
    enum mim_sample sample;        /**< deliver this sample type; NONE: native */
    uint32_t channels;             /**< deliver so many channels (1..4); 0: native */
    int mean;                      /**< gray as the mean of all channels, same sample type */
    int no_metadata;               /**< frames come without metadata */
    int in_place;                  /**< samples that lie plain in a regular file, in the machine's byte order, are not read: the
                                    * frame's pixels are a private mapping of the file, there is nothing to decode or copy. Other
                                    * frames come as usual. Who shortens the file while such a frame lives makes touching its
                                    * pixels a SIGBUS, so ask for this only where nobody does; a file that is written to
                                    * meanwhile may show through. */
    uint32_t reserved[7];
};

/** What is known of an open sequence. Strings are borrowed while the reader lives. */
struct mim_reader_facts {
    const char *format, *plugin, *plugin_version;
    uint64_t count;                /**< or MIM_UNKNOWN */
    enum mim_certainty certainty;
    uint32_t canvas_width, canvas_height; /**< 0: frames stand alone */
    int32_t loop;                  /**< plays in total, 0 for ever, -1 not an animation */
    struct mim_rational time_base; /**< seconds per tick; den 0: no timing */
    uint64_t files;                /**< of a series; format and plugin are then the first's. 0: one file */
};

/** What is known of one frame without its pixels. */
struct mim_frame_facts {
    uint64_t index;
    enum mim_sample sample;
    uint32_t width, height, channels;
    int64_t pts, duration;
    struct mim_rational time_base;
};

/**
 * Open the first sequence of `source`. Errors say which of these it is: UNKNOWN_FORMAT, NO_PLUGIN (the message names the
 * package), BROKEN_PLUGIN, DISABLED, OPTION, or what the plugin found. Of a series, which is a source by a pattern or a
 * directory, each file is a frame, and what is wrong with one is said when its turn comes.
 */
MIM_API enum mim_status mim_reader_open(struct mim_reader **out, struct mim_context *context, struct mim_source *source,
                                        const struct mim_open_options *options, struct mim_error *err);
/** The same by path or URI. */
MIM_API enum mim_status mim_reader_open_uri(struct mim_reader **out, struct mim_context *context, const char *uri,
                                            const struct mim_open_options *options, struct mim_error *err);

/** Frames, as far as known without work; MIM_UNKNOWN when not. `certainty` may be NULL. */
MIM_API uint64_t mim_reader_count(const struct mim_reader *reader, enum mim_certainty *certainty);
/** The exact number, by a scan of the file without decoding where needed; can be cancelled. The next frame stays the same.
 * A damaged file: its status, and `count` is set to the frames before the damage. */
MIM_API enum mim_status mim_reader_count_exactly(struct mim_reader *reader, uint64_t *count, struct mim_error *err);
MIM_API void mim_reader_facts(const struct mim_reader *reader, struct mim_reader_facts *facts);
/** Frame i's shape and timing, without decoding it. RANGE for i >= count. The next frame stays the same. */
MIM_API enum mim_status mim_reader_info(struct mim_reader *reader, uint64_t i, struct mim_frame_facts *facts,
                                        struct mim_error *err);
/** Frame i's metadata, without decoding it: a list of the caller's to destroy, NULL when there is none. The next frame stays
 * the same. */
MIM_API enum mim_status mim_reader_frame_metadata(struct mim_reader *reader, uint64_t i, struct mim_meta **meta,
                                                  struct mim_error *err);
/** Metadata of the whole; borrowed while the reader lives. NULL also when it cannot be had: mim_reader_load_metadata() tells. */
MIM_API const struct mim_meta *mim_reader_metadata(struct mim_reader *reader);
/** Fetch the metadata of the whole, which the call above else does on its first use. */
MIM_API enum mim_status mim_reader_load_metadata(struct mim_reader *reader, struct mim_error *err);

/**
 * Decode the next frame into `frame`: what that held before is released, so one zeroed frame serves the whole sequence.
 * The first call gives frame 0. END past the last, again and again. CORRUPT, TRUNCATED, ... on a damaged frame, again and
 * again; mim_reader_read() and mim_reader_seek() still reach others.
 */
MIM_API enum mim_status mim_reader_next(struct mim_reader *reader, struct mim_frame *frame, struct mim_error *err);
/** Decode frame i; the next is then i+1. Equal, bit for bit, to the i-th of a scan. RANGE: nothing changes. */
MIM_API enum mim_status mim_reader_read(struct mim_reader *reader, uint64_t i, struct mim_frame *frame,
                                        struct mim_error *err);
/** The next frame is then i. RANGE, when the count is known, for i > count. */
MIM_API enum mim_status mim_reader_seek(struct mim_reader *reader, uint64_t i, struct mim_error *err);
/** Frames already delivered stay valid. NULL is welcome. */
MIM_API void mim_reader_close(struct mim_reader *reader);

#ifdef __cplusplus
}
#endif
#endif
