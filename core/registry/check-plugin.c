/* SPDX-License-Identifier: MIT */
/* Checks the tables of a plugin before any of its functions runs. */
#include <string.h>

#include <mim/plugin.h>

#include "base/error.h"
#include "base/string-list.h"
#include "options/timing-options.h"
#include "registry/claims.h"
#include "registry/loader.h"
#include "registry/manifest.h"

static enum mim_status
fail_check(struct mim_error *err, const char *where, const char *format, const char *what)
{
    return mim_fail(err, MIM_BROKEN_PLUGIN, "%s: %s%s%s", where, format ? format : "", format ? ": " : "", what);
}

static enum mim_status
check_options(const struct mim_option_table *table, uint32_t state_size, const char *where, const char *format,
              struct mim_error *err)
{
    struct mim_error why = { 0 };
    if (table->count && !table->rows)
        return fail_check(err, where, format, "it counts options and has no table");
    if (mim_option_table_valid(table, state_size, &why))
        return MIM_OK;
    return why.status == MIM_NOMEM ? mim_fail_nomem(err, where) : fail_check(err, where, format, why.message);
}

/* The checks below require the fields of ABI 1.0; later ones are tested by MIM_HAS where they are used. */

static enum mim_status
check_reader(const struct mim_reader_ops *ops, const char *where, const char *format, struct mim_error *err)
{
    if (!MIM_HAS(ops, close))
        return fail_check(err, where, format, "its reader's struct_size is too small");
    if (!ops->prepare)
        return fail_check(err, where, format, "its reader has no prepare");
    const struct mim_option_table table = { .rows = ops->options, .count = ops->option_count, .writing = false };
    return check_options(&table, ops->state_size, where, format, err);
}

static enum mim_status
check_writer(const struct mim_writer_ops *ops, const char *where, const char *format, struct mim_error *err)
{
    if (!MIM_HAS(ops, close))
        return fail_check(err, where, format, "its writer's struct_size is too small");
    if (!ops->encode && !ops->put)
        return fail_check(err, where, format, "its writer has neither encode nor put");
    const char *fault = mim_writer_timing_fault(ops);
    if (fault)
        return fail_check(err, where, format, fault);
    const struct mim_option_table table = mim_writer_options(ops, NULL);
    return check_options(&table, ops->state_size, where, format, err);
}

static enum mim_status
check_container(const struct mim_container_ops *ops, const char *where, const char *format, struct mim_error *err)
{
    if (!MIM_HAS(ops, close))
        return fail_check(err, where, format, "its archive's struct_size is too small");
    if (!ops->next && !ops->add)
        return fail_check(err, where, format, "its archive has neither next nor add");
    if (ops->next && !ops->read)
        return fail_check(err, where, format, "its archive has next and no read");
    if (ops->add && (!ops->write || !ops->extension))
        return fail_check(err, where, format, "its archive has add, and no write or no extension");
    return MIM_OK;
}

static enum mim_status
check_format(const struct mim_format_ops *format, const char *where, struct mim_error *err)
{
    if (!MIM_HAS(format, writer))
        return fail_check(err, where, NULL, "a format's struct_size is too small");
    if (!format->name || !mim_name_valid(format->name, strlen(format->name)))
        return fail_check(err, where, NULL, "a format has no proper name");
    const struct mim_container_ops *container = mim_format_container(format);
    if (container && (format->reader || format->writer))
        return fail_check(err, where, format->name, "it is an archive with a reader or a writer");
    if (container)
        return check_container(container, where, format->name, err);
    if (!format->reader && !format->writer)
        return fail_check(err, where, format->name, "it can neither read nor write");

    enum mim_status status = format->reader ? check_reader(format->reader, where, format->name, err) : MIM_OK;
    return status == MIM_OK && format->writer ? check_writer(format->writer, where, format->name, err) : status;
}

static enum mim_status
check_transport(const struct mim_transport_ops *transport, const char *where, struct mim_error *err)
{
    if (!MIM_HAS(transport, close))
        return fail_check(err, where, NULL, "a transport's struct_size is too small");
    const char *words = transport->schemes, *word;
    size_t length;
    bool has_schemes = false;
    for (; mim_words_next(&words, &word, &length); has_schemes = true)
        if (!mim_name_valid(word, length))
            return fail_check(err, where, NULL, "a scheme has no proper name");
    if (!has_schemes)
        return fail_check(err, where, NULL, "a transport has no schemes");
    return transport->open && transport->read ? MIM_OK : fail_check(err, where, transport->schemes, "it has no open and read");
}

enum mim_status
mim_loader_check(const struct mim_plugin *plugin, const char *where, struct mim_error *err)
{
    if (plugin->magic != MIM_PLUGIN_MAGIC)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s is no plugin: its magic is %#x, not %#x", where, plugin->magic,
                        MIM_PLUGIN_MAGIC);

    char reason[120];
    struct mim_abi abi = { plugin->major, plugin->minor, plugin->min_host_minor };
    if (!mim_abi_accepts(MIM_HOST_ABI, abi, reason, sizeof reason))
        return fail_check(err, where, NULL, reason);
    if (!MIM_HAS(plugin, get_extension))
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s: its struct_size is %u, too small", where, plugin->struct_size);
    if (!plugin->name || !mim_name_valid(plugin->name, strlen(plugin->name)) || !plugin->version)
        return fail_check(err, where, NULL, "it has no proper name and version");
    const struct mim_format_ops *const *format = plugin->formats;
    const struct mim_transport_ops *const *transport = mim_plugin_transports(plugin);
    if (!(format && *format) && !(transport && *transport))
        return fail_check(err, where, NULL, "it has no formats");

    enum mim_status status = MIM_OK;
    for (; format && *format && status == MIM_OK; format++)
        status = check_format(*format, where, err);
    for (; transport && *transport && status == MIM_OK; transport++)
        status = check_transport(*transport, where, err);
    return status;
}
