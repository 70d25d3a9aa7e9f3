/* SPDX-License-Identifier: MIT */
/* The words that applications and plugins share: statuses, sample types, kinds of metadata and of notices. */
#ifndef MIM_TYPES_H
#define MIM_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a call came to. Values are part of the ABI: new ones are added at the end. */
enum mim_status {
    MIM_OK,             /**< done */
    MIM_END,            /**< past the last frame; not an error */
    MIM_UNKNOWN_FORMAT, /**< nobody knows what this is */
    MIM_NO_PLUGIN,      /**< the format is known, no plugin for it is installed */
    MIM_BROKEN_PLUGIN,  /**< a plugin is installed and cannot be used */
    MIM_DISABLED,       /**< policy forbids it */
    MIM_UNSUPPORTED,    /**< valid, and beyond what is implemented */
    MIM_CORRUPT,        /**< the data contradict their format */
    MIM_TRUNCATED,      /**< the data stop early */
    MIM_LIMIT,          /**< a budget or limit of this job forbids it */
    MIM_NOMEM,          /**< the system has no memory left */
    MIM_IO,             /**< reading or writing failed */
    MIM_EXISTS,         /**< the output is there already and was to be kept */
    MIM_RANGE,          /**< no frame has this index; nothing has changed */
    MIM_OPTION,         /**< unknown option, or a value of wrong type or range */
    MIM_ARGUMENT,       /**< the call asks for what makes no sense */
    MIM_CANCELLED,      /**< the application said stop */
    MIM_TIMEOUT,        /**< the limit of seconds has passed */
    MIM_CRASHED         /**< an isolated worker died */
};

/**
 * Type of one sample, native byte order. MIM_SAMPLE_INDEX8 (palette indices) exists between plugins and core only, for frames
 * on a canvas of U8; on a gray canvas a palette's red is the gray. Writers never get it.
 */
enum mim_sample {
    MIM_SAMPLE_NONE,
    MIM_SAMPLE_U8,
    MIM_SAMPLE_U16,
    MIM_SAMPLE_U32,
    MIM_SAMPLE_U64,
    MIM_SAMPLE_I8,
    MIM_SAMPLE_I16,
    MIM_SAMPLE_I32,
    MIM_SAMPLE_I64,
    MIM_SAMPLE_F32,
    MIM_SAMPLE_F64,
    MIM_SAMPLE_INDEX8
};

/** "Not known", for counts, sizes and offsets. */
#define MIM_UNKNOWN UINT64_MAX

/** "No timestamp", for pts. */
#define MIM_NO_PTS INT64_MIN

/** How sure a count is, from nothing to certain. */
enum mim_certainty { MIM_SURE_NONE, MIM_SURE_ESTIMATE, MIM_SURE_HEADER, MIM_SURE_EXACT };

/** A quotient; den 0 means "not given". */
struct mim_rational {
    int64_t num, den;
};

/**
 * Types of metadata values, and how a value of each lies in memory:
 * TEXT UTF-8 without its terminating zero, INT int64_t, REAL double, RATIONAL struct mim_rational, INTS int64_t[],
 * REALS double[], RATIONALS struct mim_rational[], TIME text as ISO 8601, BYTES as they are.
 */
enum mim_meta_type {
    MIM_META_TEXT = 1,
    MIM_META_INT,
    MIM_META_REAL,
    MIM_META_RATIONAL,
    MIM_META_INTS,
    MIM_META_REALS,
    MIM_META_RATIONALS,
    MIM_META_TIME,
    MIM_META_BYTES,
    MIM_META_TYPE_MASK = 0xff,
    /** Flag: says how this file is coded (compression, interlace); means nothing in another, so its absence is no loss. */
    MIM_META_CODING = 0x100
};

/** What a notice is about. Each is a loss or a surprise, never an error by itself. */
enum mim_notice_code {
    MIM_NOTICE_OTHER,
    MIM_NOTICE_DEPTH,    /**< samples became fewer bits, or were clipped */
    MIM_NOTICE_ALPHA,    /**< transparency was composited or dropped */
    MIM_NOTICE_COLOUR,   /**< colours were reduced or converted */
    MIM_NOTICE_TIMING,   /**< the target holds no timing, or it was replaced */
    MIM_NOTICE_LOOP,     /**< the target holds no loop count */
    MIM_NOTICE_METADATA, /**< a value cannot be kept */
    MIM_NOTICE_SIZE,     /**< a picture was padded or clipped */
    MIM_NOTICE_FRAMES,   /**< frames are missing or were left out */
    MIM_NOTICE_NAME,     /**< name and content disagree */
    MIM_NOTICE_DAMAGED,  /**< a frame was delivered though damaged */
    MIM_NOTICE_COUNT
};

enum mim_log_level { MIM_LOG_ERROR = 1, MIM_LOG_WARNING, MIM_LOG_INFO, MIM_LOG_DEBUG };

/** Types of options, and what the core writes at a plugin's offset for each: see struct mim_option in plugin.h. */
enum mim_option_type {
    MIM_OPTION_INT = 1,
    MIM_OPTION_REAL,
    MIM_OPTION_BOOL,
    MIM_OPTION_CHOICE,
    MIM_OPTION_TEXT,
    MIM_OPTION_RATIONAL,
    MIM_OPTION_LIST,
    MIM_OPTION_SIZE,
    MIM_OPTION_COLOUR,
    MIM_OPTION_PAIRS
};

#ifdef __cplusplus
}
#endif
#endif
