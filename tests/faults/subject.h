/* SPDX-License-Identifier: MIT */
/* What the fault tests work on: small files of every format, read or converted as an application would, with all that
 * came of it in one value that can be compared. */
#ifndef MIM_TESTS_FAULTS_SUBJECT_H
#define MIM_TESTS_FAULTS_SUBJECT_H

#include <stdbool.h>

#include <mim/mim.h>

#include "check.h"

struct subject {
    char name[64]; /* its ending tells the format */
    unsigned char *data;
    size_t size;
};

/* The files of a directory in the order of their names. Nothing is ever freed: they are what the program is about. */
size_t subjects_load(const char *directory, struct subject subjects[], size_t most);
/* Those of FAULT_SEEDS, and samples for raw. */
extern struct subject subjects[32];
extern size_t subject_count;
void subjects_load_seeds(void);
bool subject_is(const struct subject *subject, const char *format);

struct outcome {
    enum mim_status status;
    uint64_t frames;
    uint64_t digest; /* of shapes, samples, timing and metadata; of the bytes written */
    char message[600];
};
bool outcome_equal(const struct outcome *a, const struct outcome *b);

/* A context with the build's plugins and nothing of the system's. */
enum mim_status subject_context(struct mim_context **context, unsigned threads);

struct attempt {
    const struct subject *subject;
    struct mim_source *source;   /* instead of its bytes; closed by the call */
    struct mim_context *context; /* instead of one of its own */
    unsigned threads;            /* 0: one */
    const char *to;              /* format to convert to; NULL: read */
    struct mim_sink *sink;       /* instead of memory; closed by the call */
    struct mim_limits limits;
    bool backwards; /* frame by frame from the last that is known */
};
/* From an empty process to an empty process, with what came between. */
struct outcome subject_try(const struct attempt *attempt);

#endif
