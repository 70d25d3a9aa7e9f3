/* SPDX-License-Identifier: MIT */
/* Functions that fill a struct mim_error and return its status. */
#ifndef MIM_CORE_BASE_ERROR_H
#define MIM_CORE_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

#include <mim/error.h>

/* `err` may be NULL. frame and offset start as MIM_UNKNOWN. */
enum mim_status mim_fail(struct mim_error *err, enum mim_status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
enum mim_status mim_fail_va(struct mim_error *err, enum mim_status status, const char *fmt, va_list args);

/* "what: strerror(number)"; the status is IO, or NOMEM for a shortage, or EXISTS for EEXIST. */
enum mim_status mim_fail_errno(struct mim_error *err, int number, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The advice when a whole sequence is too large. */
#define MIM_RESULT_ADVICE ": read frame by frame with a reader, raise the limit, or turn it off"

/* LIMIT with its two numbers; the text names the limit and its value as mim.conf does. */
enum mim_status mim_fail_limit(struct mim_error *err, uint64_t needed, uint64_t allowed, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* "no memory for <what>". */
enum mim_status mim_fail_nomem(struct mim_error *err, const char *what);
/* Whether the process lacks memory or descriptors, which says nothing of a file. */
bool mim_is_shortage(int number);
/* NOMEM: with the text of errno if descriptors are short, else as mim_fail_nomem(). */
enum mim_status mim_fail_shortage(struct mim_error *err, const char *what);

#endif
