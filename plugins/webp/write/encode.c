/* SPDX-License-Identifier: MIT */
/* A frame is the rectangle that changes. libwebp writes it as a file of its own, of which the chunks of pixels are emitted. */
#include "write/encode.h"

#include <webp/decode.h>
#include <webp/encode.h>

#include "riff/layout.h"
#include "write/colours.h"
#include "write/overlay.h"

/* Above it, lossy pictures are coded in less memory, at the cost of time. */
enum { LARGE_PIXELS = 2 << 20 };

/* What the callbacks of libwebp need, and why they made it stop. */
struct output {
    struct mim_job *job;
    struct mim_bytes *bytes;
    int32_t status;
};

static int
append_output(const uint8_t *data, size_t size, const WebPPicture *picture)
{
    struct output *output = picture->custom_ptr;

    output->status = mim_bytes_append(output->job, output->bytes, data, size);
    return output->status == MIM_OK;
}

static int
poll_output(int percent, const WebPPicture *picture)
{
    struct output *output = picture->custom_ptr;
    (void)percent;

    output->status = output->job->host->poll(output->job);
    return output->status == MIM_OK;
}

/* Offsets in the file are even. A frame without changes still has a pixel. */
static int32_t
find_rect(struct mim_job *job, const struct mim_raster *raster, const struct mim_raster *before, struct mim_rect *rect)
{
    *rect = (struct mim_rect){ 0, 0, raster->width, raster->height };
    int32_t status = before ? job->host->find_changes(job, raster, before, rect) : MIM_OK;
    if (rect->width == 0)
        *rect = (struct mim_rect){ 0, 0, 1, 1 };
    rect->width += rect->x % 2;
    rect->height += rect->y % 2;
    rect->x -= rect->x % 2;
    rect->y -= rect->y % 2;
    return status;
}

static int32_t
choose_coding(struct mim_job *job, const struct webp_encoding *encoding, const struct mim_raster *raster,
              struct webp_coded_frame *frame)
{
    bool are_few = encoding->lossless == WEBP_LOSSLESS_YES;

    int32_t status = encoding->lossless == WEBP_LOSSLESS_AUTO
                         ? webp_colours_are_few(job, raster, &frame->rect, &are_few)
                         : MIM_OK;
    frame->is_lossy = !are_few;
    return status;
}

static bool
is_large(const struct webp_coded_frame *frame)
{
    return (uint64_t)frame->rect.width * frame->rect.height > LARGE_PIXELS;
}

/* Measured: what libwebp allocates at most, for pixels of noise. Alpha is coded without losses too. */
static int64_t
estimate_memory(const struct webp_encoding *encoding, const struct mim_raster *raster, const struct webp_coded_frame *frame)
{
    enum { BASE = 1 << 20, LOSSY = 16, LOSSY_LARGE = 6, LOSSLESS = 40, LOSSLESS_SLOW = 60, SLOW_METHOD = 5, SLOW_QUALITY = 76 };
    bool is_slow = encoding->method >= SLOW_METHOD || encoding->quality >= SLOW_QUALITY;
    int64_t each = is_slow ? LOSSLESS_SLOW : LOSSLESS;

    if (frame->is_lossy && raster->channels == 3)
        each = is_large(frame) ? LOSSY_LARGE : LOSSY;
    return BASE + each * frame->rect.width * frame->rect.height;
}

static int32_t
fail_encoding(struct mim_job *job, const struct output *output, WebPEncodingError code)
{
    if (output->status != MIM_OK)
        return output->status;
    if (code == VP8_ENC_ERROR_OUT_OF_MEMORY || code == VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for libwebp");
    return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "libwebp cannot code the frame: error %d", (int)code);
}

/* Copy the rectangle into the memory of libwebp, as ARGB or YUV. */
static bool
import_rect(WebPPicture *picture, const struct mim_raster *raster, const struct mim_raster *before,
            const struct webp_coded_frame *frame)
{
    const struct mim_rect *rect = &frame->rect;
    const uint8_t *data = raster->data + rect->y * raster->stride + (uint64_t)rect->x * raster->channels;

    picture->width = (int)rect->width;
    picture->height = (int)rect->height;
    bool is_imported = raster->channels == 4 ? WebPPictureImportRGBA(picture, data, (int)raster->stride)
                                             : WebPPictureImportRGB(picture, data, (int)raster->stride);
    if (is_imported && frame->is_overlay)
        webp_overlay_clear(raster, before, rect, picture->argb, (uint64_t)picture->argb_stride);
    return is_imported;
}

