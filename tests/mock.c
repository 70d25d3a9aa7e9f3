/* SPDX-License-Identifier: MIT */
/* The mock plugin: its script, its manifest, and what its two halves share. */
#include "mock.h"

#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

struct mock_script mock;
struct mock_counts mock_counted;

void
mock_abort(const char *file, int line, const char *what)
{
    fprintf(stderr, "# the core broke a rule of plugin.h: %s:%d: %s\n", file, line, what);
    abort();
}

bool
mock_is_zero(const void *memory, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (((const uint8_t *)memory)[i])
            return false;
    return true;
}

uint64_t
mock_frame_count(void)
{
    return mock.count ? mock.count : 10;
}

uint8_t
mock_sample(uint64_t index, uint32_t x, uint32_t y, uint32_t channel)
{
    return (uint8_t)((index + 1) * 37 + x * 5 + y * 11 + channel * 83);
}

bool
mock_is_frame(const struct mim_frame *frame, uint64_t index)
{
    for (uint32_t y = 0; y < frame->height; y++)
        for (uint32_t x = 0; x < frame->width; x++)
            for (uint32_t k = 0; k < frame->channels; k++)
                if (((uint8_t *)frame->data)[y * frame->stride + x * frame->channels + k] !=
                    mock_sample(index, x, y, k))
                    return false;
    return frame->index == index;
}

int32_t
mock_fault(struct mim_job *job, enum mock_op op, uint64_t frame, uint32_t part, const struct mock_fault **out)
{
    for (int i = 0; i < MOCK_FAULTS; i++) {
        const struct mock_fault *fault = &mock.faults[i];
        if (fault->op != op || fault->frame != frame || fault->part != part || !fault->status)
            continue;
        if (out)
            *out = fault;
        if (fault->silent)
            return fault->status;
        return (job->host->fail)(job, fault->status, 100 + frame, "fault of frame %u, part %u", (unsigned)frame, part);
    }
    return MIM_OK;
}

static uint64_t
now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000;
}

#define MOST_POLLS 100000

/* Poll until that is interrupted, a millisecond of the held clock at a time. */
static int32_t
poll_without_end(struct mim_job *job)
{
    int32_t status = MIM_OK;
    for (int i = 0; i < MOST_POLLS && status == MIM_OK; i++) {
        clock_advance_ms(1);
        if (atomic_fetch_add(&mock_counted.endless_polls, 1) + 1 == mock.cancel_at_poll) {
            mock_counted.cancelled_at_ms = clock_now_ms();
            mim_cancel_request(mock.cancel);
        }
        status = job->host->poll(job);
    }
    return status;
}

int32_t
mock_be_busy(struct mim_job *job, uint64_t frame, uint32_t part)
{
    if (mock.endless == frame + 1)
        return poll_without_end(job);
    if (mock.busy_us && clock_is_held()) {
        clock_advance_ms(1);
        return job->host->poll(job);
    }
    uint64_t start = now_us(), limit = 0;
    if (mock.busy_us)
        limit = mock.busy_us / 4 + ((frame * 2654435761u + part * 40503u) >> 3) % mock.busy_us;
    int32_t status = MIM_OK;
    while (status == MIM_OK && now_us() - start < limit) {
        status = job->host->poll(job);
        usleep(20);
    }
    return status;
}

void
mock_say(struct mim_job *job, const char *op, uint64_t frame, uint32_t part)
{
    char text[60];
    if (!mock.notices)
        return;
    snprintf(text, sizeof text, "%s %d.%u", op, (int)frame, part);
    MUST(job->host->notice(job, MIM_NOTICE_OTHER, text) == MIM_OK);
}

void
mock_enter_serial(struct mim_job *job)
{
    struct mock_session *self = job->state;
    MUST(job->struct_size == sizeof *job && job->host && !job->worker);
    MUST(atomic_exchange(&self->in_serial, 1) == 0); /* serial ops never overlap */
    MUST(!self->closed);
}

