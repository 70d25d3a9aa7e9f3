/* SPDX-License-Identifier: MIT */
/* The context: owns its parts, each made on first use. */
#include <stdlib.h>

#include "base/context-priv.h"
#include "base/cpus.h"
#include "base/error.h"
#include "container/container-path.h"
#include "pipeline/pool.h"
#include "plugin/host.h"
#include "registry/config.h"
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
    context->host = &mim_host_table;
    context->resolve = mim_container_resolve;
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
        return mim_fail(err, MIM_ARGUMENT, "%u threads, and the limit is %u", threads, MOST_THREADS);
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
