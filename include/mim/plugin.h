/* SPDX-License-Identifier: MIT */
/*
 * The plugin ABI: everything a plugin needs. Version 1.0 is frozen: nothing of it changes, and later minor versions only append
 * fields, calls and flags; see docs/plugin-abi.md.
 *
 * A plugin is a shared module with a manifest (NAME.so and NAME.ini). It exports one data symbol, MIM_PLUGIN_SYMBOL, and
 * does not link libmim: the host table has all functions that it may call. The first argument of every function is a struct
 * mim_job.
 *
 * Sequences of calls
 *
 *   reader   open [offers] [scan]* { prepare(i) { pixels(part) | metadata }* release }* close
 *   writer   metadata(global)* open { takes(source)* metadata(frame)* accepts(i) { encode(part)* put }* }* finish close
 *            in two passes: ... open { metadata(frame)* accepts(i) survey }* survey(NULL) { encode(part)* put }* finish close
 *   archive  open { next | seek | read }* close
 *            create { add write* }* finish close
 *   transport open read* close
 *   worker   worker_open { pixels | metadata | release | encode }* worker_close
 *
 * Threads. A tag in the comment of each function pointer says where it is called:
 * - [serial]: calls never overlap with another serial call for the same file, but may come from different threads. They
 *   pass the serial job.
 * - [any thread]: several calls may run at once, each with the job of its worker.
 * - [caller's thread]: called on the thread that called libmim.
 * Functions of the host may be called wherever their tag allows, including threads that the plugin started.
 *
 * Rules of calling
 * - pixels, metadata of a frame, and encode read what open left in the state and do not change it. Data of a frame travels in
 *   its packet. release may get the serial job, or that of a worker that was not opened; it may only call the host.
 * - The core may repeat pixels for a part, if memory was short while other frames were in flight.
 * - release follows every successful prepare, and returns before close is called. close is called exactly once, on a zeroed
 *   state, also after a failed open: undo partial work in close alone.
 * - prepare may be called in another order than frames are delivered in, and several packets may be in use at once.
 * - A reader without MIM_READER_ANY_ORDER gets prepare(0), prepare(1), ... To go back, the core calls close, and open with a
 *   fresh state. A frame that is skipped gets prepare without pixels.
 * - scan counts the frames without decoding them and sets sequence->count and ->sure. It does not move the position of
 *   prepare.
 * - metadata of the whole sequence gets a packet and an info that are NULL. With sequence->sequential set, it delivers what
 *   open has read and reads no further.
 * - offers follows the first open of a file. takes is called for each offer of a source before the source's first accepts.
 * - An error of open, scan or prepare ends the sequence there; an error of pixels concerns one frame. Returning MIM_OK clears
 *   an earlier fail(). A failed host call (read_at, poll, emit ...) fails the op, whatever it returns.
 * - After accepts fails, the frames before it are still encoded and put, so that an error of an earlier frame is reported
 *   first. After any other failed serial op of a writer, only close follows.
 *
 * A plugin does not change global state of a codec library, write to stdout or stderr, call exit or abort, or change the
 * locale, directory, signals or environment. It opens no file, and no network connection unless it is a transport: it uses the
 * source, the sink, open_side and open_source. It ends its threads before close returns, and keeps no host pointer outside its states.
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

/** Whether the struct, which may come from an older version, has `field`. Check before using a field that was appended.
 * */
#define MIM_HAS(p, field) ((p)->struct_size >= offsetof(__typeof__(*(p)), field) + sizeof((p)->field))

#ifdef __cplusplus
#define MIM_PLUGIN_EXPORT extern __attribute__((visibility("default"))) /* constants are static by default */
#else
#define MIM_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif
#define MIM_PLUGIN_HEADER \
    .magic = MIM_PLUGIN_MAGIC, .struct_size = sizeof(struct mim_plugin), .major = MIM_PLUGIN_ABI_MAJOR, \
    .minor = MIM_PLUGIN_ABI_MINOR

/* With -DMIM_BUILTIN=gif the symbol is mim_plugin_v1_gif, so that a program can link several plugins. */
#define MIM_PASTE_(a, b) a##b
#define MIM_PASTE(a, b) MIM_PASTE_(a, b)
#ifdef MIM_BUILTIN
#define MIM_PLUGIN_SYMBOL MIM_PASTE(mim_plugin_v1_, MIM_BUILTIN)
#else
#define MIM_PLUGIN_SYMBOL mim_plugin_v1
#endif

