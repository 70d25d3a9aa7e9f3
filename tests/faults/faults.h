/* SPDX-License-Identifier: MIT */
/* A machine that fails on request: allocations and system calls, counted and refused. Linked into a program these
 * definitions stand before the C library's; as a module they are preloaded into mim, and the environment arms them. */
#ifndef MIM_TESTS_FAULTS_H
#define MIM_TESTS_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

/* The n-th allocation from now on (0 is the next) is refused; with `for_ever` all that follow too. */
void fault_memory_at(long n, bool for_ever);
/* Back to normal. Was any refused? */
bool fault_memory_recover(void);

/* What was asked for since the last reset. */
struct fault_memory {
    uint64_t calls, bytes, largest;
    uint64_t peak; /* most bytes that were held at once, above what was held at the reset */
};
void fault_memory_reset(void);
struct fault_memory fault_memory_asked(void);
/* Blocks that were given and not yet taken back. */
long fault_memory_live(void);

enum fault_call {
    FAULT_NOTHING,
    FAULT_READ,  /* read, pread */
    FAULT_WRITE, /* write, pwrite */
    FAULT_SYNC,
    FAULT_CLOSE, /* of a regular file */
    FAULT_OPEN,  /* what may create a file */
    FAULT_LINK,
    FAULT_RENAME
};

enum fault_kind {
    FAULT_ERROR,    /* -1 with `number` */
    FAULT_SHORT,    /* one byte less than half of what was asked for, at least one */
    FAULT_END,      /* 0: the end, before its time */
    FAULT_KILL,     /* SIGKILL, before the call is done */
    FAULT_INTERRUPT /* SIGINT, before the call is done */
};

/* Calls on descriptors of files below `directory` are counted; the one number `at` (0 is the first) goes wrong. */
struct fault_plan {
    enum fault_call call;
    enum fault_kind kind;
    int number;
    long at;
    bool for_ever;
    const char *directory;
};
void fault_calls_plan(const struct fault_plan *plan); /* NULL: none */
/* Calls of the planned sort that were seen, up to and with the one that went wrong and after it. */
long fault_calls_seen(void);

#endif
