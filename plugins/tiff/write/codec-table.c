/* SPDX-License-Identifier: MIT */
/* The compressions that can be written. */
#include "write/codec-table.h"

#include <stdio.h>
#include <string.h>

#include <tiffio.h>

#include "file/known-tags.h"

/* In the order of TIFF_CODEC_CHOICES. */
static const struct tiff_codec codecs[] = {
    { "none", COMPRESSION_NONE, 0, 0, 0, false, false, true, 0, false },
    { "lzw", COMPRESSION_LZW, 0, 0, 0, true, true, true, 0, false },
    { "deflate", COMPRESSION_ADOBE_DEFLATE, TIFFTAG_ZIPQUALITY, 1, 12, true, true, true, 0, false },
    { "packbits", COMPRESSION_PACKBITS, 0, 0, 0, false, false, true, 0, false },
    { "jpeg", COMPRESSION_JPEG, TIFFTAG_JPEGQUALITY, 1, 100, false, false, false, 65500, false },
    { "zstd", COMPRESSION_ZSTD, TIFFTAG_ZSTD_LEVEL, 1, 22, true, true, false, 0, false },
    { "lzma", COMPRESSION_LZMA, TIFFTAG_LZMAPRESET, 0, 9, true, false, false, 0, false },
    { "webp", COMPRESSION_WEBP, TIFFTAG_WEBP_LEVEL, 1, 100, false, false, false, 16383, false },
    { "g3", COMPRESSION_CCITTFAX3, 0, 0, 0, false, false, false, 0, true },
    { "g4", COMPRESSION_CCITTFAX4, 0, 0, 0, false, false, false, 0, true },
};
#define CODEC_COUNT (sizeof codecs / sizeof *codecs)
_Static_assert(CODEC_COUNT == TIFF_CODEC_AUTO, "auto follows the codecs");

const struct tiff_codec *
tiff_codec_at(int32_t choice)
{
    return &codecs[choice >= 0 && (size_t)choice < CODEC_COUNT ? choice : 0];
}

/* Built-in codecs do not depend on how libtiff was built. */
static bool
is_available(const struct tiff_codec *codec)
{
    return codec->is_built_in || TIFFIsCODECConfigured(codec->scheme);
}

const struct tiff_codec *
tiff_codec_of_bits(const char *name, uint64_t size)
{
    static const struct {
        uint32_t scheme, nearest;
    } others[] = { { COMPRESSION_CCITTRLE, COMPRESSION_CCITTFAX3 },
                   { COMPRESSION_CCITTRLEW, COMPRESSION_CCITTFAX3 },
                   { COMPRESSION_JBIG, COMPRESSION_CCITTFAX4 } };
    uint32_t scheme = tiff_value_of(tiff_compression_names, name, size);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].scheme == scheme)
            scheme = others[i].nearest;
    for (size_t i = 0; i < CODEC_COUNT; i++)
        if (codecs[i].scheme == scheme && !codecs[i].max_side && is_available(&codecs[i]))
            return &codecs[i];
    return NULL;
}

static int32_t
refuse_codec(const struct tiff_codec *codec, struct mim_job *job)
{
    char names[128] = "";
    for (size_t i = 0; i < CODEC_COUNT; i++)
        if (is_available(&codecs[i])) {
            size_t length = strlen(names);
            snprintf(names + length, sizeof names - length, "%s%s", length ? ", " : "", codecs[i].name);
        }
    return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "compression=%s: the installed libtiff supports only %s",
                           codec->name, names);
}

int32_t
tiff_codec_check(const struct tiff_codec *codec, struct mim_job *job, int64_t level)
{
    if (!is_available(codec))
        return refuse_codec(codec, job);
    if (level < 0)
        return MIM_OK;
    if (!codec->level_tag)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "level=%lld: compression=%s has no levels",
                               (long long)level, codec->name);
    if (level < codec->min_level || level > codec->max_level)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "level=%lld: compression=%s has levels from %lld to %lld",
                               (long long)level, codec->name, (long long)codec->min_level, (long long)codec->max_level);
    return MIM_OK;
}