/* Flags of a frame. */
enum {
    MIM_FRAME_KEY = 1,        /**< composing may start here on an empty canvas, or decoding: earlier frames do not show
                               * through */
    MIM_FRAME_RAW = 2,        /**< the source has plain samples: the core reads them, and does not call pixels */
    MIM_FRAME_BIG_ENDIAN = 4, /**< byte order of RAW samples; little-endian without this flag */
    MIM_FRAME_DAMAGED = 8,    /**< the frame is delivered with some samples made up */
    MIM_FRAME_ALIKE = 16,     /**< by the file's header, all frames have this shape: limits are checked in advance */
    MIM_FRAME_BRIEF = 32,     /**< players of the format show the frame for 0.1 s, since its duration is too short; the pts of
                               * later frames agree with the players */
    MIM_FRAME_REDUCED = 64    /**< a smaller copy or a mask of another frame. Conversions to other formats leave it out,
                               * except with the reader's option `reduced`, with which no frame has this flag */
};

/* What to do with a rectangle after its duration, and how to draw it on the canvas. */
enum { MIM_DISPOSE_KEEP, MIM_DISPOSE_BACKGROUND, MIM_DISPOSE_PREVIOUS };
enum { MIM_BLEND_REPLACE, MIM_BLEND_OVER };

/**
 * Facts of a frame. The core allocates and zeroes the struct; a plugin writes only fields inside struct_size. A
 * reader's prepare fills it. A writer's accepts gets the facts of the source frame and changes them to the layout that
 * encode shall get.
 */
struct mim_frame_info {
    uint32_t struct_size;
    int32_t sample;                  /**< enum mim_sample */
    uint32_t width, height;          /**< pixels */
    uint32_t channels;               /**< 1 gray, 2 gray+alpha, 3 RGB, 4 RGBA, or any n; 1 for INDEX8 and U1 */
    uint32_t parts;                  /**< pixels and encode are called per part, on several threads at once; 0 means 1 */
    int32_t x, y;                    /**< position on the canvas, which clips the frame */
    int32_t dispose, blend;          /**< MIM_DISPOSE_*, MIM_BLEND_* */
    uint32_t flags;                  /**< MIM_FRAME_* */
    uint32_t duration_den;           /**< MIM_GRID_FRACTION: the duration is duration / duration_den seconds; else 0 */
    int64_t pts;                     /**< in the sequence's time base, or MIM_NO_PTS */
    int64_t duration;                /**< in the sequence's time base; 0 with a pts: until the next frame's pts, unless BRIEF */
    uint64_t raw_offset, raw_stride; /**< RAW: offset of the samples in the source, bytes from row to row */
    uint64_t work_size;              /**< bytes that decoding allocates elsewhere than with host->resize, until release */
    uint64_t key_frame;              /**< MIM_READER_FORWARD: the frame from which this one was decoded; 0: unknown, or the first */
};

/* Where the timing of a writer comes from: mim_sequence.timing. */
enum {
    MIM_TIMING_DURATION = 1,  /**< the option `duration` was given */
    MIM_TIMING_FPS = 2,       /**< the option `fps` was given */
    MIM_TIMING_LOOP = 4,      /**< the option `loop` was given */
    MIM_TIMING_SOURCE = 8,    /**< the source has timing */
    MIM_TIMING_REPLACED = 16, /**< and the options replace it by another */
    MIM_TIMING_EVEN = 32,     /**< MIM_GRID_FREE, MIM_GRID_RATE: each frame lasts one tick */
    MIM_TIMING_FORWARD = 128, /**< frames come in the order of their sources, each once */
    MIM_TIMING_WHOLE = 256,   /**< with FORWARD: all frames of all sources */
    MIM_TIMING_STORED = 64    /**< set by open of a writer without MIM_WRITER_TIMING: this file stores it nevertheless */
};

