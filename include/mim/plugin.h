/* SPDX-License-Identifier: MIT */
/*
 * The plugin ABI: all that a plugin author reads. Version 1.0: from here on it only grows, as docs/plugin-abi.md tells.
 *
 * A plugin is one shared module with a manifest (NAME.so + NAME.ini). It exports one data symbol, MIM_PLUGIN_SYMBOL, and
 * never links libmim: everything it needs comes in the host table. Every function takes a struct mim_job first.
 *
 * Legal sequences of calls
 *
 *   reader   open [scan]* { prepare(i) { pixels(part) | metadata }* release }* close
 *   writer   metadata(global)* open { metadata(frame)* accepts(i) { encode(part)* put }* }* finish close
 *            of two passes: ... open { metadata(frame)* accepts(i) survey }* survey(NULL) { encode(part)* put }* finish close
 *   worker   worker_open { pixels | metadata | release | encode }* worker_close
 *
 * - open, scan, prepare, accepts, survey, put, finish and close are *serial*: they never overlap within one file, but may
 *   come from different threads. They get the serial job.
 * - metadata of the whole (packet NULL, info NULL) is serial, too. With sequence->sequential set it delivers what open has
 *   seen, and does not read on.
 * - pixels, metadata and encode run on any thread, several at once, each with its own worker's job. They only read what
 *   open left in the state; what a frame adds travels in its packet. release may come on any thread, with the serial job or
 *   a worker's that may not have been opened: it is for host calls only.
 * - pixels may be asked again for the same part: the core does so when memory was short while other frames were in flight.
 * - release follows every successful prepare and has returned before close. close comes exactly once, also after a failed
 *   open, on a zeroed state; so undoing stands in close alone.
 * - A reader without MIM_READER_ANY_ORDER gets prepare(0), prepare(1), ...; to go back, the core calls close and opens a
 *   fresh state. prepare without pixels means that the frame is skipped.
 * - scan counts the frames without decoding, sets sequence->count and ->sure, and leaves the position of prepare alone.
 * - Errors of open, scan and prepare end the sequence there; errors of pixels belong to their frame. An op that returns
 *   MIM_OK takes back what fail() said; a failed host call (read_at, poll, emit ...) fails the op whatever it returns.
 * - After a failed accepts the frames before it are still encoded and put, for one of them may fail, too, and is named then.
 *   After any other failed serial op of a writer only close follows.
 *
 * Rules: no global state set in codec libraries, nothing on stdout or stderr, no exit or abort, no change of locale,
 * directory, signals or environment, no file and no network but the source, the sink and open_side. Threads that a plugin
 * starts end before close. No host pointer is kept outside states.
 */
#ifndef MIM_PLUGIN_H
#define MIM_PLUGIN_H

#include <mim/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MIM_PLUGIN_MAGIC 0x314d494dU
#define MIM_PLUGIN_ABI_MAJOR 1
#define MIM_PLUGIN_ABI_MINOR 0

/** Does the struct, as its maker knew it, reach past `field`? Ask before using what may not be there. */
#define MIM_HAS(p, field) ((p)->struct_size >= offsetof(__typeof__(*(p)), field) + sizeof((p)->field))

#define MIM_PLUGIN_EXPORT __attribute__((visibility("default")))
#define MIM_PLUGIN_HEADER \
    .magic = MIM_PLUGIN_MAGIC, .struct_size = sizeof(struct mim_plugin), .major = MIM_PLUGIN_ABI_MAJOR, \
    .minor = MIM_PLUGIN_ABI_MINOR

/* With -DMIM_BUILTIN=gif the symbol is mim_plugin_v1_gif, so that several plugins can be linked into one program. */
#define MIM_PASTE_(a, b) a##b
#define MIM_PASTE(a, b) MIM_PASTE_(a, b)
#ifdef MIM_BUILTIN
#define MIM_PLUGIN_SYMBOL MIM_PASTE(mim_plugin_v1_, MIM_BUILTIN)
#else
#define MIM_PLUGIN_SYMBOL mim_plugin_v1
#endif

