/* SPDX-License-Identifier: MIT */
/* Writes retained metadata in the order that PNG requires. */
#include "write/emit-metadata.h"

#include <math.h>
#include <string.h>

#include <mim/kit/text.h>

#include "chunk/emit.h"
#include "chunk/text.h"
#include "write/deflate.h"

enum { PHYS_SIZE = 9, METRE = 1, PROFILE_LEVEL = 6 };

/* Bytes 16 to 19 of a profile name its colour space. */
static int32_t
emit_profile(struct mim_job *job, struct pngx_retained *retained, uint32_t channels, bool *has_profile)
{
    static const uint8_t name[] = "ICC profile\0"; /* followed by method 0 */
    const struct mim_bytes *icc = &retained->icc;
    const char *space = channels < 3 ? "GRAY" : "RGB ";

    *has_profile = false;
    if (!icc->size)
        return MIM_OK;
    if (icc->size < 20 || memcmp(icc->data + 16, space, 4) != 0)
        return job->host->notice(job, MIM_NOTICE_METADATA,
                                 "the colour profile does not match the samples and is left out");
    struct pngx_deflater deflater = { 0 };
    struct mim_bytes *out = &deflater.out;
    int32_t status = pngx_deflater_open(job, &deflater, PROFILE_LEVEL);
    if (status == MIM_OK)
        status = mim_bytes_reserve(job, out, libdeflate_zlib_compress_bound(deflater.compressor.libdeflate, icc->size));
    if (status == MIM_OK) {
        out->size =
            libdeflate_zlib_compress(deflater.compressor.libdeflate, icc->data, icc->size, out->data, out->capacity);
        status = pngx_emit_chunk(job, PNGX_TYPE('i', 'C', 'C', 'P'), name, sizeof name, out->data, out->size);
        *has_profile = true;
    }
    pngx_deflater_close(job, &deflater);
    return status;
}

/* Pixels per unit, of which only the ratio is known. */
static int32_t
emit_aspect(struct mim_job *job, const struct pngx_retained *retained)
{
    uint8_t bytes[PHYS_SIZE] = { 0 };

    if (!retained->aspect.den)
        return MIM_OK;
    mim_store_be32(mim_store_be32(bytes, (uint32_t)retained->aspect.den), (uint32_t)retained->aspect.num);
    return pngx_emit_chunk(job, PNGX_TYPE('p', 'H', 'Y', 's'), NULL, 0, bytes, sizeof bytes);
}

static int32_t
emit_resolution(struct mim_job *job, const struct pngx_retained *retained)
{
    uint8_t bytes[PHYS_SIZE] = { 0 };
    double axes[2];

    if (!(retained->resolution.axes[0] > 0))
        return emit_aspect(job, retained);
    bytes[8] = mim_resolution_get(&retained->resolution, 1, axes) ? METRE : 0;
    for (int i = 0; i < 2; i++) {
        double value = round(axes[i]);
        if (!(value >= 1 && value <= INT32_MAX))
            return job->host->notice(job, MIM_NOTICE_METADATA, "png cannot store this resolution");
        mim_store_be32(bytes + 4 * i, (uint32_t)value);
    }
    return pngx_emit_chunk(job, PNGX_TYPE('p', 'H', 'Y', 's'), NULL, 0, bytes, sizeof bytes);
}

/* Prefers tEXt, which is Latin-1, since every reader supports it. */
static int32_t
emit_text(struct mim_job *job, const struct pngx_retained_text *text)
{
    uint32_t head_size = (uint32_t)strlen(text->keyword) + 1;
    uint8_t head[85] = { 0 }; /* keyword, not compressed, no language, no translation */
    uint64_t size = text->value.size;

    memcpy(head, text->keyword, head_size);
    uint8_t *latin1 = job->host->resize(job, NULL, 0, size + 1);
    if (!latin1)
        return MIM_NOMEM;
    int64_t count = mim_utf8_to_latin1(text->value.data, size, latin1, size);
    int32_t status =
        count < 0 ? pngx_emit_chunk(job, PNGX_TYPE('i', 'T', 'X', 't'), head, head_size + 4, text->value.data, size)
                  : pngx_emit_chunk(job, PNGX_TYPE('t', 'E', 'X', 't'), head, head_size, latin1, (uint64_t)count);
    job->host->resize(job, latin1, size + 1, 0);
    return status;
}

static int32_t
emit_colour(struct mim_job *job, struct pngx_retained *retained, uint32_t channels)
{
    bool has_profile;

    int32_t status = emit_profile(job, retained, channels, &has_profile);
    if (status == MIM_OK)
        status = pngx_display_emit(job, &retained->display);
    if (status == MIM_OK && retained->has_gamma)
        status = pngx_emit_chunk(job, PNGX_TYPE('g', 'A', 'M', 'A'), NULL, 0, retained->gamma, sizeof retained->gamma);
    if (status == MIM_OK && retained->has_chromaticities)
        status = pngx_emit_chunk(job, PNGX_TYPE('c', 'H', 'R', 'M'), NULL, 0, retained->chromaticities,
                                 sizeof retained->chromaticities);
    if (status == MIM_OK && retained->has_srgb && !has_profile) /* sRGB and iCCP exclude each other */
        status = pngx_emit_chunk(job, PNGX_TYPE('s', 'R', 'G', 'B'), NULL, 0, retained->srgb, sizeof retained->srgb);
    return status;
}

int32_t
pngx_emit_metadata(struct mim_job *job, struct pngx_retained *retained, uint32_t channels)
{
    int32_t status = emit_colour(job, retained, channels);
    if (status == MIM_OK)
        status = emit_resolution(job, retained);
    if (status == MIM_OK && retained->has_time)
        status = pngx_emit_chunk(job, PNGX_TYPE('t', 'I', 'M', 'E'), NULL, 0, retained->time, sizeof retained->time);
    if (status == MIM_OK && retained->exif.size)
        status = pngx_emit_chunk(job, PNGX_TYPE('e', 'X', 'I', 'f'), NULL, 0, retained->exif.data, retained->exif.size);
    if (status == MIM_OK && retained->xmp.size) {
        static const uint8_t head[] = PNGX_XMP_KEYWORD "\0\0\0\0"; /* not compressed, no language, no translation */
        status = pngx_emit_chunk(job, PNGX_TYPE('i', 'T', 'X', 't'), head, sizeof head, retained->xmp.data, retained->xmp.size);
    }
    for (uint32_t i = 0; i < retained->text_count && status == MIM_OK; i++)
        status = emit_text(job, &retained->texts[i]);
    return status;
}
