/* SPDX-License-Identifier: MIT */
/* Reading a sequence one frame at a time, in bounded memory. */
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

struct mim_reader; /* opaque; use it from one thread at a time */

/** Options for opening; zero-initialise for the defaults. */
struct mim_open_options {
    const char *format;            /**< name of the format; NULL: detect it by content, then by extension */
    const char *plugin;            /**< name of the plugin; NULL: choose the best */
    const char *formats;           /**< names of the formats to allow, separated by blanks; NULL: all. Others fail with MIM_DISABLED,
                                    * before the module of a plugin is loaded */
    const char *plugins;           /**< the same for plugins */
    const struct mim_options *options;
    struct mim_control control;
    enum mim_sample sample;        /**< convert to this sample type; MIM_SAMPLE_NONE: keep it */
    uint32_t channels;             /**< convert to 1 to 4 channels; 0: keep them */
    int mean;                      /**< convert to gray by the mean of all channels, in the same sample type */
    int no_metadata;               /**< deliver frames without metadata */
    int in_place;                  /**< do not read plain samples in a regular file if they have native byte order: map them
                                    * privately as the frame's pixels, without decoding or copying. Other frames are read as
                                    * usual. If the file is truncated while such a frame exists, accessing its pixels raises
                                    * SIGBUS; if the file is written to, its pixels may change. Set this only for files that
                                    * do not change. */
    int packed_bits;               /**< deliver samples of 1 bit as MIM_SAMPLE_U1, not MIM_SAMPLE_U8 */
    int partial;                   /**< deliver frames that are cut or damaged as far as they can be decoded, with `damaged` set and
                                    * a notice, instead of an error. What is missing is zero */
    uint32_t reserved[1];
};

/** A slice of frames, as in Python. `{ 0 }` means all frames. Negative indices count from the end, which makes libmim
 * count the frames. */
struct mim_range {
    int64_t start, stop, step;   /**< step 0 means 1; a negative step goes backwards */
    int has_start, has_stop;     /**< whether start and stop are given */
};

/** Facts of an open sequence. The strings are valid as long as the reader. */
struct mim_reader_facts {
    const char *format, *plugin, *plugin_version;
    uint64_t count;                /**< number of frames, or MIM_UNKNOWN */
    enum mim_certainty certainty;  /**< of count */
    uint32_t canvas_width, canvas_height; /**< 0: frames are not composed */
    int32_t loop;                  /**< total number of plays, 0: for ever, -1: not an animation */
    struct mim_rational time_base; /**< seconds per tick; den 0: no timing */
    uint64_t files;                /**< number of files of a series, whose first file gives format and plugin; 0: a single file */
};

/** Facts of a frame, without its pixels. */
struct mim_frame_facts {
    uint64_t index;
    enum mim_sample sample;
    uint32_t width, height, channels;
    int64_t pts, duration;
    struct mim_rational time_base;
};

/**
 * Open a source and choose a plugin. Fails with MIM_UNKNOWN_FORMAT, MIM_NO_PLUGIN (the message names the package),
 * MIM_BROKEN_PLUGIN, MIM_DISABLED, MIM_OPTION, or the status of the plugin. In a series, which is a source named by a
 * pattern or a directory, each file is a frame; errors in a file are reported when its frame is read.
 */
MIM_API enum mim_status mim_reader_open(struct mim_reader **out, struct mim_context *context, struct mim_source *source,
                                        const struct mim_open_options *options, struct mim_error *err);
/** Open a file by path or URI. */
MIM_API enum mim_status mim_reader_open_uri(struct mim_reader **out, struct mim_context *context, const char *uri,
                                            const struct mim_open_options *options, struct mim_error *err);

/** Return the number of frames if it is known without scanning the file, else MIM_UNKNOWN. `certainty` may be NULL. */
MIM_API uint64_t mim_reader_count(const struct mim_reader *reader, enum mim_certainty *certainty);
/** Count the frames exactly. Scans the file if necessary, without decoding; can be cancelled. Does not change the next
 * frame. If the file is damaged, returns that status and stores the number of frames before the damage. */
MIM_API enum mim_status mim_reader_count_exactly(struct mim_reader *reader, uint64_t *count, struct mim_error *err);
/** Get the facts of the sequence. */
MIM_API void mim_reader_get_facts(const struct mim_reader *reader, struct mim_reader_facts *facts);
/** Get the shape and timing of frame i without decoding it. Fails with MIM_RANGE if there is no such frame. Does not
 * change the next frame. */
MIM_API enum mim_status mim_reader_info(struct mim_reader *reader, uint64_t i, struct mim_frame_facts *facts,
                                        struct mim_error *err);
/** Get the metadata of frame i without decoding it. The caller destroys the list, which is NULL if there is none. Does
 * not change the next frame. */
