/* SPDX-License-Identifier: MIT */
/* JFIF 1.02; Exif 2.32 section 4.7.2; XMP part 3, 1.1.3; ICC.1 annex B.4. */
#include "write/emit-metadata.h"

#include <math.h>
#include <string.h>

enum { MAX_SEGMENT = 65533, PROFILE_HEAD = 14, MAX_PART = MAX_SEGMENT - PROFILE_HEAD };
enum { MAX_DENSITY = 65535 };

/* The ratio of an aspect in 16 bits. */
static void
set_aspect(struct jpeg_compress_struct *jpeg, struct mim_rational aspect)
{
    while (aspect.num > MAX_DENSITY || aspect.den > MAX_DENSITY)
        aspect = (struct mim_rational){ (aspect.num + 1) / 2, (aspect.den + 1) / 2 };
    jpeg->density_unit = 0;
    jpeg->X_density = (UINT16)aspect.den;
    jpeg->Y_density = (UINT16)aspect.num;
}

void
jpeg_set_density(struct jpeg_compress_struct *jpeg, const struct jpeg_retained *retained)
{
    const struct mim_resolution *resolution = &retained->resolution;
    if (resolution->axes[0] > 0) {
        jpeg->density_unit = (UINT8)resolution->unit;
        jpeg->X_density = (UINT16)lround(resolution->axes[0]);
        jpeg->Y_density = (UINT16)lround(resolution->axes[1]);
    } else if (retained->aspect.den) {
        set_aspect(jpeg, retained->aspect);
    }
}

/* A segment of a signature and bytes. */
static void
emit_segment(struct jpeg_compress_struct *jpeg, int marker, const void *signature, size_t signature_size, const uint8_t *bytes,
             uint64_t size)
{
    const uint8_t *at = signature;
    jpeg_write_m_header(jpeg, marker, (unsigned)(signature_size + size));
    for (size_t i = 0; i < signature_size; i++)
        jpeg_write_m_byte(jpeg, at[i]);
    for (uint64_t i = 0; i < size; i++)
        jpeg_write_m_byte(jpeg, bytes[i]);
}

/* Bytes 16 to 19 of a profile name its colour space. */
static int32_t
emit_profile(struct mim_job *job, struct jpeg_compress_struct *jpeg, const struct mim_bytes *icc)
{
    const char *space = jpeg->input_components == 1 ? "GRAY" : "RGB ";
    if (!icc->size)
        return MIM_OK;
    if (icc->size < 20 || memcmp(icc->data + 16, space, 4) != 0)
        return job->host->notice(job, MIM_NOTICE_METADATA, "the colour profile does not match the samples and is left out");
    uint8_t head[PROFILE_HEAD] = "ICC_PROFILE";
    head[13] = (uint8_t)((icc->size + MAX_PART - 1) / MAX_PART);
    for (uint64_t at = 0; at < icc->size; at += MAX_PART) {
        uint64_t size = icc->size - at < MAX_PART ? icc->size - at : MAX_PART;
        head[12]++;
        emit_segment(jpeg, JPEG_APP0 + 2, head, sizeof head, icc->data + at, size);
    }
    return MIM_OK;
}

int32_t
jpeg_emit_metadata(struct mim_job *job, struct jpeg_compress_struct *jpeg, const struct jpeg_retained *retained)
{
    static const char xmp[] = "http://ns.adobe.com/xap/1.0/", exif[] = "Exif\0";
    if (retained->exif.size)
        emit_segment(jpeg, JPEG_APP0 + 1, exif, sizeof exif, retained->exif.data, retained->exif.size);
    if (retained->xmp.size)
        emit_segment(jpeg, JPEG_APP0 + 1, xmp, sizeof xmp, retained->xmp.data, retained->xmp.size);
    if (retained->comment.size)
        emit_segment(jpeg, JPEG_COM, NULL, 0, retained->comment.data, retained->comment.size);
    return emit_profile(job, jpeg, &retained->icc);
}
