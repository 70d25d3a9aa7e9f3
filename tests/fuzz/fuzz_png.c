/* SPDX-License-Identifier: MIT */
/*
 * Compares the reader with libpng on the whole file: both return the same picture, or both refuse it. Further frames of
 * an animation are compared with what libpng reads from a file made of their chunks. Every input is read as it is, and
 * again with corrected checksums, without which libpng would decode all pixels here, too.
 */
#include <png.h>

#include "fuzz.h"

#include "session.h"

enum { MAX_FRAMES = 8, MAX_PIXEL_BYTES = 1 << 20, MAX_METADATA = 1 << 18, MAX_ALLOCATED = 8 << 20 };

/* --- libpng ------------------------------------------------------------------------------------------------------- */

static void
on_error(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

static void
on_warning(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
}

static void
on_read(png_structp png, png_bytep to, size_t size)
{
    if (memory_read(png_get_io_ptr(png), to, size) != size)
        png_error(png, "the end");
}

/* Returns the type of the chunk at *at, and moves on; 0 at the end. */
static uint32_t
next_type(const struct memory *file, size_t *at)
{
    if (*at + PNGX_CHUNK_HEAD > file->size)
        return 0;
    uint64_t length = mim_load_be32(file->data + *at);
    uint32_t type = mim_load_be32(file->data + *at + 4);
    *at = length + PNGX_CHUNK_FRAME > file->size - *at ? file->size : *at + length + PNGX_CHUNK_FRAME;
    return type;
}

/* Does a tRNS come before the palette? */
static bool
has_early_transparency(const struct memory *file)
{
    size_t at = PNGX_SIGNATURE_SIZE;
    bool is_early = false;

    for (uint32_t type; (type = next_type(file, &at)) != 0; is_early = is_early || type == PNGX_TRNS)
        if (type == PNGX_PLTE || type == PNGX_IDAT)
            return is_early && type == PNGX_PLTE;
    return false;
}

/* Does the third letter of a chunk's type say that a later version of PNG defines it? libpng 1.6.48 refuses the file; 1.6.39 does
 * not, as decoders "do not need to test the reserved bit" (PNG, section 5.4). */
static bool
has_reserved_type(const struct memory *file)
{
    size_t at = PNGX_SIGNATURE_SIZE;
    uint32_t type;

    while ((type = next_type(file, &at)) != 0)
        if (type & 0x2000)
            return true;
    return false;
}

static void
read_rows(png_structp png, png_infop info, const struct mim_raster *raster)
{
    bool is_misplaced = has_early_transparency(png_get_io_ptr(png));

    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1); /* metadata, not part of the picture */
    png_read_info(png, info);
    EXPECT(png_get_image_width(png, info) == raster->width && png_get_image_height(png, info) == raster->height);
    png_set_expand(png);
    if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
        png_set_swap(png);
    if (is_misplaced)
        png_set_strip_alpha(png); /* libpng 1.6.48 applies it; 1.6.39 passes it over, as PNG says, and so do we */
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    EXPECT(png_get_rowbytes(png, info) <= raster->stride);
    for (; passes > 0; passes--)
        for (uint32_t y = 0; y < raster->height; y++)
            png_read_row(png, raster->data + y * raster->stride, NULL);
}

/* Returns false if libpng refuses the file. */
static bool
read_by_libpng(struct memory *file, const struct mim_raster *raster)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    png_infop info = png_create_info_struct(png);
    volatile bool is_read = false;

    EXPECT(png && info);
    if (!setjmp(png_jmpbuf(png))) {
        png_set_read_fn(png, file, on_read);
        read_rows(png, info, raster);
        is_read = true;
    }
    png_destroy_read_struct(&png, &info, NULL);
    return is_read;
}

/* --- ours --------------------------------------------------------------------------------------------------------- */

/* Allocates a raster of exactly the size of a frame, or none if it is too large. */
static struct mim_raster
make_raster(const struct mim_frame_info *info)
{
    struct mim_raster raster = { .struct_size = sizeof raster,
                                 .sample = info->sample,
                                 .width = info->width,
                                 .height = info->height,
                                 .channels = info->channels };

    raster.stride = info->sample == MIM_SAMPLE_U1 ? info->width / 8 + (info->width % 8 > 0)
                                                  : (uint64_t)info->width * info->channels * (info->sample == MIM_SAMPLE_U16 ? 2 : 1);
    if (raster.stride <= MAX_PIXEL_BYTES / info->height) {
        raster.data = calloc(info->height, raster.stride);
        EXPECT(raster.data);
    }
    return raster;
}

