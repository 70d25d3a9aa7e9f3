/* SPDX-License-Identifier: MIT */
/* Fails in init, and counts the calls. */
#include "mock.h"

MOCK_FORMATS(MOCK_READER(sizeof(struct mim_reader_ops), mock_prepare));

MIM_PLUGIN_EXPORT int mim_test_init_calls;

static int32_t
fail(const struct mim_host *host)
{
    (void)host;
    mim_test_init_calls++;
    return MIM_IO;
}

MIM_PLUGIN_EXPORT const struct mim_plugin mim_plugin_v1 = {
    MIM_PLUGIN_HEADER, .name = "failing-init", .version = "1.0", .init = fail, .formats = mock_formats
};
