/* SPDX-License-Identifier: MIT */
/* The writer's operations: each frame is a page. */
#include "write/writer.h"

#include <math.h>
#include <string.h>

#include <tiff.h>

#include "file/sample.h"
#include "write/description.h"
#include "write/emit.h"
#include "write/encode.h"
#include "write/imagej.h"
#include "write/layout.h"
#include "write/metadata.h"
#include "write/profile.h"
#include "write/promote.h"
#include "write/state.h"

#define AT(field) .offset = offsetof(struct tiff_writer, field)

static const struct mim_option options[] = {
    { MIM_OPTION_HEADER, .type = MIM_OPTION_CHOICE, .name = "compression", .choices = TIFF_CODEC_CHOICES,
      AT(compression), .initial_text = "auto",
      .help = "compression of strips and tiles; auto: none, but for samples of 1 bit that of the source" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .name = "level", .initial = -1, .min = -1, .max = 100, AT(level),
      .help =
          "deflate 1-12, zstd 1-22, lzma 0-9, quality of jpeg and webp 1-100 (webp 100: lossless); -1: default" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_CHOICE, .name = "predictor", .choices = "auto|none|horizontal|float",
      AT(predictor), .help = "differences before compression; auto: with lzw, deflate and zstd" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_LIST, .name = "resolution", AT(resolution),
      .help = "pixels per unit: x,y or one number, each may be n/d" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_CHOICE, .name = "resolutionunit", .choices = "inch|none|cm", AT(unit),
      .help = "unit of the resolution" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_TEXT, .name = "software", AT(software),
      .help = "program that made the images" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_TEXT, .name = "description", AT(description),
      .help = "description of the images" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_TEXT, .name = "datetime", AT(datetime), .help = "YYYY-MM-DDTHH:MM:SS" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_TEXT, .name = "artist", AT(artist), .help = "creator of the images" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_CHOICE, .name = "photometric", AT(photometric),
      .choices = "auto|minisblack|miniswhite|rgb|ycbcr",
      .help = "meaning of the samples; auto: by the number of channels" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_LIST, .name = "tile", .unit = "px", AT(tile_option),
      .help = "tiles instead of strips: width,height, multiples of 16" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .name = "rowsperstrip", .min = 0, .max = INT32_MAX, AT(rows_per_strip),
      .help = "rows in a strip; 0: about 256 KiB" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_CHOICE, .name = "bigtiff", .choices = "auto|yes|no", AT(big),
      .help = "64-bit offsets; auto: if the file exceeds 4 GB" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_CHOICE, .name = "imagej", AT(imagej),
      .choices = "no=false=off=0|yes=true=on=1|slices|frames",
      .help = "write a stack as ImageJ does; yes: frames if the source has timing, else slices" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_TEXT, .name = "icc", AT(icc),
      .help = "file with the colour profile; none: no profile; default: the profile of the source" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_PAIRS, .name = "tag", AT(tag_options),
      .help = "tag:NNN=VALUE sets any other tag: a text, numbers, n/d, 0xBYTES, or TYPE:VALUE" },
};

/* Tags of a frame between accepts and put. */
struct tiff_frame_tags {
    struct tiff_frame_tags *next;
    uint64_t index;
    struct tiff_tag_list tags;
};

static uint64_t
round_up(uint32_t size, uint32_t unit)
{
    return unit ? ((uint64_t)size + unit - 1) / unit * unit : size;
}

/* The smaller of a * b and `limit`. */
static uint64_t
multiply_up_to(uint64_t a, uint64_t b, uint64_t limit)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) || product > limit ? limit : product;
}

