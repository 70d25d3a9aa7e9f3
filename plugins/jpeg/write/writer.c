/* SPDX-License-Identifier: MIT */
/* Accepts one picture. */
#include "write/writer.h"

#include <string.h>

#include "write/encode.h"

enum { MAX_SIDE = 65500 }; /* of libjpeg; the format has 65535 */

static int32_t
take_options(struct mim_job *job, struct jpeg_writer *self)
{
    if (self->dpi.count > 2)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "dpi: %llu numbers, expected one or two",
                               (unsigned long long)self->dpi.count);
    if (self->dpi.count &&
        jpeg_retain(job, "dpi", MIM_META_REALS, self->dpi.values, self->dpi.count * sizeof(double)) != MIM_OK)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "dpi: expected 1 to 65535");
    if (self->comment && jpeg_retain(job, "comment", MIM_META_TEXT, self->comment, strlen(self->comment)) == MIM_UNSUPPORTED)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "comment: expected 1 to 65533 bytes");
    return MIM_OK;
}

static int32_t
open_writer(struct mim_job *job, struct mim_sequence *sequence)
{
    (void)sequence;
    return take_options(job, job->state);
}

static int32_t
accept_picture(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    (void)packet;
    if (index)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN,
                               "a JPEG file has one picture; write numbered files, as in frame_%%03d.jpg");
    if (info->width > MAX_SIDE || info->height > MAX_SIDE)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "%ux%u pixels, jpeg has at most %d a side", info->width,
                               info->height, MAX_SIDE);
    info->sample = MIM_SAMPLE_U8;
    info->channels = info->channels < 3 ? 1 : 3;
    return MIM_OK;
}

static void
close_writer(struct mim_job *job)
{
    struct jpeg_writer *self = job->state;
    jpeg_retained_clear(job, &self->retained);
}

#define OPTION(kind, member) MIM_OPTION_HEADER, .type = MIM_OPTION_##kind, .offset = offsetof(struct jpeg_writer, member)

static const struct mim_option options[] = {
    { OPTION(INT, quality), .name = "quality", .initial = 90, .min = 1, .max = 100, .help = "higher is better and larger" },
    { OPTION(CHOICE, subsampling), .name = "subsampling", .choices = "auto|444|422|420",
      .help = "resolution of the colours; auto: 444 from quality 90 on, else 420" },
    { OPTION(BOOL, is_progressive), .name = "progressive", .help = "store in scans, from coarse to fine" },
    { OPTION(BOOL, optimizes), .name = "optimize", .help = "choose codes for this picture: smaller, slower" },
    { OPTION(TEXT, comment), .name = "comment", .help = "a text, instead of the comment of the source" },
    { OPTION(LIST, dpi), .name = "dpi", .unit = "1/in", .min = 1, .max = 65535,
      .help = "resolution: one number, or horizontal and vertical" },
};

const struct mim_writer_ops jpeg_writer_ops = {
    .struct_size = sizeof jpeg_writer_ops,
    .state_size = sizeof(struct jpeg_writer),
    .option_count = sizeof options / sizeof *options,
    .options = options,
    .open = open_writer,
    .accepts = accept_picture,
    .encode = jpeg_encode,
    .metadata = jpeg_retain,
    .close = close_writer,
};
