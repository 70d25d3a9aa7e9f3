/* SPDX-License-Identifier: MIT */
/* Write ten 100 x 100 frames with a moving red bar.   write FILE */
#include <mim/mim.h>

static void
draw(struct mim_frame *frame, uint32_t left)
{
    for (uint32_t y = 0; y < frame->height; y++) {
        uint8_t *row = (uint8_t *)frame->data + y * frame->stride;
        for (uint32_t x = left; x < left + 10; x++)
            row[3 * x] = 255;
    }
}

static enum mim_status
append_frames(struct mim_writer *writer, struct mim_error *err)
{
    enum mim_status status = MIM_OK;

    for (uint32_t i = 0; i < 10 && status == MIM_OK; i++) {
        struct mim_frame frame = { 0 };
        status = mim_frame_alloc(&frame, MIM_SAMPLE_U8, 100, 100, 3, err);
        if (status != MIM_OK)
            return status;
        draw(&frame, 10 * i);
        status = mim_writer_take(writer, &frame, err); /* takes over the pixels: no copy, nothing to clear */
    }
    return status;
}

static enum mim_status
write_bar(struct mim_context *context, const char *path, struct mim_options *options, struct mim_error *err)
{
    struct mim_writer *writer;

    enum mim_status status = mim_options_set_real(options, "duration", 0.5, err);
    if (status == MIM_OK)
        status = mim_writer_open_uri(&writer, context, path,
                                     &(struct mim_write_options){ .options = options, .count = 10 }, err);
    if (status != MIM_OK)
        return status;

    status = append_frames(writer, err);
    if (status == MIM_OK)
        return mim_writer_finish(writer, err); /* makes the file appear */
    mim_writer_abandon(writer);
    return status;
}

int
main(int argc, char **argv)
{
    struct mim_context *context = NULL;
    struct mim_options *options = mim_options_create();
    struct mim_error err = { 0 };

    enum mim_status status = options ? mim_context_create(&context, NULL, &err) : MIM_NOMEM;
    if (status == MIM_OK)
        status = write_bar(context, argc > 1 ? argv[1] : "bar.gif", options, &err);
    if (status != MIM_OK)
        fprintf(stderr, "%s\n", err.message);

    mim_options_destroy(options);
    mim_context_destroy(context);
    return status != MIM_OK;
}