/* libpng expands all pictures. */
static void
expand_bits(struct mim_raster *raster, uint32_t channels)
{
    struct mim_frame_info info = {
        .width = raster->width, .height = raster->height, .channels = channels, .sample = MIM_SAMPLE_U8
    };
    const struct mim_raster packed = *raster;
    *raster = make_raster(&info);
    for (uint32_t y = 0; raster->data && y < packed.height; y++)
        for (uint64_t i = 0; i < raster->stride; i++)
            raster->data[y * raster->stride + i] =
                packed.data[y * packed.stride + i / channels / 8] >> (7 - i / channels % 8) & 1 ? 255 : 0;
    free(packed.data);
}

/* Errors of chunks that libpng ignores as ancillary, damaged or surplus. */
static bool
is_our_own_reason(const char *text)
{
    static const char *const reasons[] = { "a palette of", "chunk PLTE has", "chunk tRNS", "chunk acTL",
                                           "second acTL" };

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strstr(text, reasons[i]))
            return true;
    return false;
}

/* In a gray picture libpng 1.6.48 passes palettes over; 1.6.39 refuses a second one, as we do. */
static bool
is_newer_laxness(const char *text, const struct pngx_header *header)
{
    bool is_gray = header->colour == PNGX_GRAY || header->colour == PNGX_GRAY_ALPHA;
    return is_gray && png_access_version_number() > 10639 && strstr(text, "second palette");
}

static void
compare_picture(const struct mim_test_host *host, struct memory *file, const struct mim_raster *ours, int32_t status)
{
    struct mim_raster theirs = *ours;

    theirs.data = calloc(theirs.height, theirs.stride);
    EXPECT(theirs.data);
    bool is_read = read_by_libpng(file, &theirs);
    bool is_stricter = !is_read && png_access_version_number() > 10639 && has_reserved_type(file);
    if (is_read != (status == MIM_OK))
        fprintf(stderr, "status %d here, libpng %s: %s\n", status, is_read ? "reads it" : "refuses", host->message);
    EXPECT(is_stricter || is_read == (status == MIM_OK));
    EXPECT(!is_read || memcmp(ours->data, theirs.data, ours->stride * ours->height) == 0);
    free(theirs.data);
}

static void
put_chunk(struct memory *file, uint32_t type, const uint8_t *data, uint32_t size)
{
    uint8_t head[PNGX_CHUNK_HEAD], sum[4];

    mim_store_be32(mim_store_be32(head, size), type);
    memory_write(file, head, sizeof head);
    memory_write(file, data, size);
    mim_store_be32(sum, (uint32_t)crc32(crc32(0, head + 4, 4), size ? data : NULL, size));
    memory_write(file, sum, sizeof sum);
}

/* Writes a chunk of an animation to a file that has only this frame. */
static void
put_in_file(struct memory *file, const struct pngx_chunk *chunk, const uint8_t *data, const struct pngx_frame *frame,
            const struct pngx_header *header)
{
    bool is_before = chunk->offset < header->pixels;
    uint8_t ihdr[PNGX_IHDR_SIZE];

    if (chunk->type == PNGX_IHDR) {
        memcpy(ihdr, data, sizeof ihdr);
        mim_store_be32(mim_store_be32(ihdr, frame->width), frame->height);
        put_chunk(file, PNGX_IHDR, ihdr, sizeof ihdr);
    } else if (is_before && (chunk->type == PNGX_PLTE || chunk->type == PNGX_TRNS)) {
        put_chunk(file, chunk->type, data, chunk->size);
    } else if (chunk->offset >= frame->pixels && chunk->type == PNGX_FDAT) {
        put_chunk(file, PNGX_IDAT, data + 4, chunk->size - 4);
    }
}

