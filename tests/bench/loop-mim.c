/* SPDX-License-Identifier: MIT */
/* All frames of a file through libmim, one by one into one reused frame.   loop-mim FILE [THREADS [CHANNELS [IN-PLACE]]]
 * CHANNELS 0: unchanged. IN-PLACE 1: map plain samples instead of reading them. */
#include <stdio.h>
#include <stdlib.h>

#include <mim/mim.h>

#include "loop.h"

static enum mim_status
decode_all(struct loop *loop, struct mim_context *context, const char *path, const struct mim_open_options *options,
           struct mim_error *err)
{
    struct mim_reader *reader = NULL;
    struct mim_frame frame = { 0 };
    enum mim_status status = mim_reader_open_uri(&reader, context, path, options, err);

    while (status == MIM_OK) {
        status = mim_reader_next(reader, &frame, err);
        if (status != MIM_OK)
            break;
        enum loop_layout layout = frame.sample != MIM_SAMPLE_U8 || frame.channels < 3 ? LOOP_PLAIN
                                  : frame.channels == 3                               ? LOOP_RGB
                                                                                      : LOOP_RGBA;
        loop_frame(loop, layout, frame.data, frame.height,
                   (size_t)frame.width * frame.channels * mim_sample_size(frame.sample), frame.stride);
    }
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    return status == MIM_END ? MIM_OK : status;
}

static int
decode(struct loop *loop, int argc, char **argv)
{
    struct mim_open_options options = { .no_metadata = 1 };
    struct mim_context *context = NULL;
    struct mim_error err = { 0 };

    if (argc > 3)
        options.channels = (uint32_t)strtoul(argv[3], NULL, 10);
    options.in_place = argc > 4 && strtoul(argv[4], NULL, 10);
    enum mim_status status = mim_context_create(&context, NULL, &err);
    if (status == MIM_OK)
        status = mim_context_set_threads(context, argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1, &err);
    if (status == MIM_OK)
        status = decode_all(loop, context, argv[1], &options, &err);
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
