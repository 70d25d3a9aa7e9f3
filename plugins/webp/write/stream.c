/* SPDX-License-Identifier: MIT */
/*
 * RIFF, then the pixels: alone, or after VP8X, profile and ANIM, and before Exif and XMP. The size of the file and the flag of
 * alpha are known at the end.
 */
#include "write/stream.h"

#include "riff/layout.h"

enum { RIFF_SIZE_AT = 4, VP8X_FLAGS_AT = WEBP_RIFF_HEAD + WEBP_CHUNK_HEAD };

static int32_t
check_size(struct mim_job *job, uint64_t more)
{
    if (more > WEBP_FILE_MAX || job->host->tell(job) > WEBP_FILE_MAX - more)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "a WebP file holds at most 4 GB, and this one would exceed them");
    return MIM_OK;
}

/* A chunk of fields, then data. */
static int32_t
emit_chunk(struct mim_job *job, uint32_t type, const uint8_t *fields, uint64_t count, const uint8_t *data, uint64_t size)
{
    uint8_t head[WEBP_CHUNK_HEAD];

    int32_t status = check_size(job, sizeof head + count + size + 1);
    mim_store_le32(mim_store_le32(head, type), (uint32_t)(count + size));
    if (status == MIM_OK)
        status = job->host->emit(job, head, sizeof head);
    if (status == MIM_OK && count)
        status = job->host->emit(job, fields, count);
    if (status == MIM_OK && size)
        status = job->host->emit(job, data, size);
    return status == MIM_OK && (count + size) % 2 ? job->host->emit(job, "", 1) : status;
}

static int32_t
emit_metadata(struct mim_job *job, uint32_t type, const struct mim_bytes *bytes)
{
    return bytes->size ? emit_chunk(job, type, NULL, 0, bytes->data, bytes->size) : MIM_OK;
}

/* The chunks before the first frame. */
static int32_t
start_file(struct mim_job *job, struct webp_stream *stream, const struct webp_retained *retained)
{
    uint8_t riff[WEBP_RIFF_HEAD], vp8x[WEBP_VP8X_SIZE] = { 0 }, anim[WEBP_ANIM_SIZE] = { 0 };

    stream->is_started = true;
    stream->is_extended = stream->flags & WEBP_HAS_ANIMATION || webp_retained_flags(retained) || stream->first.has_alpha_chunk;
    stream->flags |= webp_retained_flags(retained);
    mim_store_le32(mim_store_le32(mim_store_le32(riff, WEBP_RIFF), 0), WEBP_WEBP);
    int32_t status = job->host->emit(job, riff, sizeof riff);
    webp_store24(webp_store24(vp8x + 4, stream->width - 1), stream->height - 1);
    if (status == MIM_OK && stream->is_extended)
        status = emit_chunk(job, WEBP_VP8X, vp8x, sizeof vp8x, NULL, 0);
    if (status == MIM_OK)
        status = emit_metadata(job, WEBP_ICCP, &retained->icc);
    mim_store_le16(anim + 4, (uint16_t)stream->plays);
    if (status == MIM_OK && stream->flags & WEBP_HAS_ANIMATION)
        status = emit_chunk(job, WEBP_ANIM, anim, sizeof anim, NULL, 0);
    return status;
}

static int32_t
emit_frame(struct mim_job *job, const struct webp_coded_frame *frame, const uint8_t *data, uint64_t size)
{
    uint8_t anmf[WEBP_ANMF_SIZE], *out = webp_store24(webp_store24(anmf, frame->rect.x / 2), frame->rect.y / 2);

    out = webp_store24(webp_store24(out, frame->rect.width - 1), frame->rect.height - 1);
    *webp_store24(out, frame->duration) = frame->is_overlay ? 0 : WEBP_FRAME_REPLACES;
    return emit_chunk(job, WEBP_ANMF, anmf, sizeof anmf, data, size);
}

/* Keep the first frame. */
static int32_t
hold_first(struct mim_job *job, struct webp_stream *stream, const struct webp_coded_frame *frame,
           const struct mim_coded_part *coded)
{
    stream->first = *frame;
    return mim_bytes_append(job, &stream->first_bytes, coded->data, coded->size);
}

static int32_t
start_animation(struct mim_job *job, struct webp_stream *stream, const struct webp_retained *retained)
{
    stream->flags |= WEBP_HAS_ANIMATION;
    int32_t status = start_file(job, stream, retained);
    if (status == MIM_OK)
        status = emit_frame(job, &stream->first, stream->first_bytes.data, stream->first_bytes.size);
    mim_bytes_clear(job, &stream->first_bytes);
    return status;
}

int32_t
webp_stream_put(struct mim_job *job, struct webp_stream *stream, const struct webp_retained *retained,
                const struct webp_coded_frame *frame, const struct mim_coded_part *coded)
{
    stream->flags |= frame->has_alpha ? WEBP_HAS_ALPHA : 0;
    if (!stream->frames++)
        return hold_first(job, stream, frame, coded);
    int32_t status = stream->is_started ? MIM_OK : start_animation(job, stream, retained);
    return status == MIM_OK ? emit_frame(job, frame, coded->data, coded->size) : status;
}

static int32_t
patch_number(struct mim_job *job, uint32_t value, uint64_t offset)
{
    uint8_t bytes[4];

    mim_store_le32(bytes, value);
    return job->host->patch(job, bytes, sizeof bytes, offset);
}

static int32_t
write_picture(struct mim_job *job, struct webp_stream *stream, const struct webp_retained *retained)
{
    int32_t status = start_file(job, stream, retained);
    if (status == MIM_OK)
        status = check_size(job, stream->first_bytes.size);
    return status == MIM_OK ? job->host->emit(job, stream->first_bytes.data, stream->first_bytes.size) : status;
}

int32_t
webp_stream_finish(struct mim_job *job, struct webp_stream *stream, const struct webp_retained *retained)
{
    int32_t status = MIM_OK;

    if (!stream->is_started)
        status = stream->is_timed ? start_animation(job, stream, retained) : write_picture(job, stream, retained);
    if (status == MIM_OK)
        status = emit_metadata(job, WEBP_EXIF, &retained->exif);
    if (status == MIM_OK)
        status = emit_metadata(job, WEBP_XMP, &retained->xmp);
    if (status == MIM_OK)
        status = patch_number(job, (uint32_t)(job->host->tell(job) - WEBP_CHUNK_HEAD), RIFF_SIZE_AT);
    return status == MIM_OK && stream->is_extended ? patch_number(job, stream->flags, VP8X_FLAGS_AT) : status;
}

void
webp_stream_close(struct mim_job *job, struct webp_stream *stream)
{
    mim_bytes_clear(job, &stream->first_bytes);
}
