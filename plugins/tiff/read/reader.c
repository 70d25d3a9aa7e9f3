/* SPDX-License-Identifier: MIT */
/* The reader's operations: each page is a frame. */
#include "read/reader.h"

#include <string.h>

#include "file/imagej-timing.h"
#include "read/decode.h"
#include "read/metadata.h"
#include "read/offers.h"
#include "read/orient.h"
#include "read/stack.h"
#include "read/stored.h"
#include "read/strip.h"
#include "read/worker.h"

#define OPTION(text, field, first, words)                                                                   \
    { MIM_OPTION_HEADER, .type = MIM_OPTION_BOOL, .name = text, .initial = first, .help = words,            \
      .offset = offsetof(struct tiff_reader, options.field) }

static const struct mim_option options[] = {
    OPTION("raw", raw, 0, "samples as stored, without conversion of colours"),
    OPTION("scale", scale, 1, "scale odd depths to the full range of the next larger type"),
    OPTION("orient", orient, 1, "apply the orientation of pages"),
    OPTION("reduced", reduced, 0, "keep reduced images and masks in conversions to other formats"),
};

static struct tiff_directory
directory_at(struct mim_job *job, uint64_t offset)
{
    struct tiff_reader *self = job->state;
    return (struct tiff_directory){ .window = &self->window, .job = job, .order = self->order, .offset = offset };
}

/* Read the directory into the facts of the page and of the frame. */
static int32_t
read_page(struct mim_job *job, struct tiff_directory *directory, struct tiff_page *page, struct mim_frame_info *info)
{
    struct tiff_reader *self = job->state;
    struct tiff_strips strips;

    int32_t status = tiff_page_read(page, directory, &strips);
    if (status == MIM_OK)
        status = tiff_page_plan(page, directory, &self->options);
    if (status == MIM_OK)
        status = tiff_page_find_stored(page, directory, &strips);
    if (status != MIM_OK)
        return status;

    tiff_oriented_size(page, &info->width, &info->height);
    info->sample = page->out_sample;
    info->channels = page->out_channels;
    info->parts = (page->height - 1) / page->rows_per_part + 1;
    info->flags = MIM_FRAME_KEY;
    uint64_t row = tiff_page_row_bytes(page, page->width);
    if (tiff_page_is_raw(page)) {
        info->flags |= MIM_FRAME_RAW | (page->order.is_big_endian ? MIM_FRAME_BIG_ENDIAN : 0);
        info->raw_offset = page->stored_at;
        info->raw_stride = row;
    } else {
        info->work_size = row * page->planes; /* an estimate of libtiff's buffers; ours come from the host */
    }
    return MIM_OK;
}

/* A single directory may be a stack, whose other images have no directories. Other programs keep the description but
 * not the images: believe it only if the file holds two. */
static int32_t
find_stack(struct mim_job *job)
{
    struct tiff_reader *self = job->state;
    struct tiff_page page;
    struct mim_frame_info info = { .struct_size = sizeof info };
    struct tiff_directory directory = directory_at(job, self->first);
    struct tiff_stack stack;
    uint64_t size = job->host->size(job);

    int32_t status = tiff_stack_read(&stack, &directory);
    if (status != MIM_OK || (stack.images < 2 && stack.samples == 0))
        return status == MIM_TRUNCATED ? MIM_OK : status;
    directory.is_quiet = true; /* prepare reports what is wrong */
    if (read_page(job, &directory, &page, &info) != MIM_OK)
        return MIM_OK;
    if (!(info.flags & MIM_FRAME_RAW) && (!page.stored_at || page.decoder != TIFF_DECODER_COPY))
        return MIM_OK;

    uint64_t samples = (uint64_t)page.width * page.height * page.samples;
    uint64_t images = stack.samples % samples == 0 && stack.samples ? stack.samples / samples : stack.images;
    self->image_size = tiff_page_row_bytes(&page, page.width) * page.planes * page.height;
    if (images > 1 && images <= INT32_MAX && /* ImageJ counts in 32 bits */
        size != MIM_UNKNOWN && size >= page.stored_at && (size - page.stored_at) / 2 >= self->image_size)
        self->images = images;
    return MIM_OK;
}

