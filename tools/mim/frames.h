/* SPDX-License-Identifier: MIT */
/* Lists of frames as users write them: "0,5:10,-1,::2". */
#ifndef MIM_TOOL_FRAMES_H
#define MIM_TOOL_FRAMES_H

#include <mim/sequence.h>

struct frame_list {
    struct mim_range *ranges;
    size_t count;
};

/* Parse `text` and append its slices to the list. Fails with MIM_OPTION and quotes the invalid part. */
enum mim_status frame_list_add(struct frame_list *list, const char *text, struct mim_error *err);
void frame_list_clear(struct frame_list *list);

#endif