/** Facts of the whole sequence. A reader's open and scan fill the zeroed struct; a writer's open gets it filled. */
struct mim_sequence {
    uint32_t struct_size;
    int32_t sure;                      /**< certainty of count: enum mim_certainty */
    uint64_t count;                    /**< number of frames; MIM_UNKNOWN before open */
    uint32_t canvas_width;             /**< 0: frames are not composed. Else the core composes them on a canvas of this size */
    uint32_t canvas_height;
    uint32_t canvas_channels;          /**< colour channels of the canvas, 1 or 3 (0: 3); the core adds alpha unless opaque */
    int32_t canvas_sample;             /**< MIM_SAMPLE_U8 (also 0) or U16 */
    int32_t opaque;                    /**< composed frames: 1 all opaque, 0 some may be transparent, -1 unknown: the core calls
                                          scan first, also for a stream */
    int32_t loop;                      /**< total number of plays, 0: for ever, -1: not an animation, or not stated */
    uint32_t time_num, time_den;       /**< seconds per tick = time_num / time_den; time_den 0: frames have no timing */
    uint8_t background[4];             /**< RGBA of the empty canvas and of MIM_DISPOSE_BACKGROUND */
    uint32_t passes;                   /**< a writer's open sets 2 to get survey() of all frames before the first encode() */
    uint32_t sequential;               /**< readers: 1: the source is a stream, in which scan waits for the end */
    uint32_t timing;                   /**< writers with a struct mim_writer_timing: MIM_TIMING_* */
    struct mim_frame_info first;       /**< writers: the first frame, which is known before open */
    int64_t source_start;              /**< writers with a struct mim_writer_timing: pts of the first frame in the source,
                                          in microseconds, or MIM_NO_PTS */
    uint32_t source_count;             /**< writers: number of sources that open_source knows, 0 outside of conversions */
    uint32_t pad;
};

/** Where a frame of a conversion comes from. */
struct mim_origin {
    uint32_t struct_size;
    uint32_t source; /**< number of the source, from 1; 0: unknown */
    int64_t time;    /**< when the frame is shown there, in microseconds; MIM_NO_PTS if it is shown for another duration, for a
                      * repeated frame, or if the source has no times */
};

/** Samples in memory: always the whole frame, for every part. Rows from top to bottom, interleaved, straight alpha. Bytes between
 * rows are not the plugin's to write. */
struct mim_raster {
    uint32_t struct_size;
    int32_t sample;
    uint32_t width, height, channels;
    uint32_t palette_size; /**< INDEX8: number of palette entries, set by pixels() */
    uint64_t stride;       /**< bytes from row to row */
    uint8_t *data;
    uint8_t *palette;      /**< INDEX8: space for 256 x RGBA, filled by pixels(); else NULL */
};

/** A rectangle of pixels. */
struct mim_rect {
    uint32_t x, y, width, height;
};

struct mim_host;

/** First argument of every op and host call. Its address does not change from open (worker_open) to close
 * (worker_close). */
struct mim_job {
    uint32_t struct_size;
    uint32_t threads;            /**< total threads for a MIM_READER_THREADS or MIM_WRITER_THREADS plugin; 1: no other */
    const struct mim_host *host;
    void *state;                 /**< state_size bytes, zeroed, then filled with the options before open */
    void *worker;                /**< worker_size bytes, zeroed before worker_open; NULL in serial ops */
    void *core;                  /**< private to the core */
};

/* The limits that limit() returns. */
enum {
    MIM_LIMIT_PIXELS = 1,   /**< pixels per frame */
    MIM_LIMIT_FRAMES,       /**< frames per sequence */
    MIM_LIMIT_METADATA,     /**< bytes of metadata */
    MIM_LIMIT_WORKING,      /**< bytes of working memory still available */
    MIM_LIMIT_MILLISECONDS  /**< remaining time */
};                          /* UINT64_MAX: no limit */

/* The flags that flags() returns. */
enum {
    MIM_HOST_OWNS_PROCESS = 1, /**< the process is mim's own: a plugin may set its library's global log callback, once */
    MIM_HOST_SQUARE = 2,       /**< readers: frames go to a format whose players ignore `sample_aspect`; set before the first
                                * prepare */
    MIM_HOST_REMOTE = 4        /**< readers: what is read of the source is fetched from far away: read as little as possible */
};

