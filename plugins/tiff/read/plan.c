/* SPDX-License-Identifier: MIT */
/* How a page's samples become a frame's: type, channels, colours, decoder, and the rows decoded at once. */
#include "read/plan.h"

#include <string.h>

#include <tiff.h>

#include "codec/prefix-sum.h"
#include "file/sample.h"
#include "read/lab.h"
#include "read/ycbcr.h"

#define PART_BYTES (256u << 10)       /* enough work for a thread */
#define MAX_PARTS (1u << 20)
#define LONG_STRIP_BYTES (4u << 20)   /* longer strips are read row by row, for quick cancelling and little memory */
#define PLAIN_STRIP_BYTES (16u << 20) /* the same for strips decoded here */

static int32_t
refuse_page(const struct tiff_page *page, struct tiff_directory *directory, const char *what)
{
    struct mim_job *job = directory->job;
    return job->host->fail(job, MIM_UNSUPPORTED, page->offset,
                           "%s (photometric %u, %u samples of %u bits, format %u, compression %u)", what,
                           page->photometric, page->samples, page->bits, page->format, page->compression);
}

static int32_t
drop_extra_samples(struct tiff_directory *directory)
{
    return directory->job->host->notice(directory->job, MIM_NOTICE_ALPHA,
                                        "extra samples of pages with these colours are not read");
}

static int32_t
plan_rgba(struct tiff_page *page, struct tiff_directory *directory)
{
    page->route = TIFF_ROUTE_RGBA;
    page->out_sample = MIM_SAMPLE_U8;
    page->out_channels = 3;
    return page->extra_count ? drop_extra_samples(directory) : MIM_OK;
}

/* Whether alpha follows `colours` samples, neither of which is multiplied with it. */
static bool
has_alpha_at(const struct tiff_page *page, uint32_t colours)
{
    return page->samples > colours && page->extra_count &&
           (page->extra == EXTRASAMPLE_UNASSALPHA || page->extra == EXTRASAMPLE_ASSOCALPHA);
}

/* libtiff accepts tiles of any width. */
static bool
has_whole_bytes(const struct tiff_page *page)
{
    return !page->is_tiled || page->tile_width % 8 == 0;
}

/* A map of two colours: all red, all green, all blue. */
enum { BLACK_FIRST = 0x2a, WHITE_FIRST = 0x15 };

static bool
is_white(uint64_t value)
{
    return value == 255 || value == 0xff00 || value == UINT16_MAX;
}

/* Colour maps have 16 bits, but most hold 8-bit values: repeated, shifted up, or (old writers) as they are. */
static int32_t
plan_palette(struct tiff_page *page, struct tiff_directory *directory)
{
    bool is_index =
        page->sample == MIM_SAMPLE_U8 || page->sample == MIM_SAMPLE_U16; /* negative indices have no entry */
    if (page->bits > 16 || !is_index)
        return refuse_page(page, directory, "palettes of this kind need raw=yes");

    struct tiff_entry map = { 0 };
    int32_t status = MIM_OK;
    for (uint64_t i = 0; i < directory->count && status == MIM_OK && map.tag != TIFFTAG_COLORMAP; i++)
        status = tiff_directory_entry(directory, i, &map);
    uint64_t value = 0, count = map.tag == TIFFTAG_COLORMAP ? map.count : 0;
    bool is_small = true, is_coarse = true;
    unsigned whites = 0; /* a bit each of the first six values, if all are black or white */
    for (uint64_t i = 0; i < count && i < 3u << page->bits && status == MIM_OK; i++) {
        status = tiff_directory_uint(directory, &map, i, &value);
        whites |= value == 0 ? 0 : i < 6 && is_white(value) ? 1u << i : UINT32_MAX;
        is_small = is_small && value < 256;
        is_coarse = is_coarse && ((value & 255) == 0 || (value & 255) == value >> 8);
    }
    if (status != MIM_OK)
        return directory->job->host->fail(directory->job, status, page->offset, "cannot read the colour map");

    page->is_packed = page->bits == 1 && page->samples == 1 && count == 6 && has_whole_bytes(page) &&
                      (whites == BLACK_FIRST || whites == WHITE_FIRST);
    if (page->is_packed) {
        page->colour = whites == WHITE_FIRST ? TIFF_COLOUR_INVERT : TIFF_COLOUR_KEEP;
        return MIM_OK;
    }
    bool has_alpha = has_alpha_at(page, 1);
    page->colour = TIFF_COLOUR_PALETTE;
    page->out_channels = 3u + has_alpha;
    page->out_sample = is_small || is_coarse ? MIM_SAMPLE_U8 : MIM_SAMPLE_U16;
    return page->samples > 1u + has_alpha ? drop_extra_samples(directory) : MIM_OK;
}

