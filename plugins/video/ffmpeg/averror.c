/* SPDX-License-Identifier: MIT */
/* Maps FFmpeg's error codes to statuses. */
#include "ffmpeg/averror.h"

#include <libavutil/error.h>

int32_t
video_status(int code)
{
    static const struct {
        int code;
        int32_t status;
    } table[] = {
        { AVERROR(ENOMEM), MIM_NOMEM },
        { AVERROR(EMFILE), MIM_NOMEM },
        { AVERROR(ENFILE), MIM_NOMEM },
        { AVERROR(EAGAIN), MIM_NOMEM }, /* of opening: a thread cannot be started */
        { AVERROR(EIO), MIM_IO },
        { AVERROR(ENOSPC), MIM_IO },
        { AVERROR(ENOSYS), MIM_UNSUPPORTED },
        { AVERROR_PATCHWELCOME, MIM_UNSUPPORTED },
        { AVERROR_DECODER_NOT_FOUND, MIM_UNSUPPORTED },
        { AVERROR_ENCODER_NOT_FOUND, MIM_UNSUPPORTED },
        { AVERROR_DEMUXER_NOT_FOUND, MIM_UNSUPPORTED },
        { AVERROR_MUXER_NOT_FOUND, MIM_UNSUPPORTED },
        { AVERROR_OPTION_NOT_FOUND, MIM_OPTION },
        { AVERROR_EOF, MIM_TRUNCATED },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].code == code)
            return table[i].status;
    return MIM_CORRUPT;
}

int32_t
video_fail(struct mim_job *job, int code, const char *what)
{
    char text[AV_ERROR_MAX_STRING_SIZE];
    int32_t status = job->host->poll(job); /* a cancelled job makes FFmpeg fail, too: report the cancellation */

    if (status != MIM_OK)
        return status;
    av_strerror(code, text, sizeof text);
    return job->host->fail(job, video_status(code), MIM_UNKNOWN, "%s: %s", what, text);
}
