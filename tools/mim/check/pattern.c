/* SPDX-License-Identifier: MIT */
/* Makes frames and writes them through libmim. */
#include "pattern.h"

#include "child.h"
#include "reading.h"

int64_t
pattern_duration(uint64_t i, bool is_uneven)
{
    static const int64_t durations[PATTERN_FRAMES] = { 2, 5, 3, 4 };
    return is_uneven ? durations[i % PATTERN_FRAMES] : 1;
}

/* Squares of 8 x 8 pixels, whose colours change from frame to frame. */
static void
paint(uint8_t *pixel, uint32_t x, uint32_t y, uint64_t i)
{
    pixel[0] = (uint8_t)(x / 8 * 40 + 10);
    pixel[1] = (uint8_t)(y / 8 * 60 + 20);
    pixel[2] = (uint8_t)(i * 50 + 30);
}

void
pattern_frame(struct mim_frame *frame, uint64_t i, bool is_uneven)
{
    *frame = (struct mim_frame){ 0 };
    if (mim_frame_alloc(frame, MIM_SAMPLE_U8, PATTERN_WIDTH, PATTERN_HEIGHT, 3, NULL) != MIM_OK)
        trial_fail("no memory for a frame");
    for (uint32_t y = 0; y < PATTERN_HEIGHT; y++)
        for (uint32_t x = 0; x < PATTERN_WIDTH; x++)
            paint((uint8_t *)frame->data + y * frame->stride + 3 * x, x, y, i);
    for (uint64_t k = 0; k < i; k++)
        frame->pts += pattern_duration(k, is_uneven);
    frame->duration = pattern_duration(i, is_uneven);
    frame->time_base = (struct mim_rational){ 1, PATTERN_RATE };
}

static enum mim_status
append_frames(struct mim_writer *writer, const struct check_trial *trial, const struct pattern_setup *setup, struct mim_error *err)
{
    uint64_t count = setup->max_frames ? setup->max_frames : trial->format->frames;
    enum mim_status status = MIM_OK;
    for (uint64_t i = 0; status == MIM_OK && i < count; i++) {
        struct mim_frame frame;
        pattern_frame(&frame, i, setup->is_uneven);
        status = mim_writer_append(writer, &frame, err);
        mim_frame_clear(&frame);
    }
    return status;
}

enum mim_status
pattern_write(const struct check_trial *trial, const struct pattern_setup *setup, void **data, size_t *size, struct mim_error *err)
{
    struct mim_context *context = reading_context_of(trial->subject, setup->code, setup->threads);
    struct mim_sink *sink = NULL;
    struct mim_writer *writer = NULL;
    const struct mim_write_options how = { .format = trial->format->name, .plugin = trial->subject->name,
                                           .control = { .cancel = setup->cancel } };
    *data = NULL;
    enum mim_status status = mim_sink_open_memory(&sink, err);
    if (status == MIM_OK)
        status = mim_writer_open(&writer, context, sink, &how, err);
    if (status == MIM_OK)
        status = append_frames(writer, trial, setup, err);
    if (status == MIM_OK && !setup->max_frames) {
        status = mim_writer_finish(writer, err);
        writer = NULL;
        if (status == MIM_OK)
            status = mim_sink_take(sink, data, size, err);
    }
    mim_writer_abandon(writer);
    mim_sink_close(sink);
    mim_context_destroy(context);
    return status;
}
