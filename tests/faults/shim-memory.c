/* SPDX-License-Identifier: MIT */
/* Makes allocations fail on request, and counts them. Calls the allocator of the C library or the sanitizer. */
#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static int (*next_posix_memalign)(void **, size_t, size_t);
static void (*next_free)(void *);

static atomic_long left = LONG_MAX; /* allocations before the one that fails */
static atomic_bool fails_for_ever, refused;
static atomic_long live;
static atomic_llong held, peak, start;
static atomic_bool weighs; /* set by the first reset, because a sanitizer does not know sizes before it is initialised */
static atomic_uint_fast64_t calls, bytes, largest;
static __thread bool exempt __attribute__((tls_model("initial-exec")));

/* Memory for allocations while looking up the next allocator. It is never freed. */
static _Alignas(max_align_t) char first_aid[16384];
static size_t first_aid_used;
static bool resolving;

static void *
give_first_aid(size_t size)
{
    size_t start = first_aid_used;
    first_aid_used += (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    return first_aid_used <= sizeof first_aid ? first_aid + start : NULL;
}

static bool
is_first_aid(const void *block)
{
    return (const char *)block >= first_aid && (const char *)block < first_aid + sizeof first_aid;
}

static bool
resolve(void)
{
    if (next_free)
        return true;
    if (resolving)
        return false;
    resolving = true;
    *(void **)&next_malloc = dlsym(RTLD_NEXT, "malloc");
    *(void **)&next_calloc = dlsym(RTLD_NEXT, "calloc");
    *(void **)&next_realloc = dlsym(RTLD_NEXT, "realloc");
    *(void **)&next_posix_memalign = dlsym(RTLD_NEXT, "posix_memalign");
    *(void **)&next_free = dlsym(RTLD_NEXT, "free");
    resolving = false;
    return true;
}

void
fault_memory_at(long n, bool for_ever)
{
    atomic_store(&refused, false);
    atomic_store(&fails_for_ever, for_ever);
    atomic_store(&left, n);
}

bool
fault_memory_recover(void)
{
    atomic_store(&left, LONG_MAX);
    return atomic_load(&refused);
}

void
fault_memory_reset(void)
{
    atomic_store(&weighs, true);
    atomic_store(&calls, 0);
    atomic_store(&bytes, 0);
    atomic_store(&largest, 0);
    atomic_store(&start, atomic_load(&held));
    atomic_store(&peak, atomic_load(&held));
}

struct fault_memory
fault_memory_asked(void)
{
    return (struct fault_memory){ atomic_load(&calls), atomic_load(&bytes), atomic_load(&largest),
                                  (uint64_t)(atomic_load(&peak) - atomic_load(&start)) };
}

long
fault_memory_live(void)
{
    return atomic_load(&live);
}

static void
count(size_t size)
{
    atomic_fetch_add(&calls, 1);
    atomic_fetch_add(&bytes, size);
    uint_fast64_t before = atomic_load(&largest);
    while (size > before && !atomic_compare_exchange_weak(&largest, &before, size))
        ;
}

static bool
is_refused(size_t size)
{
    if (exempt)
        return false;
    count(size);
    long before = atomic_fetch_sub(&left, 1);
    if (before > 0 || (before < 0 && !atomic_load(&fails_for_ever)))
        return false;
    atomic_store(&refused, true);
    errno = ENOMEM;
    return true;
}

static long long
weight(void *block)
{
    return atomic_load(&weighs) ? (long long)malloc_usable_size(block) : 0;
}

static void
hold(long long more)
{
    long long now = atomic_fetch_add(&held, more) + more, before = atomic_load(&peak);
    while (now > before && !atomic_compare_exchange_weak(&peak, &before, now))
        ;
}

static void *
given(void *block)
{
    if (block) {
        atomic_fetch_add(&live, 1);
        hold(weight(block));
    }
    return block;
}

void *
malloc(size_t size)
{
    if (!resolve())
        return give_first_aid(size);
    return is_refused(size) ? NULL : given(next_malloc(size));
}

void *
calloc(size_t n, size_t size)
{
    size_t whole;
    if (__builtin_mul_overflow(n, size, &whole)) {
        errno = ENOMEM;
        return NULL;
    }
    if (!resolve())
        return give_first_aid(whole); /* already zero */
    return is_refused(whole) ? NULL : given(next_calloc(n, size));
}

void
free(void *block)
{
    if (!block || is_first_aid(block) || !resolve())
        return;
    atomic_fetch_sub(&live, 1);
    hold(-weight(block));
    next_free(block);
}

void *
realloc(void *old, size_t size)
{
    if (!old)
        return malloc(size);
    if (is_first_aid(old)) {
        size_t most = (size_t)(first_aid + sizeof first_aid - (char *)old);
        void *moved = malloc(size);
        return moved ? memcpy(moved, old, size < most ? size : most) : NULL;
    }
    if (!size) {
        free(old);
        return NULL;
    }
    if (is_refused(size))
        return NULL;
    long long before = weight(old);
    void *moved = next_realloc(old, size);
    if (moved)
        hold(weight(moved) - before);
    return moved;
}

void *
reallocarray(void *old, size_t n, size_t size)
{
    size_t whole;
    if (__builtin_mul_overflow(n, size, &whole)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(old, whole);
}

int
posix_memalign(void **out, size_t alignment, size_t size)
{
    if (!resolve() || is_refused(size))
        return ENOMEM;
    int number = next_posix_memalign(out, alignment, size);
    if (!number)
        given(*out);
    return number;
}

void *
aligned_alloc(size_t alignment, size_t size)
{
    void *block = NULL;
    errno = posix_memalign(&block, alignment < sizeof(void *) ? sizeof(void *) : alignment, size);
    return block;
}

/* The sanitizer has its own versions of these, which do not call malloc() above. */
char *
strndup(const char *text, size_t most)
{
    size_t size = strnlen(text, most);
    char *copy = malloc(size + 1);
    if (copy) {
        memcpy(copy, text, size);
        copy[size] = '\0';
    }
    return copy;
}

char *
strdup(const char *text)
{
    return strndup(text, strlen(text));
}

/* A sanitizer calls this at the start of every thread, and crashes if it fails. */
int
pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes)
{
    static int (*next)(pthread_t, pthread_attr_t *);
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "pthread_getattr_np");
    exempt = true;
    int number = next(thread, attributes);
    exempt = false;
    return number;
}

/* The leak checker recognises memory of the dynamic linker by its caller, which is always the shim here. libltdl leaks
 * 88 bytes once if an allocation fails. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
    return "leak:_dl_map_object_deps\nleak:dl_open_worker_begin\nleak:_dl_allocate_tls\nleak:lt__malloc\n";
}

/* The leak checker mistakes thread-local blocks at an offset of 16 bytes in a page for those of another C library, and
 * crashes. */
const char *__lsan_default_options(void);
const char *
__lsan_default_options(void)
{
    return "use_tls=0";
}
