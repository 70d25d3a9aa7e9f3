/* SPDX-License-Identifier: MIT */
/* The plugin's code with the checker between it and the core: each op of one format is called through the checker, and gets a
 * host table of the checker. */
#ifndef MIM_TOOL_CHECK_INTERPOSE_H
#define MIM_TOOL_CHECK_INTERPOSE_H

#include <stdatomic.h>

#include <mim/mim.h>
#include <mim/plugin.h>

#include "check.h"

enum interposed_host { HOST_OF_CORE, HOST_SMALLER, HOST_LARGER };

/* Set the first part before interpose(), and read the second at any time. */
struct interposition {
    enum interposed_host host;
    bool is_guarded;              /* bytes behind state, packet and worker must stay as they are */
    bool is_larger;               /* structs that the core fills are larger */
    bool is_padded;               /* rasters have bytes between their rows, which must stay as they are; for one thread */
    uint64_t fail_at;             /* this allocation fails; 0: none */
    uint64_t cancel_at;           /* this poll sets `cancel`; 0: none */
    struct mim_cancel *cancel;

    _Atomic uint64_t allocations, polls, prepared, released;
    _Atomic int64_t allocated, reserved; /* bytes that the plugin holds */
    _Atomic int64_t cancelled_at;        /* CPU time of the process in milliseconds, when `cancel` was set */
};

/* CPU time of the process in milliseconds. */
int64_t processor_time(void);

/* Load the module of the subject. Fails the trial if that fails. */
const struct mim_plugin *plugin_load(const struct check_subject *subject);
/* Return the plugin's tables of a format, or NULL. */
const struct mim_format_ops *plugin_format(const struct mim_plugin *plugin, const char *name);

/* Return a plugin for struct reading_setup and struct pattern_setup, valid until the next call. `trial` must have a format. */
const struct mim_plugin *interpose(const struct check_trial *trial, struct interposition *interposition);

/* The interposition in force. */
extern struct interposition *interposed;

/* The parts. interpose-host.c: give the job the checker's table, made from the core's. Returns true the first time. */
bool interpose_host(struct mim_job *job);
void interpose_host_start(void);
/* interpose-reader.c, interpose-writer.c: replace the ops of a format by those of the checker. */
const struct mim_reader_ops *interpose_reader(const struct mim_reader_ops *ops);
const struct mim_writer_ops *interpose_writer(const struct mim_writer_ops *ops);

#endif
