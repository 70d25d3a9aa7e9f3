/* SPDX-License-Identifier: MIT */
/* Loads a module, and makes a plugin of it whose ops of one format go through the checker. */
#include "interpose.h"

#include <dlfcn.h>
#include <string.h>
#include <time.h>

#include <mim/kit/entry.h>

#include "child.h"

enum { MAX_FORMATS = 64 };

struct interposition *interposed;

int64_t
processor_time(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

const struct mim_plugin *
plugin_load(const struct check_subject *subject)
{
    void *module = dlopen(subject->module, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!module)
        trial_fail("%s", dlerror());
    const struct mim_plugin *plugin = dlsym(module, MIM_STRING(MIM_PLUGIN_SYMBOL));
    if (!plugin)
        trial_fail("%s does not export %s", subject->module, MIM_STRING(MIM_PLUGIN_SYMBOL));
    return plugin;
}

const struct mim_format_ops *
plugin_format(const struct mim_plugin *plugin, const char *name)
{
    const struct mim_format_ops *const *format = plugin->formats;
    while (*format && strcmp((*format)->name, name))
        format++;
    return *format;
}

static const struct mim_format_ops *
interpose_format(const struct mim_format_ops *format)
{
    static struct mim_format_ops copy;
    copy = (struct mim_format_ops){ .struct_size = sizeof copy, .flags = format->flags, .name = format->name };
    copy.reader = format->reader ? interpose_reader(format->reader) : NULL;
    copy.writer = format->writer ? interpose_writer(format->writer) : NULL;
    return &copy;
}

const struct mim_plugin *
interpose(const struct check_trial *trial, struct interposition *interposition)
{
    static struct mim_plugin copy;
    static const struct mim_format_ops *formats[MAX_FORMATS + 1];
    const struct mim_plugin *plugin = plugin_load(trial->subject);
    size_t count = 0;

    if (!trial->format)
        trial_skip("the format of the sample is not known: the plugin reads several");
    for (; plugin->formats[count] && count < MAX_FORMATS; count++) {
        const struct mim_format_ops *format = plugin->formats[count];
        formats[count] = strcmp(format->name, trial->format->name) ? format : interpose_format(format);
    }
    formats[count] = NULL;
    memcpy(&copy, plugin, plugin->struct_size < sizeof copy ? plugin->struct_size : sizeof copy);
    copy.struct_size = sizeof copy;
    copy.formats = formats;
    interposed = interposition;
    interpose_host_start();
    return &copy;
}
