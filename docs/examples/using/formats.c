/* SPDX-License-Identifier: MIT */
#include <mim/mim.h>

int main(void)
{
    struct mim_context *context = NULL;
    struct mim_format_info format;
    if (mim_context_create(&context, NULL, NULL) == MIM_OK)
        for (size_t i = 0; mim_context_format(context, i, &format); i++)
            printf("%s: %s%s%s%s\n", format.name, *format.read ? "reads " : "", *format.write ? "writes " : "",
                   format.state == MIM_FORMAT_READY ? "by " : "needs ",
                   format.state == MIM_FORMAT_READY ? format.plugin : format.reason);
    mim_context_destroy(context);
}
