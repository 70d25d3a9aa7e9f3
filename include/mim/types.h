/* SPDX-License-Identifier: MIT */
/* Types that applications and plugins share: statuses, samples, metadata, notices, options. */
#ifndef MIM_TYPES_H
#define MIM_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The result of a call. The values are part of the ABI: new ones are added at the end. */
enum mim_status {
    MIM_OK,             /**< success */
    MIM_END,            /**< past the last frame; not an error */
    MIM_UNKNOWN_FORMAT, /**< the format is unknown */
    MIM_NO_PLUGIN,      /**< the format is known, but no plugin for it is installed */
    MIM_BROKEN_PLUGIN,  /**< the plugin is installed, but cannot be used */
    MIM_DISABLED,       /**< disabled by policy */
    MIM_UNSUPPORTED,    /**< valid, but not implemented */
    MIM_CORRUPT,        /**< damaged data */
    MIM_TRUNCATED,      /**< the data end too early */
    MIM_LIMIT,          /**< a limit of the job is exceeded */
    MIM_NOMEM,          /**< out of memory */
    MIM_IO,             /**< reading or writing failed */
    MIM_EXISTS,         /**< the output exists and must not be replaced */
    MIM_RANGE,          /**< no frame has this index; nothing has changed */
    MIM_OPTION,         /**< unknown option, or a value of the wrong type or out of range */
    MIM_ARGUMENT,       /**< invalid argument */
    MIM_CANCELLED,      /**< cancelled by the application */
    MIM_TIMEOUT,        /**< the time limit is exceeded */
    MIM_CRASHED         /**< an isolated worker crashed */
};

/**
 * Type of a sample, in native byte order. MIM_SAMPLE_INDEX8, an index into a palette, only occurs between readers'
 * plugins and the core, for frames on a canvas of MIM_SAMPLE_U8. On a gray canvas, the red of a palette entry is its
 * gray value.
 *
 * MIM_SAMPLE_U1 is one bit, 1 for full intensity: eight samples share a byte, the first in its most significant bit, and
 * each row begins with a byte. Such frames have one channel. The bits after the last sample of a row have no meaning.
 * Readers deliver MIM_SAMPLE_U8 instead unless asked for it.
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
    MIM_SAMPLE_INDEX8,
    MIM_SAMPLE_U1
};

/** An unknown count, size or offset. */
#define MIM_UNKNOWN UINT64_MAX

/** A pts of a frame without a timestamp. */
#define MIM_NO_PTS INT64_MIN

/** The certainty of a count: unknown, an estimate, taken from a header, or exact. */
enum mim_certainty { MIM_SURE_NONE, MIM_SURE_ESTIMATE, MIM_SURE_HEADER, MIM_SURE_EXACT };

/** A rational number; den 0 means that it is not given. */
struct mim_rational {
    int64_t num, den;
};

/**
 * Types of metadata values, and their layout in memory: TEXT is UTF-8 without a terminating zero, INT int64_t, REAL
 * double, RATIONAL struct mim_rational, INTS int64_t[], REALS double[], RATIONALS struct mim_rational[], TIME a text in
 * ISO 8601, BYTES arbitrary bytes.
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
    /** Flag: the value describes the coding of this file, such as its compression. It has no meaning in another file.
     * */
    MIM_META_CODING = 0x100,
    /** Flag: a format that does not store the value implies it, such as colours for ordinary displays. Writers get it,
     * and its loss is not reported. */
    MIM_META_IMPLIED = 0x200
};

/** The subject of a notice, which reports a loss or something unexpected. */
enum mim_notice_code {
    MIM_NOTICE_OTHER,
    MIM_NOTICE_DEPTH,    /**< samples lost bits, or were clipped */
    MIM_NOTICE_ALPHA,    /**< transparency was composited or dropped */
    MIM_NOTICE_COLOUR,   /**< colours were reduced or converted */
    MIM_NOTICE_TIMING,   /**< timing was lost or replaced */
    MIM_NOTICE_LOOP,     /**< the loop count was lost */
    MIM_NOTICE_METADATA, /**< a value was lost */
    MIM_NOTICE_SIZE,     /**< a picture was padded or clipped */
    MIM_NOTICE_FRAMES,   /**< frames are missing or were left out */
    MIM_NOTICE_NAME,     /**< name and content disagree */
    MIM_NOTICE_DAMAGED,  /**< a damaged frame was delivered */
    MIM_NOTICE_COUNT
};

/** Kinds of content that a source has besides its frames. */
enum mim_offer_kind {
    MIM_OFFER_SOUND = 1,
    MIM_OFFER_VIDEO,      /**< a further video track */
    MIM_OFFER_SUBTITLES,
    MIM_OFFER_CHAPTERS,
    MIM_OFFER_ATTACHMENT, /**< a file, such as a font */
    MIM_OFFER_DATA,       /**< a track of other data, such as positions */
    MIM_OFFER_IMAGE,      /**< a cover, a thumbnail, a page in reduced size */
    MIM_OFFER_PROPERTY    /**< tags and other properties that are neither in the samples nor in the metadata */
};

/** Content of a source besides its frames and their metadata. */
struct mim_offer {
    uint32_t struct_size;
    int32_t kind;      /**< enum mim_offer_kind */
    uint32_t index;    /**< in the source, such as the number of a stream */
    uint32_t pad;
    const char *text;  /**< a noun phrase: "sound track 2 (aac, 48000 Hz, deu)" */
};

/** The severity of a log message. */
enum mim_log_level { MIM_LOG_ERROR = 1, MIM_LOG_WARNING, MIM_LOG_INFO, MIM_LOG_DEBUG };

/** Types of options. struct mim_option in plugin.h describes the value of each. */
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
