/* SPDX-License-Identifier: MIT */
/* A libtiff handle on the host's source, with its own error handlers: the global ones belong to the application. */
#include "read/handle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read/repair.h"

#define MIN_ALLOWANCE (64u << 20)
#define SMALL_READ 512

static tmsize_t
read_source(struct tiff_handle *handle, void *data, tmsize_t size)
{
    const uint8_t *bytes;
    if (size <= SMALL_READ &&
        tiff_window_get(handle->job, &handle->window, handle->position, (uint64_t)size, &bytes) == MIM_OK) {
        memcpy(data, bytes, (size_t)size);
        return size;
    }
    int64_t got = handle->job->host->read_at(handle->job, data, (uint64_t)size, handle->position);
    if (got < 0) {
        handle->status = (int32_t)-got;
        errno = EIO;
        return 0; /* not -1, which makes libtiff 4.5.0 clear its buffer from one byte before its start */
    }
    if (got < size)
        handle->is_short = true;
    return got;
}

static tmsize_t
read_bytes(thandle_t user, void *data, tmsize_t size)
{
    struct tiff_handle *handle = user;
    tmsize_t got = read_source(handle, data, size);
    if (handle->repaired)
        tiff_repair_directory(handle->repaired, handle->position, data, (uint64_t)got);
    handle->position += (uint64_t)got;
    return got;
}

static tmsize_t
refuse_to_write(thandle_t user, void *data, tmsize_t size)
{
    (void)user, (void)data, (void)size;
    errno = EBADF;
    return -1;
}

static toff_t
size_of_source(thandle_t user)
{
    struct tiff_handle *handle = user;
    uint64_t size = handle->job->host->size(handle->job);
    return size == MIM_UNKNOWN ? 0 : size;
}

static toff_t
seek_source(thandle_t user, toff_t offset, int whence)
{
    struct tiff_handle *handle = user;
    uint64_t base = whence == SEEK_CUR ? handle->position : whence == SEEK_END ? size_of_source(user) : 0;
    return handle->position = base + offset;
}

static int
close_nothing(thandle_t user)
{
    (void)user;
    return 0;
}

/* libtiff reports a lack of memory in errors and warnings; an error of zlib's has no text. */
static void
note_lack(struct tiff_handle *handle, const char *text)
{
    static const struct {
        const char *words;
        int32_t status;
    } lacks[] = {
        { "limit defined in open options", MIM_LIMIT },
        { "memory", MIM_NOMEM },
        { "No space", MIM_NOMEM },
        { "malloc", MIM_NOMEM },
        { "Cannot allocate", MIM_NOMEM },
        { "Insertion in tif_map", MIM_NOMEM },
    };
    if (!text[0])
        handle->memory_status = MIM_NOMEM;
    for (unsigned i = 0; i < sizeof lacks / sizeof *lacks && !handle->memory_status; i++)
        if (strstr(text, lacks[i].words))
            handle->memory_status = lacks[i].status;
}

/* libtiff repairs lines of fax codes and goes on; a line may have several messages. */
static void
note_bad_line(struct tiff_handle *handle, const char *module, const char *text)
{
    static const char place[] = " at line ";
    const char *at = strncmp(module ? module : "", "Fax", 3) == 0 ? strstr(text, place) : NULL;
    long line = at ? strtol(at + sizeof place - 1, NULL, 10) : -1;
    if (line < 0 || (handle->bad_lines && line == handle->bad_line))
        return;
    handle->bad_lines++;
    handle->bad_line = line;
}

/* Keep the first error, which names the cause. */
static int
store_error(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments)
{
    struct tiff_handle *handle = user;
    char text[sizeof handle->text];
    (void)tiff;
    vsnprintf(text, sizeof text, format, arguments);
    note_lack(handle, text);
    note_bad_line(handle, module, text);
    if (!handle->text[0])
        memcpy(handle->text, text, sizeof text);
    return 1;
}

static int
log_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments)
{
    struct tiff_handle *handle = user;
    char text[256];
    (void)tiff;
    handle->has_warned = true;
    vsnprintf(text, sizeof text, format, arguments);
    note_lack(handle, text);
    note_bad_line(handle, module, text);
    handle->job->host->log(handle->job, MIM_LOG_INFO, text);
    return 1;
}