/** Functions of the host. All but get_extension need the job of the current op. */
struct mim_host {
    uint32_t struct_size;
    uint16_t major, minor;
    /** [any thread] Reallocate, like realloc(); new_size 0 frees. Returns NULL if memory is refused; the op then
     * returns MIM_NOMEM. The memory counts as working memory and is not zeroed. Any job of the same file may free it.
     * */
    void *(*resize)(struct mim_job *, void *old, uint64_t old_size, uint64_t new_size);
    /** [any thread] Announce memory that a library will allocate, or has freed if negative. Returns MIM_OK, or
     * MIM_NOMEM if the library must not allocate it. */
    int32_t (*reserve)(struct mim_job *, int64_t delta);
    /** [any thread] Return a limit, MIM_LIMIT_*. */
    uint64_t (*limit)(struct mim_job *, int32_t which);
    /** [any thread] Return MIM_OK, or MIM_CANCELLED or MIM_TIMEOUT, which the op returns. Costs an atomic load and a
     * look at the clock: call it once per strip. */
    int32_t (*poll)(struct mim_job *);
    /** [any thread] Log a message for developers; `level` is an enum mim_log_level. Use notice to inform users. */
    void (*log)(struct mim_job *, int32_t level, const char *text);
    /** [any thread] Set the error of this op and return the status. `offset` is a position in the source, or
     * MIM_UNKNOWN. The first error of an op is kept. */
    int32_t (*fail)(struct mim_job *, int32_t status, uint64_t offset, const char *fmt, ...)
        __attribute__((format(printf, 4, 5)));
    /** [any thread] Read at an absolute offset. Returns the number of bytes read, which is less than `size` only at the
     * end of the source, or the negated status. */
    int64_t (*read_at)(struct mim_job *, void *data, uint64_t size, uint64_t offset);
    /** [any thread] Return the size of the source in bytes, or MIM_UNKNOWN after an error. Reads a stream to its end.
     * */
    uint64_t (*size)(struct mim_job *);
    /** [any thread] Deliver a metadata value of the frame, or of the whole sequence if the packet is NULL. A value
     * beyond the limit is ignored with a notice. For metadata() only. */
    int32_t (*meta)(struct mim_job *, const char *key, int32_t type, const void *value, uint64_t size);
    /** [any thread] Append bytes: in encode to the coded bytes of the part; in open, survey, put and finish to the
     * sink. */
    int32_t (*emit)(struct mim_job *, const void *data, uint64_t size);
    /** [serial] Overwrite bytes of the sink, and extend it if they reach past its end. Needs MIM_WRITER_SEEKS. */
    int32_t (*patch)(struct mim_job *, const void *data, uint64_t size, uint64_t offset);
    /** [serial] Read bytes that were written to the sink; returns the same as read_at. Needs MIM_WRITER_READS_BACK. */
    int64_t (*read_back)(struct mim_job *, void *data, uint64_t size, uint64_t offset);
    /** [any thread] Return the offset at which the next emit appends. */
    uint64_t (*tell)(struct mim_job *);
    /** [any thread] Return MIM_HOST_* flags. */
    uint32_t (*flags)(struct mim_job *);
    /** [any thread] Report a loss or something unexpected; `code` is an enum mim_notice_code. Returns MIM_OK, or the
     * status that the op returns if notices are errors. */
    int32_t (*notice)(struct mim_job *, int32_t code, const char *text);
    /** [serial] Open another input. `role` is the name of an option and `uri` its value: no other file can be opened.
     * Returns a handle > 0, which stays open until close_side or until the file is closed, or the negated status. */
    int32_t (*open_side)(struct mim_job *, const char *role, const char *uri);
    /** [any thread] Read from an input opened by open_side; returns the same as read_at. */
    int64_t (*side_read)(struct mim_job *, int32_t side, void *data, uint64_t size, uint64_t offset);
    /** [any thread] Return the size of an input opened by open_side; the same as size. */
    uint64_t (*side_size)(struct mim_job *, int32_t side);
    /** [any thread] Return an extension of the host by name, or NULL. */
    const void *(*get_extension)(const char *name);
    /** [any thread] Find the smallest rectangle outside of which all pixels of two rasters have the same bytes, such as a
     * frame and its neighbour. The rasters have the same size, channels and sample type. Width and height are 0 if all
     * pixels are the same. Polls; returns the status of poll. */
    int32_t (*find_changes)(struct mim_job *, const struct mim_raster *, const struct mim_raster *, struct mim_rect *);
    /** [serial] State something that the source has besides frames and metadata. For offers() only. The text is copied. */
    int32_t (*offer)(struct mim_job *, const struct mim_offer *);
    /** [serial] Open source `number`, from 1, of the frames to write. Returns a handle for side_read and side_size like
     * open_side, or the negated status, which does not fail the op: MIM_UNSUPPORTED for a series of files. */
    int32_t (*open_source)(struct mim_job *, uint32_t number);
    /** [serial] Return item i of what source `number` offers, or NULL past the last. In open only that of source 1 is known. */
    const struct mim_offer *(*offered)(struct mim_job *, uint32_t number, uint32_t i);
    /** [serial] Close an input opened by open_side or open_source. */
    void (*close_side)(struct mim_job *, int32_t side);
    /** [serial] Tell where the frame comes from: in open the first, in accepts the current one. Fills fields inside struct_size. */
    void (*origin)(struct mim_job *, struct mim_origin *);
    /** [any thread] Lend bytes of the source that are in memory anyway, until close: no copy, and no working memory. Returns NULL
     * if they are not, which any source may do, or beyond its end: then use read_at. */
    const void *(*view)(struct mim_job *, uint64_t offset, uint64_t size);
    /** [any thread] Go on after damage: called after fail() with MIM_CORRUPT or MIM_TRUNCATED. Returns MIM_OK if frames are
     * wanted as far as they can be decoded, which takes that failure back, else the status that the op returns. In pixels,
     * `lost` is a rectangle without samples, which become zeros if the raster is given; further calls add more of them. The frame is
     * reported as damaged. In prepare both are NULL: pixels is then called for the frame. */
    int32_t (*keep_damaged)(struct mim_job *, struct mim_raster *, const struct mim_rect *lost);
};

