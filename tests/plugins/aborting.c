/* SPDX-License-Identifier: MIT */
/* Ends the process, as libraries that check their input with assert(). */
#include <stdlib.h>

#include "mock.h"

static int32_t
end_process(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    if (index == 0)
        abort();
    return mock_prepare(job, index, packet, info);
}

MOCK_FORMATS(MOCK_READER(sizeof(struct mim_reader_ops), end_process));
MIM_PLUGIN_EXPORT const struct mim_plugin mim_plugin_v1 =
    MOCK_PLUGIN(MIM_PLUGIN_MAGIC, MOCK_SIZE, MIM_PLUGIN_ABI_MAJOR, MIM_PLUGIN_ABI_MINOR, "aborting");
