/* SPDX-License-Identifier: MIT */
/* Decodes strips and tiles with codec/; libtiff still gives their offsets, and decodes whatever is doubtful. */
#include "read/strip.h"

#include <string.h>

#include <libdeflate.h>

#include "codec/lzw-decoder.h"
#include "codec/packbits.h"
#include "file/byte-order.h"
#include "read/plan.h"

#define SMALL_STRIP (16u << 10) /* read a window for smaller ones, as the next one mostly follows */
#define WINDOW_BYTES (64u << 10)
#define OVERHEAD 4096u /* coded data larger than twice the samples plus this are left to libtiff */

/* Returns true when all of `to` is decoded. */
typedef bool (*decode_function)(struct tiff_read_worker *worker, const uint8_t *coded, uint64_t coded_size, uint8_t *to,
                                uint64_t size);

static bool
decode_lzw(struct tiff_read_worker *worker, const uint8_t *coded, uint64_t coded_size, uint8_t *to, uint64_t size)
{
    return tiff_lzw_decode((struct tiff_lzw_decoder *)worker->lzw.data, coded, coded_size, to, size);
}

static bool
decode_deflate(struct tiff_read_worker *worker, const uint8_t *coded, uint64_t coded_size, uint8_t *to, uint64_t size)
{
    size_t used = 0, made = 0;
    return libdeflate_zlib_decompress_ex(worker->inflater, coded, coded_size, to, size, &used, &made) ==
               LIBDEFLATE_SUCCESS &&
           made == size;
}

static bool
decode_packbits(struct tiff_read_worker *worker, const uint8_t *coded, uint64_t coded_size, uint8_t *to, uint64_t size)
{
    (void)worker;
    return tiff_packbits_decode(coded, coded_size, to, size);
}

static const decode_function decoders[] = {
    [TIFF_DECODER_LZW] = decode_lzw,
    [TIFF_DECODER_DEFLATE] = decode_deflate,
    [TIFF_DECODER_PACKBITS] = decode_packbits,
};

static int32_t
no_memory(struct mim_job *job, const struct tiff_page *page, uint64_t size)
{
    return job->host->fail(job, MIM_NOMEM, page->offset, "no memory for %llu bytes of coded data",
                           (unsigned long long)size);
}

void
tiff_strip_locate(struct tiff_handle *handle, uint32_t index, uint64_t *place, uint64_t *size)
{
    int has_failed = 0, has_failed_again = 0;
    *place = TIFFGetStrileOffsetWithErr(handle->tiff, index, &has_failed);
    *size = TIFFGetStrileByteCountWithErr(handle->tiff, index, &has_failed_again);
    if (has_failed || has_failed_again || *place == 0)
        *size = 0;
}

/* After a failed read of a directory, libtiff answers differently when asked again: reopen the page and leave the
 * rest of it to libtiff. */
static int32_t
leave_page_to_libtiff(struct tiff_handle *handle, const struct tiff_page *page)
{
    tiff_handle_close(handle);
    int32_t status = tiff_handle_set_page(handle, handle->job, page);
    handle->has_same_tags = false;
    return status;
}

static int32_t
prepare_decoder(struct tiff_read_worker *worker, struct mim_job *job, const struct tiff_page *page)
{
    if (page->decoder == TIFF_DECODER_LZW && !mim_scratch_get(job, &worker->lzw, sizeof(struct tiff_lzw_decoder)))
        return no_memory(job, page, sizeof(struct tiff_lzw_decoder));
    if (page->decoder == TIFF_DECODER_DEFLATE && !worker->inflater &&
        !(worker->inflater = libdeflate_alloc_decompressor()))
        return no_memory(job, page, 1 << 14);
    return MIM_OK;
}

/* Returns MIM_OK and whether the source has all bytes. */
static int32_t
read_fully(struct mim_job *job, uint8_t *to, uint64_t size, uint64_t place, bool *is_whole)
{
    int64_t got = job->host->read_at(job, to, size, place);
    if (got < 0)
        return (int32_t)-got;
    *is_whole = (uint64_t)got == size;
    return MIM_OK;
}