/* Would the file exceed 4 GB without compression? Count pixels with the overhang of tiles, directories, and a tenth more. */
static bool
is_known_to_exceed(const struct tiff_writer *self, const struct mim_sequence *sequence)
{
    const struct mim_frame_info *first = &sequence->first;
    uint64_t width = round_up(first->width, self->tile.width), height = round_up(first->height, self->tile.height);
    uint64_t samples = multiply_up_to(multiply_up_to(width, height, UINT32_MAX), first->channels, UINT32_MAX);
    uint64_t frame = samples * tiff_sample_bits(first->sample) / 8 + height;
    return sequence->count != MIM_UNKNOWN && sequence->sure >= MIM_SURE_HEADER &&
           multiply_up_to((frame + 512) * 11 / 10, sequence->count, UINT32_MAX) == UINT32_MAX;
}

/* The option has width and height, or one number for both. */
static int32_t
choose_tile(struct mim_job *job)
{
    struct tiff_writer *self = job->state;
    const struct mim_list *given = &self->tile_option;
    if (given->count > 2)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "tile takes a width and a height, not %llu numbers",
                               (unsigned long long)given->count);
    for (uint64_t i = 0; i < given->count; i++)
        if (!(given->values[i] >= 16 && given->values[i] <= 32752 && fmod(given->values[i], 16) == 0))
            return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "tile=%g: expected multiples of 16 from 16 to 32752",
                                   given->values[i]);
    if (given->count)
        self->tile = (struct mim_size){ (uint32_t)given->values[0], (uint32_t)given->values[given->count - 1] };
    return MIM_OK;
}

static int32_t
writer_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct tiff_writer *self = job->state;
    self->is_open = true;
    self->codec = tiff_codec_at(self->compression);
    self->ceiling = self->ceiling ? self->ceiling : UINT32_MAX;

    int32_t status = tiff_codec_check(self->codec, job, self->level);
    if (status == MIM_OK)
        status = self->imagej ? tiff_imagej_open(job, sequence) : tiff_description_open(job, sequence);
    if (status == MIM_OK)
        status = choose_tile(job);
    self->is_big = !self->imagej && self->big != TIFF_BIG_NO &&
                   (self->big == TIFF_BIG_YES || is_known_to_exceed(self, sequence));
    if (status == MIM_OK)
        status = tiff_option_tags(job);
    return status == MIM_OK ? tiff_emit_header(job) : status;
}

/* Queue the frame's tags until its put. */
static int32_t
writer_accepts(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    struct tiff_writer *self = job->state;
    int32_t status = tiff_layout_fit_bits(job, info);
    if (status == MIM_OK && self->imagej)
        status = tiff_imagej_accept(job, index, info);
    if (status == MIM_OK)
        status = tiff_layout_choose(job, index, packet, info);
    self->source_codec = NULL;
    if (status != MIM_OK || self->pending_tags.count == 0)
        return status;

    struct tiff_frame_tags *frame = job->host->resize(job, NULL, 0, sizeof *frame);
    if (!frame)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for the tags of a frame");
    *frame = (struct tiff_frame_tags){ .index = index, .tags = self->pending_tags };
    self->pending_tags = (struct tiff_tag_list){ 0 };
    if (self->newest)
        self->newest->next = frame;
    else
        self->oldest = frame;
    self->newest = frame;
    return MIM_OK;
}

static void
drop_oldest(struct mim_job *job)
{
    struct tiff_writer *self = job->state;
    struct tiff_frame_tags *frame = self->oldest;
    self->oldest = frame->next;
    if (!self->oldest)
        self->newest = NULL;
    tiff_tag_list_close(&frame->tags, job);
    job->host->resize(job, frame, sizeof *frame, 0);
}

/* Texts of the file are on its first page, and the properties of its pictures on all pages. */
static int32_t
gather_file_tags(struct mim_job *job, uint64_t index)
{
    static const uint16_t properties[] = { TIFFTAG_XRESOLUTION, TIFFTAG_YRESOLUTION, TIFFTAG_RESOLUTIONUNIT,
                                           TIFFTAG_ICCPROFILE };
    struct tiff_writer *self = job->state;
    int32_t status = MIM_OK;
    if (index == 0)
        return tiff_tag_list_merge(&self->page, job, &self->file_tags);
    for (unsigned i = 0; i < sizeof properties / sizeof *properties && status == MIM_OK; i++) {
        struct tiff_tag *tag = tiff_tag_list_find(&self->file_tags, properties[i]);
        if (tag)
            status = tiff_tag_list_set(&self->page, job, tag->tag, tag->type, tag->count, tiff_tag_data(tag));
    }
    return status;
}

