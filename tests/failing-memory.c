/* SPDX-License-Identifier: MIT */
/* The allocator's entries, wrapped: counted, and refused on request. */
#include "failing-memory.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_long left = LONG_MAX; /* allocations before the one that fails */
static atomic_bool fails_for_ever, refused;

void
memory_fail_at(long n, bool for_ever)
{
    atomic_store(&refused, false);
    atomic_store(&fails_for_ever, for_ever);
    atomic_store(&left, n);
}

bool
memory_recover(void)
{
    atomic_store(&left, LONG_MAX);
    return atomic_load(&refused);
}

static bool
is_refused(void)
{
    long before = atomic_fetch_sub(&left, 1);
    if (before > 0 || (before < 0 && !atomic_load(&fails_for_ever)))
        return false;
    atomic_store(&refused, true);
    errno = ENOMEM;
    return true;
}

#define WRAP(name, parameters, arguments) \
    void *__real_##name parameters; \
    void *__wrap_##name parameters; \
    void *__wrap_##name parameters \
    { \
        return is_refused() ? NULL : __real_##name arguments; \
    }

WRAP(malloc, (size_t size), (size))
WRAP(calloc, (size_t count, size_t size), (count, size))
WRAP(realloc, (void *old, size_t size), (old, size))
WRAP(reallocarray, (void *old, size_t count, size_t size), (old, count, size))
WRAP(aligned_alloc, (size_t alignment, size_t size), (alignment, size))
WRAP(strdup, (const char *text), (text))
WRAP(strndup, (const char *text, size_t size), (text, size))
WRAP(open_memstream, (char **text, size_t *size), (text, size))