/* h: read no first directory; m: no mapping; O: load strip offsets on demand; c: keep strips as stored. */
static TIFF *
open_handle(struct tiff_handle *handle)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options)
        return NULL;

    uint64_t allowed = handle->job->host->limit(handle->job, MIM_LIMIT_WORKING);
    if (allowed < MIN_ALLOWANCE)
        allowed = MIN_ALLOWANCE;
    if (allowed < (uint64_t)INTPTR_MAX)
        TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)allowed);
    TIFFOpenOptionsSetErrorHandlerExtR(options, store_error, handle);
    TIFFOpenOptionsSetWarningHandlerExtR(options, log_warning, handle);
    TIFF *tiff = TIFFClientOpenExt("TIFF", "rhmOc", handle, read_bytes, refuse_to_write, seek_source, close_nothing,
                                   size_of_source, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

int32_t
tiff_handle_fail(struct tiff_handle *handle)
{
    static const struct {
        const char *words;
        int32_t status;
    } causes[] = {
        { "not configured", MIM_UNSUPPORTED },
        { "not implemented", MIM_UNSUPPORTED },
    };
    if (!handle->tiff && !handle->text[0])
        return handle->job->host->fail(handle->job, handle->status ? handle->status : MIM_NOMEM, MIM_UNKNOWN,
                                       "libtiff: no memory for a handle");
    int32_t status = handle->status          ? handle->status
                     : handle->memory_status ? handle->memory_status
                     : handle->is_short      ? MIM_TRUNCATED
                                             : MIM_CORRUPT;
    const char *text = handle->text[0]         ? handle->text
                       : handle->status        ? "cannot read the source"
                       : handle->memory_status ? "no memory"
                       : handle->is_short      ? "the source ends too early"
                                               : "decoding failed";

    for (unsigned i = 0; i < sizeof causes / sizeof *causes && status == MIM_CORRUPT; i++)
        if (strstr(handle->text, causes[i].words))
            status = causes[i].status;
    return handle->job->host->fail(handle->job, status, handle->page ? handle->page : MIM_UNKNOWN, "libtiff: %s",
                                   text);
}

static uint32_t
get_long(TIFF *tiff, uint32_t tag)
{
    uint32_t value = 0;
    TIFFGetFieldDefaulted(tiff, tag, &value);
    return value;
}

static uint16_t
get_short(TIFF *tiff, uint32_t tag)
{
    uint16_t value = 0;
    TIFFGetFieldDefaulted(tiff, tag, &value);
    return value;
}

/* libtiff repairs odd directories in its own ways: never let it decode a page of another size into our buffers. */
static bool
has_same_shape(TIFF *tiff, const struct tiff_page *page)
{
    if (get_long(tiff, TIFFTAG_IMAGEWIDTH) != page->width || get_long(tiff, TIFFTAG_IMAGELENGTH) != page->height ||
        (TIFFIsTiled(tiff) != 0) != page->is_tiled)
        return false;
    if (page->route == TIFF_ROUTE_RGBA)
        return true;
    if (get_short(tiff, TIFFTAG_BITSPERSAMPLE) != page->bits ||
        get_short(tiff, TIFFTAG_SAMPLESPERPIXEL) != page->samples ||
        (page->samples > 1 && get_short(tiff, TIFFTAG_PLANARCONFIG) != page->planar))
        return false;
    if (page->is_tiled)
        return get_long(tiff, TIFFTAG_TILEWIDTH) == page->tile_width &&
               get_long(tiff, TIFFTAG_TILELENGTH) == page->tile_height &&
               (uint64_t)TIFFTileRowSize(tiff) == tiff_page_row_bytes(page, page->tile_width);
    uint32_t rows = get_long(tiff, TIFFTAG_ROWSPERSTRIP);
    return (rows < page->height ? rows : page->height) == page->rows_per_strip &&
           (uint64_t)TIFFScanlineSize(tiff) == tiff_page_row_bytes(page, page->width);
}

/* Call before the predictor is hidden from libtiff. */
static bool
has_same_tags(TIFF *tiff, const struct tiff_page *page)
{
    if (page->decoder == TIFF_DECODER_LIBTIFF || get_short(tiff, TIFFTAG_COMPRESSION) != page->compression ||
        get_short(tiff, TIFFTAG_FILLORDER) != page->fill_order)
        return false;
    return !page->has_own_predictor || get_short(tiff, TIFFTAG_PREDICTOR) == page->predictor;
}

/* libtiff refuses some directories because of tags that decoding does not need: try again without them. */
static bool
set_directory(struct tiff_handle *handle, const struct tiff_page *page)
{
    if (!handle->tiff)
        handle->tiff = open_handle(handle);
    if (!handle->tiff || TIFFSetSubDirectory(handle->tiff, page->offset))
        return handle->tiff;
    if (handle->status || handle->memory_status)
        return false;
    tiff_handle_close(handle);
    handle->is_short = false;
    handle->text[0] = '\0';
    handle->page = page->offset;
    handle->tiff = open_handle(handle);
    handle->repaired = page;
    bool is_set = handle->tiff && TIFFSetSubDirectory(handle->tiff, page->offset);
    handle->repaired = NULL;
    return is_set;
}

static int32_t
set_up(struct tiff_handle *handle, const struct tiff_page *page)
{
    struct mim_job *job = handle->job;
    handle->page = page->offset;
    handle->has_decoded = false;
    if (!TIFFIsCODECConfigured((uint16_t)page->compression))
        return job->host->fail(job, MIM_UNSUPPORTED, page->offset,
                               "the installed libtiff does not support compression %u", page->compression);
    if (!set_directory(handle, page))
        return tiff_handle_fail(handle);
    handle->has_same_tags = has_same_tags(handle->tiff, page);
    if (page->has_own_predictor && !TIFFSetField(handle->tiff, TIFFTAG_PREDICTOR, PREDICTOR_NONE))
        return tiff_handle_fail(handle);
    if (page->is_upsampled && !TIFFSetField(handle->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB))
        return tiff_handle_fail(handle);
    if (handle->status || handle->memory_status) /* libtiff skips a tag that it could not read or store */
        return tiff_handle_fail(handle);
    if (!has_same_shape(handle->tiff, page))
        return job->host->fail(job, MIM_CORRUPT, page->offset, "the tags of this page are contradictory");
    return MIM_OK;
}

int32_t
tiff_handle_set_page(struct tiff_handle *handle, struct mim_job *job, const struct tiff_page *page)
{
    handle->job = job;
    handle->status = handle->memory_status = MIM_OK;
    handle->is_short = false;
    handle->text[0] = '\0';
    if (handle->tiff && handle->page == page->offset)
        return MIM_OK;

    int32_t status = set_up(handle, page);
    handle->is_short = false; /* a tag beyond the end is skipped, missing pixels are an error */
    if (status != MIM_OK)
        tiff_handle_close(handle); /* the state of libtiff is unknown after a failure */
    return status;
}

void
tiff_handle_forget(struct tiff_handle *handle)
{
    handle->is_short = false;
    handle->text[0] = '\0';
}

int32_t
tiff_handle_check(struct tiff_handle *handle)
{
    return handle->status || handle->memory_status || handle->is_short ? tiff_handle_fail(handle) : MIM_OK;
}

int32_t
tiff_handle_refresh(struct tiff_handle *handle, const struct tiff_page *page)
{
    bool is_fresh = page->compression != COMPRESSION_LZW || !handle->has_decoded;
    handle->has_decoded = true;
    int32_t status = is_fresh ? MIM_OK : tiff_handle_check(handle);
    if (is_fresh || status != MIM_OK)
        return status;
    handle->page = 0;
    status = tiff_handle_set_page(handle, handle->job, page);
    handle->has_decoded = true;
    return status;
}

void
tiff_handle_close(struct tiff_handle *handle)
{
    if (handle->tiff)
        TIFFClose(handle->tiff);
    mim_window_close(handle->job, &handle->window);
    handle->tiff = NULL;
    handle->position = handle->page = 0; /* libtiff reads the header at the current position */
}
