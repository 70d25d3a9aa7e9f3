/* SPDX-License-Identifier: MIT */
/* Finds the files of mim.conf: the system's, then the user's. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build-paths.h"
#include "base/context-priv.h"
#include "registry/config.h"

static int
is_conf(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return *entry->d_name != '.' && dot && !strcmp(dot, ".conf");
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

bool
mim_config_read_directory(struct mim_config *config, const char *path)
{
    struct dirent **names;
    int count = scandir(path, &names, is_conf, by_bytes);
    if (count < 0)
        return mim_config_refuse_errno(config, path);

    bool read = true;
    for (int i = 0; i < count; i++) {
        char file[PATH_MAX + NAME_MAX + 2]; /* opening it fails if it is too long */
        snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
        read = read && mim_config_read_file(config, file, false);
        free(names[i]);
    }
    free(names);
    return read;
}

/* A home that this process may not enter, as with ProtectHome= of systemd, has no file of its user. */
static bool
is_out_of_reach(const char *path)
{
    return access(path, F_OK) < 0 && errno == EACCES;
}

static bool
read_user_file(struct mim_config *config)
{
    const char *base = secure_getenv("XDG_CONFIG_HOME"), *home = secure_getenv("HOME");
    char path[2 * PATH_MAX];
    if (base && *base == '/') /* the XDG specification ignores relative paths */
        snprintf(path, sizeof path, "%s/mim-1/mim.conf", base);
    else if (home && *home == '/')
        snprintf(path, sizeof path, "%s/.config/mim-1/mim.conf", home);
    else
        return true;
    return is_out_of_reach(path) || mim_config_read_file(config, path, true);
}

struct mim_config *
mim_config_load(const struct mim_context_options *options)
{
    struct mim_config *config = mim_config_create();
    if (!config)
        return NULL;
    bool read = options->no_system || (mim_config_read_file(config, MIM_SYSCONF_DIR "/mim.conf", false) &&
                                       mim_config_read_directory(config, MIM_SYSCONF_DIR "/conf.d"));
    if (read && (options->no_config || read_user_file(config)))
        return config;
    mim_config_destroy(config);
    return NULL;
}

struct mim_config *
mim_context_config(struct mim_context *context)
{
    if (!context->config)
        context->config = mim_config_load(&context->options);
    return context->config;
}
