/* SPDX-License-Identifier: MIT */
/* libjpeg reports errors by a function that may not return, and warnings of damaged data by a level below 0. */
#include "codec.h"

#include <jerror.h>

void
jpeg_codec_check(struct jpeg_codec *codec, int32_t status)
{
    if (status == MIM_OK)
        return;
    codec->status = status;
    longjmp(codec->out, 1);
}

static void
leave_libjpeg(j_common_ptr jpeg)
{
    struct jpeg_codec *codec = jpeg->client_data;
    bool is_memory = jpeg->err->msg_code == JERR_OUT_OF_MEMORY;
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    jpeg_codec_check(codec, is_memory ? codec->job->host->fail(codec->job, MIM_NOMEM, MIM_UNKNOWN, "no memory for libjpeg")
                                      : codec->job->host->fail(codec->job, codec->fault, MIM_UNKNOWN, "libjpeg: %s", text));
}

/* Warnings after which samples are made up. Others concern bytes between segments. */
static bool
concerns_samples(int code)
{
    return code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE || code == JWRN_ARITH_BAD_CODE || code == JWRN_MUST_RESYNC ||
           code == JWRN_BOGUS_PROGRESSION;
}

static void
note_warning(j_common_ptr jpeg, int level)
{
    struct jpeg_codec *codec = jpeg->client_data;
    if (level >= 0 || codec->warning || !concerns_samples(jpeg->err->msg_code))
        return;
    codec->warning = jpeg->err->msg_code;
    codec->row = jpeg->is_decompressor ? ((j_decompress_ptr)jpeg)->output_scanline : 0;
}

static void
poll_host(j_common_ptr jpeg)
{
    struct jpeg_codec *codec = jpeg->client_data;
    jpeg_codec_check(codec, codec->job->host->poll(codec->job));
}

void
jpeg_codec_open(struct jpeg_codec *codec, struct mim_job *job, j_common_ptr jpeg, int32_t fault)
{
    codec->job = job;
    codec->status = MIM_OK;
    codec->fault = fault;
    codec->warning = 0;
    jpeg->err = jpeg_std_error(&codec->errors);
    jpeg->client_data = codec;
    codec->errors.error_exit = leave_libjpeg;
    codec->errors.emit_message = note_warning;
}

void
jpeg_codec_poll_in(struct jpeg_codec *codec, j_common_ptr jpeg)
{
    codec->progress.progress_monitor = poll_host;
    jpeg->progress = &codec->progress;
}