MIM_API enum mim_status mim_reader_frame_metadata(struct mim_reader *reader, uint64_t i, struct mim_meta **meta,
                                                  struct mim_error *err);
/** Return the metadata of the whole sequence, which is valid as long as the reader. Returns NULL if there is none or
 * loading it failed; mim_reader_load_metadata() distinguishes the two. */
MIM_API const struct mim_meta *mim_reader_metadata(struct mim_reader *reader);
/** Load the metadata of the whole sequence, and report errors that mim_reader_metadata() cannot. */
MIM_API enum mim_status mim_reader_load_metadata(struct mim_reader *reader, struct mim_error *err);

/** Return item i of the content that the source has besides frames and metadata, in the order of kinds, or NULL past the last. It is
 * valid as long as the reader. A stream has what its beginning announces. */
MIM_API const struct mim_offer *mim_reader_offer(const struct mim_reader *reader, size_t i);

/**
 * Decode the next frame, beginning with frame 0. Releases the previous contents of `frame`, so one zeroed frame can be
 * used for the whole sequence. Returns MIM_END past the last frame, and MIM_CORRUPT, MIM_TRUNCATED or another error for
 * a damaged frame, each time it is called there. mim_reader_read() and mim_reader_seek() can still reach other frames.
 */
MIM_API enum mim_status mim_reader_next(struct mim_reader *reader, struct mim_frame *frame, struct mim_error *err);
/** With `partial` in the options: return MIM_OK, or the damage because of which the frame that was read last lacks pixels. */
MIM_API enum mim_status mim_reader_damage(const struct mim_reader *reader, struct mim_error *err);
/** Decode frame i. The next frame is i + 1. The result is the same as by mim_reader_next(). Fails with MIM_RANGE if
 * there is no such frame. After a step back from frame i + 1, frames before i that are decoded on the way to it are kept within the
 * working memory, for further steps back. */
MIM_API enum mim_status mim_reader_read(struct mim_reader *reader, uint64_t i, struct mim_frame *frame,
                                        struct mim_error *err);
/**
 * Decode the frames of `indices`, in any order and with any repeats, into an array of `count` frames, each as by mim_reader_read().
 * The file is read forwards as far as possible: a list in any order takes about as long as the same list sorted, if the frames that
 * have to wait for their turn fit into the working memory, and else is read in parts that do. The frames together are charged to the
 * result budget (struct mim_limits), unless mim_reader_limit_result() has set one for the reader. The next frame is the one after
 * the last of the list. Fails with MIM_RANGE if an index has no frame, before decoding if the number of frames is known. If decoding
 * fails, the frames before the failing one in the list are delivered, and those from it on are as before.
 */
MIM_API enum mim_status mim_reader_read_many(struct mim_reader *reader, const uint64_t *indices, size_t count,
                                             struct mim_frame *frames, struct mim_error *err);
/** Make frame i the next frame. Fails with MIM_RANGE if the count is known and i > count. */
MIM_API enum mim_status mim_reader_seek(struct mim_reader *reader, uint64_t i, struct mim_error *err);

/**
 * Select the frames that mim_reader_next() delivers from now on, until mim_reader_read() or mim_reader_seek(): those of the ranges, in
 * this order, with their own times. Without ranges these are all frames. Negative indices and steps make libmim count the frames,
 * which fails for a damaged file, unless `partial` is set: then they count from its last good frame. Fails with MIM_RANGE for a
 * single index that no frame has.
 */
MIM_API enum mim_status mim_reader_select(struct mim_reader *reader, const struct mim_range *ranges, size_t range_count,
                                          int partial, struct mim_error *err);
/** Return the number of selected frames if it is known without work, else MIM_UNKNOWN. Without a selection these are the frames from
 * the next one on. Sets `first`, unless it is NULL, to the index of the first, or to MIM_UNKNOWN if there is none. */
MIM_API uint64_t mim_reader_selected(const struct mim_reader *reader, uint64_t *first);
/** Skip the frame on which mim_reader_next() failed. `error`, unless NULL, is that failure, and is reported as a notice. Fails with
 * MIM_ARGUMENT if the reader is not a series, because the frames of one file depend on each other. */
MIM_API enum mim_status mim_reader_skip(struct mim_reader *reader, const struct mim_error *error, struct mim_error *err);
/** Charge all frames from now on to the limit result_bytes. `frames` is their number, or MIM_UNKNOWN: that of the header, if it has
 * one. Fails with MIM_LIMIT here if the number and the shape of all frames are known; else the frame that exceeds the limit fails,
 * before its memory is allocated. */
MIM_API enum mim_status mim_reader_limit_result(struct mim_reader *reader, uint64_t frames, struct mim_error *err);

/** Close a reader, which may be NULL. Delivered frames remain valid. */
MIM_API void mim_reader_close(struct mim_reader *reader);

#ifdef __cplusplus
}
#endif
#endif