static void
compare_frame(const struct mim_test_host *host, const struct pngx_header *header, const struct pngx_frame *frame,
              const struct mim_raster *ours)
{
    const uint8_t *data = host->source.data;
    struct memory file = { 0 };
    struct pngx_chunk chunk = { .offset = PNGX_SIGNATURE_SIZE };

    memory_write(&file, data, PNGX_SIGNATURE_SIZE);
    for (; chunk.offset + PNGX_CHUNK_HEAD <= host->source.size; chunk.offset = pngx_chunk_next(&chunk)) {
        chunk.size = mim_load_be32(data + chunk.offset);
        chunk.type = mim_load_be32(data + chunk.offset + 4);
        if (chunk.type == PNGX_IEND || (chunk.type == PNGX_FCTL && chunk.offset > frame->pixels) ||
            pngx_chunk_next(&chunk) > host->source.size)
            break;
        put_in_file(&file, &chunk, data + chunk.offset + PNGX_CHUNK_HEAD, frame, header);
    }
    put_chunk(&file, PNGX_IEND, data, 0);
    file.at = 0;
    compare_picture(host, &file, ours, MIM_OK);
    free(file.data);
}

/* Compares indices, looked up in the palette, with colours. */
static void
compare_indices(struct mim_test_host *host, const struct mim_raster *colours)
{
    struct reading reading;

    reading_begin(&reading, host);
    reading.state.palette = true;
    EXPECT(reading_open(&reading) == MIM_OK && reading_frame(&reading, 0) == MIM_OK);
    const struct pngx_header *header = &reading.state.header;
    for (uint32_t i = 0; i < colours->width * colours->height; i++) {
        uint32_t index = reading.pixels[i];
        if (3 * index < header->palette_size)
            EXPECT(memcmp(colours->data + (size_t)i * colours->channels, header->palette + (size_t)3 * index, 3) == 0);
    }
    reading_end(&reading);
}

static int32_t
read_frame(struct reading *reading, struct mim_test_host *host, uint64_t index)
{
    struct pngx_packet packet = { 0 };
    struct mim_frame_info info = { .struct_size = sizeof info, .pts = MIM_NO_PTS };
    const struct pngx_header *header = &reading->state.header;

    int32_t status = pngx_reader_ops.prepare(&reading->job, index, &packet, &info);
    if (status != MIM_OK)
        return status;
    bool is_picture = index == 0 && !packet.frame.is_fdat;
    EXPECT(info.width && info.height && info.width <= header->width && info.height <= header->height);
    struct mim_raster raster = make_raster(&info);
    if (!raster.data)
        return MIM_OK;
    int32_t verdict = pngx_reader_ops.pixels(&reading->job, &packet, &info, 0, &raster);
    EXPECT((verdict == MIM_OK || host->message[0]) && verdict != MIM_NOMEM);
    if (raster.sample == MIM_SAMPLE_U1)
        expand_bits(&raster, pngx_header_channels(header));
    if (!raster.data)
        return MIM_OK;
    struct memory file = memory_borrow(host->source.data, host->source.size);
    if (is_picture)
        compare_picture(host, &file, &raster, verdict);
    else if (verdict == MIM_OK)
        compare_frame(host, header, &packet.frame, &raster);
    mim_test_host_forget(host); /* the error belongs to that frame only */
    EXPECT(pngx_reader_ops.metadata(&reading->job, &packet, &info) == MIM_OK);
    if (is_picture && verdict == MIM_OK && header->colour == PNGX_PALETTE)
        compare_indices(host, &raster);
    free(raster.data);
    return MIM_OK;
}

/* Checks a refusal by open. */
static void
compare_refusal(const struct mim_test_host *host, const struct pngx_header *header)
{
    struct mim_frame_info info = {
        .width = header->width, .height = header->height, .channels = 4, .sample = MIM_SAMPLE_U16
    };

    EXPECT(host->message[0]);
    if (!header->width || !header->height || is_our_own_reason(host->message) ||
        is_newer_laxness(host->message, header))
        return;
    struct mim_raster raster = make_raster(&info);
    struct memory file = memory_borrow(host->source.data, host->source.size);
    if (raster.data)
        compare_picture(host, &file, &raster, MIM_CORRUPT);
    free(raster.data);
}