/* The values that the core writes at an option's offset before open. Their pointers are valid until close. */
struct mim_list {  /* LIST: one or more numbers, each of which may be given as n/d; count 0: not given */
    uint64_t count;
    const double *values;
};
struct mim_size {  /* SIZE: WxH; 0x0: not given */
    uint32_t width, height;
};
struct mim_pairs { /* PAIRS: key, value, key, value ... given as NAME:KEY=VALUE */
    uint64_t count; /**< number of pairs */
    const char *const *items;
};

enum {
    MIM_OPTION_REQUIRED = 1,
    MIM_OPTION_SECRET = 2 /**< a password, which no message quotes */
};

/**
 * A row of an option table. The core stores the value at state + offset: INT int64_t, REAL double, BOOL int32_t, CHOICE
 * int32_t (index in `choices`), TEXT const char * (NULL: not given), RATIONAL struct mim_rational (den 0: not given),
 * LIST struct mim_list, SIZE struct mim_size, COLOUR uint8_t[4] RGBA, PAIRS struct mim_pairs. min and max are the
 * bounds of a number, or both 0. The struct_size of the first row is the distance between rows.
 */
struct mim_option {
    uint32_t struct_size;
    int32_t type;              /**< enum mim_option_type */
    uint32_t offset;
    uint32_t flags;
    double initial, min, max;  /**< initial: default of INT, REAL, BOOL, CHOICE if initial_text is NULL */
    const char *name, *unit;   /**< unit: "s", "1/s", "1/in", "px", or NULL */
    const char *help;          /**< one line, no full stop */
    const char *choices;       /**< CHOICE: "wu|nq|median"; an alias follows its name, as in "deflate=zlib" */
    const char *initial_text;  /**< the default, which help shows and the core parses; NULL: none */
};
#define MIM_OPTION_HEADER .struct_size = sizeof(struct mim_option)

enum {
    MIM_READER_ANY_ORDER = 1, /**< prepare takes any index, at a cost that does not grow with it */
    MIM_READER_THREADS = 2,   /**< prepare itself uses job->threads */
    MIM_READER_FORWARD = 4    /**< with ANY_ORDER: prepare decodes the frames between a key frame and this one, unless it goes
                               * on from the last one. The core then prepares frames in ascending order where it can, from
                               * key frame to key frame, and keeps the packets or pixels of those that are needed later */
};

