/* SPDX-License-Identifier: MIT */
/* Never returns, as libraries that cannot be cancelled. */
#include <unistd.h>

#include "mock.h"

static int32_t
wait_for_ever(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    for (;;)
        pause();
    return mock_prepare(job, index, packet, info);
}

MOCK_FORMATS(MOCK_READER(sizeof(struct mim_reader_ops), wait_for_ever));
MIM_PLUGIN_EXPORT const struct mim_plugin mim_plugin_v1 =
    MOCK_PLUGIN(MIM_PLUGIN_MAGIC, MOCK_SIZE, MIM_PLUGIN_ABI_MAJOR, MIM_PLUGIN_ABI_MINOR, "endless");