static int32_t
run_libwebp(struct mim_job *job, struct webp_encoder *encoder, const struct webp_encoding *encoding,
            const struct mim_raster *raster, const struct mim_raster *before, const struct webp_coded_frame *frame)
{
    struct output output = { job, &encoder->file, MIM_OK };
    WebPConfig config;
    WebPPicture picture;

    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "libwebp has another ABI than the plugin was built with");
    config.lossless = !frame->is_lossy;
    config.quality = (float)encoding->quality;
    config.method = (int)encoding->method;
    config.exact = encoding->exact && !frame->is_overlay; /* its transparent pixels have no colour */
    config.low_memory = is_large(frame);
    picture.use_argb = !frame->is_lossy;
    picture.writer = append_output;
    picture.progress_hook = poll_output;
    picture.custom_ptr = &output;
    encoder->file.size = 0;
    int32_t status = MIM_OK;
    if (!import_rect(&picture, raster, before, frame) || !WebPEncode(&config, &picture))
        status = fail_encoding(job, &output, picture.error_code);
    WebPPictureFree(&picture);
    return status;
}

/* Code the frame as an overlay instead of a rectangle, or the reverse, and keep what is smaller. */
static int32_t
try_other(struct mim_job *job, struct webp_encoder *encoder, const struct webp_encoding *encoding,
          const struct mim_raster *raster, const struct mim_raster *before, struct webp_coded_frame *frame)
{
    const struct mim_bytes file = encoder->file;

    encoder->file = encoder->other;
    encoder->other = file;
    frame->is_overlay = !frame->is_overlay;
    int32_t status = run_libwebp(job, encoder, encoding, raster, before, frame);
    if (status != MIM_OK || encoder->file.size < encoder->other.size)
        return status;
    encoder->other = encoder->file;
    encoder->file = file;
    frame->is_overlay = !frame->is_overlay;
    return MIM_OK;
}

/*
 * Measured on 305 rectangles of 21 animations: an overlay is smaller if more than half of the pixels stay the same, and larger
 * else, since scattered holes are hard to predict. To code all of them both ways would save 0.4 % more, in twice the time.
 */
static int32_t
code_exactly(struct mim_job *job, struct webp_encoder *encoder, const struct webp_encoding *encoding,
             const struct mim_raster *raster, const struct mim_raster *before, struct webp_coded_frame *frame)
{
    enum { SMALL_PIXELS = 4096 }; /* coded both ways: no time to speak of */
    const uint64_t pixels = (uint64_t)frame->rect.width * frame->rect.height;
    uint64_t same = 0;

    int32_t status = before ? webp_overlay_count(job, raster, before, &frame->rect, &same) : MIM_OK;
    frame->is_overlay = 2 * same > pixels;
    if (status == MIM_OK)
        status = run_libwebp(job, encoder, encoding, raster, before, frame);
    if (status == MIM_OK && same && pixels <= SMALL_PIXELS)
        status = try_other(job, encoder, encoding, raster, before, frame);
    return status;
}

/* Emit the file without RIFF and VP8X. */
static int32_t
emit_pixels(struct mim_job *job, const struct mim_bytes *file, struct webp_coded_frame *frame)
{
    WebPBitstreamFeatures features;

    if (WebPGetFeatures(file->data, (size_t)file->size, &features) != VP8_STATUS_OK)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "libwebp wrote a picture without a header");
    uint64_t head = WEBP_RIFF_HEAD;
    frame->has_alpha_chunk = mim_load_le32(file->data + head) == WEBP_VP8X;
    head += frame->has_alpha_chunk ? WEBP_CHUNK_HEAD + WEBP_VP8X_SIZE : 0;
    frame->has_alpha = features.has_alpha;
    return job->host->emit(job, file->data + head, file->size - head);
}

int32_t
webp_encode_frame(struct mim_job *job, struct webp_encoder *encoder, const struct webp_encoding *encoding,
                  const struct mim_raster *raster, const struct mim_raster *before, struct webp_coded_frame *frame)
{
    int32_t status = find_rect(job, raster, before, &frame->rect);
    if (status == MIM_OK)
        status = choose_coding(job, encoding, raster, frame);
    if (status != MIM_OK)
        return status;
    const int64_t memory = estimate_memory(encoding, raster, frame);
    if (job->host->reserve(job, memory) != MIM_OK)
        return MIM_NOMEM;
    frame->is_overlay = false;
    status = frame->is_lossy ? run_libwebp(job, encoder, encoding, raster, before, frame)
                             : code_exactly(job, encoder, encoding, raster, before, frame);
    job->host->reserve(job, -memory);
    return status == MIM_OK ? emit_pixels(job, &encoder->file, frame) : status;
}
