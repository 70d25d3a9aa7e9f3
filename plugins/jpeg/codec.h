/* SPDX-License-Identifier: MIT */
/* Errors of libjpeg as statuses of the host. */
#ifndef MIM_JPEG_CODEC_H
#define MIM_JPEG_CODEC_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>

#include <jpeglib.h>

#include <mim/plugin.h>

/* client_data of libjpeg's structs. */
struct jpeg_codec {
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    struct mim_job *job;
    jmp_buf out;
    int32_t status;
    int32_t fault;    /* status for an error of libjpeg itself */
    int warning;      /* code of the first warning that concerns samples, or 0 */
    JDIMENSION row;   /* decoding: the row at which it came */
};

/* Prepare the members of `jpeg` before jpeg_create_*(); the codec outlives it. */
void jpeg_codec_open(struct jpeg_codec *codec, struct mim_job *job, j_common_ptr jpeg, int32_t fault);
/* Let libjpeg poll in long passes; after jpeg_create_*(). */
void jpeg_codec_poll_in(struct jpeg_codec *codec, j_common_ptr jpeg);
/* Leave by the codec's jump if the status is not MIM_OK. */
void jpeg_codec_check(struct jpeg_codec *codec, int32_t status);

#endif
