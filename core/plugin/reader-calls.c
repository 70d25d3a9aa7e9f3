/* SPDX-License-Identifier: MIT */
/* Calls a plugin's reader in the order that plugin.h promises. */
#include "plugin/reader-calls.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/source.h"
#include "plugin/frame-facts.h"
#include "plugin/operation.h"
#include "plugin/try-plugins.h"

/* `again`: a repeated open, whose notices were delivered before. */
static enum mim_status
call_open(struct mim_plugin_reader *reader, struct mim_sequence *sequence, bool again, struct mim_error *err)
{
    const struct mim_reader_ops *ops = reader->ops;
    const struct mim_option_table table = { .rows = ops->options, .count = ops->option_count };
    enum mim_status status =
        mim_options_bind(reader->options, &table, reader->other, reader->format, reader->state, &reader->bound, err);
    if (status != MIM_OK)
        return status;

    *sequence = (struct mim_sequence){
        .struct_size = sizeof *sequence,
        .count = MIM_UNKNOWN,
        .loop = -1,
        .sequential = mim_source_is_stream(reader->operation->source),
    };
    reader->is_opened = true;
    reader->walk = 0;
    if (!ops->open)
        return MIM_OK;
    mim_job_begin(&reader->serial, MIM_UNKNOWN, "open");
    reader->serial.is_muted = again;
    status = mim_job_end(&reader->serial, ops->open(&reader->serial.abi, sequence), "open", err);
    return status == MIM_OK ? mim_sequence_facts_check(reader->operation, sequence, err) : status;
}

/* What the source has besides frames and metadata. */
static enum mim_status
call_offers(struct mim_plugin_reader *reader, struct mim_error *err)
{
    const struct mim_reader_ops *ops = reader->ops;
    if (!MIM_HAS(ops, offers) || !ops->offers)
        return MIM_OK;
    mim_job_begin(&reader->serial, MIM_UNKNOWN, "offers");
    reader->serial.offers = &reader->offers;
    int32_t result = ops->offers(&reader->serial.abi);
    reader->serial.offers = NULL;
    return mim_job_end(&reader->serial, result, "offers", err);
}

enum mim_status
mim_plugin_reader_open(struct mim_plugin_reader *reader, unsigned workers, struct mim_error *err)
{
    const struct mim_reader_ops *ops = reader->ops;
    reader->state = calloc(1, ops->state_size ? ops->state_size : 1);
    reader->lookahead.packet = calloc(1, ops->packet_size ? ops->packet_size : 1);
    reader->workers =
        (struct mim_workers){ .memory_size = ops->worker_size, .open = ops->worker_open, .close = ops->worker_close };
    if (!mim_workers_alloc(&reader->workers, workers) || !reader->state || !reader->lookahead.packet)
        return mim_fail_nomem(err, "a reader");

    reader->operation->side_inputs.options = reader->options;
    uint32_t threads = ops->flags & MIM_READER_THREADS ? workers : 1;
    enum mim_status status = mim_job_init(&reader->serial, reader->operation, reader->state, 0, threads, err);
    if (status == MIM_OK)
        status = mim_workers_init(&reader->workers, reader->operation, reader->state, err);
    if (status == MIM_OK)
        status = call_open(reader, &reader->sequence, false, err);
    return status == MIM_OK ? call_offers(reader, err) : status;
}

void
mim_plugin_reader_close_workers(struct mim_plugin_reader *reader)
{
    mim_workers_close(&reader->workers);
}

static void
release_packet(struct mim_plugin_reader *reader, void *packet)
{
    if (reader->ops->release)
        reader->ops->release(&reader->serial.abi, packet);
}

void
mim_plugin_reader_drop_ahead(struct mim_plugin_reader *reader)
{
    if (!reader->lookahead.is_full)
        return;
    reader->lookahead.is_full = false;
    mim_operation_forget(reader->operation, reader->lookahead.index);
    release_packet(reader, reader->lookahead.packet);
}

static void
call_close(struct mim_plugin_reader *reader)
{
    mim_plugin_reader_drop_ahead(reader);
    mim_workers_close(&reader->workers);
    if (reader->is_opened && reader->ops->close) {
        mim_job_begin(&reader->serial, MIM_UNKNOWN, "close");
        reader->ops->close(&reader->serial.abi);
        mim_job_leave(&reader->serial);
    }
    reader->is_opened = false;
    mim_side_inputs_close_all(&reader->operation->side_inputs);
    mim_bound_options_destroy(reader->bound);
    reader->bound = NULL;
}

