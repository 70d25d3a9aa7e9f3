/* SPDX-License-Identifier: MIT */
/* Internals of metadata: copies, and sizes for the limit. */
#ifndef MIM_CORE_FRAME_META_H
#define MIM_CORE_FRAME_META_H

#include <stdbool.h>

#include <mim/meta.h>

/* NULL copies to NULL with MIM_OK. */
enum mim_status mim_meta_copy(struct mim_meta **out, const struct mim_meta *meta, struct mim_error *err);
/* Whether the i-th value, which exists, is one that formats without it imply. */
bool mim_meta_is_implied(const struct mim_meta *meta, size_t i);
/* Finds a value that formats without it do not imply. */
bool mim_meta_find_news(const struct mim_meta *meta, const char *key, struct mim_meta_item *item);
/* Bytes of all keys and values: what the metadata limit counts. */
uint64_t mim_meta_bytes(const struct mim_meta *meta);

#endif
