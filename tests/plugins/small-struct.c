/* SPDX-License-Identifier: MIT */
/* Has a struct_size that is too small. */
#include "mock.h"

MOCK_FORMATS(MOCK_READER(sizeof(struct mim_reader_ops), mock_prepare));
MIM_PLUGIN_EXPORT const struct mim_plugin mim_plugin_v1 =
    MOCK_PLUGIN(MIM_PLUGIN_MAGIC, 24, MIM_PLUGIN_ABI_MAJOR, MIM_PLUGIN_ABI_MINOR, "small-struct");
