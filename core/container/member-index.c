/* SPDX-License-Identifier: MIT */
/* Lists members, whose names take working memory. */
#include "container/member-index.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define MAX_NAME 4096u /* bytes */

static bool
grow_list(struct mim_member_index *index)
{
    if (index->count < index->capacity)
        return true;
    uint64_t capacity = index->capacity ? index->capacity * 2 : 64;
    struct mim_container_member *grown = reallocarray(index->members, capacity, sizeof *grown);
    if (!grown)
        return false;
    index->members = grown;
    index->capacity = capacity;
    return true;
}

enum mim_status
mim_member_index_add(struct mim_member_index *index, const struct mim_member *member, struct mim_memory_budget *budget,
                     struct mim_error *err)
{
    const char *name = member->name;
    while (!strncmp(name, "./", 2))
        name += 2 + strspn(name + 2, "/");
    size_t length = strnlen(name, MAX_NAME + 1);
    uint64_t bytes = length + sizeof *index->members;
    if (!mim_memory_budget_charge(budget, bytes))
        return mim_memory_budget_fail(budget, bytes, err);
    index->charged += bytes;

    char *copy = strndup(name, MAX_NAME);
    if (!copy || !grow_list(index)) {
        free(copy);
        return mim_fail_nomem(err, "a list of members");
    }
    index->members[index->count++] = (struct mim_container_member){
        .name = copy,
        .size = member->size,
        .position = member->position,
        .kind = length > MAX_NAME ? MIM_MEMBER_OTHER : member->kind,
        .kept = MIM_UNKNOWN,
    };
    return MIM_OK;
}

void
mim_member_index_clear(struct mim_member_index *index, struct mim_memory_budget *budget)
{
    for (uint64_t i = 0; i < index->count; i++)
        free(index->members[i].name);
    free(index->members);
    mim_memory_budget_refund(budget, index->charged);
    *index = (struct mim_member_index){ 0 };
}

uint64_t
mim_member_index_find(const struct mim_member_index *index, const char *name, size_t length)
{
    for (uint64_t i = index->count; i-- > 0;) {
        const struct mim_container_member *member = &index->members[i];
        if (member->kind != MIM_MEMBER_DIRECTORY && !strncmp(member->name, name, length) && !member->name[length])
            return i;
    }
    return MIM_UNKNOWN;
}

bool
mim_member_name_escapes(const char *name)
{
    for (const char *part = name; *part; part += strspn(part, "/")) {
        size_t length = strcspn(part, "/");
        if (length == 2 && !strncmp(part, "..", 2))
            return true;
        part += length;
    }
    return *name == '/';
}

bool
mim_member_name_is_hidden(const char *name)
{
    return *name == '.' || strstr(name, "/.");
}
