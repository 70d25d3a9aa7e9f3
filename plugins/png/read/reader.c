/* SPDX-License-Identifier: MIT */
/* The reader's operations. Frames of an animation are rectangles, which the core composes. */
#include "read/reader.h"

#include <string.h>

#include <mim/kit/orientation.h>

#include "read/metadata.h"
#include "read/pixels.h"
#include "read/reader-state.h"
#include "read/time-base.h"

enum { STILL_FRAMES = 1 };

static int32_t
report_missing_end(struct mim_job *job)
{
    return job->host->notice(job, MIM_NOTICE_FRAMES, "the file ends without an IEND chunk: frames may be missing");
}

static int32_t
open_animation(struct mim_job *job, struct pngx_reader *self, struct mim_sequence *sequence)
{
    struct pngx_animation *animation = &self->animation;

    int32_t status = pngx_animation_read(job, &self->window, &self->header, animation);
    if (status != MIM_OK)
        return status;
    if (!self->raw && !pngx_gives_indices(self)) {
        sequence->canvas_width = self->header.width;
        sequence->canvas_height = self->header.height;
        sequence->canvas_channels = self->header.colour == PNGX_GRAY || self->header.colour == PNGX_GRAY_ALPHA ? 1 : 3;
        sequence->canvas_sample = self->header.depth == 16 ? MIM_SAMPLE_U16 : MIM_SAMPLE_U8;
    }
    bool is_sound = animation->fault.status == MIM_OK;
    sequence->count = is_sound ? animation->count : self->header.frames;
    sequence->sure = is_sound ? MIM_SURE_EXACT : MIM_SURE_HEADER;
    sequence->opaque = animation->is_opaque;
    sequence->loop = self->header.plays <= INT32_MAX ? (int32_t)self->header.plays : INT32_MAX;
    sequence->time_num = 1;
    sequence->time_den = animation->time_den;
    return animation->lacks_end ? report_missing_end(job) : MIM_OK;
}

static enum pngx_packing_kind
choose_packing(const struct pngx_reader *self)
{
    static const uint8_t black_first[6] = { 0, 0, 0, 255, 255, 255 }, white_first[6] = { 255, 255, 255, 0, 0, 0 };
    const struct pngx_header *header = &self->header;
    bool has_two = header->palette_size == sizeof black_first && !pngx_gives_indices(self);

    if (header->depth != 1 || header->transparency_size)
        return PNGX_PACKED_NOT;
    if (header->colour == PNGX_GRAY || (has_two && !memcmp(header->palette, black_first, sizeof black_first)))
        return PNGX_PACKED;
    return has_two && !memcmp(header->palette, white_first, sizeof white_first) ? PNGX_PACKED_INVERTED : PNGX_PACKED_NOT;
}

static int32_t
reader_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct pngx_reader *self = job->state;
    struct pngx_fault fault = { 0 };

    int32_t status = pngx_header_read(job, &self->window, &self->header, &fault);
    if (status != MIM_OK)
        return pngx_fault_raise(job, &fault);
    self->is_stream = sequence->sequential && !self->header.is_animated;
    if (self->header.is_animated)
        return open_animation(job, self, sequence);
    self->orientation = self->orient ? self->header.orientation : 0;
    self->packed = choose_packing(self);
    sequence->count = STILL_FRAMES;
    sequence->sure = MIM_SURE_HEADER; /* the file may be truncated */
    sequence->loop = -1;
    return MIM_OK;
}

/* Checks that a still picture is complete up to IEND, which may be missing after the pixels. */
static int32_t
find_end(struct mim_job *job, struct pngx_reader *self)
{
    struct pngx_chunk chunk = { .offset = self->header.pixels };
    struct pngx_fault fault = { 0 };
    uint8_t empty[1];

    if (self->is_whole)
        return MIM_OK;
    int32_t status = pngx_chunk_at(job, &self->window, self->header.pixels, &chunk, &fault);
    while (status == MIM_OK && chunk.type != PNGX_IEND)
        status = pngx_chunk_at(job, &self->window, pngx_chunk_next(&chunk), &chunk, &fault);
    if (status == MIM_OK)
        status = pngx_chunk_load(job, &self->window, &chunk, empty, 0, &fault);
    bool lacks_end = status == MIM_TRUNCATED && !pngx_chunk_cuts_pixels(job, &self->window, &chunk);
    self->is_whole = status == MIM_OK || lacks_end;
    return lacks_end ? report_missing_end(job) : status == MIM_OK ? MIM_OK : pngx_fault_raise(job, &fault);
}

static int32_t
reader_scan(struct mim_job *job, struct mim_sequence *sequence)
{
    struct pngx_reader *self = job->state;
    bool is_animated = self->header.is_animated;

    sequence->count = is_animated ? self->animation.count : STILL_FRAMES;
    sequence->sure = MIM_SURE_EXACT;
    return is_animated ? pngx_fault_raise(job, &self->animation.fault) : find_end(job, self);
}

static int32_t
prepare_still(struct mim_job *job, uint64_t index, struct pngx_packet *packet, struct mim_frame_info *info)
{
    struct pngx_reader *self = job->state;

    if (index >= STILL_FRAMES) {
        int32_t status = find_end(job, self);
        return status == MIM_OK ? MIM_END : status;
    }
    packet->frame = (struct pngx_frame){ .width = self->header.width,
                                         .height = self->header.height,
                                         .pixels = self->header.pixels };
    info->flags = MIM_FRAME_KEY;
    return MIM_OK;
}

/*
 * Composing may start at a frame that follows a cleared canvas, or that replaces the whole canvas and does not restore
 * it.
 */
