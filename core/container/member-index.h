/* SPDX-License-Identifier: MIT */
/* The names of an archive's members, in the order of the archive. */
#ifndef MIM_CORE_CONTAINER_MEMBER_INDEX_H
#define MIM_CORE_CONTAINER_MEMBER_INDEX_H

#include <stdbool.h>

#include <mim/plugin.h>

#include "plugin/memory-budget.h"

struct mim_container_member {
    char *name; /* without "./" before it */
    uint64_t size, position;
    int32_t kind;             /* MIM_MEMBER_* */
    bool is_wanted;           /* keep its bytes if they are passed over */
    uint64_t kept, kept_size; /* its bytes in the spool; kept MIM_UNKNOWN: they are not there */
};

struct mim_member_index {
    struct mim_container_member *members;
    uint64_t count, capacity;
    uint64_t charged;         /* bytes of the budget */
    struct mim_error failure; /* damage after the last member; status MIM_OK: there is none */
};

/* LIMIT, NOMEM. */
enum mim_status mim_member_index_add(struct mim_member_index *index, const struct mim_member *member,
                                     struct mim_memory_budget *budget, struct mim_error *err);
void mim_member_index_clear(struct mim_member_index *index, struct mim_memory_budget *budget);

/* The last file of that name, as an unpacker would leave it; MIM_UNKNOWN: there is none. */
uint64_t mim_member_index_find(const struct mim_member_index *index, const char *name, size_t length);

/* Whether unpacking the name would leave the directory: it is absolute, or has a part "..". */
bool mim_member_name_escapes(const char *name);
/* Whether a part of the name begins with a dot. */
bool mim_member_name_is_hidden(const char *name);

#endif
