/* SPDX-License-Identifier: MIT */
/* Host calls, which fill the host table. */
#ifndef MIM_CORE_PLUGIN_HOST_PRIV_H
#define MIM_CORE_PLUGIN_HOST_PRIV_H

#include "plugin/host.h"
#include "plugin/job.h"

/* Reports a failed host call by the job, unless an earlier one has failed. */
int32_t mim_host_result(struct mim_core_job *job, enum mim_status status, const struct mim_error *error);

int64_t mim_host_read_at(struct mim_job *abi, void *data, uint64_t size, uint64_t offset);
const void *mim_host_view(struct mim_job *abi, uint64_t offset, uint64_t size);
uint64_t mim_host_size(struct mim_job *abi);
int32_t mim_host_open_side(struct mim_job *abi, const char *role, const char *uri);
int32_t mim_host_open_source(struct mim_job *abi, uint32_t number);
const struct mim_offer *mim_host_offered(struct mim_job *abi, uint32_t number, uint32_t i);
void mim_host_close_side(struct mim_job *abi, int32_t side);
int64_t mim_host_side_read(struct mim_job *abi, int32_t side, void *data, uint64_t size, uint64_t offset);
uint64_t mim_host_side_size(struct mim_job *abi, int32_t side);

#endif
