/* SPDX-License-Identifier: MIT */
#include <mim/mim.h>

int main(int argc, char **argv)
{
    const struct mim_range first = { .stop = 101, .has_stop = 1 };
    const struct mim_read_options options = { .ranges = &first, .range_count = 1 };
    struct mim_context *context = NULL;
    struct mim_frames frames = { 0 };
    struct mim_error err = { 0 };
    if (argc == 2 && mim_context_create(&context, NULL, &err) == MIM_OK)
        mim_read(context, argv[1], &options, &frames, &err);
    for (size_t i = 0; i < frames.count; i++)
        printf("%zu: %u x %u, %g s\n", i, frames.frames[i].width, frames.frames[i].height, mim_frame_seconds(&frames.frames[i]));
    fputs(err.message, stderr);
    mim_frames_clear(&frames);
    mim_context_destroy(context);
}