/* Flags of a frame. */
enum {
    MIM_FRAME_KEY = 1,        /**< composing may start here, on a bare canvas: nothing drawn before shows through */
    MIM_FRAME_RAW = 2,        /**< samples lie plain in the source: the core reads them, pixels is not called */
    MIM_FRAME_BIG_ENDIAN = 4, /**< of RAW samples; without it they are little-endian */
    MIM_FRAME_DAMAGED = 8     /**< delivered, with some of its samples made up */
};

/* What happens to a rectangle after its time, and how it goes on the canvas. */
enum { MIM_DISPOSE_KEEP, MIM_DISPOSE_BACKGROUND, MIM_DISPOSE_PREVIOUS };
enum { MIM_BLEND_REPLACE, MIM_BLEND_OVER };

/**
 * One frame's facts. The core allocates and zeroes it; a plugin writes only fields inside struct_size.
 * Reading: filled by prepare. Writing: the source frame's facts, amended by accepts to what encode shall get.
 */
struct mim_frame_info {
    uint32_t struct_size;
    int32_t sample;                  /**< enum mim_sample */
    uint32_t width, height;          /**< pixels */
    uint32_t channels;               /**< 1 gray, 2 gray+alpha, 3 RGB, 4 RGBA, or n; of an INDEX8 raster 1 */
    uint32_t parts;                  /**< pixels and encode come once per part, at once on several threads; 0 means 1 */
    int32_t x, y;                    /**< place on the canvas; what sticks out is clipped */
    int32_t dispose, blend;          /**< MIM_DISPOSE_*, MIM_BLEND_* */
    uint32_t flags;                  /**< MIM_FRAME_* */
    uint32_t pad;
    int64_t pts;                     /**< in the sequence's time base, or MIM_NO_PTS */
    int64_t duration;                /**< likewise; 0 with a pts: the core takes it from the next frame's pts */
    uint64_t raw_offset, raw_stride; /**< RAW: where the samples lie in the source, bytes from row to row */
    uint64_t work_size;              /**< bytes that decoding ties up outside the host's allocator, until release */
};

/** The whole sequence. A reader's open and scan fill it (zeroed before open); a writer's open gets it filled. */
struct mim_sequence {
    uint32_t struct_size;
    int32_t sure;                      /**< of count: enum mim_certainty */
    uint64_t count;                    /**< frames; MIM_UNKNOWN before open */
    uint32_t canvas_width;             /**< 0: frames stand alone. Else the core composes them on a canvas of this size */
    uint32_t canvas_height;
    uint32_t canvas_channels;          /**< colour channels of the canvas, 1 or 3 (0 means 3); the core adds alpha unless opaque */
    int32_t canvas_sample;             /**< MIM_SAMPLE_U8 (0 means that) or U16 */
    int32_t opaque;                    /**< of composed frames: 1 all are, 0 some may show through, -1 known after scan */
    int32_t loop;                      /**< plays in total, 0 = for ever; -1 = not an animation, or not said */
    uint32_t time_num, time_den;       /**< seconds per tick = time_num / time_den; den 0: frames have no timing */
    uint8_t background[4];             /**< RGBA of the bare canvas and of MIM_DISPOSE_BACKGROUND */
    uint32_t passes;                   /**< a writer's open sets 2 to get survey() for all frames before the first encode() */
    uint32_t sequential;               /**< readers: 1 = the source is a stream, scan would have to wait for its end */
    uint32_t pad;
    struct mim_frame_info first;       /**< writers: the first frame, known before open */
};

/** Samples in memory: the whole frame, whatever the part. Rows from top to bottom, interleaved, straight alpha. */
struct mim_raster {
    uint32_t struct_size;
    int32_t sample;
    uint32_t width, height, channels;
    uint32_t palette_size; /**< INDEX8: entries used, set by pixels() */
    uint64_t stride;       /**< bytes from row to row */
    uint8_t *data;
    uint8_t *palette;      /**< INDEX8: room for 256 x RGBA, filled by pixels(); else NULL */
};

