/* SPDX-License-Identifier: MIT */
/* Our page index against libtiff's walk, and our decoders against libtiff's on the same pages. */
#include "fuzz_tiff.h"

#include <mim/kit/test-host.h>

#include "file/sample.h"
#include "read/reader.h"
#include "read/worker.h"

#define MAX_PAGES 8u
#define MAX_PIXEL_BYTES (1u << 20)

/* --- the walk ----------------------------------------------------------------------------------------------------- */

static uint64_t
count_by_libtiff(const uint8_t *data, size_t size)
{
    struct memory memory = memory_borrow(data, size);
    TIFF *tiff = memory_open_tiff(&memory, "rhm");
    uint64_t count = tiff ? TIFFNumberOfDirectories(tiff) : 0;
    if (tiff)
        TIFFClose(tiff);
    return count;
}

/* libtiff counts directories with any number of tags, and none whose end is cut off. */
static void
compare_count(const struct tiff_page_index *pages, int32_t status, uint64_t theirs)
{
    const char *why = pages->end_reason ? pages->end_reason : "";
    if (strstr(why, "invalid number of tags"))
        EXPECT(theirs >= pages->count);
    else if (status == MIM_END) /* the last page may lack the offset of the next one */
        EXPECT(theirs == pages->count || theirs == pages->count - 1);
    else
        EXPECT(theirs == pages->count);
}

static void
walk_chain(struct mim_test_host *host)
{
    struct mim_job job = mim_test_host_job(host, NULL, NULL);
    struct mim_window window = { 0 };
    struct tiff_page_index pages = { 0 };
    uint64_t theirs = count_by_libtiff(host->source.data, host->source.size);
    int32_t status = tiff_page_index_open(&pages, &job, &window);
    if (status == MIM_OK) {
        status = tiff_page_index_extend(&pages, &job, &window, MIM_UNKNOWN - 1);
        compare_count(&pages, status, theirs);
    } else if (host->source.size >= 8 && (host->source.data[0] == 'I' || host->source.data[0] == 'M')) {
        EXPECT(theirs == 0);
    }
    tiff_page_index_close(&pages, &job);
    mim_window_close(&job, &window);
    EXPECT(host->allocated == 0);
}

/* --- pixels ------------------------------------------------------------------------------------------------------- */

struct reading {
    struct mim_job serial, worker;
    struct mim_sequence sequence;
};

static void
reading_begin(struct reading *reading, struct mim_test_host *host, bool uses_libtiff_only)
{
    struct tiff_reader *state = calloc(1, tiff_reader_ops.state_size);
    struct tiff_read_worker *worker = calloc(1, tiff_reader_ops.worker_size);
    state->options = (struct tiff_read_options){ .scale = 1, .orient = 1 };
    worker->uses_libtiff_only = uses_libtiff_only;
    reading->serial = mim_test_host_job(host, state, NULL);
    reading->worker = mim_test_host_job(host, state, worker);
    reading->sequence = (struct mim_sequence){ .struct_size = sizeof reading->sequence, .count = MIM_UNKNOWN };
}

static void
reading_end(struct reading *reading)
{
    tiff_reader_ops.worker_close(&reading->worker);
    tiff_reader_ops.close(&reading->serial);
    free(reading->serial.state);
    free(reading->worker.worker);
}

static bool
is_of_ours(const struct tiff_page *page)
{
    return page->compression == COMPRESSION_NONE || page->compression == COMPRESSION_LZW ||
           page->compression == COMPRESSION_ADOBE_DEFLATE || page->compression == COMPRESSION_DEFLATE ||
           page->compression == COMPRESSION_PACKBITS;
}

static uint64_t
row_bytes(const struct mim_frame_info *info)
{
    uint64_t samples = (uint64_t)info->width * info->channels;
    return info->sample == MIM_SAMPLE_U1 ? (samples + 7) / 8 : samples * tiff_sample_size(info->sample);
}

/* Rows aligned to cache lines like the core's. NULL if it is too large, or there is nothing to decode here. */
static uint8_t *
make_raster(const struct tiff_page *page, const struct mim_frame_info *info, struct mim_raster *raster)
{
    uint64_t row = row_bytes(info);
    uint64_t coded =
        tiff_page_row_bytes(page, page->is_tiled ? page->tile_width : page->width) * page->planes;
    uint64_t rows = page->is_tiled ? page->tile_height : page->height;
    if (info->flags & MIM_FRAME_RAW || !is_of_ours(page) || row > MAX_PIXEL_BYTES / info->height ||
        coded > MAX_PIXEL_BYTES / rows)
        return NULL;
    *raster = (struct mim_raster){ .struct_size = sizeof *raster,
                                   .sample = info->sample,
                                   .width = info->width,
                                   .height = info->height,
                                   .channels = info->channels,
                                   .stride = (row + 63) / 64 * 64 };
    return raster->data = calloc(info->height, raster->stride);
}

static int32_t
decode_page(struct reading *reading, const struct tiff_page *page, const struct mim_frame_info *info,
            struct mim_raster *raster)
{
    int32_t status = MIM_OK;
    mim_test_host_next(mim_test_host_of(&reading->worker));
    for (uint32_t part = 0; part < info->parts && status == MIM_OK; part++)
        status = tiff_reader_ops.pixels(&reading->worker, page, info, part, raster);
    return status;
}

static void
compare_pixels(struct mim_test_host *host)
{
    struct reading ours, theirs;
    reading_begin(&ours, host, false);
    reading_begin(&theirs, host, true);
    int32_t status = tiff_reader_ops.open(&ours.serial, &ours.sequence);
    for (uint64_t i = 0; i < MAX_PAGES && status == MIM_OK; i++) {
        struct tiff_page page = { 0 };
        struct mim_frame_info info = { .struct_size = sizeof info };
        struct mim_raster mine = { 0 }, other = { 0 };
        status = tiff_reader_ops.prepare(&ours.serial, i, &page, &info);
        if (status != MIM_OK || !make_raster(&page, &info, &mine) || !make_raster(&page, &info, &other))
            continue;
        int32_t verdict = decode_page(&ours, &page, &info, &mine),
                verdict_of_theirs = decode_page(&theirs, &page, &info, &other);
        bool agree = (verdict == MIM_OK) == (verdict_of_theirs == MIM_OK);
        if (!agree)
            fprintf(stderr, "status %d, by libtiff %d: %s\n", verdict, verdict_of_theirs, host->message);
        EXPECT(agree);
        for (uint32_t y = 0; y < info.height && verdict == MIM_OK; y++)
            EXPECT(!memcmp(mine.data + y * mine.stride, other.data + y * other.stride,
                           (size_t)row_bytes(&info)));
        free(mine.data);
        free(other.data);
    }
    reading_end(&ours);
    reading_end(&theirs);
    EXPECT(host->allocated == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mim_test_host host = { .source = { .data = (uint8_t *)(uintptr_t)data, .size = size } };
    walk_chain(&host);
    compare_pixels(&host);
    mim_test_host_clear(&host);
    return 0;
}
