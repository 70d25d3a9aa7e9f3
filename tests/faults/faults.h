/* SPDX-License-Identifier: MIT */
/* Makes allocations and system calls fail on request, and counts them. Linked into a program, these definitions replace
 * those of the C library; as a module, they are preloaded into mim and configured by the environment. */
#ifndef MIM_TESTS_FAULTS_H
#define MIM_TESTS_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

/* Make the n-th allocation from now on fail (0 is the next); with `for_ever` all that follow, too. */
void fault_memory_at(long n, bool for_ever);
/* Stop failing, and return whether an allocation failed. */
bool fault_memory_recover(void);

/* Allocations since the last reset. */
struct fault_memory {
    uint64_t calls, bytes, largest;
    uint64_t peak; /* maximum of allocated bytes, relative to those at the reset */
};
void fault_memory_reset(void);
struct fault_memory fault_memory_asked(void);
/* Return the number of blocks that are not freed. */
long fault_memory_live(void);

enum fault_call {
    FAULT_NOTHING,
    FAULT_READ,  /* read, pread */
    FAULT_WRITE, /* write, pwrite */
    FAULT_SYNC,
    FAULT_CLOSE, /* of a regular file */
    FAULT_OPEN,  /* calls that can create a file */
    FAULT_LINK,
    FAULT_RENAME,
    FAULT_MODE,    /* fchmod */
    FAULT_TRUNCATE /* ftruncate */
};

enum fault_kind {
    FAULT_ERROR,    /* -1 with `number` */
    FAULT_SHORT,    /* one byte less than half of the request, at least one */
    FAULT_END,      /* 0: a premature end */
    FAULT_KILL,     /* SIGKILL before the call */
    FAULT_INTERRUPT /* SIGINT before the call */
};

/* Counts calls on descriptors of files below `directory`. The call number `at` fails; 0 is the first. */
struct fault_plan {
    enum fault_call call;
    enum fault_kind kind;
    int number;
    long at;
    bool for_ever;
    const char *directory;
};
void fault_calls_plan(const struct fault_plan *plan); /* NULL: none */
/* Return the number of calls of the planned kind, including the one that failed and later ones. */
long fault_calls_seen(void);

#endif
