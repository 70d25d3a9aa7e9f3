/* SPDX-License-Identifier: MIT */
/* The files for the fault tests: small files of every format, read or converted as an application would, with all that
 * came of it in one value that can be compared. */
#ifndef MIM_TESTS_FAULTS_SUBJECT_H
#define MIM_TESTS_FAULTS_SUBJECT_H

#include <stdbool.h>

#include <mim/mim.h>

#include "check.h"

struct subject {
    char name[64]; /* with the extension of its format */
    unsigned char *data;
    size_t size;
};

/* Load the files of a directory, sorted by name. They are never freed. */
size_t subjects_load(const char *directory, struct subject subjects[], size_t most);
/* Load the files of FAULT_SEEDS, and samples for raw. */
extern struct subject subjects[32];
extern size_t subject_count;
void subjects_load_seeds(void);
bool subject_is(const struct subject *subject, const char *format);

struct outcome {
    enum mim_status status;
    uint64_t frames;
    uint64_t notices_of_loss; /* frames may be missing, or metadata are ignored, as damaged ones are */
    uint64_t digest; /* of shapes, samples, timing and metadata, or of the bytes written */
    char message[600];
};
bool outcome_equal(const struct outcome *a, const struct outcome *b);

/* Create a context with only the plugins of the build. */
enum mim_status subject_context(struct mim_context **context, unsigned threads);

struct attempt {
    const struct subject *subject;
    struct mim_source *source;   /* instead of the subject's bytes; closed by the call */
    struct mim_context *context; /* instead of a new one */
    unsigned threads;            /* 0: one */
    const char *to;              /* format to convert to; NULL: read */
    struct mim_sink *sink;       /* instead of memory; closed by the call */
    struct mim_limits limits;
    bool backwards; /* read the frames from the last one that is known to the first */
};
/* Run an attempt from creating to destroying everything, and record its outcome. */
struct outcome subject_try(const struct attempt *attempt);

#endif