struct mim_reader_ops {
    uint32_t struct_size, flags;
    uint32_t state_size, packet_size, worker_size, option_count;
    const struct mim_option *options;
    /** [serial] Read the header and fill the sequence. */
    int32_t (*open)(struct mim_job *, struct mim_sequence *);
    /** [serial] Count the frames without decoding them. */
    int32_t (*scan)(struct mim_job *, struct mim_sequence *);
    /** [serial] Find frame `index`, fill `info`, and keep its coded bytes, or their location, in `packet`. Returns
     * MIM_END past the last frame. Required. */
    int32_t (*prepare)(struct mim_job *, uint64_t index, void *packet, struct mim_frame_info *info);
    /** [any thread] Decode one part into the raster, which has the size in info and belongs to the core. */
    int32_t (*pixels)(struct mim_job *, const void *packet, const struct mim_frame_info *, uint32_t part, struct mim_raster *);
    /** [any thread] Deliver metadata with host->meta: of a frame, or [serial] of the whole sequence if the packet is
     * NULL. */
    int32_t (*metadata)(struct mim_job *, const void *packet, const struct mim_frame_info *);
    /** [any thread] Free what the packet holds. */
    void (*release)(struct mim_job *, void *packet);
    /** [any thread] Set up job->worker, before the first call with the job of this worker. */
    int32_t (*worker_open)(struct mim_job *);
    /** [any thread] Clean up job->worker, also after worker_open failed. */
    void (*worker_close)(struct mim_job *);
    /** [serial] Clean up the state, also after open failed. */
    void (*close)(struct mim_job *);
    /** [serial] State with host->offer what the source has besides frames and metadata, as open has found it: decodes nothing, and
     * reads little. NULL: nothing. */
    int32_t (*offers)(struct mim_job *);
};

enum {
    MIM_WRITER_PREVIOUS = 1,   /**< encode uses the previous frame */
    MIM_WRITER_NEXT = 2,       /**< encode uses the next frame */
    MIM_WRITER_SEEKS = 4,      /**< uses patch */
    MIM_WRITER_READS_BACK = 8, /**< uses read_back */
    MIM_WRITER_MIXED = 16,     /**< frames may differ in size, channels and sample type */
    MIM_WRITER_TIMING = 32,    /**< stores pts and duration */
    MIM_WRITER_LOOP = 64,      /**< stores the loop count */
    MIM_WRITER_THREADS = 128,  /**< put itself uses job->threads */
    MIM_WRITER_COUNTS = 256,   /**< open depends on sequence->count: the core counts first if that needs no decoding */
    MIM_WRITER_SQUARE = 512,   /**< players of the format ignore `sample_aspect`: a conversion asks its reader for square
                                * samples, with MIM_HOST_SQUARE */
    MIM_WRITER_BITS = 1024,    /**< stores 1 bit: frames of MIM_SAMPLE_U1 arrive as such. Without this flag the core
                                * converts them to MIM_SAMPLE_U8, and reports that */
    MIM_WRITER_CODING = 2048   /**< metadata gets values of MIM_META_CODING too, with that flag in their type. Their loss is
                                * not reported */
};

/** The bytes that encode emitted for one part. */
struct mim_coded_part {
    uint64_t size;
    const uint8_t *data;
};

/** The bytes that encode emitted for all parts of a frame. */
struct mim_coded {
    uint32_t struct_size, part_count;
    uint64_t size; /**< of all parts */
    const struct mim_coded_part *parts;
};

/** The previous and the next frame, in the layout that accepts chose for them; NULL at the ends of the sequence. */
struct mim_neighbours {
    uint32_t struct_size, pad;
    const struct mim_raster *previous, *next;
};

/* Which times a writer stores: mim_writer_timing.grid. */
enum {
    MIM_GRID_FIXED = 1, /**< durations in ticks of 1 / den seconds */
    MIM_GRID_FRACTION,  /**< for each frame a duration of n / d seconds, d <= den */
    MIM_GRID_FREE,      /**< start times in a time base of n / d seconds, n and d <= den */
    MIM_GRID_RATE       /**< one duration for all frames, of n / d seconds, n and d <= den */
};

/**
 * The times that a writer can store. The core then has the options `duration`, `fps` and `loop` for the writer (with
 * MIM_GRID_FREE and MIM_GRID_RATE no `duration`, without MIM_WRITER_LOOP no `loop`), takes other timing from the source,
 * and rounds such that errors do not add up. open gets the final time base, loop count and timing of the first frame, and
 * accepts the final timing of each frame:
 *
 *   MIM_GRID_FIXED     pts is the sum of the durations before
 *   MIM_GRID_FRACTION  duration / duration_den seconds; pts is MIM_NO_PTS, and the time base 0/0
 *   MIM_GRID_FREE      pts begins with 0 and increases; duration is at least 1
 *   MIM_GRID_RATE      pts is the index, duration is 1
 */
