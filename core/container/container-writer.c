/* SPDX-License-Identifier: MIT */
/* Members are spooled until they are complete, since their size precedes their bytes. */
#include "container/container-writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/sink.h"
#include "io/spool.h"
#include "plugin/job.h"

#define CHUNK_SIZE 65536u

struct mim_container_writer {
    struct mim_operation operation; /* a part of the writer's */
    const struct mim_container_ops *ops;
    void *state;
    struct mim_core_job job;
    bool is_called; /* create was, so close must be */
    struct mim_path_pattern pattern;
    uint64_t start, made;
    struct mim_error failure; /* of a commit */
};

/* A member under way. */
struct output {
    struct mim_container_writer *writer;
    struct mim_spool *spool;
    char name[NAME_MAX + 1];
};

static enum mim_status
call_create(struct mim_container_writer *writer, struct mim_error *err)
{
    if (writer->is_called)
        return MIM_OK;
    writer->is_called = true;
    mim_job_begin(&writer->job, MIM_UNKNOWN, "create");
    int32_t result = writer->ops->create ? writer->ops->create(&writer->job.abi) : MIM_OK;
    return mim_job_end(&writer->job, result, "create", err);
}

static enum mim_status
call_add(struct mim_container_writer *writer, const char *name, uint64_t size, struct mim_error *err)
{
    const struct mim_member member = {
        .struct_size = sizeof member, .kind = MIM_MEMBER_FILE, .size = size, .name = name
    };
    mim_job_begin(&writer->job, MIM_UNKNOWN, "add");
    return mim_job_end(&writer->job, writer->ops->add(&writer->job.abi, &member), "add", err);
}

static enum mim_status
call_write(struct mim_container_writer *writer, const void *data, uint64_t size, struct mim_error *err)
{
    mim_job_begin(&writer->job, MIM_UNKNOWN, "write");
    return mim_job_end(&writer->job, writer->ops->write(&writer->job.abi, data, size), "write", err);
}

static enum mim_status
add_member(struct output *output, struct mim_error *err)
{
    struct mim_container_writer *writer = output->writer;
    uint64_t size = mim_spool_size(output->spool), done = 0;
    uint8_t chunk[CHUNK_SIZE];
    enum mim_status status = call_create(writer, err);
    if (status == MIM_OK)
        status = call_add(writer, output->name, size, err);
    while (status == MIM_OK && done < size) {
        int64_t got = mim_spool_read(output->spool, chunk, sizeof chunk, done, err);
        if (got < 0)
            return (enum mim_status) - got;
        status = call_write(writer, chunk, (uint64_t)got, err);
        done += (uint64_t)got;
    }
    return status;
}

static int64_t
write_output(void *user, const void *data, size_t size, uint64_t offset)
{
    struct output *output = user;
    enum mim_status status = mim_spool_write(output->spool, data, size, offset, &output->writer->failure);
    return status == MIM_OK ? (int64_t)size : -1;
}

static int64_t
read_output(void *user, void *data, size_t size, uint64_t offset)
{
    struct output *output = user;
    return mim_spool_read(output->spool, data, size, offset, &output->writer->failure);
}

static int
finish_output(void *user)
{
    struct output *output = user;
    return add_member(output, &output->writer->failure) == MIM_OK ? 0 : -1;
}

static void
close_output(void *user)
{
    struct output *output = user;
    mim_spool_destroy(output->spool);
    free(output);
}

enum mim_status
mim_container_writer_name(const struct mim_container_writer *writer, uint64_t index, char name[NAME_MAX + 1],
                          struct mim_error *err)
{
    if (mim_path_pattern_make(&writer->pattern, writer->start + index, name))
        return MIM_OK;
    return mim_fail(err, MIM_ARGUMENT, "the name of frame %" PRIu64 " is longer than %d bytes", index, NAME_MAX);
}

