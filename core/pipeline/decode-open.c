/* SPDX-License-Identifier: MIT */
/* Opens and closes a decoder. */
#include <stdlib.h>

#include "base/error.h"
#include "frame/buffer.h"
#include "pipeline/decode-priv.h"

static enum mim_status
make_canvas(struct mim_decoder *decoder, struct mim_error *err)
{
    unsigned threads = mim_pool_threads(decoder->ring.pool);
    enum mim_status status = mim_plugin_reader_settle_opacity(&decoder->plugin, err);
    if (status == MIM_OK)
        status =
            mim_canvas_init(&decoder->canvas.pixels, &decoder->plugin.sequence, threads > 1 ? threads * 4 : 1, err);
    decoder->route.canvas = &decoder->canvas.pixels;
    return status;
}

static enum mim_status
make_ring(struct mim_decoder *decoder, struct mim_error *err)
{
    unsigned spare = mim_ring_spare_entries(decoder->ring.pool);
    decoder->ring.min_capacity = decoder->plan.is_composed ? 2 : 1;
    return mim_ring_alloc(&decoder->ring, spare ? spare + 1 : 2, decoder->plugin.ops->packet_size, err);
}

static enum mim_status
open_decoder(struct mim_decoder *decoder, const struct mim_decoder_setup *setup, struct mim_error *err)
{
    decoder->options = mim_options_copy(setup->options);
    decoder->route.store = mim_frame_store_create();
    decoder->route.pixel_store = mim_frame_store_create();
    if (!decoder->options || !decoder->route.store || !decoder->route.pixel_store)
        return mim_fail_nomem(err, "a reader");
    decoder->plugin.options = decoder->options;
    enum mim_status status = mim_plugin_reader_open(&decoder->plugin, mim_pool_threads(decoder->ring.pool), err);
    if (status == MIM_OK && setup->has_rival)
        status = mim_plugin_reader_try_first(&decoder->plugin, err);
    if (status != MIM_OK)
        return status;

    mim_decode_plan_init(&decoder->plan, decoder->plugin.sequence.canvas_width != 0, setup->ops->flags);
    if (decoder->plan.is_composed)
        status = make_canvas(decoder, err);
    return status == MIM_OK ? make_ring(decoder, err) : status;
}

enum mim_status
mim_decoder_open(struct mim_decoder **out, const struct mim_decoder_setup *setup, struct mim_error *err)
{
    struct mim_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder)
        return mim_fail_nomem(err, "a reader");
    decoder->ring.ops = &mim_decode_steps;
    decoder->ring.pool = setup->pool;
    decoder->ring.operation = setup->operation;
    decoder->advanced = setup->advanced;
    decoder->user = setup->user;
    decoder->target = setup->target;
    decoder->source_of = setup->source_of;
    decoder->wants_metadata = setup->wants_metadata && setup->ops->metadata;
    if (setup->other)
        decoder->other = *setup->other;
    decoder->plugin.ops = setup->ops;
    decoder->plugin.operation = setup->operation;
    decoder->plugin.format = setup->format;
    decoder->plugin.other = setup->other ? &decoder->other : NULL;
    decoder->route.sequence = &decoder->plugin.sequence;
    decoder->route.target = &decoder->target;
    decoder->route.operation = setup->operation;

    enum mim_status status = open_decoder(decoder, setup, err);
    if (status != MIM_OK) {
        mim_decoder_close(decoder);
        return status;
    }
    *out = decoder;
    return MIM_OK;
}

void
mim_decoder_drop_ahead(struct mim_decoder *decoder)
{
    mim_plugin_reader_drop_ahead(&decoder->plugin);
}

void
mim_decoder_close(struct mim_decoder *decoder)
{
    if (!decoder)
        return;
    mim_ring_stop(&decoder->ring);
    mim_decoder_clear_retained(decoder);
    mim_decoder_drop_all(decoder);
    mim_plugin_reader_close(&decoder->plugin);
    mim_ring_clear(&decoder->ring);
    mim_canvas_clear(&decoder->canvas.pixels);
    mim_decode_plan_clear(&decoder->plan);
    mim_frame_store_close(decoder->route.store);
    mim_frame_store_close(decoder->route.pixel_store);
    mim_options_destroy(decoder->options);
    free(decoder);
}
