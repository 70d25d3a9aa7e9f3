/* SPDX-License-Identifier: MIT */
/* Errors, and a few general functions. */
#ifndef MIM_ERROR_H
#define MIM_ERROR_H

#include <mim/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define MIM_API __attribute__((visibility("default")))
#else
#define MIM_API
#endif

/** The side of a conversion that an error concerns. */
enum mim_side { MIM_SIDE_NONE, MIM_SIDE_INPUT, MIM_SIDE_OUTPUT };

/**
 * The error of the last call that did not return MIM_OK. Initialise it with `{ 0 }`; it needs no freeing. Functions
 * that take a pointer to it accept NULL.
 */
struct mim_error {
    enum mim_status status;
    enum mim_side side;        /**< set by mim_convert(), and if a notice is the error, else MIM_SIDE_NONE */
    uint64_t source;           /**< MIM_SIDE_INPUT: index of the source passed to mim_convert() */
    uint64_t frame;            /**< index of the frame, or MIM_UNKNOWN */
    uint64_t offset;           /**< offset in the source in bytes, or MIM_UNKNOWN */
    uint64_t needed, allowed;  /**< MIM_LIMIT: in the unit that the message names; else 0 */
    char plugin[32];           /**< name of the plugin that reported the error, or "" */
    char message[600];         /**< a sentence in UTF-8 without a full stop */
};

/** Return the name of a status, such as "MIM_CORRUPT". May be called on any thread. */
MIM_API const char *mim_status_name(enum mim_status status);

/** Return a short description of a status, such as "damaged data". May be called on any thread. */
MIM_API const char *mim_status_text(enum mim_status status);

/** Return the version of the library at run time, such as "1.0.0". */
MIM_API const char *mim_version(void);

/** Free memory that a function of libmim returned. `memory` may be NULL. */
MIM_API void mim_free(void *memory);

#ifdef __cplusplus
}
#endif
#endif