static int32_t
find_key(struct mim_job *job, struct pngx_reader *self, uint64_t index, const struct pngx_control *control, bool *key)
{
    struct pngx_control before;
    struct pngx_fault fault = { 0 };
    uint64_t pixels;

    *key = index == 0 || (control->blend == PNGX_BLEND_SOURCE && control->dispose != PNGX_DISPOSE_PREVIOUS &&
                          pngx_control_covers(control, &self->header));
    if (*key)
        return MIM_OK;
    int32_t status =
        pngx_control_read(job, &self->window, self->animation.marks[index - 1].offset, &before, &pixels, &fault);
    if (status != MIM_OK)
        return pngx_fault_raise(job, &fault);
    *key = before.dispose == PNGX_DISPOSE_BACKGROUND && pngx_control_covers(&before, &self->header);
    return MIM_OK;
}

static void
set_placement(const struct pngx_control *control, uint64_t index, struct mim_frame_info *info)
{
    static const int32_t dispose[] = { MIM_DISPOSE_KEEP, MIM_DISPOSE_BACKGROUND, MIM_DISPOSE_PREVIOUS };

    info->x = (int32_t)control->x;
    info->y = (int32_t)control->y;
    info->dispose = dispose[control->dispose];
    info->blend = control->blend == PNGX_BLEND_OVER ? MIM_BLEND_OVER : MIM_BLEND_REPLACE;
    if (index == 0 && control->dispose == PNGX_DISPOSE_PREVIOUS) /* the canvas before the first frame is empty */
        info->dispose = MIM_DISPOSE_BACKGROUND;
}

/* Without a complete frame, the picture that viewers without animations show comes before the error. */
static int32_t
prepare_frame(struct mim_job *job, uint64_t index, struct pngx_packet *packet, struct mim_frame_info *info)
{
    struct pngx_reader *self = job->state;
    struct pngx_fault fault = { 0 };
    struct pngx_control *control = &packet->control;
    uint64_t pixels;
    bool key;

    if (index == 0 && self->animation.count == 0)
        return prepare_still(job, index, packet, info);
    if (index >= self->animation.count)
        return self->animation.fault.status == MIM_OK ? MIM_END : pngx_fault_raise(job, &self->animation.fault);
    uint64_t offset = self->animation.marks[index].offset;
    int32_t status = pngx_control_read(job, &self->window, offset, control, &pixels, &fault);
    if (status != MIM_OK)
        return pngx_fault_raise(job, &fault);
    status = find_key(job, self, index, control, &key);
    if (status != MIM_OK)
        return status;

    packet->frame = (struct pngx_frame){ .width = control->width,
                                         .height = control->height,
                                         .pixels = pixels,
                                         .sequence = control->sequence + 1,
                                         .is_fdat = offset > self->header.pixels };
    set_placement(control, index, info);
    info->flags = key ? MIM_FRAME_KEY : 0;
    info->pts = self->animation.marks[index].pts;
    info->duration = pngx_control_ticks(control, self->animation.time_den);
    return MIM_OK;
}

static int32_t
reader_prepare(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    struct pngx_reader *self = job->state;
    struct pngx_packet *coded = packet;

    int32_t status = (self->header.is_animated ? prepare_frame : prepare_still)(job, index, coded, info);
    if (status != MIM_OK)
        return status;
    bool is_transposed = mim_orientation_get(self->orientation).is_transposed;
    info->width = is_transposed ? coded->frame.height : coded->frame.width;
    info->height = is_transposed ? coded->frame.width : coded->frame.height;
    info->sample = self->packed ? MIM_SAMPLE_U1 : self->header.depth == 16 ? MIM_SAMPLE_U16 : MIM_SAMPLE_U8;
    info->channels = self->packed || pngx_gives_indices(self) ? 1 : pngx_header_channels(&self->header);
    return MIM_OK;
}

static void
reader_worker_close(struct mim_job *job)
{
    struct pngx_worker *worker = job->worker;

    mim_window_close(job, &worker->window);
    mim_bytes_clear(job, &worker->bands);
}

static void
reader_close(struct mim_job *job)
{
    struct pngx_reader *self = job->state;

    mim_window_close(job, &self->window);
    pngx_animation_close(job, &self->animation);
}

static const struct mim_option options[] = {
    { MIM_OPTION_HEADER, .name = "raw", .type = MIM_OPTION_BOOL, .offset = offsetof(struct pngx_reader, raw),
      .help = "return the rectangles stored in the file instead of composed frames" },
    { MIM_OPTION_HEADER, .name = "palette", .type = MIM_OPTION_BOOL, .offset = offsetof(struct pngx_reader, palette),
      .help = "return indices for a picture with a palette, and the palette (RGB) as metadata" },
    { MIM_OPTION_HEADER, .name = "orient", .type = MIM_OPTION_BOOL, .offset = offsetof(struct pngx_reader, orient),
      .initial = 1, .help = "apply the Exif orientation of a picture" },
};

const struct mim_reader_ops pngx_reader_ops = {
    .struct_size = sizeof pngx_reader_ops,
    .flags = MIM_READER_ANY_ORDER,
    .state_size = sizeof(struct pngx_reader),
    .packet_size = sizeof(struct pngx_packet),
    .worker_size = sizeof(struct pngx_worker),
    .option_count = sizeof options / sizeof *options,
    .options = options,
    .open = reader_open,
    .scan = reader_scan,
    .prepare = reader_prepare,
    .pixels = pngx_pixels,
    .metadata = pngx_metadata,
    .worker_close = reader_worker_close,
    .close = reader_close,
};