struct mim_writer_timing {
    uint32_t struct_size;
    int32_t grid;          /**< MIM_GRID_* */
    uint32_t den;          /**< see MIM_GRID_* */
    uint32_t max_duration; /**< MIM_GRID_FIXED: ticks of a frame; MIM_GRID_FRACTION: the largest n; else 0 */
    int32_t max_loop;      /**< with MIM_WRITER_LOOP: the largest loop count */
    uint32_t min_duration; /**< MIM_GRID_FIXED: players show shorter frames for 0.1 s; other grids, and if there are no such
                                players: 0 */
};

struct mim_writer_ops {
    uint32_t struct_size, flags; /**< MIM_WRITER_* */
    uint32_t state_size, packet_size, worker_size, option_count;
    const struct mim_option *options;
    /** [serial] Start the output. The first frame is known. May emit. */
    int32_t (*open)(struct mim_job *, struct mim_sequence *);
    /** [serial] Check frame `index`, change `info` to the layout that encode shall get, and set its parts. Called in
     * the order of frames: decisions that depend on it are made here and stored in the packet. */
    int32_t (*accepts)(struct mim_job *, uint64_t index, void *packet, struct mim_frame_info *info);
    /** [serial] Look at a frame, in the first of two passes. The last call has info and raster NULL, and completes the
     * data that encode and put read. May emit. */
    int32_t (*survey)(struct mim_job *, const struct mim_frame_info *, const struct mim_raster *);
    /** [any thread] Encode one part and emit its bytes. Parts of a frame may run at once and share the packet: each
     * writes only its own fields. The raster is read-only; bytes emitted directly from it are not copied. NULL: no
     * part has coded bytes, and put is required. */
    int32_t (*encode)(struct mim_job *, void *packet, const struct mim_frame_info *, uint32_t part, const struct mim_raster *,
                      const struct mim_neighbours *);
    /** [serial] Write an encoded frame, in order. NULL: the core writes the coded bytes as they are. */
    int32_t (*put)(struct mim_job *, void *packet, const struct mim_frame_info *, const struct mim_coded *);
    /** [serial] Store a value: of the whole sequence, or of the first frame, before open; of a frame before its accepts. Returns
     * MIM_UNSUPPORTED if the format cannot store it. */
    int32_t (*metadata)(struct mim_job *, const char *key, int32_t type, const void *value, uint64_t size);
    /** [serial] Complete the output. */
    int32_t (*finish)(struct mim_job *);
    /** [any thread] Set up job->worker, before the first call with the job of this worker. */
    int32_t (*worker_open)(struct mim_job *);
    /** [any thread] Clean up job->worker, also after worker_open failed. */
    void (*worker_close)(struct mim_job *);
    /** [serial] Clean up the state. Without an earlier finish, the output was abandoned. */
    void (*close)(struct mim_job *);
    const struct mim_writer_timing *timing; /**< NULL: accepts gets the source's ticks, and there are no options */
    /** [serial] Is what source `number` offers kept, or not wanted by the caller? Else returns MIM_UNSUPPORTED, after fail with the
     * reason if it is not the format; the core reports the loss. NULL: nothing is kept. */
    int32_t (*takes)(struct mim_job *, uint32_t number, const struct mim_offer *);
};

/* What a member of an archive is: mim_member.kind. */
enum {
    MIM_MEMBER_FILE = 1,
    MIM_MEMBER_ENCRYPTED, /**< a file that read refuses */
    MIM_MEMBER_DIRECTORY,
    MIM_MEMBER_OTHER      /**< a link, a device, or a file whose name cannot be known */
};

/** A member of an archive. The core zeroes the struct for next, and fills it for add. */
struct mim_member {
    uint32_t struct_size;
    int32_t kind;      /**< MIM_MEMBER_* */
    uint64_t size;     /**< bytes; MIM_UNKNOWN before they are read */
    uint64_t position; /**< for seek; any number */
    const char *name;  /**< its bytes as stored, parts separated by '/'; valid until the next call */
};

/**
 * An archive of files. The core lists its members with next, opens them with the plugins for their formats, and reads them as
 * files of a series. It opens the archive again to go back without seek. read_at and size have the bytes of the archive, and
 * emit appends to it. All members of the archive before damage are delivered, and then the damage.
 */