static void
read_file(const uint8_t *data, size_t size)
{
    struct mim_test_host host = { .source = { .data = (uint8_t *)(uintptr_t)data, .size = size },
                                  .limits[MIM_LIMIT_METADATA] = MAX_METADATA };
    struct reading reading;

    reading_begin(&reading, &host);
    reading.state.raw = true;
    int32_t status = reading_open(&reading);
    bool is_open = status == MIM_OK;
    if (!is_open)
        compare_refusal(&host, &reading.state.header);
    for (uint64_t i = 0; i < MAX_FRAMES && status == MIM_OK; i++)
        status = read_frame(&reading, &host, i);
    EXPECT(status == MIM_OK || status == MIM_END || host.message[0]);
    mim_test_host_forget(&host);
    if (is_open) {
        status = pngx_reader_ops.metadata(&reading.job, NULL, NULL);
        EXPECT(status == MIM_OK || host.message[0]);
    }
    EXPECT(host.max_allocated <= MAX_ALLOCATED + (int64_t)size);
    reading_end(&reading);
    EXPECT(mim_test_host_clear(&host));
}

/* --- checksums ---------------------------------------------------------------------------------------------------- */

/* The picture's compressed pixels, and where each byte is in the file. */
struct stream {
    uint8_t *data;
    size_t *places, size;
};

static struct stream
find_stream(const uint8_t *data, size_t size)
{
    struct stream stream = { .data = malloc(size + 1), .places = malloc((size + 1) * sizeof(size_t)) };

    EXPECT(stream.data && stream.places);
    for (size_t at = PNGX_SIGNATURE_SIZE; at + PNGX_CHUNK_FRAME <= size;) {
        uint64_t length = mim_load_be32(data + at);
        if (length > size - at - PNGX_CHUNK_FRAME)
            break;
        for (size_t i = 0; mim_load_be32(data + at + 4) == PNGX_IDAT && i < length; i++) {
            stream.places[stream.size] = at + PNGX_CHUNK_HEAD + i;
            stream.data[stream.size++] = data[at + PNGX_CHUNK_HEAD + i];
        }
        at += length + PNGX_CHUNK_FRAME;
    }
    return stream;
}

/* Corrects the checksum of the picture's pixels if zlib can read them all. */
static void
mend_pixels(uint8_t *data, size_t size)
{
    enum { HEAD = 2, SUM = 4 };
    struct stream stream = find_stream(data, size);
    z_stream zlib = { .next_in = stream.data + HEAD,
                      .avail_in = (unsigned)(stream.size > HEAD ? stream.size - HEAD : 0) };
    uint8_t *made = malloc(MAX_PIXEL_BYTES), sum[SUM];

    EXPECT(made && inflateInit2(&zlib, -15) == Z_OK);
    zlib.next_out = made;
    zlib.avail_out = MAX_PIXEL_BYTES;
    if (inflate(&zlib, Z_FINISH) == Z_STREAM_END && HEAD + zlib.total_in + SUM <= stream.size) {
        mim_store_be32(sum, (uint32_t)adler32(1, made, (uInt)zlib.total_out));
        for (size_t i = 0; i < SUM; i++)
            data[stream.places[HEAD + zlib.total_in + i]] = sum[i];
    }
    inflateEnd(&zlib);
    free(made);
    free(stream.data);
    free(stream.places);
}

/* Corrects all checksums. Returns whether one changed. */
static bool
mend_sums(uint8_t *data, size_t size)
{
    bool is_changed = false;

    for (size_t at = PNGX_SIGNATURE_SIZE; at + PNGX_CHUNK_FRAME <= size;) {
        uint64_t length = mim_load_be32(data + at);
        if (length > size - at - PNGX_CHUNK_FRAME)
            break;
        uint8_t *sum = data + at + PNGX_CHUNK_HEAD + length;
        uint32_t right = (uint32_t)crc32(0, data + at + 4, (uInt)length + 4);
        is_changed = is_changed || mim_load_be32(sum) != right;
        mim_store_be32(sum, right);
        at += length + PNGX_CHUNK_FRAME;
    }
    return is_changed;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *mended = malloc(size + !size);

    EXPECT(mended);
    if (size)
        memcpy(mended, data, size);
    read_file(data, size);
    mend_pixels(mended, size);
    if (mend_sums(mended, size))
        read_file(mended, size);
    free(mended);
    return 0;
}
