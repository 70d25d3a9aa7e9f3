/* SPDX-License-Identifier: MIT */
#include <mim/mim.h>

int main(void)
{
    const uint64_t wanted[] = { 11, 3, 7, 3 };
    struct mim_frame frames[4] = { 0 };
    struct mim_context *context = NULL;
    struct mim_reader *reader = NULL;
    struct mim_error err = { 0 };
    if (mim_context_create(&context, NULL, &err) == MIM_OK && mim_reader_open_uri(&reader, context, "a.gif", NULL, &err) == MIM_OK)
        mim_reader_read_many(reader, wanted, 4, frames, &err); /* decodes the file once, forwards */
    for (size_t i = 0; i < 4; i++) {
        printf("frame %d, %u x %u\n", (int)frames[i].index, frames[i].width, frames[i].height);
        mim_frame_clear(&frames[i]);
    }
    mim_reader_close(reader);
    mim_context_destroy(context);
    return err.status != MIM_OK;
}
