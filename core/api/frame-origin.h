/* SPDX-License-Identifier: MIT */
/* Where the frames of a conversion come from, for writers that take more from there than frames. */
#ifndef MIM_CORE_API_FRAME_ORIGIN_H
#define MIM_CORE_API_FRAME_ORIGIN_H

#include <mim/convert.h>

/* State the order in which the frames come, before the first. `reader` has the selected frames of the first source. */
void mim_frame_origin_set_order(struct mim_writer *writer, const struct mim_reader *reader,
                                const struct mim_convert_options *options);
/* Hand over what the reader of source `number`, from 1, offers, before its first frame. */
void mim_frame_origin_take_offers(struct mim_writer *writer, uint32_t number, struct mim_reader *reader);
/* The same for its metadata. Those of the first source are offered to the writer before it begins. */
enum mim_status mim_frame_origin_take_metadata(struct mim_writer *writer, uint32_t number, struct mim_reader *reader,
                                               struct mim_error *err);
/* State the source of the frame, and its time there, which is its pts. */
void mim_frame_origin_state(struct mim_frame *frame, uint32_t number);

#endif
