/* SPDX-License-Identifier: MIT */
/* A set of offsets. */
#ifndef MIM_TIFF_FILE_OFFSET_SET_H
#define MIM_TIFF_FILE_OFFSET_SET_H

#include <stdbool.h>
#include <stdint.h>

#include <mim/plugin.h>

struct tiff_offset_set {
    uint64_t *slots;
    uint64_t capacity, count;
};

/* Returns MIM_OK and whether the offset was new, or MIM_NOMEM. */
int32_t tiff_offset_set_add(struct tiff_offset_set *set, struct mim_job *job, uint64_t offset, bool *is_new);
void tiff_offset_set_close(struct tiff_offset_set *set, struct mim_job *job);

#endif
