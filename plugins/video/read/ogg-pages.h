/* SPDX-License-Identifier: MIT */
/* The end of an Ogg file, by its pages. */
#ifndef MIM_VIDEO_OGG_PAGES_H
#define MIM_VIDEO_OGG_PAGES_H

#include <libavformat/avformat.h>

#include <mim/plugin.h>

/* Where the file ends if it is complete: more than `size` if it is cut, 0 if unknown. */
uint64_t video_end_of_pages(AVStream *stream, struct mim_job *job, uint64_t size);

#endif
