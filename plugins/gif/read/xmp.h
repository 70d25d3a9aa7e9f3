/* SPDX-License-Identifier: MIT */
/* The XMP packet of a file as metadata. */
#ifndef MIM_GIF_XMP_H
#define MIM_GIF_XMP_H

#include <stdbool.h>

#include "read/blocks.h"

/* Does the first sub-block of an application extension announce a packet? `block` begins with its length. */
bool gif_xmp_is_block(const uint8_t *block);

/* Deliver the packet as `xmp`, if the file has one. */
int32_t gif_xmp_deliver(struct mim_job *job, const struct gif_xmp *span);

#endif