enum mim_status
mim_container_writer_next(struct mim_container_writer *writer, struct mim_sink **out, struct mim_error *err)
{
    struct output *output = calloc(1, sizeof *output);
    if (!output || !(output->spool = mim_spool_create(false))) {
        free(output);
        return mim_fail_nomem(err, "output");
    }
    output->writer = writer;
    mim_spool_limit(output->spool, writer->operation.control.limits.spool_bytes);
    enum mim_status status = mim_container_writer_name(writer, writer->made, output->name, err);
    if (status != MIM_OK) {
        close_output(output);
        return status;
    }
    writer->made++;
    const struct mim_sink_calls calls = { .write = write_output,
                                          .read = read_output,
                                          .finish = finish_output,
                                          .close = close_output,
                                          .user = output,
                                          .seekable = true };
    return mim_sink_open_calls(out, &calls, output->name, err);
}

enum mim_status
mim_container_writer_explain(const struct mim_container_writer *writer, enum mim_status status, struct mim_error *err)
{
    if (status == MIM_OK || !writer || writer->failure.status == MIM_OK)
        return status;
    if (err)
        *err = writer->failure;
    return writer->failure.status;
}

enum mim_status
mim_container_writer_finish(struct mim_container_writer *writer, struct mim_error *err)
{
    if (!writer->ops->finish)
        return MIM_OK;
    mim_job_begin(&writer->job, MIM_UNKNOWN, "finish");
    return mim_job_end(&writer->job, writer->ops->finish(&writer->job.abi), "finish", err);
}

static enum mim_status
set_pattern(struct mim_container_writer *writer, const char *extension, uint64_t start, struct mim_error *err)
{
    const char *inside = mim_sink_inside(writer->operation.sink);
    char *numbered = NULL;
    writer->start = inside ? start : 1;
    if (inside)
        return mim_path_pattern_parse(&writer->pattern, inside, err);
    if (asprintf(&numbered, "%%04d.%s", extension ? extension : writer->ops->extension) < 0)
        return mim_fail_nomem(err, "a file name");
    enum mim_status status = mim_path_pattern_parse(&writer->pattern, numbered, err);
    free(numbered);
    return status;
}

enum mim_status
mim_container_writer_create(struct mim_container_writer **out, struct mim_operation *whole,
                            const struct mim_attempt *attempt, const char *extension, uint64_t start,
                            struct mim_error *err)
{
    const struct mim_container_ops *ops = attempt->container;
    if (!ops->add)
        return mim_fail(err, MIM_UNSUPPORTED, "%.300s: this archive can only be read", mim_sink_name(whole->sink));
    struct mim_container_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return mim_fail_nomem(err, "an archive");
    mim_operation_init_part(&writer->operation, whole, MIM_UNKNOWN);
    writer->operation.plugin = attempt->plugin->name;
    writer->operation.sink = mim_sink_ref(whole->sink);
    writer->ops = ops;
    writer->state = calloc(1, ops->state_size ? ops->state_size : 1);
    enum mim_status status = writer->state ? MIM_OK : mim_fail_nomem(err, "an archive");
    if (status == MIM_OK)
        status = mim_job_init(&writer->job, &writer->operation, writer->state, 0, 1, err);
    if (status == MIM_OK)
        status = set_pattern(writer, extension, start, err);
    if (status != MIM_OK) {
        mim_container_writer_destroy(writer);
        return status;
    }
    *out = writer;
    return MIM_OK;
}

void
mim_container_writer_destroy(struct mim_container_writer *writer)
{
    if (!writer)
        return;
    if (writer->is_called && writer->ops->close) {
        mim_job_begin(&writer->job, MIM_UNKNOWN, "close");
        writer->ops->close(&writer->job.abi);
        mim_job_leave(&writer->job);
    }
    mim_job_clear(&writer->job);
    mim_path_pattern_clear(&writer->pattern);
    mim_operation_clear(&writer->operation);
    free(writer->state);
    free(writer);
}
