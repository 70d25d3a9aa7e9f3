/* SPDX-License-Identifier: MIT */
/* Whether sound is copied or encoded. */
#ifndef MIM_VIDEO_SOUND_CHOICE_H
#define MIM_VIDEO_SOUND_CHOICE_H

#include "streams/choice.h"

/* Can packets of both be in one track? */
bool video_sound_agrees(const AVCodecParameters *one, const AVCodecParameters *other);
/* Give the track a transcoder if its packets cannot be copied. Returns MIM_END if the sound cannot be written at all, after refusing
 * the streams. */
int32_t video_sound_choose(const struct video_choice *choice, struct video_feed *feed, struct video_track *track);

#endif
