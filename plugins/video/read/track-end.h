/* SPDX-License-Identifier: MIT */
/* When a stream ends according to its container. */
#ifndef MIM_VIDEO_TRACK_END_H
#define MIM_VIDEO_TRACK_END_H

#include <stdbool.h>

#include "read/demux.h"

/* The end of the stream in its ticks, or AV_NOPTS_VALUE. Where the duration of a packet is the distance to the next in coding order,
 * only this tells how long the last picture lasts. `precision` is how far it may be rounded up. */
int64_t video_declared_end(const struct video_demux *demux, struct mim_job *job, int64_t *precision);
/* Does the header tell when the file ends, and has it no other stream? It counts where packets have only a default duration. */
bool video_has_end_of_file(const struct video_demux *demux);

#endif
