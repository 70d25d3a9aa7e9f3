/* SPDX-License-Identifier: MIT */
#include <mim/mim.h>

int main(void)
{
    struct mim_context *context = NULL;
    struct mim_frames frames = { 0 };
    struct mim_error err = { 0 };
    if (mim_context_create(&context, NULL, &err) == MIM_OK && mim_read(context, "a.gif", NULL, &frames, &err) == MIM_OK)
        mim_write(context, "a.tiff", frames.frames, frames.count, frames.meta, NULL, NULL, NULL, &err);
    printf("%zu frames: %s\n", frames.count, err.status == MIM_OK ? "done" : err.message);
    mim_frames_clear(&frames);
    mim_context_destroy(context);
}
