/* SPDX-License-Identifier: MIT */
/* Opens the files named on the command line. */
#include "streams.h"

#include <poll.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"

bool
output_closed(void)
{
    struct stat info;
    struct pollfd place = { .fd = STDOUT_FILENO, .events = POLLOUT };
    bool is_pipe = !fstat(STDOUT_FILENO, &info) && (S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode));
    return is_pipe && poll(&place, 1, 0) > 0 && place.revents & (POLLERR | POLLHUP);
}

bool
is_remote(const char *path)
{
    const char *colon = strstr(path, "://");
    return colon && !memchr(path, '/', (size_t)(colon - path)) && strncasecmp(path, "file:", 5) != 0;
}

const char *
shown_name(const char *path)
{
    static _Thread_local char names[2][2048];
    static _Thread_local unsigned turn;
    char *name = names[turn++ % 2];
    struct mim_source *source;
    struct mim_error err;
    if (!is_remote(path))
        return path;
    if (mim_source_open_path(&source, path, &err) != MIM_OK)
        return "the URI";
    snprintf(name, sizeof *names, "%s", mim_source_name(source));
    mim_source_close(source);
    return name;
}

const char *
input_name(const char *path)
{
    return strcmp(path, "-") ? shown_name(path) : STDIN_NAME;
}

const char *
output_name(const char *path)
{
    return strcmp(path, "-") ? shown_name(path) : STDOUT_NAME;
}

enum mim_status
input_open(struct mim_source **out, const char *path, struct mim_error *err)
{
    return strcmp(path, "-") ? mim_source_open_path(out, path, err) : mim_source_open_fd(out, STDIN_FILENO, STDIN_NAME, err);
}

enum mim_status
output_open(struct mim_sink **out, const char *path, bool replace, struct mim_error *err)
{
    if (strcmp(path, "-"))
        return mim_sink_open_path(out, path, !replace, err);
    if (isatty(STDOUT_FILENO))
        return fail(err, MIM_ARGUMENT, "is a terminal; redirect it to a file or a pipe");
    return mim_sink_open_fd(out, STDOUT_FILENO, STDOUT_NAME, err);
}