struct mim_host;

/** First argument of every op and host call. Its address holds from open (worker_open) to close (worker_close). */
struct mim_job {
    uint32_t struct_size;
    uint32_t threads;            /**< threads that a MIM_READER_THREADS/MIM_WRITER_THREADS plugin may use in all; 1 = none of its own */
    const struct mim_host *host;
    void *state;                 /**< state_size bytes, zeroed; options already written into it */
    void *worker;                /**< worker_size bytes, zeroed before worker_open; NULL in serial ops */
    void *core;                  /**< the core's own */
};

/* What limit() is asked for. */
enum {
    MIM_LIMIT_PIXELS = 1,   /**< pixels per frame */
    MIM_LIMIT_FRAMES,       /**< frames per sequence */
    MIM_LIMIT_METADATA,     /**< bytes of metadata */
    MIM_LIMIT_WORKING,      /**< bytes of working memory still free */
    MIM_LIMIT_MILLISECONDS  /**< time left */
};                          /* each UINT64_MAX when there is none */

/* What flags() tells. */
enum {
    MIM_HOST_OWNS_PROCESS = 1 /**< our command or worker: a library's global log callback may be set, once */
};

/** The host's functions. Any of them from any thread of the plugin's; all need the job of the current op. */
struct mim_host {
    uint32_t struct_size;
    uint16_t major, minor;
    /** realloc with the old size given; new_size 0 frees. NULL: refused, and the op then returns MIM_NOMEM. Charged to
     * the working memory; not zeroed. Memory may be freed with another job of the same file than it came from. */
    void *(*resize)(struct mim_job *, void *old, uint64_t old_size, uint64_t new_size);
    /** Announce memory that a library is about to take (negative: has given back). MIM_OK, or MIM_NOMEM: do without. */
    int32_t (*reserve)(struct mim_job *, int64_t delta);
    uint64_t (*limit)(struct mim_job *, int32_t which);
    /** MIM_OK, or MIM_CANCELLED or MIM_TIMEOUT, to be returned. An atomic load and a look at the clock: once a strip. */
    int32_t (*poll)(struct mim_job *);
    /** For who debugs; `level` is an enum mim_log_level. What users have to know is a notice. */
    void (*log)(struct mim_job *, int32_t level, const char *text);
    /** Set the error of this op and hand the status back. `offset`: where in the source, or MIM_UNKNOWN. The first wins. */
    int32_t (*fail)(struct mim_job *, int32_t status, uint64_t offset, const char *fmt, ...)
        __attribute__((format(printf, 4, 5)));
    /** Read at an absolute offset. Bytes read, fewer than asked only at the end of the source; < 0: minus the status. */
    int64_t (*read_at)(struct mim_job *, void *data, uint64_t size, uint64_t offset);
    /** Bytes in the source. A stream is read to its end for this; MIM_UNKNOWN when that failed. */
    uint64_t (*size)(struct mim_job *);
    /** Deliver a metadata value (within metadata() only): of the frame, or of the whole when the packet was NULL. */
    int32_t (*meta)(struct mim_job *, const char *key, int32_t type, const void *value, uint64_t size);
    /** Append: in encode to the part's coded bytes, in open, put and finish to the sink. */
    int32_t (*emit)(struct mim_job *, const void *data, uint64_t size);
    /** Overwrite bytes that were emitted to the sink (MIM_WRITER_SEEKS); may reach past the end, where it extends. */
    int32_t (*patch)(struct mim_job *, const void *data, uint64_t size, uint64_t offset);
    /** Read what was written to the sink (MIM_WRITER_READS_BACK); result as read_at. */
    int64_t (*read_back)(struct mim_job *, void *data, uint64_t size, uint64_t offset);
    /** Bytes in the sink: where the next emit goes. */
    uint64_t (*tell)(struct mim_job *);
    uint32_t (*flags)(struct mim_job *);
    /** Report a loss or a surprise (enum mim_notice_code). MIM_OK, or the status to return when notices are errors. */
    int32_t (*notice)(struct mim_job *, int32_t code, const char *text);
    /** Serial ops only: open another input, the one that the caller named as the option `role`; `uri` is that value, and
     * nothing else can be had. uri NULL: what the frames to be written come from (conversions of one source), a try that
     * does not fail the op. A handle > 0 for side_read, which closes with the file, or minus the status. */
    int32_t (*open_side)(struct mim_job *, const char *role, const char *uri);
    int64_t (*side_read)(struct mim_job *, int32_t side, void *data, uint64_t size, uint64_t offset);
    uint64_t (*side_size)(struct mim_job *, int32_t side);
    const void *(*get_extension)(const char *name);
};

