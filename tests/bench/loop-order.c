/* SPDX-License-Identifier: MIT */
/* Frames of a file through libmim in some order.   loop-order FILE ORDER [THREADS [WORKING-BYTES]]
 * ORDER: forwards, backwards, back (one step by each call), ends (40 frames from both ends in turns), sorted (the same 40). The sum
 * does not depend on the order. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mim/mim.h>

#include "loop.h"

#define ENDS 40u

static void
add_frame(struct loop *loop, const struct mim_frame *frame)
{
    uint64_t sum = loop->sum;
    loop->sum = 0;
    loop_frame(loop, LOOP_PLAIN, frame->data, frame->height,
               (size_t)frame->width * frame->channels * mim_sample_size(frame->sample), frame->stride);
    loop->sum += sum;
}

static enum mim_status
read_selected(struct loop *loop, struct mim_reader *reader, const struct mim_range *ranges, size_t count,
              struct mim_error *err)
{
    struct mim_frame frame = { 0 };
    enum mim_status status = mim_reader_select(reader, ranges, count, 0, err);
    while (status == MIM_OK) {
        status = mim_reader_next(reader, &frame, err);
        if (status == MIM_OK)
            add_frame(loop, &frame);
    }
    mim_frame_clear(&frame);
    return status == MIM_END ? MIM_OK : status;
}

static enum mim_status
step_back(struct loop *loop, struct mim_reader *reader, uint64_t count, struct mim_error *err)
{
    struct mim_frame frame = { 0 };
    enum mim_status status = MIM_OK;
    for (uint64_t i = count; i-- > 0 && status == MIM_OK;) {
        status = mim_reader_read(reader, i, &frame, err);
        if (status == MIM_OK)
            add_frame(loop, &frame);
    }
    mim_frame_clear(&frame);
    return status;
}

static enum mim_status
read_ends(struct loop *loop, struct mim_reader *reader, uint64_t count, bool sorted, struct mim_error *err)
{
    struct mim_range ranges[ENDS];
    for (unsigned i = 0; i < ENDS; i++) {
        bool is_late = sorted ? i >= ENDS / 2 : i % 2;
        unsigned from_end = sorted ? ENDS - i : (i + 1) / 2;
        int64_t at = is_late ? (int64_t)(count - from_end) : (int64_t)(sorted ? i : i / 2);
        ranges[i] = (struct mim_range){ .start = at, .stop = at + 1, .has_start = 1, .has_stop = 1 };
    }
    return read_selected(loop, reader, ranges, ENDS, err);
}

static enum mim_status
read_in_order(struct loop *loop, struct mim_reader *reader, const char *order, struct mim_error *err)
{
    static const struct mim_range backwards = { .step = -1 };
    uint64_t count;
    enum mim_status status = mim_reader_count_exactly(reader, &count, err);
    if (status != MIM_OK || !strcmp(order, "forwards"))
        return status == MIM_OK ? read_selected(loop, reader, NULL, 0, err) : status;
    if (!strcmp(order, "backwards"))
        return read_selected(loop, reader, &backwards, 1, err);
    if (!strcmp(order, "back"))
        return step_back(loop, reader, count, err);
    return read_ends(loop, reader, count, !strcmp(order, "sorted"), err);
}

static int
decode(struct loop *loop, int argc, char **argv)
{
    struct mim_open_options options = { .no_metadata = 1 };
    struct mim_context *context = NULL;
    struct mim_reader *reader = NULL;
    struct mim_error err = { 0 };

    if (argc > 4)
        options.control.limits.working_bytes = strtoull(argv[4], NULL, 10);
    enum mim_status status = mim_context_create(&context, NULL, &err);
    if (status == MIM_OK)
        status = mim_context_set_threads(context, argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 1, &err);
    if (status == MIM_OK)
        status = mim_reader_open_uri(&reader, context, argv[1], &options, &err);
    if (status == MIM_OK)
        status = read_in_order(loop, reader, argc > 2 ? argv[2] : "forwards", &err);
    mim_reader_close(reader);
    mim_context_destroy(context);
    if (status != MIM_OK)
        fprintf(stderr, "%s\n", err.message);
    return status != MIM_OK;
}

int
main(int argc, char **argv)
{
    return loop_main(decode, argc, argv);
}
