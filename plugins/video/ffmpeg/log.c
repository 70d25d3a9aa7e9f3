/* SPDX-License-Identifier: MIT */
/* Routes FFmpeg's log to jobs. */
#include "ffmpeg/log.h"

#include <pthread.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>

enum { LINE_SIZE = 512, QUIET_OFFSET = 100 }; /* FFmpeg uses only eight bits of a level */

/* Private data of codecs and I/O contexts lead to their parent by an offset in their class. */
static const struct video_log *
log_of(void *context)
{
    while (context) {
        const AVClass *class = *(const AVClass **)context;
        if (!class)
            return NULL;
        if (class == avformat_get_class())
            return ((AVFormatContext *)context)->opaque;
        if (class == avcodec_get_class())
            return ((AVCodecContext *)context)->opaque;
        if (!class->parent_log_context_offset)
            return NULL;
        context = *(void **)((uint8_t *)context + class->parent_log_context_offset);
    }
    return NULL;
}

/* FFmpeg rarely logs a line in pieces; each piece becomes a line. */
static void
route_line(void *context, int level, const char *fmt, va_list args)
{
    static const struct {
        int max;
        int32_t level;
    } levels[] = {
        { AV_LOG_ERROR, MIM_LOG_WARNING }, /* the op that fails reports the error */
        { AV_LOG_WARNING, MIM_LOG_INFO },
        { AV_LOG_VERBOSE, MIM_LOG_DEBUG },
    };
    const struct video_log *log = log_of(context);
    char line[LINE_SIZE];
    int with_prefix = 0;

    if (!log)
        return;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (level > levels[i].max)
            continue;
        av_log_format_line2(NULL, level, fmt, args, line, sizeof line, &with_prefix);
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0])
            log->job->host->log(log->job, levels[i].level, line);
        return;
    }
}

static void
install_callback(void)
{
    av_log_set_callback(route_line);
}

void
video_log_open(struct video_log *log, struct mim_job *job)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    log->job = job;
    if (job->host->flags(job) & MIM_HOST_OWNS_PROCESS)
        pthread_once(&once, install_callback);
}

int
video_log_offset(struct mim_job *job)
{
    return job->host->flags(job) & MIM_HOST_OWNS_PROCESS ? 0 : QUIET_OFFSET;
}

/* AVFormatContext has no field for a level offset. A copy of its class points to `debug` instead, a set of flags of which
 * QUIET_OFFSET sets none that has a meaning. */
static AVClass quiet_class;

static void
make_quiet_class(void)
{
    quiet_class = *avformat_get_class();
    quiet_class.log_level_offset_offset = offsetof(AVFormatContext, debug);
}

void
video_log_attach(struct video_log *log, AVFormatContext *format)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    format->opaque = log;
    if (!video_log_offset(log->job))
        return;
    pthread_once(&once, make_quiet_class);
    format->av_class = &quiet_class;
    format->debug = QUIET_OFFSET & ~FF_FDEBUG_TS;
}
