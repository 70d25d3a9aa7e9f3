/* SPDX-License-Identifier: MIT */
/* The context: what its parts share, each made on first use. */
#include "api/context.h"

#include <stdio.h>
#include <stdlib.h>

#include "registry/config.h"
#include "base/error.h"
#include "pipeline/pool.h"
#include "registry/registry.h"

#define MOST_THREADS 1024u

enum mim_status
mim_context_create(struct mim_context **out, const struct mim_context_options *options, struct mim_error *err)
{
    struct mim_context *context = calloc(1, sizeof *context);
    if (!context)
        return mim_fail_nomem(err, "a context");
    if (options)
        context->options = *options;
    context->threads = 1;
    *out = context;
    return MIM_OK;
}

void
mim_context_destroy(struct mim_context *context)
{
    if (!context)
        return;
    mim_pool_destroy(context->pool);
    mim_registry_destroy(context->registry);
    mim_config_destroy(context->config);
    free(context);
}

struct mim_config *
mim_context_config(struct mim_context *context)
{
    if (!context->config)
        context->config = mim_config_load(&context->options);
    return context->config;
}

enum mim_status
mim_context_configure(struct mim_context *context, const char *conf_text, struct mim_error *err)
{
    struct mim_config *config = mim_context_config(context);
    if (!config)
        return mim_fail_nomem(err, "the configuration");
    enum mim_status status = mim_config_add_text(config, conf_text, err);
    if (status == MIM_OK)
        mim_registry_changed(context);
    return status;
}

enum mim_status
mim_context_set_threads(struct mim_context *context, unsigned threads, struct mim_error *err)
{
    if (threads > MOST_THREADS)
        return mim_fail(err, MIM_ARGUMENT, "%u threads, %u are the most", threads, MOST_THREADS);
    context->threads = threads ? threads : mim_usable_threads();
    if (context->threads > MOST_THREADS)
        context->threads = MOST_THREADS;
    return MIM_OK;
}

unsigned
mim_context_threads(const struct mim_context *context)
{
    return context->threads;
}

void
mim_context_set_log(struct mim_context *context, mim_log_function log, void *user, enum mim_log_level most)
{
    context->log = log;
    context->log_user = user;
    context->log_most = most;
}

void
mim_context_say(struct mim_context *context, enum mim_log_level level, const char *fmt, ...)
{
    if (!context->log || level > context->log_most)
        return;
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    context->log(context->log_user, level, text);
}

static void
tighten(uint64_t *limit, uint64_t by)
{
    if (by && (!*limit || *limit > by))
        *limit = by;
}

static void
fill(uint64_t *limit, uint64_t initial)
{
    if (!*limit)
        *limit = initial;
}

enum mim_status
mim_context_limits(struct mim_context *context, const struct mim_limits *call, uint64_t result_default,
                   struct mim_limits *out, struct mim_error *err)
{
    struct mim_config *config = mim_context_config(context);
    if (!config)
        return mim_fail_nomem(err, "the configuration");

    struct mim_limits limits = { 0 };
    mim_config_limit(config, &limits);
    if (call) {
        tighten(&limits.result_bytes, call->result_bytes);
        tighten(&limits.working_bytes, call->working_bytes);
        tighten(&limits.frame_pixels, call->frame_pixels);
        tighten(&limits.frames, call->frames);
        tighten(&limits.metadata_bytes, call->metadata_bytes);
        tighten(&limits.milliseconds, call->milliseconds);
    }
    fill(&limits.result_bytes, result_default);
    fill(&limits.frame_pixels, UINT64_C(1) << 28);
    fill(&limits.frames, 1000000);
    fill(&limits.metadata_bytes, UINT64_C(64) << 20);
    fill(&limits.milliseconds, MIM_NO_LIMIT);
    *out = limits;
    return MIM_OK;
}
