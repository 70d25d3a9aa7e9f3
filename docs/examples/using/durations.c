/* SPDX-License-Identifier: MIT */
#include <mim/mim.h>

int main(void)
{
    const double seconds[] = { 0.1, 0.1, 1.5 };
    struct mim_options *options = mim_options_create();
    struct mim_context *context = NULL;
    struct mim_frame frames[3] = { 0 };
    struct mim_error err = { 0 };
    for (size_t i = 0; i < 3; i++)
        if (mim_frame_alloc(&frames[i], MIM_SAMPLE_U8, 64, 64, 1, &err) == MIM_OK)
            *(uint8_t *)frames[i].data = (uint8_t)(100 * i);
    if (options && mim_options_set_list(options, "duration", seconds, 3, &err) == MIM_OK &&
        mim_context_create(&context, NULL, &err) == MIM_OK)
        mim_write(context, "slow.gif", frames, 3, NULL, &(struct mim_write_options){ .options = options }, NULL, NULL, &err);
    puts(err.status == MIM_OK ? "done" : err.message);
    for (size_t i = 0; i < 3; i++)
        mim_frame_clear(&frames[i]);
    mim_options_destroy(options);
    mim_context_destroy(context);
}
