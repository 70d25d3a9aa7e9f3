/* SPDX-License-Identifier: MIT */
/* Sequences that readers are tested with, and what is expected of them. */
#ifndef MIM_TESTS_READER_CASES_H
#define MIM_TESTS_READER_CASES_H

#include "mock.h"

#define THREAD_COUNTS 4
extern const unsigned thread_counts[THREAD_COUNTS];

/* Pages of unequal shape; the same in parts; rectangles with every disposal, whose frames 4, 13 and 22 are keys. */
extern const struct mock_script pages, parts, animation;
/* A script with the other kind of plugin; overwritten by the next call. */
const struct mock_script *with(const struct mock_script *base, bool any_order);

/* The truth: what one thread reads, one frame after another. */
#define MOST_EXPECTED 40
extern struct mim_frame expected[MOST_EXPECTED];
extern size_t expected_count;
void expect(const struct mock_script *script);
void forget_expected(void);

/* Shape, pixels, timing and metadata. */
bool same(const struct mim_frame *a, const struct mim_frame *b);
/* The next frame, or one by number, is the expected one. */
void check_next(struct mim_reader *reader, size_t i);
void check_read(struct mim_reader *reader, size_t i);
/* What the next frame comes to; it is thrown away. */
enum mim_status next_status(struct mim_reader *reader);

#endif