/* What the core writes at an option's offset before open. Pointers are the core's and hold until close. */
struct mim_list {  /* LIST: one number or several; count 0 = not given. Each may be written n/d */
    uint64_t count;
    const double *values;
};
struct mim_size {  /* SIZE: WxH; 0x0 = not given */
    uint32_t width, height;
};
struct mim_pairs { /* PAIRS: key, value, key, value ... as given in NAME:KEY=VALUE */
    uint64_t count; /**< of pairs */
    const char *const *items;
};

enum {
    MIM_OPTION_REQUIRED = 1,
    MIM_OPTION_SECRET = 2 /**< a password: its value is never in a message */
};

/**
 * One row of an option table. Stored at state + offset: INT int64_t, REAL double, BOOL int32_t, CHOICE int32_t (place in
 * `choices`), TEXT const char * (NULL = not given), RATIONAL struct mim_rational (den 0 = not given), LIST struct mim_list,
 * SIZE struct mim_size, COLOUR uint8_t[4] RGBA, PAIRS struct mim_pairs. min and max bound numbers; both 0: no bounds.
 * Tables are walked in steps of the first row's struct_size.
 */
struct mim_option {
    uint32_t struct_size;
    int32_t type;              /**< enum mim_option_type */
    uint32_t offset;
    uint32_t flags;
    double initial, min, max;  /**< initial: of INT, REAL, BOOL, CHOICE when initial_text is NULL */
    const char *name, *unit;   /**< unit: "s", "1/s", "1/in", "px", or NULL */
    const char *help;          /**< one line, no full stop */
    const char *choices;       /**< CHOICE: "wu|nq|median"; an alias follows its name as in "deflate=zlib" */
    const char *initial_text;  /**< the default as help shows it and as it is parsed; NULL = not given */
};
#define MIM_OPTION_HEADER .struct_size = sizeof(struct mim_option)

enum {
    MIM_READER_ANY_ORDER = 1, /**< prepare(i) for any i, at a cost that does not grow with i */
    MIM_READER_THREADS = 2    /**< prepare uses job->threads itself */
};

struct mim_reader_ops {
    uint32_t struct_size, flags;
    uint32_t state_size, packet_size, worker_size, option_count;
    const struct mim_option *options;
    int32_t (*open)(struct mim_job *, struct mim_sequence *);
    int32_t (*scan)(struct mim_job *, struct mim_sequence *);
    /** Find frame `index`, fill `info`, keep its coded bytes (or where they are) in `packet`. MIM_END past the last. Required. */
    int32_t (*prepare)(struct mim_job *, uint64_t index, void *packet, struct mim_frame_info *info);
    /** Decode one part into the raster, which is info's size and belongs to the core. */
    int32_t (*pixels)(struct mim_job *, const void *packet, const struct mim_frame_info *, uint32_t part, struct mim_raster *);
    /** Deliver metadata by host->meta. packet NULL: of the whole. */
    int32_t (*metadata)(struct mim_job *, const void *packet, const struct mim_frame_info *);
    void (*release)(struct mim_job *, void *packet);
    int32_t (*worker_open)(struct mim_job *);
    void (*worker_close)(struct mim_job *);
    void (*close)(struct mim_job *);
};

