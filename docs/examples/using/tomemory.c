/* SPDX-License-Identifier: MIT */
#include <mim/mim.h>

int main(void)
{
    const struct mim_write_options gif = { .format = "gif" };
    struct mim_context *context = NULL;
    struct mim_frame frame = { 0 };
    struct mim_error err = { 0 };
    void *bytes = NULL;
    size_t size = 0;
    if (mim_context_create(&context, NULL, &err) == MIM_OK &&
        mim_frame_alloc(&frame, MIM_SAMPLE_U8, 100, 100, 3, &err) == MIM_OK) /* black */
        mim_write(context, "<bytes>", &frame, 1, NULL, &gif, &bytes, &size, &err);
    fprintf(stderr, "%zu bytes: %s\n", size, err.status == MIM_OK ? "done" : err.message);
    fwrite(bytes, 1, size, stdout);
    mim_free(bytes);
    mim_frame_clear(&frame);
    mim_context_destroy(context);
}
