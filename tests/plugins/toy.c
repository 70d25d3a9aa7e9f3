/* SPDX-License-Identifier: MIT */
/*
 * A small animated format, and a plugin for it that passes all tests of `mim plugin check`. Compiled with -DFAULT=NAME, it breaks one rule,
 * at the place where HAS(NAME) is; -DWITH_... and linking break others. tests/command/test_check.py lists the tests that find each fault.
 *
 * A file is "TOY1", width, height, a byte that is zero, then for each frame 'F', its duration in 1/100 s and its samples, then 'E'. Numbers
 * have 16 bits, the low byte first; samples are RGB.
 */
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <mim/error.h>
#include <mim/kit/bytes.h>
#include <mim/kit/entry.h>

#ifndef FAULT
#define FAULT none
#endif

enum fault {
    none, prints, changes_directory, changes_umask, changes_locale, catches_signals,
    leaves_descriptors, leaves_threads, changes_environment, refuses_larger_hosts, clears_structs, miscounts, ignores_indices,
    overwrites_gaps, ends_streams, closes_badly, inverts_when_writing, stretches_time, abandons_badly, hides_cuts, trusts_flags, hangs,
    trusts_allocations, trusts_allocations_when_writing, ignores_cancelling, writes_behind_state, writes_behind_packets, leaks_packets,
    leaks_when_writing
};
#define HAS(fault) (FAULT == (fault))

enum { HEADER = 9, FRAME_HEADER = 3 };

struct toy_reader {
    uint64_t next, frames, frame_size;
    uint32_t width, height;
    uint8_t unused[16];
    uint64_t behind; /* beyond state_size of the fault writes_behind_state, in the same piece of the heap */
};

struct toy_packet {
    uint8_t *samples;
    uint64_t size, unused[2], behind;
};

static void *
sleep_for_ever(void *unused)
{
    for (;;)
        pause();
    return unused;
}

/* Faults that concern the process. */
static void
change_process(void)
{
    pthread_t thread;
#ifdef WITH_LIBMIM
    puts(mim_version()); /* a call that links libmim */
#endif
    if (HAS(prints))
        puts("hello");
    if (HAS(changes_directory) && chdir("/"))
        abort();
    if (HAS(changes_umask))
        umask(0123);
    if (HAS(changes_locale))
        setlocale(LC_ALL, "C.UTF-8");
    if (HAS(catches_signals))
        signal(SIGUSR1, SIG_IGN);
    if (HAS(leaves_descriptors) && open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
        abort();
    if (HAS(leaves_threads))
        pthread_create(&thread, NULL, sleep_for_ever, NULL);
    if (HAS(changes_environment))
        setenv("TOY", "1", 1);
}

static int32_t
read_exactly(struct mim_job *job, void *data, uint64_t size, uint64_t offset)
{
    int64_t got = job->host->read_at(job, data, size, offset);
    if (got < 0)
        return (int32_t)-got;
    while (HAS(hangs) && (uint64_t)got != size)
        got &= 0xffff;
    return (uint64_t)got == size ? MIM_OK : job->host->fail(job, MIM_TRUNCATED, offset, "the file ends amid a frame");
}

static int32_t
toy_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct toy_reader *self = job->state;
    uint8_t header[HEADER];
    change_process();
    if (HAS(refuses_larger_hosts) && job->host->minor != MIM_PLUGIN_ABI_MINOR)
        return job->host->fail(job, MIM_UNSUPPORTED, 0, "only the ABI of today");
    int32_t status = read_exactly(job, header, sizeof header, 0);
    if (status != MIM_OK)
        return status;
    if (HAS(trusts_flags) && header[8])
        abort();
    if (memcmp(header, "TOY1", 4) || header[8] || !mim_load_le16(header + 4) || !mim_load_le16(header + 6))
        return job->host->fail(job, MIM_CORRUPT, 0, "a header of 54 4f 59 31 and a size was expected");
    self->width = mim_load_le16(header + 4);
    self->height = mim_load_le16(header + 6);
    self->frame_size = FRAME_HEADER + (uint64_t)self->width * self->height * 3;
    self->frames = HAS(ends_streams) && sequence->sequential ? 1 : UINT64_MAX;
    if (HAS(writes_behind_state))
        self->behind = 1;
    if (HAS(clears_structs))
        memset((char *)sequence + 4, 0, sequence->struct_size - 4);
    sequence->time_num = 1;
    sequence->time_den = 100;
    sequence->loop = 0;
    return MIM_OK;
}

