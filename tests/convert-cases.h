/* SPDX-License-Identifier: MIT */
/* Conversions from the mock's format to itself, and what is expected of them. */
#ifndef MIM_TESTS_CONVERT_CASES_H
#define MIM_TESTS_CONVERT_CASES_H

#include "reader-cases.h"

#define BYTES 24 /* of a page of the mock's */

extern const struct mock_script plain;

/* From up to three sources to a sink in memory, whose bytes are the caller's. */
enum mim_status convert(const struct mock_script *script, unsigned threads, size_t source_count,
                        const struct mim_convert_options *options, uint8_t **data, size_t *size, struct mim_error *err);
/* One page for each digit, which is the index of its frame. */
void check_frames(const uint8_t *data, size_t size, const char *indices);

#endif
