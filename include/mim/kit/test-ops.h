/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Calls to a plugin's ops in the order of the core, with jobs of the test host.
 *
 * Header-only, C only.
 */
#ifndef MIM_KIT_TEST_OPS_H
#define MIM_KIT_TEST_OPS_H

#include <mim/kit/test-host.h>

/** Write an option table's defaults into a zeroed state, as the core does before open: INT, REAL, BOOL, CHOICE and TEXT. */
static inline void
mim_test_set_defaults(void *state, const struct mim_option *options, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char *place = (char *)state + options[i].offset;
        if (options[i].type == MIM_OPTION_TEXT)
            memcpy(place, &options[i].initial_text, sizeof(const char *));
        if (options[i].initial_text)
            continue;
        if (options[i].type == MIM_OPTION_INT)
            memcpy(place, &(int64_t){ (int64_t)options[i].initial }, sizeof(int64_t));
        else if (options[i].type == MIM_OPTION_REAL)
            memcpy(place, &options[i].initial, sizeof(double));
        else if (options[i].type == MIM_OPTION_BOOL || options[i].type == MIM_OPTION_CHOICE)
            memcpy(place, &(int32_t){ (int32_t)options[i].initial }, sizeof(int32_t));
    }
}

/** A raster of a frame's shape, packed and zeroed; `data` is NULL if there is no memory. The caller frees it. */
static inline struct mim_raster
mim_test_make_raster(const struct mim_frame_info *info)
{
    bool is_bits = info->sample == MIM_SAMPLE_U1;
    struct mim_raster raster = { .struct_size = sizeof raster,
                                 .sample = info->sample,
                                 .width = info->width,
                                 .height = info->height,
                                 .channels = info->channels };
    raster.stride = is_bits ? (info->width + UINT64_C(7)) / 8
                            : (uint64_t)info->width * info->channels * mim_test_sample_sizes[info->sample];
    raster.data = (uint8_t *)calloc(info->height, raster.stride);
    return raster;
}

/** A file that is being read, without composing frames. */
struct mim_test_reading {
    const struct mim_reader_ops *ops;
    struct mim_job serial, job; /**< `job` has a worker */
    void *packet;               /**< of the last frame */
    struct mim_sequence sequence;
    struct mim_frame_info info; /**< of the last frame */
    struct mim_raster raster;   /**< its pixels, packed */
};

/** Begin to read host->source. Options have their defaults, and may be changed in `serial.state` before open. Aborts if there is no
 * memory. */
static inline void
mim_test_reading_begin(struct mim_test_reading *reading, struct mim_test_host *host, const struct mim_reader_ops *ops)
{
    void *state = calloc(1, ops->state_size + 1), *worker = calloc(1, ops->worker_size + 1);
    *reading = (struct mim_test_reading){ .ops = ops,
                                          .serial = mim_test_host_job(host, state, NULL),
                                          .job = mim_test_host_job(host, state, worker),
                                          .packet = calloc(1, ops->packet_size + 1),
                                          .sequence = { .struct_size = sizeof reading->sequence, .count = MIM_UNKNOWN } };
    if (!state || !worker || !reading->packet)
        abort();
    mim_test_set_defaults(state, ops->options, ops->option_count);
}

static inline int32_t
mim_test_reading_open(struct mim_test_reading *reading)
{
    int32_t status = reading->ops->open(&reading->serial, &reading->sequence);
    return status == MIM_OK && reading->ops->worker_open ? reading->ops->worker_open(&reading->job) : status;
}

/** Prepare a frame, decode its parts, the last one first, and deliver its metadata. Returns the first error. */
static inline int32_t
mim_test_reading_frame(struct mim_test_reading *reading, uint64_t index)
{
    const struct mim_reader_ops *ops = reading->ops;
    struct mim_frame_info *info = &reading->info;
    memset(reading->packet, 0, ops->packet_size);
    *info = (struct mim_frame_info){ .struct_size = sizeof *info, .pts = MIM_NO_PTS };
    int32_t status = ops->prepare(&reading->serial, index, reading->packet, info);
    if (status != MIM_OK)
        return status;
    free(reading->raster.data);
    reading->raster = mim_test_make_raster(info);
    if (!reading->raster.data)
        status = MIM_NOMEM;
    for (uint32_t part = info->parts ? info->parts : 1; part > 0 && status == MIM_OK; part--)
        status = ops->pixels(&reading->job, reading->packet, info, part - 1, &reading->raster);
    if (status == MIM_OK && ops->metadata)
        status = ops->metadata(&reading->job, reading->packet, info);
    if (ops->release)
        ops->release(&reading->job, reading->packet);
    return status;
}

/** Close the file and free everything. */
static inline void
mim_test_reading_end(struct mim_test_reading *reading)
{
    if (reading->ops->worker_close)
        reading->ops->worker_close(&reading->job);
    if (reading->ops->close)
        reading->ops->close(&reading->serial);
    free(reading->serial.state);
    free(reading->job.worker);
    free(reading->packet);
    free(reading->raster.data);
}

/** Read all frames of host->source, and the metadata. Returns the first error; MIM_OK at the end. */
static inline int32_t
mim_test_read_all(struct mim_test_host *host, const struct mim_reader_ops *ops, uint64_t *frames)
{
    struct mim_test_reading reading;
    *frames = 0;
    mim_test_reading_begin(&reading, host, ops);
    int32_t status = mim_test_reading_open(&reading);
    while (status == MIM_OK && (status = mim_test_reading_frame(&reading, *frames)) == MIM_OK)
        ++*frames;
    if (status == MIM_END)
        status = ops->metadata ? ops->metadata(&reading.serial, NULL, NULL) : MIM_OK;
    mim_test_reading_end(&reading);
    return status;
}

/**
 * Encode the parts of an accepted frame and put them, as the core does. `worker` is the job of encode; put gets the same
 * job without a worker. Returns the first error, and leaves the coded bytes in `coded`.
 */
static inline int32_t
mim_test_write_frame(struct mim_job *worker, const struct mim_writer_ops *ops, void *packet,
                     const struct mim_frame_info *info, const struct mim_raster *frame,
                     const struct mim_neighbours *neighbours)
{
    struct mim_test_host *host = mim_test_host_of(worker);
    struct mim_coded_part *parts = (struct mim_coded_part *)calloc(info->parts + 1, sizeof *parts);
    struct mim_coded coded = { .struct_size = sizeof coded, .part_count = info->parts ? info->parts : 1, .parts = parts };
    struct mim_job serial = *worker;
    int32_t status = parts ? MIM_OK : MIM_NOMEM;

    serial.worker = NULL;
    host->coded.size = 0;
    mim_test_bytes_append(&host->coded, "", 0); /* an address even if nothing is emitted */
    host->is_coding = true;
    for (uint32_t i = 0; ops->encode && i < coded.part_count && status == MIM_OK; i++) {
        status = ops->encode(worker, packet, info, i, frame, neighbours);
        parts[i].size = host->coded.size - coded.size;
        coded.size = host->coded.size;
    }
    host->is_coding = false;
    const uint8_t *at = host->coded.data;
    for (uint32_t i = 0; i < coded.part_count && status == MIM_OK; at += parts[i++].size)
        parts[i].data = at;
    if (status == MIM_OK)
        status = ops->put ? ops->put(&serial, packet, info, &coded) : mim_test_emit(&serial, host->coded.data, coded.size);
    free(parts);
    return status;
}

#endif
