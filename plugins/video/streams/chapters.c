/* SPDX-License-Identifier: MIT */
/* Muxers write chapters with the trailer, when it is known which of them are shown. */
#include "streams/chapters.h"

#include <libavutil/mem.h>

static int
add_chapter(AVFormatContext *mux, int64_t start, int64_t end, const AVDictionary *tags)
{
    AVChapter **grown = av_realloc_array(mux->chapters, mux->nb_chapters + 1, sizeof(AVChapter *));
    AVChapter *chapter = grown ? av_mallocz(sizeof *chapter) : NULL;
    if (grown)
        mux->chapters = grown;
    if (!chapter)
        return AVERROR(ENOMEM);
    mux->chapters[mux->nb_chapters++] = chapter;
    chapter->id = mux->nb_chapters;
    chapter->time_base = AV_TIME_BASE_Q;
    chapter->start = start;
    chapter->end = end;
    return av_dict_copy(&chapter->metadata, tags, 0);
}

static int
add_segment(AVFormatContext *mux, const struct video_source *source, const struct video_segment *segment)
{
    int code = 0;
    int64_t shift = segment->at - segment->from;
    for (unsigned i = 0; i < source->chapter_count && code >= 0; i++) {
        if (source->chapters[i].start == AV_NOPTS_VALUE || source->chapters[i].end == AV_NOPTS_VALUE)
            continue;
        int64_t start = source->chapters[i].start + shift, end = source->chapters[i].end + shift;
        start = start > segment->at ? start : segment->at;
        end = end < segment->end ? end : segment->end;
        if (start < end)
            code = add_chapter(mux, start, end, source->chapters[i].tags);
    }
    return code;
}

int
video_chapters_write(const struct video_feed *feed)
{
    int code = 0;
    for (uint64_t k = 0; k < feed->timeline.count && code >= 0; k++) {
        const struct video_segment *segment = &feed->timeline.segments[k];
        for (unsigned i = 0; i < feed->source_count && code >= 0; i++)
            if (segment->has_time && feed->sources[i].number == segment->source)
                code = add_segment(feed->mux->context, &feed->sources[i], segment);
    }
    return code;
}
