/* SPDX-License-Identifier: MIT */
/* Writing a sequence one frame at a time, in bounded memory. */
#ifndef MIM_WRITER_H
#define MIM_WRITER_H

#include <mim/context.h>
#include <mim/frame.h>
#include <mim/meta.h>
#include <mim/options.h>
#include <mim/sink.h>
#include <mim/source.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_writer; /* opaque; use it from one thread at a time */

/** Options for writing; zero-initialise for the defaults. */
struct mim_write_options {
    const char *format;           /**< name of the format; NULL: the one of the sink's extension */
    const char *plugin;           /**< name of the plugin; NULL: choose the best */
    const struct mim_options *options;
    struct mim_control control;
    uint64_t count;               /**< number of frames, to check options that list a value per frame early; 0: unknown */
    int keep_existing;            /**< opened by URI: fail with MIM_EXISTS if the file exists */
    int sync;                     /**< opened by URI: call fsync() before the file appears */
    uint64_t start;               /**< first number of a series; 0 for a single file */
    uint32_t reserved[6];
};

/** Choose a plugin and check the options. Touches no file before the first frame. */
MIM_API enum mim_status mim_writer_open(struct mim_writer **out, struct mim_context *context, struct mim_sink *sink,
                                        const struct mim_write_options *options, struct mim_error *err);
/** Open a file by path or URI. A name with %d or %03d is a series of one numbered file per frame, which appear
 * together. */
MIM_API enum mim_status mim_writer_open_uri(struct mim_writer **out, struct mim_context *context, const char *uri,
                                            const struct mim_write_options *options, struct mim_error *err);

/** Set the number of frames to come, if mim_write_options.count did not. Call it before the first frame. */
MIM_API void mim_writer_expect(struct mim_writer *writer, uint64_t count);
/** Return non-zero if the format depends on the number of frames, so that counting them first is worth a scan of the input. */
MIM_API int mim_writer_wants_count(const struct mim_writer *writer);
/** Set the sources of the frames, from which plugins may take more, such as sound. Call it once, before the first frame. Each frame
 * states its source in mim_frame.source. Series of files are no such sources. */
MIM_API enum mim_status mim_writer_set_sources(struct mim_writer *writer, struct mim_source *const *sources, size_t count,
                                               struct mim_error *err);
/** Set the metadata of the whole sequence, which is copied. Call it before the first frame. Values that the format
 * cannot store are reported as notices. */
MIM_API enum mim_status mim_writer_set_metadata(struct mim_writer *writer, const struct mim_meta *meta,
                                                struct mim_error *err);
/**
 * Append a copy of a frame. If the format cannot store it, converts it with a notice, or fails with MIM_ARGUMENT, for
 * example for frames of different shapes. The writer cannot be used after an error. An error may be reported some
 * frames late.
 */
MIM_API enum mim_status mim_writer_append(struct mim_writer *writer, const struct mim_frame *frame, struct mim_error *err);
/** Append a frame without copying it if it owns its pixels. Takes over the frame and zeroes it, even on failure. */
MIM_API enum mim_status mim_writer_take(struct mim_writer *writer, struct mim_frame *frame, struct mim_error *err);
/** Append a frame without copying it. Its pixels must not change before the writer is finished or abandoned. */
MIM_API enum mim_status mim_writer_lend(struct mim_writer *writer, const struct mim_frame *frame, struct mim_error *err);
/** Complete the output, which makes the file appear, and close the writer, even on failure. Fails with MIM_ARGUMENT if
 * there are no frames, and touches no file then. */
MIM_API enum mim_status mim_writer_finish(struct mim_writer *writer, struct mim_error *err);
/** Discard the output and close the writer, which may be NULL. */
MIM_API void mim_writer_abandon(struct mim_writer *writer);

#ifdef __cplusplus
}
#endif
#endif
