/* SPDX-License-Identifier: MIT */
/* Calls an undefined function. */
#include "mock.h"

int32_t mim_test_nowhere(struct mim_job *, uint64_t, void *, struct mim_frame_info *);

MOCK_FORMATS(MOCK_READER(sizeof(struct mim_reader_ops), mim_test_nowhere));
MIM_PLUGIN_EXPORT const struct mim_plugin mim_plugin_v1 =
    MOCK_PLUGIN(MIM_PLUGIN_MAGIC, MOCK_SIZE, MIM_PLUGIN_ABI_MAJOR, MIM_PLUGIN_ABI_MINOR, "undefined-symbol");
