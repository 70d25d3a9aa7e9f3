/* SPDX-License-Identifier: MIT */
/* The line of the mission that reads a URL: prints the number of frames and the size of the first, or the error. */
#include <inttypes.h>
#include <stdio.h>

#include <mim/mim.h>

int
main(int argc, char **argv)
{
    struct mim_context *context;
    struct mim_frames frames = { 0 };
    struct mim_error err = { 0 };
    enum mim_status status = mim_context_create(&context, NULL, &err);
    if (status == MIM_OK)
        status = mim_read(context, argc > 1 ? argv[1] : "", NULL, &frames, &err);
    if (status == MIM_OK)
        printf("%" PRIu64 " frames, %ux%u\n", (uint64_t)frames.count, frames.frames[0].width, frames.frames[0].height);
    else
        fprintf(stderr, "%s\n", err.message);
    mim_frames_clear(&frames);
    mim_context_destroy(context);
    return status == MIM_OK ? 0 : 1;
}
