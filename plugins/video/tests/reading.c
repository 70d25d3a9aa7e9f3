/* SPDX-License-Identifier: MIT */
/* Calls a reader in the order of the core. */
#include "reading.h"

enum { ROW = 192 };

void
reading_init(struct reading *reading, const struct clip *clip, enum video_format format)
{
    memset(reading, 0, sizeof *reading);
    reading->host.source = (struct mim_test_bytes){ .data = clip->data, .size = clip->size };
    reading->job = mim_test_host_job(&reading->host, &reading->state, NULL);
    reading->state.stream = -1; /* the option's default */
    reading->sequence = (struct mim_sequence){ .struct_size = sizeof reading->sequence, .count = MIM_UNKNOWN };
    reading->ops = &video_readers[format];
}

int32_t
reading_start(struct reading *reading)
{
    return reading->ops->open(&reading->job, &reading->sequence);
}

int32_t
reading_open(struct reading *reading, const struct clip *clip, enum video_format format)
{
    reading_init(reading, clip, format);
    return reading_start(reading);
}

void
reading_close(struct reading *reading)
{
    reading->job.worker = &reading->scaler;
    reading->ops->worker_close(&reading->job);
    reading->ops->close(&reading->job);
    CHECK(reading->host.allocated == 0 && reading->host.reserved == 0);
    mim_test_host_clear(&reading->host);
}

static uint64_t
sum_of(const uint8_t *pixels)
{
    uint64_t sum = 14695981039346656037u;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH * 3; x++)
            sum = (sum ^ pixels[y * ROW + x]) * 1099511628211u;
    return sum;
}

int32_t
reading_frame(struct reading *reading, uint64_t index)
{
    static uint8_t pixels[ROW * HEIGHT];
    struct video_read_frame packet = { 0 };
    struct mim_frame_info info = { .struct_size = sizeof info };
    struct mim_job *job = &reading->job;

    reading->host.status = MIM_OK;
    int32_t status = reading->ops->prepare(job, index, &packet, &info);
    if (status != MIM_OK) {
        CHECK(!packet.picture);
        return status;
    }
    CHECK(info.width == WIDTH && info.height == HEIGHT && info.channels == 3 && info.sample == MIM_SAMPLE_U8);
    struct mim_raster raster = { .struct_size = sizeof raster,
                                 .sample = MIM_SAMPLE_U8,
                                 .width = WIDTH,
                                 .height = HEIGHT,
                                 .channels = 3,
                                 .stride = ROW,
                                 .data = pixels };
    job->worker = &reading->scaler;
    status = reading->ops->pixels(job, &packet, &info, 0, &raster);
    job->worker = NULL;
    reading->ops->release(job, &packet);
    reading->sum = sum_of(pixels);
    reading->pts = info.pts;
    reading->duration = info.duration;
    return status;
}
