/* SPDX-License-Identifier: MIT */
#include <mim/mim.h>

int main(int argc, char **argv)
{
    const struct mim_limits limits = { .working_bytes = 100000000, .frame_pixels = 4000000, .frames = 500, .milliseconds = 5000 };
    const struct mim_convert_options options = {
        .read.open = { .formats = "gif png", .control.limits = limits }, .write.format = "gif", .without_metadata = 1
    };
    struct mim_context *context = NULL;
    struct mim_error err = { 0 };
    if (argc == 3 && mim_context_create(&context, NULL, &err) == MIM_OK)
        mim_convert_uri(context, argv[1], argv[2], &options, &err);
    printf("%s\n", err.status == MIM_OK ? "accepted" : err.message);
    mim_context_destroy(context);
    return err.status != MIM_OK;
}