void
mim_plugin_reader_close(struct mim_plugin_reader *reader)
{
    call_close(reader);
    mim_workers_clear(&reader->workers);
    mim_offers_clear(&reader->offers);
    free(reader->state);
    free(reader->lookahead.packet);
    reader->state = reader->lookahead.packet = NULL;
}

static enum mim_status
reopen_plugin(struct mim_plugin_reader *reader, struct mim_error *err)
{
    struct mim_sequence known_already; /* ignored: the facts of the first open and of a scan stay valid */
    call_close(reader);
    memset(reader->state, 0, reader->ops->state_size);
    enum mim_status status = call_open(reader, &known_already, true, err);
    if (status != MIM_OK)
        reader->walk = MIM_UNKNOWN;
    return status;
}

enum mim_status
mim_plugin_reader_scan(struct mim_plugin_reader *reader, struct mim_sequence *sequence, struct mim_error *err)
{
    *sequence = reader->sequence;
    mim_job_begin(&reader->serial, MIM_UNKNOWN, "scan");
    enum mim_status status =
        mim_job_end(&reader->serial, reader->ops->scan(&reader->serial.abi, sequence), "scan", err);
    return status == MIM_OK ? mim_sequence_facts_check(reader->operation, sequence, err) : status;
}

enum mim_status
mim_plugin_reader_settle_opacity(struct mim_plugin_reader *reader, struct mim_error *err)
{
    struct mim_sequence *sequence = &reader->sequence;
    if (sequence->opaque != -1)
        return MIM_OK;

    if (reader->ops->scan) {
        struct mim_sequence found;
        enum mim_status status = mim_plugin_reader_scan(reader, &found, err);
        /* ignore damage that the scan met: its frame reports it when it is read */
        if (status == MIM_CANCELLED || status == MIM_TIMEOUT || status == MIM_NOMEM || status == MIM_LIMIT)
            return status;
        if (status != MIM_OK)
            found.count = sequence->count, found.sure = sequence->sure;
        *sequence = found;
    }
    if (sequence->opaque == -1)
        sequence->opaque = 0;
    return MIM_OK;
}

static bool
is_any_order(const struct mim_plugin_reader *reader)
{
    return reader->ops->flags & MIM_READER_ANY_ORDER;
}

static bool
is_ahead(const struct mim_plugin_reader *reader, uint64_t index)
{
    return reader->lookahead.is_full && reader->lookahead.index == index;
}

bool
mim_plugin_reader_reopens_for(const struct mim_plugin_reader *reader, uint64_t index)
{
    return !is_any_order(reader) && index < reader->walk && !is_ahead(reader, index);
}

static enum mim_status
prepare_frame(struct mim_plugin_reader *reader, uint64_t index, void *packet, struct mim_frame_info *info,
              struct mim_error *err)
{
    memset(packet, 0, reader->ops->packet_size);
    *info = (struct mim_frame_info){ .struct_size = sizeof *info, .pts = MIM_NO_PTS };
    mim_job_begin(&reader->serial, index, "prepare");
    int32_t result = reader->ops->prepare(&reader->serial.abi, index, packet, info);
    enum mim_status status = mim_job_end(&reader->serial, result, "prepare", err);
    /* a host call failed but the plugin returned MIM_OK: its packet must be released */
    if (result == MIM_OK)
        reader->walk = index + 1;
    if (result == MIM_OK && status == MIM_OK)
        status = mim_frame_facts_check(reader->operation, &reader->sequence, index, reader->ops->pixels, info, err);
    if (result == MIM_OK && status != MIM_OK)
        release_packet(reader, packet);
    if (status != MIM_OK && status != MIM_END)
        reader->walk = MIM_UNKNOWN; /* the plugin's position is unknown now: reopen before the next frame */
    return status;
}

/* Beyond the limit of frames, the first frame there tells whether the sequence has ended before. */
static enum mim_status
call_prepare(struct mim_plugin_reader *reader, uint64_t index, void *packet, struct mim_frame_info *info,
             struct mim_error *err)
{
    uint64_t max = reader->operation->control.limits.frames;
    enum mim_status status = prepare_frame(reader, index < max ? index : max, packet, info, err);
    if (index < max || (status != MIM_OK && status != MIM_LIMIT))
        return status;
    if (status == MIM_OK && reader->ops->release)
        reader->ops->release(&reader->serial.abi, packet);
    mim_operation_forget(reader->operation, max);
    reader->walk = MIM_UNKNOWN;
    return mim_fail_limit(err, index + 1, max, "more frames than the limit frames=%" PRIu64, max);
}

