/* SPDX-License-Identifier: MIT */
/* Read the first 101 frames of a file, one at a time.   read FILE */
#include <mim/mim.h>

static enum mim_status
read_some(struct mim_reader *reader, struct mim_error *err)
{
    struct mim_frame frame = { 0 }; /* reused: each call releases the previous frame */
    enum mim_status status = MIM_OK;

    for (int i = 0; i < 101 && status == MIM_OK; i++) {
        status = mim_reader_next(reader, &frame, err);
        if (status == MIM_OK)
            printf("%d: %u x %u, %u channels of %s, %g s\n", i, frame.width, frame.height, frame.channels,
                   mim_sample_name(frame.sample), mim_frame_seconds(&frame));
    }
    mim_frame_clear(&frame);
    return status == MIM_END ? MIM_OK : status;
}

int
main(int argc, char **argv)
{
    struct mim_context *context = NULL;
    struct mim_reader *reader = NULL;
    struct mim_error err = { 0 };

    enum mim_status status = mim_context_create(&context, NULL, &err);
    if (status == MIM_OK)
        status = mim_reader_open_uri(&reader, context, argc > 1 ? argv[1] : "a.gif", NULL, &err);
    if (status == MIM_OK)
        status = read_some(reader, &err);
    if (status != MIM_OK)
        fprintf(stderr, "%s\n", err.message);

    mim_reader_close(reader); /* also before the last frame */
    mim_context_destroy(context);
    return status != MIM_OK;
}