enum {
    MIM_WRITER_PREVIOUS = 1,   /**< encode looks at the frame before */
    MIM_WRITER_NEXT = 2,       /**< encode looks at the frame after */
    MIM_WRITER_SEEKS = 4,      /**< uses patch */
    MIM_WRITER_READS_BACK = 8, /**< uses read_back */
    MIM_WRITER_MIXED = 16,     /**< frames may differ in size, channels and sample type */
    MIM_WRITER_TIMING = 32,    /**< keeps pts and duration */
    MIM_WRITER_LOOP = 64,      /**< keeps the loop count */
    MIM_WRITER_THREADS = 128,  /**< put uses job->threads itself */
    MIM_WRITER_COUNTS = 256    /**< open decides by sequence->count: the core finds it out where that needs no decoding */
};

/** What encode emitted for one part. */
struct mim_coded_part {
    uint64_t size;
    const uint8_t *data;
};

/** What encode made of one frame, part by part. */
struct mim_coded {
    uint32_t struct_size, part_count;
    uint64_t size; /**< of all parts together */
    const struct mim_coded_part *parts;
};

/** The frames beside, in the layout that accepts chose for them; NULL at the ends. */
struct mim_neighbours {
    uint32_t struct_size, pad;
    const struct mim_raster *previous, *next;
};

struct mim_writer_ops {
    uint32_t struct_size, flags; /**< MIM_WRITER_* */
    uint32_t state_size, packet_size, worker_size, option_count;
    const struct mim_option *options;
    /** The first frame is known, nothing is written yet. May emit. */
    int32_t (*open)(struct mim_job *, struct mim_sequence *);
    /** Serial, in order: check frame `index`, amend `info` to the layout that encode shall get, set its parts. What was
     * decided here in sequence (a delay's rounding) goes into the packet, or into info->duration. */
    int32_t (*accepts)(struct mim_job *, uint64_t index, void *packet, struct mim_frame_info *info);
    /** Each frame after its accepts; once more with info and raster NULL after the last: what encode and put will read is
     * settled there. May emit. */
    int32_t (*survey)(struct mim_job *, const struct mim_frame_info *, const struct mim_raster *);
    /** Several parts of one frame may run at once: they share the packet, so each writes only what is its own. Rasters are
     * only read; what is emitted from there as it is need not be copied. */
    int32_t (*encode)(struct mim_job *, void *packet, const struct mim_frame_info *, uint32_t part, const struct mim_raster *,
                      const struct mim_neighbours *);
    /** Serial, in order. NULL: the coded bytes go out as they are. */
    int32_t (*put)(struct mim_job *, void *packet, const struct mim_frame_info *, const struct mim_coded *);
    /** A value to keep: of the whole before open, of a frame before its accepts. MIM_UNSUPPORTED: cannot be kept. */
    int32_t (*metadata)(struct mim_job *, const char *key, int32_t type, const void *value, uint64_t size);
    int32_t (*finish)(struct mim_job *);
    int32_t (*worker_open)(struct mim_job *);
    void (*worker_close)(struct mim_job *);
    /** Once; without finish before it: abandoned. */
    void (*close)(struct mim_job *);
};

struct mim_format_ops {
    uint32_t struct_size, flags;
    const char *name;
    const struct mim_reader_ops *reader; /**< NULL: cannot read */
    const struct mim_writer_ops *writer; /**< NULL: cannot write */
};

struct mim_plugin {
    uint32_t magic, struct_size;
    uint16_t major, minor, min_host_minor, pad;
    const char *name, *version;  /**< as in the manifest */
    const char *licence;         /**< SPDX */
    const char *library;         /**< what it is built on, with the version in use: "giflib 5.2.1", or NULL */
    /** Optional, once per process before anything else, under 5 ms. */
    int32_t (*init)(const struct mim_host *);
    const struct mim_format_ops *const *formats; /**< NULL at the end */
    const void *(*get_extension)(const char *name);
};

#ifdef __cplusplus
static_assert(sizeof(struct mim_frame_info) == 88, "ABI");
}
#else
_Static_assert(sizeof(struct mim_frame_info) == 88, "ABI");
#endif
#endif