/* Coded bytes, valid until the next call; NULL when the source ends before. */
static int32_t
fetch_coded(struct mim_job *job, const struct tiff_page *page, uint64_t place, uint64_t size, const uint8_t **bytes)
{
    struct tiff_read_worker *worker = job->worker;
    uint64_t before = place - worker->stored_at, wanted = size < SMALL_STRIP ? WINDOW_BYTES : size;
    *bytes = job->host->view(job, place, size);
    if (*bytes)
        return MIM_OK;
    if (place >= worker->stored_at && before <= worker->stored_size && size <= worker->stored_size - before) {
        *bytes = worker->stored.data + before;
        return MIM_OK;
    }

    worker->stored_size = 0;
    if (!mim_scratch_get(job, &worker->stored, wanted))
        return no_memory(job, page, wanted);
    int64_t got = job->host->read_at(job, worker->stored.data, wanted, place);
    if (got < 0)
        return (int32_t)-got;
    worker->stored_at = place;
    worker->stored_size = (uint64_t)got;
    if (worker->stored_size >= size)
        *bytes = worker->stored.data;
    return MIM_OK;
}

static int32_t
decode_strip(struct mim_job *job, const struct tiff_page *page, uint64_t place, uint64_t coded_size, uint8_t *to,
             uint64_t size, bool *is_done)
{
    struct tiff_read_worker *worker = job->worker;
    const uint8_t *coded = NULL;
    int32_t status = prepare_decoder(worker, job, page);
    if (status == MIM_OK)
        status = fetch_coded(job, page, place, coded_size, &coded);
    if (status == MIM_OK && coded)
        *is_done = decoders[page->decoder](worker, coded, coded_size, to, size);
    return status;
}

/* A part of an uncompressed strip. Like libtiff, require that the source holds all of the strip. */
static int32_t
read_stored(struct mim_job *job, uint64_t place, uint64_t stored, uint64_t skip, uint8_t *to, uint64_t size,
            bool *is_done)
{
    uint8_t last;
    bool is_there = stored == skip + size;
    int32_t status = MIM_OK;
    if (stored > skip + size)
        status = read_fully(job, &last, 1, place + stored - 1, &is_there);
    if (status != MIM_OK || !is_there)
        return status;
    return read_fully(job, to, size, place + skip, is_done);
}

/* libtiff knows only the first image of a stack. */
static int32_t
leave_strip_to_libtiff(struct mim_job *job, const struct tiff_page *page)
{
    return page->stack_offset ? job->host->fail(job, MIM_TRUNCATED, page->stored_at + page->stack_offset,
                                                "the file ends within this image of the stack")
                              : MIM_OK;
}

int32_t
tiff_strip_read(struct mim_job *job, const struct tiff_page *page, uint32_t index, uint64_t skip, uint8_t *to,
                uint64_t size, bool *is_done)
{
    struct tiff_read_worker *worker = job->worker;
    uint64_t place = 0, stored = 0;
    int32_t status = MIM_OK;

    *is_done = false;
    bool is_compared = worker->uses_libtiff_only && page->stack_offset == 0;
    if (is_compared || !worker->handle.has_same_tags || size > TIFF_MAX_STRIP_BYTES)
        return leave_strip_to_libtiff(job, page);
    tiff_strip_locate(&worker->handle, index, &place, &stored);
    if (stored == 0 && page->stack_offset == 0)
        return leave_page_to_libtiff(&worker->handle, page);
    if (page->decoder != TIFF_DECODER_COPY && stored / 2 <= size + OVERHEAD)
        status = decode_strip(job, page, place, stored, to, size, is_done);
    else if (page->decoder == TIFF_DECODER_COPY)
        status = read_stored(job, place + page->stack_offset, page->stack_offset ? skip + size : stored, skip, to, size,
                             is_done);
    if (status == MIM_OK && !*is_done)
        return leave_strip_to_libtiff(job, page);
    if (status == MIM_OK && page->order.is_big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__))
        tiff_swap(page->bits, to, size);
    return status;
}

void
tiff_strip_close(struct tiff_read_worker *worker, struct mim_job *job)
{
    mim_scratch_clear(job, &worker->stored);
    mim_scratch_clear(job, &worker->lzw);
    libdeflate_free_decompressor(worker->inflater);
}
