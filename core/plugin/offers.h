/* SPDX-License-Identifier: MIT */
/* What a source offers besides frames and metadata: further tracks, chapters, attachments. */
#ifndef MIM_CORE_PLUGIN_OFFERS_H
#define MIM_CORE_PLUGIN_OFFERS_H

#include <stddef.h>

#include <mim/error.h>

/* In the order of kinds. Zeroed = empty. */
struct mim_offers {
    struct mim_offer *items; /* own their texts */
    size_t count;
    uint64_t bytes; /* of all texts */
};

/* Copies the offer. LIMIT: the texts have more than `max_bytes`. */
enum mim_status mim_offers_add(struct mim_offers *offers, const struct mim_offer *offer, uint64_t max_bytes,
                               struct mim_error *err);
/* Replaces `to` and empties `from`. */
void mim_offers_move(struct mim_offers *to, struct mim_offers *from);
void mim_offers_clear(struct mim_offers *offers);

#endif