static int32_t
plan_ycbcr(struct tiff_page *page, struct tiff_directory *directory, bool raw)
{
    if (raw && (page->subsample_x != 1 || page->subsample_y != 1))
        return refuse_page(page, directory, "subsampled YCbCr has no raw samples of one size");
    if (raw)
        return MIM_OK;
    if (page->samples != 3)
        return refuse_page(page, directory, "YCbCr with extra samples is not supported");
    if (page->bits == 16 && page->compression != COMPRESSION_JPEG) {
        if (!tiff_ycbcr_is_known(page))
            return refuse_page(page, directory, "subsampled YCbCr of 16 bits is not supported");
        page->colour = TIFF_COLOUR_YCBCR;
        return tiff_ycbcr_read(page, directory);
    }
    if (page->compression != COMPRESSION_JPEG || page->planar != PLANARCONFIG_CONTIG || page->samples != 3)
        return plan_rgba(page, directory);
    page->is_upsampled = true;
    return MIM_OK;
}

static void
plan_cmyk(struct tiff_page *page)
{
    bool has_alpha = page->samples == 5 && (page->extra == EXTRASAMPLE_UNASSALPHA);
    if (page->ink_set != INKSET_CMYK || (page->samples != 4 && !has_alpha) ||
        (page->sample != MIM_SAMPLE_U8 && page->sample != MIM_SAMPLE_U16))
        return; /* no rule converts these inks to RGB */
    page->colour = TIFF_COLOUR_CMYK;
    page->out_channels = page->samples - 1;
}

static int32_t
plan_lab(struct tiff_page *page, struct tiff_directory *directory)
{
    if (!tiff_lab_is_known(page))
        return refuse_page(page, directory, "Lab of this kind needs raw=yes");
    page->colour = TIFF_COLOUR_LAB;
    page->out_channels = 3u + has_alpha_at(page, 3);
    page->out_sample = page->bits == 8 ? MIM_SAMPLE_U8 : MIM_SAMPLE_U16;
    return page->samples > page->out_channels ? drop_extra_samples(directory) : MIM_OK;
}

static int32_t
plan_colour(struct tiff_page *page, struct tiff_directory *directory, bool raw)
{
    bool is_integer = page->sample <= MIM_SAMPLE_I64;
    if (page->compression == COMPRESSION_OJPEG)
        return raw ? refuse_page(page, directory, "old-style JPEG has no raw samples") : plan_rgba(page, directory);
    if (page->photometric == PHOTOMETRIC_YCBCR)
        return plan_ycbcr(page, directory, raw);
    if (raw)
        return MIM_OK;

    switch (page->photometric) {
    case PHOTOMETRIC_MINISWHITE:
        page->colour = is_integer ? TIFF_COLOUR_INVERT : TIFF_COLOUR_KEEP; /* floats have no range to invert */
        break;
    case PHOTOMETRIC_PALETTE:
        return plan_palette(page, directory);
    case PHOTOMETRIC_SEPARATED:
        plan_cmyk(page);
        return MIM_OK;
    case PHOTOMETRIC_LOGL:
    case PHOTOMETRIC_LOGLUV:
        return plan_rgba(page, directory);
    case PHOTOMETRIC_CIELAB:
    case PHOTOMETRIC_ICCLAB:
    case PHOTOMETRIC_ITULAB:
        return plan_lab(page, directory);
    default:
        break;
    }
    page->is_premultiplied =
        page->extra_count == 1 && page->extra == EXTRASAMPLE_ASSOCALPHA && (page->samples == 2 || page->samples == 4);
    return MIM_OK;
}

/* Codecs with prediction; libtiff ignores the tag for all others. */
static bool
codec_predicts(uint32_t compression)
{
    static const uint32_t schemes[] = { COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_DEFLATE,
                                        COMPRESSION_LZMA, COMPRESSION_ZSTD };
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (schemes[i] == compression)
            return true;
    return false;
}

/* The bytes of floats were split before they became differences, so libtiff must not swap them on the way. */
static bool
has_own_float_predictor(const struct tiff_page *page)
{
    bool is_native = page->order.is_big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    return page->predictor == PREDICTOR_FLOATINGPOINT && page->format == SAMPLEFORMAT_IEEEFP && is_native &&
           (page->bits == 16 || page->bits == 24 || page->bits == 32 || page->bits == 64);
}

static bool
has_own_predictor(const struct tiff_page *page)
{
    if (page->route != TIFF_ROUTE_SAMPLES || !codec_predicts(page->compression))
        return false;
    return (page->predictor == PREDICTOR_HORIZONTAL && tiff_prefix_sum_of(page->bits)) || has_own_float_predictor(page);
}

/* When a page has more strip offsets than sizes, or fewer, libtiff's answer depends on which of the two it is asked for
 * first: it decodes such pages itself. */
