/* SPDX-License-Identifier: MIT */
/* mim plugin check: the plugins that are checked, and the tests that they get. */
#ifndef MIM_TOOL_CHECK_CHECK_H
#define MIM_TOOL_CHECK_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A format of the plugin, as its manifest declares it. */
struct check_format {
    const char *name;
    const char *read, *write; /* abilities, or NULL; of an archive both are NULL */
    bool packs;               /* an archive that is written */
    uint64_t frames;          /* that a written file gets */
};

/* A file that the plugin reads. */
struct check_sample {
    char *name;
    const struct check_format *format; /* NULL: found by its content */
    uint8_t *data;
    size_t size;
};

/* A plugin that is checked. */
struct check_subject {
    char *manifest, *module, *directory;
    struct check_manifest *lines;
    const char *name;
    struct check_format *formats;
    struct check_sample *samples;
    size_t format_count, sample_count;

    const char *todo; /* texts, separated by bars: tests whose name contains one may fail; NULL: none */
    bool is_thorough;
    uint64_t seed;
    unsigned seconds; /* of the processor that a test may take */
};

/* What a test is run for: the plugin, each of its formats, or each sample. */
enum check_scope { CHECK_PLUGIN, CHECK_FORMATS, CHECK_SAMPLES };

enum {
    CHECK_WRITERS = 1, /* of the formats, only those that are written */
    CHECK_NEEDED = 2,  /* no other test makes sense if this fails */
    CHECK_ARCHIVES = 4 /* of the formats, only archives that are written */
};

struct check_trial;

/* A test. Its function runs in a process of its own, and returns if the plugin passes. */
struct check_test {
    const char *group, *name;
    enum check_scope scope;
    void (*run)(const struct check_trial *trial);
    int argument;        /* for functions that are used by several tests */
    unsigned flags;      /* CHECK_* */
};

/* One run of a test. */
struct check_trial {
    const struct check_test *test;
    const struct check_subject *subject;
    const struct check_format *format; /* of the sample, or NULL if it is not known */
    const struct check_sample *sample;
};

/* The tables of tests, each in the file of the same name. A row without a group ends a table. */
extern const struct check_test check_static_tests[], check_load_tests[], check_abi_tests[], check_behaviour_tests[], check_hostile_tests[],
    check_memory_tests[], check_archive_tests[];

#endif
