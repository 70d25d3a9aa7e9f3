/* SPDX-License-Identifier: MIT */
/* The spool: bytes in memory, and beyond a limit in an unnamed temporary file. */
#include "io/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/size.h"
#include "io/fd-io.h"

struct mim_spool {
    uint8_t *memory; /* while fd < 0 */
    uint64_t capacity;
    uint64_t size;
    int fd;
    uint64_t limit;
    bool drops;
    uint64_t hole_start, hole_end; /* the dropped bytes */
};

struct mim_spool *
mim_spool_create(bool drops)
{
    struct mim_spool *spool = malloc(sizeof *spool);
    if (spool)
        *spool = (struct mim_spool){ .fd = -1, .limit = MIM_SPOOL_DEFAULT, .drops = drops };
    return spool;
}

void
mim_spool_limit(struct mim_spool *spool, uint64_t limit)
{
    spool->limit = limit;
}

void
mim_spool_destroy(struct mim_spool *spool)
{
    if (!spool)
        return;
    if (spool->fd >= 0)
        close(spool->fd);
    free(spool->memory);
    free(spool);
}

uint64_t
mim_spool_size(const struct mim_spool *spool)
{
    return spool->size;
}

/* Opens an unlinked file in `directory`: its descriptor, or minus errno. */
static int
open_unlinked(const char *directory)
{
    int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd >= 0)
        return fd;

    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/mim-XXXXXX", directory) >= (int)sizeof path)
        return -ENAMETOOLONG;
    fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    unlink(path);
    return fd;
}

/* $TMPDIR if set; /var/tmp before /tmp, which is in memory on many systems. */
static int
open_temporary(void)
{
    const char *chosen = secure_getenv("TMPDIR");
    const char *const places[] = { chosen && *chosen ? chosen : "/var/tmp", "/var/tmp", "/tmp" };
    int fd = -ENOENT;
    for (size_t i = 0; fd < 0 && i < sizeof places / sizeof *places; i++)
        fd = open_unlinked(places[i]);
    return fd;
}

static enum mim_status
fail_spool(int number, struct mim_error *err)
{
    return mim_fail_errno(err, number == EEXIST ? EIO : number, "temporary file for what must be read again");
}

static enum mim_status
move_to_file(struct mim_spool *spool, struct mim_error *err)
{
    int fd = open_temporary();
    if (fd < 0)
        return fail_spool(-fd, err);
    int number = mim_fd_write_at(fd, spool->memory, spool->size, 0);
    if (number) {
        close(fd);
        return fail_spool(number, err);
    }
    free(spool->memory);
    spool->memory = NULL;
    spool->capacity = 0;
    spool->fd = fd;
    return MIM_OK;
}

enum mim_status
mim_spool_create_file(struct mim_spool **out, struct mim_error *err)
{
    struct mim_spool *spool = mim_spool_create(false);
    enum mim_status status = spool ? move_to_file(spool, err) : mim_fail_nomem(err, "what must be read again");
    if (status == MIM_OK)
        *out = spool;
    else
        mim_spool_destroy(spool);
    return status;
}

static enum mim_status
write_memory(struct mim_spool *spool, const void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    uint64_t end = offset + size;
    if (end > spool->capacity) {
        uint64_t capacity = spool->capacity ? 2 * spool->capacity : 65536;
        if (capacity < end)
            capacity = end;
        if (capacity > MIM_SPOOL_MEMORY)
            capacity = MIM_SPOOL_MEMORY;
        uint8_t *memory = realloc(spool->memory, (size_t)capacity);
        if (!memory)
            return mim_fail_nomem(err, "what must be read again");
        spool->memory = memory;
        spool->capacity = capacity;
    }
    if (offset > spool->size)
        memset(spool->memory + spool->size, 0, (size_t)(offset - spool->size));
    memcpy(spool->memory + offset, data, (size_t)size);
    return MIM_OK;
}

/* Keeps a quarter of the limit from the start, since formats go back to their headers, and half of it from the end. */
static bool
drop_middle(struct mim_spool *spool)
{
    uint64_t start = spool->hole_end ? spool->hole_end : spool->limit / 4, tail = spool->limit / 2;
    uint64_t end = spool->size > tail ? spool->size - tail : 0;
    if (!spool->drops || spool->fd < 0 || end <= start ||
        fallocate(spool->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)start, (off_t)(end - start)) != 0)
        return false;
    if (!spool->hole_end)
        spool->hole_start = start;
    spool->hole_end = end;
    return true;
}

static enum mim_status
fail_limit(const struct mim_spool *spool, const char *what, uint64_t offset, struct mim_error *err)
{
    return mim_fail(err, MIM_LIMIT, "byte %" PRIu64 " %s: temporary storage exceeds the limit spool=%" PRIu64, offset, what,
                    spool->limit);
}

enum mim_status
mim_spool_write(struct mim_spool *spool, const void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    uint64_t end;
    if (size == 0)
        return MIM_OK;
    if (!mim_size_add(offset, size, &end))
        return fail_spool(EFBIG, err);
    if (spool->fd < 0 && (end > MIM_SPOOL_MEMORY || end > spool->limit)) {
        enum mim_status status = move_to_file(spool, err);
        if (status != MIM_OK)
            return status;
    }
    if (end > spool->limit && end - (spool->hole_end - spool->hole_start) > spool->limit && !drop_middle(spool))
        return fail_limit(spool, "cannot be kept", offset, err);

    if (spool->fd < 0) {
        enum mim_status status = write_memory(spool, data, size, offset, err);
        if (status != MIM_OK)
            return status;
    } else {
        int number = mim_fd_write_at(spool->fd, data, size, offset);
        if (number)
            return fail_spool(number, err);
    }
    if (end > spool->size)
        spool->size = end;
    return MIM_OK;
}

int64_t
mim_spool_read(struct mim_spool *spool, void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    if (offset >= spool->size || size == 0)
        return 0;
    uint64_t n = size < spool->size - offset ? size : spool->size - offset;
    if (offset < spool->hole_end && offset + n > spool->hole_start)
        return -(int64_t)fail_limit(spool, "cannot be read again", offset > spool->hole_start ? offset : spool->hole_start, err);
    if (spool->fd < 0) {
        memcpy(data, spool->memory + offset, (size_t)n);
        return (int64_t)n;
    }
    int64_t done = mim_fd_read_at(spool->fd, data, n, offset);
    if (done < 0)
        return -(int64_t)fail_spool((int)-done, err);
    if ((uint64_t)done < n) /* written bytes are missing only if another process truncated the file */
        return -(int64_t)fail_spool(EIO, err);
    return done;
}
