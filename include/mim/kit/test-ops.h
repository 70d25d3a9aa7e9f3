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
