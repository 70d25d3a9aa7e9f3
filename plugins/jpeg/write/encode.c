/* SPDX-License-Identifier: MIT */
/* Encodes a picture with libjpeg, row by row. */
#include "write/encode.h"

#include "codec.h"
#include "write/emit-metadata.h"
#include "write/writer.h"

enum { OUTPUT_SIZE = 64 << 10, FINE_QUALITY = 90 };

struct encoder {
    struct jpeg_compress_struct jpeg;
    struct jpeg_destination_mgr sink;
    struct jpeg_codec codec;
    uint8_t output[OUTPUT_SIZE];
};

static void
begin_output(j_compress_ptr jpeg)
{
    struct encoder *encoder = (struct encoder *)jpeg;
    encoder->sink.next_output_byte = encoder->output;
    encoder->sink.free_in_buffer = OUTPUT_SIZE;
}

static void
emit_output(struct encoder *encoder, size_t size)
{
    struct mim_job *job = encoder->codec.job;
    jpeg_codec_check(&encoder->codec, job->host->emit(job, encoder->output, size));
}

static boolean
flush_output(j_compress_ptr jpeg)
{
    emit_output((struct encoder *)jpeg, OUTPUT_SIZE);
    begin_output(jpeg);
    return TRUE;
}

static void
end_output(j_compress_ptr jpeg)
{
    struct encoder *encoder = (struct encoder *)jpeg;
    emit_output(encoder, OUTPUT_SIZE - encoder->sink.free_in_buffer);
}

/* libjpeg holds the coefficients of a picture that it goes through twice. */
static int64_t
coefficient_bytes(const struct jpeg_writer *self, const struct mim_raster *raster)
{
    uint64_t columns = (raster->width + UINT64_C(15)) / 16 * 16, rows = (raster->height + UINT64_C(15)) / 16 * 16;
    return self->is_progressive || self->optimizes ? (int64_t)(columns * rows * raster->channels * sizeof(JCOEF)) : 0;
}

static void
set_subsampling(struct jpeg_compress_struct *jpeg, const struct jpeg_writer *self)
{
    int32_t choice = self->subsampling;
    if (choice == JPEG_SUBSAMPLING_AUTO)
        choice = self->quality >= FINE_QUALITY ? JPEG_SUBSAMPLING_444 : JPEG_SUBSAMPLING_420;
    jpeg->comp_info[0].h_samp_factor = choice == JPEG_SUBSAMPLING_444 ? 1 : 2;
    jpeg->comp_info[0].v_samp_factor = choice == JPEG_SUBSAMPLING_420 ? 2 : 1;
}

static void
configure_encoder(struct encoder *encoder, const struct jpeg_writer *self, const struct mim_raster *raster)
{
    struct jpeg_compress_struct *jpeg = &encoder->jpeg;
    jpeg->dest = &encoder->sink;
    jpeg->image_width = raster->width;
    jpeg->image_height = raster->height;
    jpeg->input_components = (int)raster->channels;
    jpeg->in_color_space = raster->channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, (int)self->quality, TRUE);
    jpeg->optimize_coding = self->optimizes != 0;
    if (raster->channels == 3)
        set_subsampling(jpeg, self);
    if (self->is_progressive)
        jpeg_simple_progression(jpeg);
    jpeg_set_density(jpeg, &self->retained);
}

static void
encode_rows(struct encoder *encoder, const struct mim_raster *raster)
{
    struct mim_job *job = encoder->codec.job;
    for (uint32_t y = 0; y < raster->height; y++) {
        JSAMPROW row = raster->data + y * raster->stride;
        jpeg_codec_check(&encoder->codec, job->host->poll(job));
        jpeg_write_scanlines(&encoder->jpeg, &row, 1);
    }
}

static int32_t
encode_picture(struct encoder *encoder, const struct jpeg_writer *self, const struct mim_raster *raster)
{
    encoder->sink = (struct jpeg_destination_mgr){ .init_destination = begin_output,
                                                   .empty_output_buffer = flush_output,
                                                   .term_destination = end_output };
    if (setjmp(encoder->codec.out) == 0) {
        jpeg_create_compress(&encoder->jpeg);
        jpeg_codec_poll_in(&encoder->codec, (j_common_ptr)&encoder->jpeg);
        configure_encoder(encoder, self, raster);
        jpeg_start_compress(&encoder->jpeg, TRUE);
        jpeg_codec_check(&encoder->codec, jpeg_emit_metadata(encoder->codec.job, &encoder->jpeg, &self->retained));
        encode_rows(encoder, raster);
        jpeg_finish_compress(&encoder->jpeg);
    }
    jpeg_destroy_compress(&encoder->jpeg);
    return encoder->codec.status;
}

int32_t
jpeg_encode(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part, const struct mim_raster *raster,
            const struct mim_neighbours *neighbours)
{
    const struct jpeg_writer *self = job->state;
    int64_t reserved = coefficient_bytes(self, raster);
    (void)packet, (void)info, (void)part, (void)neighbours;
    struct encoder *encoder = job->host->resize(job, NULL, 0, sizeof *encoder);
    if (!encoder)
        return MIM_NOMEM;
    int32_t status = job->host->reserve(job, reserved);
    if (status == MIM_OK) {
        jpeg_codec_open(&encoder->codec, job, (j_common_ptr)&encoder->jpeg, MIM_UNSUPPORTED);
        status = encode_picture(encoder, self, raster);
        job->host->reserve(job, -reserved);
    }
    job->host->resize(job, encoder, sizeof *encoder, 0);
    return status;
}