static enum tiff_decoder
choose_decoder(const struct tiff_page *page)
{
    static const struct {
        uint32_t compression;
        enum tiff_decoder decoder;
    } decoders[] = {
        { COMPRESSION_NONE, TIFF_DECODER_COPY },
        { COMPRESSION_LZW, TIFF_DECODER_LZW },
        { COMPRESSION_ADOBE_DEFLATE, TIFF_DECODER_DEFLATE },
        { COMPRESSION_DEFLATE, TIFF_DECODER_DEFLATE },
        { COMPRESSION_PACKBITS, TIFF_DECODER_PACKBITS },
    };
    bool has_predictor = codec_predicts(page->compression) && page->predictor != PREDICTOR_NONE;
    if (page->has_uneven_strips || page->route != TIFF_ROUTE_SAMPLES || page->fill_order != FILLORDER_MSB2LSB ||
        page->photometric == PHOTOMETRIC_YCBCR || (has_predictor && !page->has_own_predictor))
        return TIFF_DECODER_LIBTIFF;
    for (size_t i = 0; i < sizeof decoders / sizeof *decoders; i++)
        if (decoders[i].compression == page->compression)
            return decoders[i].decoder;
    return TIFF_DECODER_LIBTIFF;
}

bool
tiff_page_has_plain_samples(const struct tiff_page *page)
{
    return page->is_packed || page->bits == tiff_sample_size(page->sample) * 8u;
}

/* Bilevel pages, unless their values are to change. */
static bool
stays_packed(const struct tiff_page *page, const struct tiff_read_options *options)
{
    bool is_gray = page->colour == TIFF_COLOUR_KEEP || page->colour == TIFF_COLOUR_INVERT;
    return page->bits == 1 && page->samples == 1 && is_gray && page->route == TIFF_ROUTE_SAMPLES && options->scale &&
           page->photometric != PHOTOMETRIC_PALETTE && page->sample == MIM_SAMPLE_U8 && has_whole_bytes(page);
}

/* The core aligns rows to 64 bytes: rows of a multiple of that are adjacent in a frame as in a strip. */
static bool
decodes_in_place(const struct tiff_page *page)
{
    return tiff_page_row_bytes(page, page->width) % 64 == 0 && tiff_page_has_plain_samples(page) && page->planes == 1 &&
           page->colour == TIFF_COLOUR_KEEP && !page->is_turned;
}

static bool
is_rowwise(const struct tiff_page *page)
{
    if (page->is_tiled || page->route == TIFF_ROUTE_RGBA)
        return false;
    uint64_t row = tiff_page_row_bytes(page, page->width), limit = LONG_STRIP_BYTES;
    if (page->decoder != TIFF_DECODER_LIBTIFF)
        limit = decodes_in_place(page) ? TIFF_MAX_STRIP_BYTES : PLAIN_STRIP_BYTES;
    return page->compression == COMPRESSION_NONE || row > limit / page->rows_per_strip;
}

/* Strips of the usual size and rows of tiles are decoded at once, long and uncompressed strips row by row. */
static void
plan_pieces(struct tiff_page *page)
{
    uint64_t row = tiff_page_row_bytes(page, page->width) * page->planes;
    uint64_t rows = page->is_tiled ? page->tile_height : page->rows_per_strip;
    if (rows > page->height)
        rows = page->height;
    uint64_t part_rows = PART_BYTES / row ? PART_BYTES / row : 1, unit = rows;

    page->rows_per_chunk = (uint32_t)(page->is_rowwise && page->planes == 1 && part_rows < rows ? part_rows : rows);
    if (page->is_rowwise && page->compression == COMPRESSION_NONE)
        page->rows_per_chunk = (uint32_t)(unit = part_rows < page->height ? part_rows : page->height);
    uint64_t least = page->height / MAX_PARTS + 1, part = part_rows / unit ? part_rows / unit * unit : unit;
    if (part < least)
        part = (least + unit - 1) / unit * unit;
    page->rows_per_part = (uint32_t)(part < page->height ? part : page->height);
}

int32_t
tiff_page_plan(struct tiff_page *page, struct tiff_directory *directory, const struct tiff_read_options *options)
{
    page->sample = tiff_sample_type(page->bits, page->format);
    page->is_scaled =
        options->scale && page->photometric != PHOTOMETRIC_PALETTE && page->bits < tiff_sample_size(page->sample) * 8u;
    page->is_turned = options->orient && page->orientation != ORIENTATION_TOPLEFT;
    page->out_sample = page->sample;
    page->out_channels = page->samples;
    if (page->format == SAMPLEFORMAT_COMPLEXIEEEFP || page->format == SAMPLEFORMAT_COMPLEXINT)
        return refuse_page(page, directory, "complex samples are not supported");

    int32_t status = plan_colour(page, directory, options->raw);
    if (status == MIM_OK && page->route == TIFF_ROUTE_SAMPLES && page->sample == MIM_SAMPLE_NONE)
        return refuse_page(page, directory, "samples of this kind are not supported");
    if (status != MIM_OK)
        return status;
    page->is_packed = page->is_packed || stays_packed(page, options);
    if (page->is_packed)
        page->out_sample = MIM_SAMPLE_U1;
    page->has_own_predictor = has_own_predictor(page);
    page->decoder = choose_decoder(page);
    page->is_rowwise = is_rowwise(page);
    plan_pieces(page);
    if (page->is_packed && page->is_turned)
        page->rows_per_part = page->height; /* parts would share bytes */
    return MIM_OK;
}