static int32_t
toy_scan(struct mim_job *job, struct mim_sequence *sequence)
{
    const struct toy_reader *self = job->state;
    uint8_t mark = 'F';
    for (sequence->count = 0; mark == 'F'; sequence->count++) {
        int32_t status = read_exactly(job, &mark, 1, HEADER + sequence->count * self->frame_size);
        if (status != MIM_OK && HAS(hides_cuts))
            break;
        if (status != MIM_OK)
            return status;
    }
    sequence->count -= 1 + HAS(miscounts);
    sequence->sure = MIM_SURE_EXACT;
    return MIM_OK;
}

static int32_t
load_samples(struct mim_job *job, struct toy_packet *packet, uint64_t size, uint64_t offset)
{
    packet->samples = job->host->resize(job, NULL, 0, size);
    if (HAS(trusts_allocations))
        memset(packet->samples, 0, 1);
    if (!packet->samples)
        return MIM_NOMEM;
    packet->size = size;
    int32_t status = read_exactly(job, packet->samples, size, offset);
    if (status != MIM_OK)
        job->host->resize(job, packet->samples, size, 0);
    return status;
}

/* The core does not call release after a failed prepare. */
static int32_t
toy_prepare(struct mim_job *job, uint64_t index, void *memory, struct mim_frame_info *info)
{
    struct toy_reader *self = job->state;
    struct toy_packet *packet = memory;
    uint8_t header[1 + 2];
    if (HAS(ignores_indices))
        index = self->next;
    self->next = index + 1;
    uint64_t offset = HEADER + index * self->frame_size;
    if (index >= self->frames)
        return MIM_END;
    int64_t got = job->host->read_at(job, header, sizeof header, offset);
    if (got < 0)
        return (int32_t)-got;
    if (got && *header == 'E')
        return MIM_END;
    if (got < 3 && HAS(hides_cuts))
        return MIM_END;
    if (got < 3)
        return job->host->fail(job, MIM_TRUNCATED, offset, "the file ends without an E");
    if (*header != 'F')
        return job->host->fail(job, MIM_CORRUPT, offset, "%02x instead of F or E", *header);
    int32_t status = load_samples(job, packet, self->frame_size - FRAME_HEADER, offset + FRAME_HEADER);
    if (status == MIM_TRUNCATED && HAS(hides_cuts))
        return MIM_END;
    if (HAS(writes_behind_packets))
        packet->behind = 1;
    info->width = self->width;
    info->height = self->height;
    info->channels = 3;
    info->sample = MIM_SAMPLE_U8;
    info->pts = MIM_NO_PTS;
    info->duration = mim_load_le16(header + 1);
    info->flags = MIM_FRAME_KEY;
    return status;
}

static int32_t
poll_host(struct mim_job *job)
{
    int32_t status = job->host->poll(job);
    while (status != MIM_OK && HAS(ignores_cancelling) && clock() < 4 * CLOCKS_PER_SEC) {
    }
    return status;
}

static int32_t
toy_pixels(struct mim_job *job, const void *memory, const struct mim_frame_info *info, uint32_t part, struct mim_raster *raster)
{
    const struct toy_packet *packet = memory;
    size_t row = (size_t)info->width * 3;
    int32_t status = MIM_OK;
    (void)part;
    for (uint32_t y = 0; y < info->height && status == MIM_OK; y++) {
        status = poll_host(job);
        if (HAS(overwrites_gaps) && y + 1 < info->height)
            memset(raster->data + y * raster->stride, 0, raster->stride);
        memcpy(raster->data + y * raster->stride, packet->samples + y * row, row);
    }
    return status;
}

static void
toy_release(struct mim_job *job, void *memory)
{
    struct toy_packet *packet = memory;
    if (!HAS(leaks_packets))
        job->host->resize(job, packet->samples, packet->size, 0);
}

static void
toy_close(struct mim_job *job)
{
    const struct toy_reader *self = job->state;
    if (HAS(closes_badly) && self->width && !self->next)
        abort();
}

