/* SPDX-License-Identifier: MIT */
/* The definition of the entry as documented, in C++: the header gives it C linkage. */
#include "mock.h"

MOCK_FORMATS(MOCK_READER(sizeof(struct mim_reader_ops), mock_prepare));
MIM_PLUGIN_EXPORT const struct mim_plugin mim_plugin_v1 =
    MOCK_PLUGIN(MIM_PLUGIN_MAGIC, MOCK_SIZE, MIM_PLUGIN_ABI_MAJOR, MIM_PLUGIN_ABI_MINOR, "cplusplus");