int32_t
mock_leave_serial(struct mim_job *job, int32_t status)
{
    struct mock_session *self = job->state;
    if (status != MIM_OK)
        self->failed = 1;
    MUST(atomic_exchange(&self->in_serial, 0) == 1);
    return status;
}

int32_t
mock_worker_open(struct mim_job *job)
{
    struct mock_session *self = job->state;
    struct mock_worker *worker = job->worker;
    MUST(worker && mock_is_zero(worker, sizeof *worker));
    MUST(self->opened && !self->closed);
    worker->job = job;
    atomic_fetch_add(&self->workers, 1);
    mock_say(job, "worker", 0, 0);
    if (mock.worker_bytes && !(worker->held = job->host->resize(job, NULL, 0, mock.worker_bytes)))
        return MIM_NOMEM;
    return mock_fault(job, MOCK_WORKER_OPEN, 0, 0, NULL);
}

void
mock_worker_close(struct mim_job *job)
{
    struct mock_session *self = job->state;
    struct mock_worker *worker = job->worker;
    MUST(worker && worker->job == job && !worker->busy);
    MUST(!self->closed && atomic_fetch_sub(&self->workers, 1) > 0);
    if (worker->held)
        job->host->resize(job, worker->held, mock.worker_bytes, 0);
    worker->held = NULL;
}

struct mock_worker *
mock_enter_worker(struct mim_job *job)
{
    struct mock_session *self = job->state;
    struct mock_worker *worker = job->worker;
    MUST(worker && worker->job == job); /* opened, and at the same address */
    MUST(atomic_exchange(&worker->busy, 1) == 0);
    MUST(self->opened && !self->closed);
    return worker;
}

int32_t
mock_leave_worker(struct mock_worker *worker, int32_t status)
{
    MUST(atomic_exchange(&worker->busy, 0) == 1);
    return status;
}

static const struct mim_format_ops format = {
    .struct_size = sizeof format, .name = "mock", .reader = &mock_reader_ops, .writer = &mock_writer_ops
};
static const struct mim_format_ops *const formats[] = { &format, NULL };
static const struct mim_plugin plugin = { MIM_PLUGIN_HEADER, .name = "mock", .version = "1.0.0", .licence = "MIT",
                                          .formats = formats };

static const char manifest[] = "[plugin]\nmanifest = 1\nname = mock\nversion = 1.0.0\nabi = 1.0\ndescription = a mock\n"
                               "license = MIT\npackage = none\n"
                               "[format mock]\ntitle = Mock\nextensions = mock\nmagic = 0:4d4f434b\n"
                               "read = multi\nwrite = multi\n";

struct mim_context *
mock_context(const struct mock_script *script, unsigned threads)
{
    static const struct mim_context_options alone = { .no_environment = 1, .no_system = 1, .no_config = 1 };
    struct mim_context *context = NULL;
    mock = *script;
    mock_counted = (struct mock_counts){ 0 };
    mock_reader_follow();
    mock_writer_follow();
    CHECK(mim_context_create(&context, &alone, NULL) == MIM_OK);
    CHECK(mim_context_add_plugin(context, &plugin, manifest, NULL) == MIM_OK);
    CHECK(mim_context_set_threads(context, threads, NULL) == MIM_OK);
    return context;
}

struct mim_source *
mock_source(void)
{
    static const uint8_t magic[] =
        "MOCK file of a hundred bytes or so, of which only the first four matter to anyone at all.....";
    struct mim_source *source = NULL;
    CHECK(mim_source_open_memory(&source, magic, sizeof magic, NULL) == MIM_OK);
    return source;
}

struct mim_reader *
mock_reader(struct mim_context *context, const struct mim_open_options *options)
{
    struct mim_source *source = mock_source();
    struct mim_reader *reader = NULL;
    CHECK(mim_reader_open(&reader, context, source, options, NULL) == MIM_OK);
    mim_source_close(source);
    return reader;
}
