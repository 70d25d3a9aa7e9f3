/* SPDX-License-Identifier: MIT */
/* The library that missing-library.c links, and that the loader does not find. */
#include "mock.h"

MIM_PLUGIN_EXPORT int32_t
mim_test_absent(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    return mock_prepare(job, index, packet, info);
}