/* A frame of an ImageJ stack lasts a tick. prepare reports a description that cannot be read. */
static int32_t
find_timing(struct mim_job *job, struct mim_sequence *sequence)
{
    char description[TIFF_DESCRIPTION_SIZE + 1];
    struct tiff_reader *self = job->state;
    struct tiff_directory directory = directory_at(job, self->first);
    struct tiff_imagej_timing timing;
    if (tiff_description_read(&directory, description) != MIM_OK)
        return MIM_OK;
    tiff_imagej_timing_read(&timing, description);
    int32_t status = tiff_imagej_timing_apply(job, &timing, sequence);
    self->has_timing = sequence->time_den;
    return status;
}

static int32_t
reader_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct tiff_reader *self = job->state;
    int32_t status = tiff_page_index_open(&self->pages, job, &self->window);
    if (status != MIM_OK)
        return status;
    self->order = self->pages.order;
    self->first = self->pages.next;
    self->images = 1;
    status = tiff_page_index_extend(&self->pages, job, &self->window, 0);
    if (status != MIM_OK)
        return status;

    sequence->loop = -1;
    status = find_timing(job, sequence);
    if (status != MIM_OK)
        return status;
    if (self->pages.next || self->pages.end_status)
        return MIM_OK;
    status = tiff_page_index_report_end(&self->pages, job);
    if (status == MIM_OK)
        status = find_stack(job);
    sequence->count = self->images;
    sequence->sure = MIM_SURE_EXACT;
    return status;
}

static int32_t
reader_scan(struct mim_job *job, struct mim_sequence *sequence)
{
    struct tiff_reader *self = job->state;
    int32_t status = tiff_page_index_extend(&self->pages, job, &self->window, MIM_UNKNOWN - 1);
    sequence->count = self->images > 1 ? self->images : self->pages.count;
    sequence->sure = MIM_SURE_EXACT;
    return status == MIM_END ? MIM_OK : status;
}

/* Whether the page is a reduced image or a mask of another. The answer about the file is kept. */
static int32_t
find_originals(struct mim_job *job, const struct tiff_page *page, bool *is_reduced)
{
    enum { COPIES = FILETYPE_REDUCEDIMAGE | FILETYPE_MASK };
    struct tiff_reader *self = job->state;
    int32_t status = MIM_OK;
    *is_reduced = page->subfile & COPIES && !self->options.reduced && !self->has_only_copies;
    for (uint64_t i = 0; *is_reduced && status == MIM_OK && !self->has_original; i++) {
        struct tiff_page other;
        struct tiff_strips strips;
        status = tiff_page_index_extend(&self->pages, job, &self->window, i);
        struct tiff_directory directory = directory_at(job, status == MIM_OK ? self->pages.offsets[i] : 0);
        directory.is_quiet = true;
        self->has_original = status == MIM_OK && tiff_page_read(&other, &directory, &strips) == MIM_OK &&
                             !(other.subfile & COPIES);
    }
    if (status == MIM_OK || !*is_reduced)
        return MIM_OK;
    *is_reduced = false;
    self->has_only_copies = status == MIM_END || status == MIM_CORRUPT || status == MIM_TRUNCATED;
    return self->has_only_copies ? MIM_OK : status;
}

static int32_t
reader_prepare(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    struct tiff_reader *self = job->state;
    if (self->images > 1 && index >= self->images)
        return MIM_END;

    struct tiff_page *page = packet;
    uint64_t number = self->images > 1 ? 0 : index;
    int32_t status = tiff_page_index_extend(&self->pages, job, &self->window, number);
    struct tiff_directory directory = directory_at(job, status == MIM_OK ? self->pages.offsets[number] : 0);
    if (status == MIM_OK)
        status = read_page(job, &directory, page, info);
    bool is_reduced = false;
    if (status == MIM_OK)
        status = find_originals(job, page, &is_reduced);
    info->flags |= is_reduced ? MIM_FRAME_REDUCED : 0;
    if (status == MIM_OK && self->images > 1) {
        page->stack_offset = index * self->image_size;
        info->raw_offset += page->stack_offset;
    }
    info->pts = self->has_timing ? (int64_t)index : MIM_NO_PTS;
    info->duration = self->has_timing;
    return status;
}

