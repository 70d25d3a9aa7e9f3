/* SPDX-License-Identifier: MIT */
/* What all jobs of one open file share: limits, memory, notices, the way to the application. */
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
    struct mim_operation *whole; /* of one file of a series: what all of them share; else NULL */
    uint64_t index;              /* the frame that it is there */
    void *series;                /* of a series: what opens its files; series-reader.h, series-writer.h */
    bool is_quiet;               /* notices are not worth a word now */
    bool in_place;               /* plain samples stay in the file */
    struct mim_source *source;   /* of a reader */
    struct mim_sink *sink;       /* of a writer */
    struct mim_side_inputs side_inputs;
    const char *plugin;          /* its name */
    const struct mim_host *host; /* what its jobs are given */
    struct mim_control control;  /* the caller's, with limits filled in */
    struct mim_memory_budget budget;
    int64_t deadline_ms; /* on the monotonic clock; INT64_MAX = none */
    uint32_t host_flags;
    pthread_mutex_t lock;       /* of the two below */
    struct mim_notices notices; /* of serial ops and workers, until the caller's thread delivers them */
    struct mim_log_line *log_first, *log_last;
};

enum mim_status mim_operation_init(struct mim_operation *operation, struct mim_context *context,
                                   const struct mim_control *control, struct mim_error *err);
/* One file of a series, as frame `index` of `whole`: limits, memory and notices are the whole's. */
void mim_operation_init_part(struct mim_operation *operation, struct mim_operation *whole, uint64_t index);
void mim_operation_clear(struct mim_operation *operation);

/* MIM_OK, CANCELLED or TIMEOUT. Any thread. */
enum mim_status mim_operation_poll(const struct mim_operation *operation, struct mim_error *err);
/* From any thread; keeps the text. strict makes it an error at delivery. */
enum mim_status mim_operation_notice(struct mim_operation *operation, enum mim_notice_code code, uint64_t frame,
                                     const char *text, struct mim_error *err);
enum mim_status mim_operation_notice_at(struct mim_operation *operation, enum mim_notice_code code,
                                        const struct mim_notice_origin *origin, const char *text,
                                        struct mim_error *err);
/* A frame is dropped or was passed over: nobody hears of it. */
void mim_operation_forget(struct mim_operation *operation, uint64_t frame);
/* On the caller's thread: notices that are due, and log lines, that have come in. */
enum mim_status mim_operation_deliver(struct mim_operation *operation, const struct mim_notice_range *range,
                                      struct mim_error *err);
/* On the caller's thread. CANCELLED when the application says so. */
enum mim_status mim_operation_progress(struct mim_operation *operation, uint64_t done, uint64_t total, uint64_t bytes,
                                       struct mim_error *err);
/* From any thread; delivered with the notices. Lost when there is no memory for it. */
void mim_operation_log(struct mim_operation *operation, int level, const char *text);

int64_t mim_clock_ms(void);
uint64_t mim_clock_ns(void);

#endif
