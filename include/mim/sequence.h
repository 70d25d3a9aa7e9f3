/* SPDX-License-Identifier: MIT */
/* Whole sequences in one call. */
#ifndef MIM_SEQUENCE_H
#define MIM_SEQUENCE_H

#include <mim/reader.h>
#include <mim/writer.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Python-like slice. `{ 0 }` with no has_ flag means all. Negative numbers count from the end (which then is counted). */
struct mim_range {
    int64_t start, stop, step;   /**< step 0 means 1; negative goes backwards */
    int has_start, has_stop;
};

struct mim_read_options {
    struct mim_open_options open;
    const struct mim_range *ranges;  /**< in this order, may repeat; none: all frames */
    size_t range_count;
    int partial;                     /**< on an error keep the frames read so far: they are handed over together with it */
    uint32_t reserved[7];
};

/** Frames of one call. Clear with mim_frames_clear(). */
struct mim_frames {
    struct mim_frame *frames;
    size_t count;
    struct mim_meta *meta;           /**< of the whole, or NULL */
    int32_t loop;                    /**< as in struct mim_frame */
    uint32_t reserved[5];
};
MIM_API void mim_frames_clear(struct mim_frames *frames);

/** All frames of a sequence, each with its metadata, within the result budget, which is checked before decoding. `uri` is a
 * path or URI. On failure nothing is handed over, unless `partial`. */
MIM_API enum mim_status mim_read(struct mim_context *context, const char *uri, const struct mim_read_options *options,
                                 struct mim_frames *out, struct mim_error *err);
MIM_API enum mim_status mim_read_source(struct mim_context *context, struct mim_source *source,
                                        const struct mim_read_options *options, struct mim_frames *out,
                                        struct mim_error *err);
/** The first frame. */
MIM_API enum mim_status mim_read_image(struct mim_context *context, const char *uri, const struct mim_read_options *options,
                                       struct mim_frame *out, struct mim_error *err);

/** Equal frames in one contiguous (count, height, width, channels) block, freed with mim_free(data). */
struct mim_volume {
    enum mim_sample sample;
    uint32_t width, height, channels;
    uint64_t count;
    void *data;
    uint64_t size;                   /**< bytes */
    struct mim_meta *meta;           /**< of the whole, or NULL; mim_meta_destroy() */
    uint32_t reserved[8];
};
/** ARGUMENT naming the frame whose shape differs from the first. The result budget is 10^9 bytes by default. */
MIM_API enum mim_status mim_read_volume(struct mim_context *context, const char *uri,
                                        const struct mim_read_options *options, struct mim_volume *out,
                                        struct mim_error *err);
MIM_API void mim_volume_clear(struct mim_volume *volume);

/**
 * Frames to a file. `uri` "<bytes>" writes to memory: `bytes` gets a buffer that the caller frees with mim_free(), and the
 * format must be named. Else `bytes` is NULL. The frames are only read.
 */
MIM_API enum mim_status mim_write(struct mim_context *context, const char *uri, const struct mim_frame *frames, size_t count,
                                  const struct mim_meta *meta, const struct mim_write_options *options, void **bytes,
                                  size_t *size, struct mim_error *err);
/** Exactly one frame. */
MIM_API enum mim_status mim_write_image(struct mim_context *context, const char *uri, const struct mim_frame *frame,
                                        const struct mim_write_options *options, struct mim_error *err);
/** A volume as `count` frames. */
MIM_API enum mim_status mim_write_volume(struct mim_context *context, const char *uri, const struct mim_volume *volume,
                                         const struct mim_write_options *options, struct mim_error *err);

#ifdef __cplusplus
}
#endif
#endif
