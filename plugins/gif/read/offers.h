/* SPDX-License-Identifier: MIT */
/* Application extensions before the first frame whose content is not delivered. */
#ifndef MIM_GIF_READ_OFFERS_H
#define MIM_GIF_READ_OFFERS_H

#include <mim/plugin.h>

/* A bit for the extension that begins with this block, its length first; 0: another. */
unsigned gif_offers_bit(const uint8_t *block);
/* State the content of these extensions. */
int32_t gif_offers_state(struct mim_job *job, unsigned bits);

#endif