static const struct mim_reader_ops reader = {
    .struct_size = sizeof reader,
    .flags = MIM_READER_ANY_ORDER,
    .state_size = sizeof(struct toy_reader) - 8 * HAS(writes_behind_state),
    .packet_size = sizeof(struct toy_packet) - 8 * HAS(writes_behind_packets),
    .open = toy_open,
    .scan = toy_scan,
    .prepare = toy_prepare,
    .pixels = toy_pixels,
    .release = toy_release,
    .close = toy_close,
};

struct toy_writer {
    uint8_t *scratch; /* of one byte, to have memory of the host */
    bool is_finished;
};

static int32_t
toy_write_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct toy_writer *self = job->state;
    uint8_t header[HEADER] = "TOY1";
    if (HAS(refuses_larger_hosts) && job->host->minor != MIM_PLUGIN_ABI_MINOR)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "only the ABI of today");
    self->scratch = job->host->resize(job, NULL, 0, 1);
    if (HAS(trusts_allocations_when_writing))
        *self->scratch = 0;
    if (!self->scratch)
        return MIM_NOMEM;
    mim_store_le16(header + 4, (uint16_t)sequence->first.width);
    mim_store_le16(header + 6, (uint16_t)sequence->first.height);
    return job->host->emit(job, header, sizeof header);
}

static int32_t
toy_accepts(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    (void)index, (void)packet;
    if (info->width > UINT16_MAX || info->height > UINT16_MAX)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "%ux%u pixels, and at most 65535x65535 can be stored", info->width,
                               info->height);
    info->channels = 3;
    info->sample = MIM_SAMPLE_U8;
    return MIM_OK;
}

static int32_t
toy_encode(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part, const struct mim_raster *raster,
           const struct mim_neighbours *neighbours)
{
    uint8_t header[FRAME_HEADER] = "F", inverted;
    size_t row = (size_t)info->width * 3;
    (void)packet, (void)part, (void)neighbours;
    mim_store_le16(header + 1, (uint16_t)(info->duration + HAS(stretches_time)));
    int32_t status = job->host->emit(job, header, sizeof header);
    for (uint32_t y = 0; y < info->height && status == MIM_OK; y++) {
        const uint8_t *samples = raster->data + y * raster->stride;
        if (!HAS(inverts_when_writing))
            status = job->host->emit(job, samples, row);
        for (size_t x = 0; x < row && status == MIM_OK && HAS(inverts_when_writing); x++) {
            inverted = (uint8_t)~samples[x];
            status = job->host->emit(job, &inverted, 1);
        }
    }
    return status;
}

static int32_t
toy_finish(struct mim_job *job)
{
    struct toy_writer *self = job->state;
    self->is_finished = true;
    return job->host->emit(job, "E", 1);
}

static void
toy_write_close(struct mim_job *job)
{
    struct toy_writer *self = job->state;
    if (HAS(abandons_badly) && !self->is_finished)
        abort();
    if (!HAS(leaks_when_writing))
        job->host->resize(job, self->scratch, 1, 0);
}

static const struct mim_writer_timing timing = { .struct_size = sizeof timing, .grid = MIM_GRID_FIXED, .den = 100, .max_duration = 65535 };

static const struct mim_writer_ops writer = {
    .struct_size = sizeof writer,
    .flags = MIM_WRITER_TIMING,
    .state_size = sizeof(struct toy_writer),
    .open = toy_write_open,
    .accepts = toy_accepts,
    .encode = toy_encode,
    .finish = toy_finish,
    .close = toy_write_close,
    .timing = &timing,
};

static const struct mim_format_ops toy = { .struct_size = sizeof toy, .name = "toy", .reader = &reader, .writer = &writer };
static const struct mim_format_ops *const formats[] = { &toy, NULL };

#if defined(WITHOUT_NOTE)
MIM_PLUGIN_EXPORT const struct mim_plugin mim_plugin_v1 = { MIM_PLUGIN_HEADER, .name = "toy", .version = "1.0", .licence = "MIT",
                                                            .formats = formats };
#else
MIM_PLUGIN("toy", "1.0", "MIT", "toy:rw", .formats = formats);
#endif
#if defined(WITH_MORE_EXPORTS)
MIM_PLUGIN_EXPORT const int toy_more = 1;
#endif
#if defined(WITH_RELOCATED_CODE)
__asm__(".text\n.balign 8\n.dc.a mim_plugin_v1\n");
#endif
