/* SPDX-License-Identifier: MIT */
#include <mim/mim.h>

int main(void)
{
    static uint8_t file[1 << 20];
    size_t size = fread(file, 1, sizeof file, stdin);
    struct mim_context *context = NULL;
    struct mim_source *source = NULL;
    struct mim_frames all = { 0 };
    struct mim_error err = { 0 };
    if (mim_context_create(&context, NULL, &err) == MIM_OK && mim_source_open_memory(&source, file, size, &err) == MIM_OK)
        mim_read_source(context, source, NULL, &all, &err);
    printf("%zu frames: %s\n", all.count, err.status == MIM_OK ? "done" : err.message);
    mim_frames_clear(&all);
    mim_source_close(source);
    mim_context_destroy(context);
}
