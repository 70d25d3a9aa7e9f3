/* SPDX-License-Identifier: MIT */
/* Writing one frame at a time: any length, bounded memory. */
#ifndef MIM_WRITER_H
#define MIM_WRITER_H

#include <mim/context.h>
#include <mim/frame.h>
#include <mim/meta.h>
#include <mim/options.h>
#include <mim/sink.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_writer; /* opaque; one thread at a time */

/** Zeroed = all defaults. */
struct mim_write_options {
    const char *format;           /**< name; NULL: by the sink's extension, strictly */
    const char *plugin;
    const struct mim_options *options;
    struct mim_control control;
    uint64_t count;               /**< frames to come, if known: lets lists be checked early; 0 = not known */
    int keep_existing;            /**< by uri: an existing file is MIM_EXISTS */
    int sync;                     /**< by uri: fsync before the file appears */
    uint64_t start;               /**< the first number of a series; 0 where it is one file */
    uint32_t reserved[6];
};

/** Choose a plugin, check the options. No file is touched before the first frame. */
MIM_API enum mim_status mim_writer_open(struct mim_writer **out, struct mim_context *context, struct mim_sink *sink,
                                        const struct mim_write_options *options, struct mim_error *err);
/** The same by path or URI. A name with %d or %03d gives each frame a file of its own, numbered: a series, of which the
 * files appear together. */
MIM_API enum mim_status mim_writer_open_uri(struct mim_writer **out, struct mim_context *context, const char *uri,
                                            const struct mim_write_options *options, struct mim_error *err);

/** Metadata of the whole, before the first frame; copied. Values that the format cannot keep become notices. */
MIM_API enum mim_status mim_writer_set_metadata(struct mim_writer *writer, const struct mim_meta *meta,
                                                struct mim_error *err);
/**
 * Add a frame; a copy is taken, the memory is the caller's again on return. What the format cannot hold is converted with a
 * notice, or refused by ARGUMENT naming the frame (mixed shapes, 2 or 5 channels). An error is final for the writer; it may
 * come one or several frames late.
 */
MIM_API enum mim_status mim_writer_append(struct mim_writer *writer, const struct mim_frame *frame, struct mim_error *err);
/** The same without a copy where the frame owns its pixels: it is taken over, and is zeroed on return, also on failure. */
MIM_API enum mim_status mim_writer_take(struct mim_writer *writer, struct mim_frame *frame, struct mim_error *err);
/** Write what is left; only now the file appears. The writer is gone afterwards, whatever the status. ARGUMENT: no frames,
 * and no file was touched. */
MIM_API enum mim_status mim_writer_finish(struct mim_writer *writer, struct mim_error *err);
/** Give up: the output is as if nothing had happened. The writer is gone. NULL is welcome. */
MIM_API void mim_writer_abandon(struct mim_writer *writer);

#ifdef __cplusplus
}
#endif
#endif
