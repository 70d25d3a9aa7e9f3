/* SPDX-License-Identifier: MIT */
/* From a reader to a writer, one frame at a time. */
#ifndef MIM_CONVERT_H
#define MIM_CONVERT_H

#include <mim/sequence.h>

#ifdef __cplusplus
extern "C" {
#endif

/** May change the frame in place or replace its pixels. Anything but MIM_OK ends the conversion with that status. */
typedef enum mim_status (*mim_frame_function)(void *user, struct mim_frame *frame, struct mim_error *err);

/** Zeroed = all frames, all defaults. Progress, notices and cancelling come from read.open.control. */
struct mim_convert_options {
    struct mim_read_options read;    /**< partial: damaged inputs give their good frames, and the status of the damage */
    struct mim_write_options write;
    mim_frame_function each;         /**< or NULL */
    void *user;
    int without_metadata;
    uint32_t reserved[7];
};

/**
 * All (chosen) frames of `sources`, one after another, into one sink. Timing, loop, depth, alpha and metadata are kept where
 * the target can; each loss is a notice. A damaged input writes nothing unless read.partial.
 */
MIM_API enum mim_status mim_convert(struct mim_context *context, struct mim_source *const *sources, size_t source_count,
                                    struct mim_sink *sink, const struct mim_convert_options *options,
                                    struct mim_error *err);
/** The same by path or URI, one input. */
MIM_API enum mim_status mim_convert_uri(struct mim_context *context, const char *input, const char *output,
                                        const struct mim_convert_options *options, struct mim_error *err);

#ifdef __cplusplus
}
#endif
#endif
