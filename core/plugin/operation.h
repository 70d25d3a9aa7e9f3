/* SPDX-License-Identifier: MIT */
/* State shared by all jobs of one open file: limits, memory, notices and callbacks. */
#ifndef MIM_CORE_PLUGIN_OPERATION_H
#define MIM_CORE_PLUGIN_OPERATION_H

#include <pthread.h>
#include <stdbool.h>

#include <mim/context.h>

#include "plugin/memory-budget.h"
#include "plugin/notices.h"
#include "plugin/side-inputs.h"

struct mim_sink;
struct mim_source;

struct mim_operation {
    struct mim_context *context;
    struct mim_operation *whole; /* of one file of a series: the operation of the series; else NULL */
    uint64_t index;              /* of one file of a series: its frame */
    void *series;                /* of a series: struct mim_series_reading or mim_series_writing */
    bool is_quiet;               /* notices are dropped */
    bool keeps_damaged;          /* deliver frames as far as they can be decoded */
    bool in_place;               /* map plain samples instead of reading them */
    struct mim_source *source;   /* of a reader */
    struct mim_sink *sink;       /* of a writer */
    struct mim_side_inputs side_inputs;
    const char *plugin;          /* name of the plugin */
    const struct mim_host *host; /* the host table for its jobs */
    struct mim_control control;  /* the caller's, with limits filled in */
    struct mim_memory_budget budget;
    int64_t deadline_ms; /* on the monotonic clock; INT64_MAX = none */
    uint32_t host_flags;
    struct {
        const char *formats, *plugins;
    } allowed; /* by the caller, as in struct mim_request */
    pthread_mutex_t lock;       /* guards the two below */
    struct mim_notices notices; /* pending until the caller's thread delivers them */
    struct {
        struct mim_log_line *first, *last;
    } log;
};

enum mim_status mim_operation_init(struct mim_operation *operation, struct mim_context *context,
                                   const struct mim_control *control, struct mim_error *err);
/* One file of a series, frame `index` of `whole`, or a transport, without an index (MIM_UNKNOWN), with the limits, memory and notices of the whole. */
void mim_operation_init_part(struct mim_operation *operation, struct mim_operation *whole, uint64_t index);
/* Replaces a source that is only a URI, or the path of a member, by one that reads its bytes, as mim_container_resolve() does. */
enum mim_status mim_operation_resolve(struct mim_operation *operation, struct mim_source **source, struct mim_error *err);
/* Takes ownership of `source`, whose reads the limits and the switch of the operation end from now on. */
void mim_operation_take_source(struct mim_operation *operation, struct mim_source *source);
void mim_operation_clear(struct mim_operation *operation);

/* MIM_OK, CANCELLED or TIMEOUT. Any thread. */
enum mim_status mim_operation_poll(const struct mim_operation *operation, struct mim_error *err);
/* Any thread; copies the text. `strict` makes it an error at delivery. */
enum mim_status mim_operation_notice(struct mim_operation *operation, enum mim_notice_code code, uint64_t frame,
                                     const char *text, struct mim_error *err);
enum mim_status mim_operation_notice_at(struct mim_operation *operation, enum mim_notice_code code,
                                        const struct mim_notice_origin *origin, const char *text,
                                        struct mim_error *err);
/* Drops the notices of a frame that is not delivered. */
void mim_operation_forget(struct mim_operation *operation, uint64_t frame);
/* On the caller's thread: delivers due notices and all log lines. */
enum mim_status mim_operation_deliver(struct mim_operation *operation, const struct mim_notice_range *range,
                                      struct mim_error *err);
/* On the caller's thread. CANCELLED when the application's callback cancels. */
enum mim_status mim_operation_progress(struct mim_operation *operation, uint64_t done, uint64_t total, uint64_t bytes,
                                       struct mim_error *err);
/* Any thread; delivered with the notices. Dropped when memory is short. */
void mim_operation_log(struct mim_operation *operation, int level, const char *text);

#endif
