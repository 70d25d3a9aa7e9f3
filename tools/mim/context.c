/* SPDX-License-Identifier: MIT */
/* Turns the command line into the library's structs: a context, and the control of a job. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "progress.h"
#include "report.h"
#include "signals.h"

/* Prefers the plugin of --plugin for all of its formats. Fails if it cannot be loaded. */
static enum mim_status
prefer_plugin(struct mim_context *context, const char *name, struct mim_error *err)
{
    enum mim_status status = mim_context_load_plugin(context, name, err);
    struct mim_plugin_info info;

    for (size_t i = 0; status == MIM_OK && mim_context_plugin(context, i, &info); i++) {
        if (strcmp(info.name, name) || info.state != MIM_PLUGIN_READY)
            continue;
        char text[512] = "[prefer]\n";
        size_t used = strlen(text);
        for (const char *format = info.formats; *format && used < sizeof text;) {
            size_t length = strcspn(format, " ");
            used += (size_t)snprintf(text + used, sizeof text - used, "%.*s = %s\n", (int)length, format, name);
            format += length + strspn(format + length, " ");
        }
        return mim_context_configure(context, text, err);
    }
    return status == MIM_OK ? mim_context_list_status(context, err) : status;
}

bool
is_word_of(const char *words, const char *name)
{
    size_t length = strlen(name);
    for (; *words; words += strcspn(words, " "), words += strspn(words, " "))
        if (strcspn(words, " ") == length && !strncasecmp(words, name, length))
            return true;
    return false;
}

bool
is_format_called(const struct mim_format_info *info, const char *name)
{
    if (*name != '.')
        return !strcasecmp(info->name, name);
    return !strcasecmp(info->name, name + 1) || is_word_of(info->extensions, name + 1);
}

/* Reports an unknown format as an error of the command line, not of the file. */
static enum mim_status
check_format(struct mim_context *context, const char *option, const char *name, struct mim_error *err)
{
    struct mim_format_info info;

    for (size_t i = 0; name && mim_context_format(context, i, &info); i++)
        if (is_format_called(&info, name))
            return MIM_OK;
    if (!name)
        return MIM_OK;
    enum mim_status status = mim_context_list_status(context, err);
    if (status != MIM_OK)
        return status;
    return fail(err, MIM_OPTION, "%s %s: unknown format; mim formats lists all of them", option, name);
}

bool
heeds_policy(const struct cli *cli)
{
    return cli->command->flag != FOR_HELP && !cli->config;
}

static enum mim_status
check_formats(struct mim_context *context, const char *names, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    for (size_t length; status == MIM_OK && names && *names; names += length + strspn(names + length, " ")) {
        char name[32];
        length = strcspn(names, " ");
        snprintf(name, sizeof name, "%.*s", (int)length, names);
        status = check_format(context, "--formats", name, err);
    }
    return status;
}

enum mim_status
cli_context(const struct cli *cli, struct mim_context **out, struct mim_error *err)
{
    static const struct mim_context_options options = { .owns_process = 1 };
    struct mim_context *context = NULL;

    enum mim_status status = mim_context_create(&context, &options, err);
    if (status == MIM_OK)
        status = mim_context_set_threads(context, cli->threads, err);
    if (status == MIM_OK && heeds_policy(cli))
        status = mim_context_check_policy(context, err);
    if (status == MIM_OK && cli->plugin && cli->command->flag != FOR_EXPLAIN)
        status = prefer_plugin(context, cli->plugin, err);
    if (status == MIM_OK)
        status = check_format(context, "--from", cli->from, err);
    if (status == MIM_OK)
        status = check_format(context, "--to", cli->to, err);
    if (status == MIM_OK)
        status = check_formats(context, cli->formats, err);
    if (status != MIM_OK) {
        mim_context_destroy(context);
        return status;
    }
    *out = context;
    return MIM_OK;
}

void
cli_control(struct cli *cli, struct mim_control *control)
{
    *control = (struct mim_control){
        .progress = cli->quiet ? NULL : progress_show,
        .notice = cli->quiet ? NULL : notices_add,
        .user = &cli->notices,
        .cancel = signals_cancel(),
        .limits = cli->limits,
        .strict = cli->strict,
    };
}

uint64_t
cli_milliseconds(const struct cli *cli)
{
    struct mim_limits limits = { 0 };
    struct mim_error err;
    return mim_context_limits(cli->context, &cli->limits, 0, &limits, &err) == MIM_OK ? limits.milliseconds : MIM_NO_LIMIT;
}
