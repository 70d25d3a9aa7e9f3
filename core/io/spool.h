/* SPDX-License-Identifier: MIT */
/* Bytes that may be read again: in memory up to 64 MB, then in an unlinked temporary file. Not charged to any budget, but
 * with a limit of its own. */
#ifndef MIM_CORE_IO_SPOOL_H
#define MIM_CORE_IO_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include <mim/error.h>

#define MIM_SPOOL_MEMORY 64000000u
#define MIM_SPOOL_DEFAULT UINT64_C(8000000000) /* the limit */

struct mim_spool; /* one thread at a time */

/* Beyond its limit a spool that drops frees bytes between the first and the last ones, which cannot be read again; another
 * fails. NULL: no memory. */
struct mim_spool *mim_spool_create(bool drops);
/* A spool that takes no memory, and fails beyond its limit. */
enum mim_status mim_spool_create_file(struct mim_spool **out, struct mim_error *err);
void mim_spool_limit(struct mim_spool *spool, uint64_t limit);
void mim_spool_destroy(struct mim_spool *spool);
uint64_t mim_spool_size(const struct mim_spool *spool);
/* Writes at any offset; a gap reads as zeros. */
enum mim_status mim_spool_write(struct mim_spool *spool, const void *data, uint64_t size, uint64_t offset,
                                struct mim_error *err);
/* Returns the bytes read, fewer than `size` only at the end; < 0: minus the status. */
int64_t mim_spool_read(struct mim_spool *spool, void *data, uint64_t size, uint64_t offset, struct mim_error *err);

#endif
