/* SPDX-License-Identifier: MIT */
/* Bytes for sinks of every kind, and a directory for those that are files. */
#ifndef MIM_TESTS_SINK_OUTPUT_H
#define MIM_TESTS_SINK_OUTPUT_H

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "io/sink.h"

#define SIZE 700000u /* more than two buffers */

static uint8_t bytes[SIZE], back[SIZE + 1];
static char directory[64], path[128];

static inline int
make_directory(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * 2654435761u >> 24);
    strcpy(directory, "/tmp/mim-test-XXXXXX");
    snprintf(path, sizeof path, "%s/out.bin", mkdtemp(directory));
    return 0;
}

/* How many names the directory holds. */
static inline int
entries(void)
{
    int count = -2;
    DIR *stream = opendir(directory);
    while (readdir(stream))
        count++;
    closedir(stream);
    return count;
}

static inline int
remove_directory(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory); /* fails when a test left something */
}

static inline void
put_file(const char *text, mode_t mode)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && fchmod(fd, mode) == 0 && close(fd) == 0);
}

static inline bool
file_is(const void *expected, size_t size)
{
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, back, sizeof back);
    close(fd);
    return n == (ssize_t)size && memcmp(back, expected, size) == 0;
}

/* `bytes`, in pieces of many sizes. */
static inline enum mim_status
write_bytes(struct mim_sink *sink, struct mim_error *err)
{
    for (uint32_t done = 0, i = 0; done < SIZE; i++) {
        uint32_t n = i % 5 == 4 ? 300000 : 1 + i * 997 % 4000;
        n = n < SIZE - done ? n : SIZE - done;
        enum mim_status status = mim_sink_write(sink, bytes + done, n, err);
        if (status != MIM_OK)
            return status;
        done += n;
        CHECK(mim_sink_tell(sink) == done);
    }
    return MIM_OK;
}

/* The same, with holes that are patched later, some of it across the border of what is buffered. */
static inline enum mim_status
write_and_patch(struct mim_sink *sink, struct mim_error *err)
{
    static uint8_t wrong[SIZE], again[1000];
    enum mim_status status = mim_sink_write(sink, wrong, 500000, err);
    if (status == MIM_OK)
        status = mim_sink_write(sink, wrong, 100000, err);
    if (status == MIM_OK)
        status = mim_sink_patch(sink, bytes + 400000, 200000, 400000, err); /* old and buffered */
    if (status == MIM_OK)
        status = mim_sink_patch(sink, bytes + 650000, 50000, 650000, err); /* past the end */
    if (status == MIM_OK)
        status = mim_sink_patch(sink, bytes + 590000, 70000, 590000, err);
    if (status == MIM_OK)
        status = mim_sink_patch(sink, bytes, 450000, 0, err);
    if (status != MIM_OK)
        return status;
    CHECK(mim_sink_tell(sink) == SIZE);
    static const uint32_t places[] = { 0, 499990, 599990, SIZE - 1000 };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        int64_t n = mim_sink_read_back(sink, again, 1000, places[i], err);
        if (n < 0)
            return (enum mim_status) - n;
        CHECK(n == 1000 && memcmp(again, bytes + places[i], 1000) == 0);
    }
    CHECK(mim_sink_read_back(sink, again, 1000, SIZE - 3, err) == 3);
    CHECK(mim_sink_read_back(sink, again, 1000, SIZE, err) == 0);
    return MIM_OK;
}

/* The whole way: begin to commit, or rollback after what failed. */
static inline enum mim_status
write_all(struct mim_sink *sink, bool seeks, struct mim_error *err)
{
    enum mim_status status = mim_sink_begin(sink, seeks, err);
    if (status == MIM_OK)
        status = seeks ? write_and_patch(sink, err) : write_bytes(sink, err);
    if (status == MIM_OK)
        status = mim_sink_commit(sink, err);
    if (status != MIM_OK)
        mim_sink_rollback(sink);
    return status;
}

static inline enum mim_status
write_path(bool seeks, bool keep, struct mim_error *err)
{
    struct mim_sink *sink;
    enum mim_status status = mim_sink_open_path(&sink, path, keep, err);
    if (status != MIM_OK)
        return status;
    status = write_all(sink, seeks, err);
    mim_sink_close(sink);
    return status;
}

static inline mode_t
mode_of(void)
{
    struct stat st;
    CHECK(lstat(path, &st) == 0);
    return st.st_mode;
}

static inline bool
is_full(struct mim_error *err, const char *reason)
{
    return err->status == MIM_IO && strstr(err->message, reason);
}

#endif