/* All tags of the page except those of the layout; the frame's replace the file's, and options replace both. */
static int32_t
gather_tags(struct mim_job *job, const struct tiff_layout *layout, const struct tiff_tag_list *own)
{
    struct tiff_writer *self = job->state;
    tiff_tag_list_empty(&self->page, job);
    int32_t status = gather_file_tags(job, layout->index);
    if (status == MIM_OK && own)
        status = tiff_tag_list_merge(&self->page, job, own);
    if (status == MIM_OK)
        status = tiff_description_adjust(job);
    if (status == MIM_OK)
        status = tiff_tag_list_merge(&self->page, job, &self->option_tags);
    if (status == MIM_OK)
        status = tiff_profile_check(job, layout);
    return status == MIM_OK && self->imagej && layout->index == 0 ? tiff_imagej_describe(job) : status;
}

static int32_t
writer_put(struct mim_job *job, void *packet, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    struct tiff_writer *self = job->state;
    const struct tiff_layout *layout = packet;
    const struct tiff_tag_list *own = self->oldest && self->oldest->index == layout->index ? &self->oldest->tags : NULL;
    int32_t status;
    (void)info;

    if (self->is_contiguous && layout->index > 0) {
        status = own ? tiff_imagej_report_lost(job, own) : MIM_OK;
        if (status == MIM_OK)
            status = tiff_emit_strips(job, coded);
    } else {
        status = gather_tags(job, layout, own);
        if (status == MIM_OK)
            status = tiff_promote_for_page(job, layout, coded);
        if (status == MIM_OK)
            status = tiff_emit_page(job, layout, coded);
    }
    while (self->oldest && self->oldest->index <= layout->index)
        drop_oldest(job);
    self->pages++;
    return status;
}

/* The last page still points to a next one. */
static int32_t
writer_finish(struct mim_job *job)
{
    static const uint8_t zeros[8];
    const struct tiff_writer *self = job->state;
    int32_t status = self->pointer ? job->host->patch(job, zeros, self->is_big ? 8 : 4, self->pointer) : MIM_OK;
    return status == MIM_OK && self->pages && self->imagej ? tiff_imagej_finish(job) : status;
}

static void
writer_close(struct mim_job *job)
{
    struct tiff_writer *self = job->state;
    while (self->oldest)
        drop_oldest(job);
    tiff_tag_list_close(&self->option_tags, job);
    tiff_tag_list_close(&self->file_tags, job);
    tiff_tag_list_close(&self->pending_tags, job);
    tiff_tag_list_close(&self->page, job);
    mim_scratch_clear(job, &self->bytes);
    mim_scratch_clear(job, &self->stack.source_text);
}

const struct mim_writer_ops tiff_writer_ops = {
    .struct_size = sizeof tiff_writer_ops,
    .flags = MIM_WRITER_MIXED | MIM_WRITER_SEEKS | MIM_WRITER_READS_BACK | MIM_WRITER_COUNTS | MIM_WRITER_BITS |
             MIM_WRITER_CODING,
    .state_size = sizeof(struct tiff_writer),
    .packet_size = sizeof(struct tiff_layout),
    .worker_size = sizeof(struct tiff_write_worker),
    .option_count = sizeof options / sizeof *options,
    .options = options,
    .open = writer_open,
    .accepts = writer_accepts,
    .encode = tiff_encode,
    .put = writer_put,
    .metadata = tiff_metadata_tag,
    .finish = writer_finish,
    .worker_close = tiff_encode_close,
    .close = writer_close,
};