struct mim_container_ops {
    uint32_t struct_size, flags; /**< flags 0 */
    uint32_t state_size, pad;
    const char *extension;       /**< of members to write, unless the caller names another; as "png" */
    /** [serial] Start reading. */
    int32_t (*open)(struct mim_job *);
    /** [serial] Pass over the rest of the current member, and make the next one current. Returns MIM_END after the last. NULL: cannot
     * read. */
    int32_t (*next)(struct mim_job *, struct mim_member *);
    /** [serial] Make the member of this position current, at a cost that does not grow with the bytes of other members. NULL: cannot.
     * Not mixed with next after the first seek. */
    int32_t (*seek)(struct mim_job *, uint64_t position);
    /** [serial] Read on in the current member. Returns the number of bytes, 0 at its end, or the negated status. */
    int64_t (*read)(struct mim_job *, void *data, uint64_t size);
    /** [serial] Start writing. */
    int32_t (*create)(struct mim_job *);
    /** [serial] Begin a member, whose size is known. NULL: cannot write. */
    int32_t (*add)(struct mim_job *, const struct mim_member *);
    /** [serial] Write bytes of the member, which get its size in all. */
    int32_t (*write)(struct mim_job *, const void *data, uint64_t size);
    /** [serial] Complete the archive. */
    int32_t (*finish)(struct mim_job *);
    /** [serial] Clean up the state, also after open or create failed. */
    void (*close)(struct mim_job *);
};

struct mim_format_ops {
    uint32_t struct_size, flags;
    const char *name;
    const struct mim_reader_ops *reader; /**< NULL: cannot read */
    const struct mim_writer_ops *writer; /**< NULL: cannot write */
    const struct mim_container_ops *container; /**< an archive, whose reader and writer are NULL; NULL: none */
};

enum {
    MIM_TRANSPORT_RANGES = 1, /**< read takes any offset; without it, each read goes on where the last one ended */
    MIM_TRANSPORT_MISSING = 2 /**< open returns MIM_IO because nothing has this name, as far as the server tells */
};

/** Facts of what a URI names. */
struct mim_transport_info {
    uint32_t struct_size;
    uint32_t flags; /**< MIM_TRANSPORT_* */
    uint64_t size;  /**< in bytes; MIM_UNKNOWN before open, and where it is not stated. Required with MIM_TRANSPORT_RANGES */
};

/**
 * Reads the bytes that a URI names. Its functions may call resize, reserve, limit, poll, log, fail, notice and flags; other
 * calls of the host fail. While it waits, it polls ten times a second or more often. It has no access to URIs that a file
 * names. Messages hold neither credentials nor the query of the URI; the core begins them with its name.
 */
struct mim_transport_ops {
    uint32_t struct_size, flags; /**< flags: 0 */
    const char *schemes;         /**< separated by blanks, in lower case: "http https" */
    uint32_t state_size, pad;
    /** [serial] Open what the URI names, and fill the info. Required. */
    int32_t (*open)(struct mim_job *, const char *uri, struct mim_transport_info *);
    /** [serial] Read up to `size` bytes at `offset`. Returns their number, at least 1 except at the end, or the negated status.
     * With MIM_TRANSPORT_RANGES all of them if possible in one request: the core asks for what is worth one. Required. */
    int64_t (*read)(struct mim_job *, void *data, uint64_t size, uint64_t offset);
    /** [serial] Clean up the state, also after open failed. */
    void (*close)(struct mim_job *);
};

struct mim_plugin {
    uint32_t magic, struct_size;
    uint16_t major, minor, min_host_minor, pad;
    const char *name, *version;  /**< the same as in the manifest */
    const char *licence;         /**< SPDX expression */
    const char *library;         /**< the libraries it uses, as "libpng 1.6.39, zlib 1.2.13": the versions at run time, which
                                  * init may write into a buffer; or NULL */
    /** [caller's thread] Initialise the plugin: once per process, before any other call, in less than 5 ms. Optional.
     * */
    int32_t (*init)(const struct mim_host *);
    const struct mim_format_ops *const *formats; /**< ends with NULL; NULL: none */
    /** [caller's thread] Return an extension of the plugin by name, or NULL. Optional. */
    const void *(*get_extension)(const char *name);
    const struct mim_transport_ops *const *transports; /**< ends with NULL; NULL: none */
};

/** The symbol that a plugin exports. This declaration gives its definition C linkage in C++ too. */
extern __attribute__((visibility("default"))) const struct mim_plugin MIM_PLUGIN_SYMBOL;

#ifdef __cplusplus
static_assert(sizeof(struct mim_frame_info) == 96, "ABI");
}
#else
_Static_assert(sizeof(struct mim_frame_info) == 96, "ABI");
#endif
#endif
