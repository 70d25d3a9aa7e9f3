/* SPDX-License-Identifier: MIT */
/* Reading and writing whole sequences in one call. */
#ifndef MIM_SEQUENCE_H
#define MIM_SEQUENCE_H

#include <mim/reader.h>
#include <mim/writer.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options for reading; zero-initialise for the defaults. */
struct mim_read_options {
    struct mim_open_options open;
    const struct mim_range *ranges;  /**< frames to read, in this order and possibly repeated; none: all frames */
    size_t range_count;
    int partial;                     /**< after an error, return the frames read so far together with the error; of a
                                      * frame that is cut, what can be decoded, as with open.partial */
    uint32_t reserved[7];
};

/** A list of frames. Free it with mim_frames_clear(). */
struct mim_frames {
    struct mim_frame *frames;
    size_t count;
    struct mim_meta *meta;           /**< of the whole sequence, or NULL */
    int32_t loop;                    /**< as in struct mim_frame */
    uint32_t reserved[5];
};
/** Free the frames and zero the struct. */
MIM_API void mim_frames_clear(struct mim_frames *frames);

/** Read all frames of a sequence, or those selected, with their metadata. `uri` is a path or URI. The limit
 * result_bytes is checked before decoding. On failure nothing is returned, unless options->partial is set. */
MIM_API enum mim_status mim_read(struct mim_context *context, const char *uri, const struct mim_read_options *options,
                                 struct mim_frames *out, struct mim_error *err);
/** Read all frames of a source; the same as mim_read(). */
MIM_API enum mim_status mim_read_source(struct mim_context *context, struct mim_source *source,
                                        const struct mim_read_options *options, struct mim_frames *out,
                                        struct mim_error *err);
/** Read the first frame. */
MIM_API enum mim_status mim_read_image(struct mim_context *context, const char *uri, const struct mim_read_options *options,
                                       struct mim_frame *out, struct mim_error *err);

/** Frames of equal shape in one contiguous (count, height, width, channels) block. Free it with mim_volume_clear(). */
struct mim_volume {
    enum mim_sample sample;
    uint32_t width, height, channels;
    uint64_t count;
    void *data;
    uint64_t size;                   /**< bytes */
    struct mim_meta *meta;           /**< of the whole sequence, or NULL */
    uint32_t reserved[8];
};
/** Read a sequence into a volume. Fails with MIM_ARGUMENT if the shape of a frame differs from the first. The limit
 * result_bytes is 10^9 by default. */
MIM_API enum mim_status mim_read_volume(struct mim_context *context, const char *uri,
                                        const struct mim_read_options *options, struct mim_volume *out,
                                        struct mim_error *err);
/** Free data and metadata, and zero the volume. */
MIM_API void mim_volume_clear(struct mim_volume *volume);

/**
 * Write frames to a file. With the uri "<bytes>" it writes to memory: options->format is then required, and the caller
 * frees `*bytes` with mim_free(). Otherwise `bytes` is NULL. Does not change the frames.
 */
MIM_API enum mim_status mim_write(struct mim_context *context, const char *uri, const struct mim_frame *frames, size_t count,
                                  const struct mim_meta *meta, const struct mim_write_options *options, void **bytes,
                                  size_t *size, struct mim_error *err);
/** Write a single frame. */
MIM_API enum mim_status mim_write_image(struct mim_context *context, const char *uri, const struct mim_frame *frame,
                                        const struct mim_write_options *options, struct mim_error *err);
/** Write a volume as `count` frames. */
MIM_API enum mim_status mim_write_volume(struct mim_context *context, const char *uri, const struct mim_volume *volume,
                                         const struct mim_write_options *options, struct mim_error *err);

#ifdef __cplusplus
}
#endif
#endif