/* Report models that RGB does not replace: its gamut is another. YCbCr is only a coding. */
static int32_t
report_colours(struct mim_job *job, const struct tiff_page *page)
{
    const struct tiff_reader *self = job->state;
    bool is_lab = page->photometric == PHOTOMETRIC_CIELAB || page->photometric == PHOTOMETRIC_ICCLAB ||
                  page->photometric == PHOTOMETRIC_ITULAB;
    if (self->options.raw || (!is_lab && page->colour != TIFF_COLOUR_CMYK))
        return MIM_OK;
    return job->host->notice(job, MIM_NOTICE_COLOUR,
                             is_lab ? "Lab becomes RGB; raw=yes keeps it" : "CMYK becomes RGB; raw=yes keeps it");
}

static int32_t
reader_pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
              struct mim_raster *raster)
{
    (void)info;
    int32_t status = part ? MIM_OK : report_colours(job, packet);
    return status == MIM_OK ? tiff_decode(job, packet, part, raster) : status;
}

/* Metadata of a page, or of the file if there is no packet. */
static int32_t
reader_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info)
{
    struct tiff_reader *self = job->state;
    struct tiff_read_worker *worker = job->worker;
    const struct tiff_page *page = packet;
    struct tiff_page first;
    struct tiff_strips strips;
    struct tiff_directory directory = directory_at(job, page ? page->offset : self->first);
    int32_t status = MIM_OK;
    (void)info;

    if (worker)
        directory.window = &worker->window;
    directory.is_quiet = true;
    if (!page) {
        status = tiff_page_read(&first, &directory, &strips);
        page = &first;
    }
    directory.is_transposed = self->options.orient && page->orientation >= ORIENTATION_LEFTTOP;
    /* the tags of the first page are those of the file too */
    directory.is_quiet = packet && self->has_reported && page->offset == self->first;
    if (!packet)
        self->has_reported = true;
    if (status == MIM_OK)
        status = tiff_page_metadata(&directory, page);
    if (status == MIM_OK && packet && page->offset != self->first)
        status = tiff_offer_subdirectories(&directory, false);
    return status == MIM_OK && !packet ? tiff_file_metadata(&directory) : status;
}

static void
reader_worker_close(struct mim_job *job)
{
    struct tiff_read_worker *worker = job->worker;
    worker->handle.job = job;
    tiff_handle_close(&worker->handle);
    mim_window_close(job, &worker->window);
    tiff_strip_close(worker, job);
    mim_scratch_clear(job, &worker->split);
    mim_scratch_clear(job, &worker->coded);
    mim_scratch_clear(job, &worker->block);
    mim_scratch_clear(job, &worker->line);
    mim_scratch_clear(job, &worker->palette);
}

static void
reader_close(struct mim_job *job)
{
    struct tiff_reader *self = job->state;
    tiff_page_index_close(&self->pages, job);
    mim_window_close(job, &self->window);
}

static int32_t
reader_offers(struct mim_job *job)
{
    const struct tiff_reader *self = job->state;
    struct tiff_directory directory = directory_at(job, self->first);
    return tiff_offer_subdirectories(&directory, true);
}

const struct mim_reader_ops tiff_reader_ops = {
    .struct_size = sizeof tiff_reader_ops,
    .flags = MIM_READER_ANY_ORDER,
    .state_size = sizeof(struct tiff_reader),
    .packet_size = sizeof(struct tiff_page),
    .worker_size = sizeof(struct tiff_read_worker),
    .option_count = sizeof options / sizeof *options,
    .options = options,
    .open = reader_open,
    .scan = reader_scan,
    .prepare = reader_prepare,
    .pixels = reader_pixels,
    .metadata = reader_metadata,
    .worker_close = reader_worker_close,
    .close = reader_close,
    .offers = reader_offers,
};
