/* SPDX-License-Identifier: MIT */
/* Converting from one format to another, one frame at a time. */
#ifndef MIM_CONVERT_H
#define MIM_CONVERT_H

#include <mim/sequence.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Called for each frame, which it may change. MIM_END ends the output with the frame before, and the conversion succeeds. Any other
 * status but MIM_OK ends the conversion with that status. */
typedef enum mim_status (*mim_frame_function)(void *user, struct mim_frame *frame, struct mim_error *err);

/** Options of a conversion; zero-initialise for the defaults. read.open.control controls the job. */
struct mim_convert_options {
    struct mim_read_options read;    /**< partial: write the good frames of a damaged input, and what can be
                                      * decoded of a frame that is cut, and return its error */
    struct mim_write_options write;
    mim_frame_function each;         /**< called for each frame, or NULL */
    void *user;                      /**< passed to each */
    int without_metadata;
    uint32_t reserved[7];
};

/**
 * Write the selected frames of all sources, one after another, to a sink. Keeps timing, loop count, depth, alpha and
 * metadata as far as the output's format can store them, and reports each loss as a notice. A range with a step keeps the
 * speed: each frame lasts as long as all frames of its step, the last to the end of the range. Writes nothing if an input
 * is damaged, unless read.partial is set.
 */
MIM_API enum mim_status mim_convert(struct mim_context *context, struct mim_source *const *sources, size_t source_count,
                                    struct mim_sink *sink, const struct mim_convert_options *options,
                                    struct mim_error *err);
/** Convert a file to another, both by path or URI. */
MIM_API enum mim_status mim_convert_uri(struct mim_context *context, const char *input, const char *output,
                                        const struct mim_convert_options *options, struct mim_error *err);

#ifdef __cplusplus
}
#endif
#endif
