/* SPDX-License-Identifier: MIT */
/* Frames that writers are tested with, and a directory to write in. */
#ifndef MIM_TESTS_WRITER_CASES_H
#define MIM_TESTS_WRITER_CASES_H

#include "mock.h"

#define FRAMES 21
#define WIDTH 7
#define HEIGHT 90
#define BYTES (WIDTH * HEIGHT)

extern struct mim_frame frames[FRAMES]; /* gray, u8: made up as the mock's */
extern char directory[64], path[128];   /* a fresh directory, and a file in it */
int set_up(void **state);
int tear_down(void **state); /* fails when a case left something in the directory */

struct mim_writer *open_writer(struct mim_context *context, struct mim_sink *sink,
                               const struct mim_write_options *options);
/* Append so many frames and finish, or abandon. */
enum mim_status write_all(struct mim_writer *writer, uint32_t count, struct mim_error *err);

/* A file that was there before; it is as it was, and nothing is beside it. */
void put_old_file(void);
bool old_file_stands(void);

#endif