static enum mim_status
walk_to(struct mim_plugin_reader *reader, uint64_t index, void *packet, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    struct mim_frame_info skipped;
    if (index < reader->walk)
        status = reopen_plugin(reader, err);
    while (status == MIM_OK && reader->walk < index) {
        status = mim_operation_poll(reader->operation, err);
        if (status == MIM_OK)
            status = call_prepare(reader, reader->walk, packet, &skipped, err);
        if (status != MIM_OK)
            break;
        mim_operation_forget(reader->operation, reader->walk - 1);
        release_packet(reader, packet);
    }
    return status;
}

static void
take_lookahead(struct mim_plugin_reader *reader, void *packet, struct mim_frame_info *info)
{
    memcpy(packet, reader->lookahead.packet, reader->ops->packet_size);
    *info = reader->lookahead.info;
    reader->lookahead.is_full = false;
}

static enum mim_status
prepare_anew(struct mim_plugin_reader *reader, uint64_t index, void *packet, struct mim_frame_info *info,
             struct mim_error *err)
{
    mim_plugin_reader_drop_ahead(reader);
    enum mim_status status = is_any_order(reader) ? MIM_OK : walk_to(reader, index, packet, err);
    return status == MIM_OK ? call_prepare(reader, index, packet, info, err) : status;
}

enum mim_status
mim_plugin_reader_look_ahead(struct mim_plugin_reader *reader, uint64_t index, struct mim_error *err)
{
    if (is_ahead(reader, index))
        return MIM_OK;
    enum mim_status status = prepare_anew(reader, index, reader->lookahead.packet, &reader->lookahead.info, err);
    reader->lookahead.is_full = status == MIM_OK;
    reader->lookahead.index = index;
    return status;
}

enum mim_status
mim_plugin_reader_try_first(struct mim_plugin_reader *reader, struct mim_error *err)
{
    struct mim_error error = { 0 };
    enum mim_status status = mim_plugin_reader_look_ahead(reader, 0, &error);
    if (status == MIM_OK || mim_try_is_final(status))
        return MIM_OK;
    if (err)
        *err = error;
    return status;
}

/* A frame without a duration lasts until the next one is shown. */
static enum mim_status
borrow_duration(struct mim_plugin_reader *reader, uint64_t index, struct mim_frame_info *info, struct mim_error *err)
{
    if (info->duration || info->flags & MIM_FRAME_BRIEF || info->pts == MIM_NO_PTS || !reader->sequence.time_den ||
        index + 1 >= reader->operation->control.limits.frames)
        return MIM_OK;

    struct mim_error error;
    enum mim_status status = mim_plugin_reader_look_ahead(reader, index + 1, &error);
    if (status == MIM_OK && reader->lookahead.info.pts != MIM_NO_PTS && reader->lookahead.info.pts > info->pts &&
        __builtin_sub_overflow(reader->lookahead.info.pts, info->pts, &info->duration))
        info->duration = 0; /* overflow: treat as unknown */
    /* ignore damage of the next frame until it is read; a failure for want of time or memory is no fact of the file */
    if (status != MIM_CANCELLED && status != MIM_TIMEOUT && status != MIM_NOMEM && status != MIM_LIMIT)
        return MIM_OK;
    if (err)
        *err = error;
    return status;
}

enum mim_status
mim_plugin_reader_prepare(struct mim_plugin_reader *reader, uint64_t index, void *packet, struct mim_frame_info *info,
                          struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    if (is_ahead(reader, index))
        take_lookahead(reader, packet, info);
    else
        status = prepare_anew(reader, index, packet, info, err);
    if (status != MIM_OK)
        return status;
    status = borrow_duration(reader, index, info, err);
    if (status != MIM_OK)
        release_packet(reader, packet);
    return status;
}

bool
mim_plugin_reader_has(struct mim_plugin_reader *reader, uint64_t index)
{
    bool was_quiet = reader->operation->is_quiet;
    reader->operation->is_quiet = true;
    bool has = mim_plugin_reader_look_ahead(reader, index, NULL) == MIM_OK;
    reader->operation->is_quiet = was_quiet;
    mim_plugin_reader_drop_ahead(reader);
    return has;
}

enum mim_status
mim_plugin_reader_peek(struct mim_plugin_reader *reader, uint64_t index, struct mim_frame_info *info,
                       struct mim_error *err)
{
    enum mim_status status = mim_plugin_reader_look_ahead(reader, index, err);
    if (status != MIM_OK)
        return status;
    *info = reader->lookahead.info;
    return borrow_duration(reader, index, info, err);
}
