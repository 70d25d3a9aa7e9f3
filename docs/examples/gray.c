/* SPDX-License-Identifier: MIT */
/* Convert every frame to the mean of its channels, in the same sample type.   gray IN OUT */
#include <mim/mim.h>

static enum mim_status
copy_gray(struct mim_reader *reader, struct mim_writer *writer, struct mim_error *err)
{
    struct mim_frame frame = { 0 }, gray = { 0 };
    enum mim_status status;

    while ((status = mim_reader_next(reader, &frame, err)) == MIM_OK) {
        status = mim_frame_mean(&gray, &frame, err); /* keeps timing and metadata */
        if (status == MIM_OK)
            status = mim_writer_take(writer, &gray, err);
        if (status != MIM_OK)
            break;
    }
    mim_frame_clear(&frame);
    mim_frame_clear(&gray);
    return status == MIM_END ? MIM_OK : status;
}

static enum mim_status
convert(struct mim_context *context, const char *input, const char *output, struct mim_error *err)
{
    struct mim_reader *reader;
    struct mim_writer *writer;

    enum mim_status status = mim_reader_open_uri(&reader, context, input, NULL, err);
    if (status != MIM_OK)
        return status;
    status = mim_writer_open_uri(&writer, context, output, NULL, err);
    if (status == MIM_OK) {
        status = copy_gray(reader, writer, err);
        if (status == MIM_OK)
            status = mim_writer_finish(writer, err);
        else
            mim_writer_abandon(writer);
    }
    mim_reader_close(reader);
    return status;
}

int
main(int argc, char **argv)
{
    struct mim_context *context = NULL;
    struct mim_error err = { 0 };

    if (argc != 3) {
        fprintf(stderr, "usage: gray IN OUT\n");
        return 2;
    }
    enum mim_status status = mim_context_create(&context, NULL, &err);
    if (status == MIM_OK)
        status = convert(context, argv[1], argv[2], &err);
    if (status != MIM_OK)
        fprintf(stderr, "%s\n", err.message);
    mim_context_destroy(context);
    return status != MIM_OK;
}
