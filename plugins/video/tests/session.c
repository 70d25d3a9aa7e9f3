/* SPDX-License-Identifier: MIT */
/* Calls a writer in the order of the core. */
#include "session.h"

#include "write/writer.h"

/* Set the options in the state, as the core does before `open`. */
static void
set_options(const struct mim_writer_ops *ops, struct video_writer *state, const struct session *session)
{
    mim_test_set_defaults(state, ops->options, ops->option_count);
    state->settings.codec = session->codec;
    state->settings.bitrate = session->bitrate;
    if (session->crf > 0)
        state->settings.crf = session->crf;
    memset(state->background, 255, sizeof state->background);
}

static struct mim_test_call
fail_from(uint64_t call)
{
    return (struct mim_test_call){ .fail_at = call, .fails_on = true };
}

static void
draw_raster(struct mim_raster *raster, uint32_t index)
{
    for (uint64_t i = 0; i < raster->stride * raster->height; i++)
        raster->data[i] = (uint8_t)(i * 3 + index * 11);
}

static int32_t
write_frame(struct mim_job *job, struct mim_job *worker, const struct mim_writer_ops *ops,
            const struct mim_frame_info *first, uint32_t index)
{
    struct mim_frame_info info = *first;
    info.pts = index;
    const struct mim_neighbours beside = { .struct_size = sizeof beside };
    uint8_t *packet = calloc(1, ops->packet_size);
    CHECK(packet);

    int32_t status = ops->accepts(job, index, packet, &info);
    uint64_t row = (uint64_t)info.width * info.channels * (info.sample == MIM_SAMPLE_U8 ? 1 : 2);
    struct mim_raster raster = {
        sizeof raster, info.sample, info.width, info.height, info.channels, 0, row, NULL, NULL
    };
    raster.data = malloc(row * info.height); /* exact size: a sanitizer catches reads past the end */
    CHECK(raster.data);
    draw_raster(&raster, index);
    if (status == MIM_OK)
        status = mim_test_write_frame(worker, ops, packet, &info, &raster, &beside);
    free(raster.data);
    free(packet);
    return status;
}

int32_t
session_run(struct mim_test_host *host, const struct session *session)
{
    const struct mim_writer_ops *ops = &video_writers[session->format];
    struct video_writer *state = calloc(1, ops->state_size);
    void *space = calloc(1, ops->worker_size);
    CHECK(state && space);
    *host = (struct mim_test_host){ .allocation = fail_from(session->fail_allocation),
                                    .poll = fail_from(session->fail_poll),
                                    .emit = fail_from(session->fail_emit),
                                    .patch = fail_from(session->fail_patch) };
    struct mim_job job = mim_test_host_job(host, state, NULL), worker = mim_test_host_job(host, state, space);
    set_options(ops, state, session);

    struct mim_sequence sequence = { .struct_size = sizeof sequence,
                                     .count = MIM_UNKNOWN,
                                     .time_num = 1,
                                     .time_den = 25,
                                     .timing = MIM_TIMING_FPS | MIM_TIMING_EVEN,
                                     .source_start = MIM_NO_PTS };
    sequence.first = (struct mim_frame_info){ .struct_size = sizeof sequence.first,
                                              .sample = session->sample,
                                              .width = session->width,
                                              .height = session->height,
                                              .channels = session->channels,
                                              .parts = 1,
                                              .duration = 1 };
    int32_t status = ops->open(&job, &sequence);
    for (uint32_t i = 0; i < session->frames && status == MIM_OK; i++)
        status = write_frame(&job, &worker, ops, &sequence.first, i);
    if (status == MIM_OK && !session->is_abandoned)
        status = ops->finish(&job);
    ops->worker_close(&worker);
    ops->close(&job);
    CHECK(host->allocated == 0 && host->reserved == 0);
    free(space);
    free(state);
    return status;
}
