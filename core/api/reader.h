/* SPDX-License-Identifier: MIT */
/* What calls on whole sequences need of a reader. */
#ifndef MIM_CORE_API_READER_H
#define MIM_CORE_API_READER_H

#include <stdbool.h>

#include <mim/reader.h>

struct mim_selection;
struct mim_operation;

#define MIM_DEFAULT_RESULT 256000000u /* SPEC section 3 */
#define MIM_DEFAULT_VOLUME_RESULT 1000000000u

/* mim_reader_open() with another default for the result budget. */
enum mim_status mim_reader_open_for(struct mim_reader **out, struct mim_context *context, struct mim_source *source,
                                    const struct mim_open_options *options, uint64_t result_default,
                                    struct mim_error *err);

/* mim_reader_next() then gives these frames, in this order. Borrowed until the reader is closed or seeks. */
void mim_reader_select(struct mim_reader *reader, const struct mim_selection *selection);

/* The result budget holds for all frames from now on together; checked at once where count and shape are known. */
enum mim_status mim_reader_limit_result(struct mim_reader *reader, uint64_t frames, struct mim_error *err);

/* mim_reader_metadata(), with the reason when it fails. */
enum mim_status mim_reader_load_metadata(struct mim_reader *reader, struct mim_error *err);

/* Does what is wrong with one frame leave the others as they are? Then the one that failed can be passed over. */
bool mim_reader_is_series(const struct mim_reader *reader);
void mim_reader_skip(struct mim_reader *reader);

struct mim_operation *mim_reader_operation(struct mim_reader *reader);

#endif
