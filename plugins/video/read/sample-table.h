/* SPDX-License-Identifier: MIT */
/* The table of samples in the header of MP4 and MOV files, which lists all packets of a stream. */
#ifndef MIM_VIDEO_SAMPLE_TABLE_H
#define MIM_VIDEO_SAMPLE_TABLE_H

#include "read/demux.h"

/* Does the table, which the demuxer has read, list all packets of the stream inside the file? A pass over them then reads only
 * their content. False for other containers, and for fragmented and truncated files. */
bool video_table_is_complete(const struct video_demux *demux);
/* After such a pass: are the packets of the index those of the table, and do no headers change after the first? Sets the
 * flags of keyframes. */
bool video_table_confirm(const struct video_demux *demux, struct video_index *index);

#endif
