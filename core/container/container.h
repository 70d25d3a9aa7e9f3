/* SPDX-License-Identifier: MIT */
/* An archive that is open for reading: its members, and the one that is being read. */
#ifndef MIM_CORE_CONTAINER_CONTAINER_H
#define MIM_CORE_CONTAINER_CONTAINER_H

#include "container/member-index.h"
#include "plugin/operation.h"
#include "plugin/try-plugins.h"

struct mim_container;

/* Opens operation->source or another source, to which it takes a reference, with the plugin of the attempt, as a part of `whole`, which outlives
 * it. Lists all members. CORRUPT, TRUNCATED: damage before the first member; later damage is index->failure. */
enum mim_status mim_container_open(struct mim_container **out, struct mim_operation *whole, struct mim_source *source,
                                   const struct mim_attempt *attempt, struct mim_error *err);
struct mim_container *mim_container_ref(struct mim_container *container);
/* Drops a reference; NULL is welcome. */
void mim_container_close(struct mim_container *container);

const struct mim_member_index *mim_container_index(const struct mim_container *container);
const char *mim_container_name(const struct mim_container *container);
/* Members that will be opened, each once: their bytes are kept where they are passed over. */
void mim_container_want(struct mim_container *container, uint64_t member);

/* The bytes of a member, read whole, or with `lazily` as they are needed if they are many: another member must not be opened
 * then. Counts as in one more archive. */
enum mim_status mim_container_open_member(struct mim_container *container, uint64_t member, bool lazily,
                                          struct mim_source **out, struct mim_error *err);

#endif
