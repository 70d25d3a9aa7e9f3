/* SPDX-License-Identifier: MIT */
/* Has a table of functions that ends too early. */
#include "mock.h"

MOCK_FORMATS(MOCK_READER(16, mock_prepare));
MIM_PLUGIN_EXPORT const struct mim_plugin mim_plugin_v1 =
    MOCK_PLUGIN(MIM_PLUGIN_MAGIC, MOCK_SIZE, MIM_PLUGIN_ABI_MAJOR, MIM_PLUGIN_ABI_MINOR, "small-reader");
