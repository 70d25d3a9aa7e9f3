/* SPDX-License-Identifier: MIT */
#include <mim/mim.h>

static enum mim_status darken(void *user, struct mim_frame *frame, struct mim_error *err)
{
    for (uint32_t y = 0; y < frame->height && frame->sample == MIM_SAMPLE_U8; y++)
        for (uint32_t x = 0; x < frame->width * frame->channels; x++)
            ((uint8_t *)frame->data)[y * frame->stride + x] /= 2;
    (void)err;
    return ++*(int *)user == 5 ? MIM_END : MIM_OK; /* four frames are enough */
}

int main(void)
{
    struct mim_context *context = NULL;
    struct mim_error err = { 0 };
    int calls = 0;
    const struct mim_convert_options options = { .read.open.channels = 3, .each = darken, .user = &calls };
    if (mim_context_create(&context, NULL, &err) == MIM_OK)
        mim_convert_uri(context, "a.gif", "dark.gif", &options, &err);
    printf("%d calls: %s\n", calls, err.status == MIM_OK ? "done" : err.message);
    mim_context_destroy(context);
}
