/* SPDX-License-Identifier: MIT */
/* A read position over a window of the source, since giflib reads single bytes. */
#ifndef MIM_GIF_WINDOW_H
#define MIM_GIF_WINDOW_H

#include <stdbool.h>

#include <mim/kit/window.h>

struct gif_window {
    struct mim_window window;
    uint64_t position; /* source offset of the next read */
    int32_t status;    /* of the last read of the source */
    bool has_ended;    /* a read reached the end of the source */
};

void gif_window_close(struct mim_job *job, struct gif_window *window);

/* Seek, and clear the end and error state. */
void gif_window_seek(struct gif_window *window, uint64_t position);

/* Copy up to `size` bytes; fewer at the end (`has_ended`) or after an error (`status`). */
uint64_t gif_window_read(struct mim_job *job, struct gif_window *window, void *out, uint64_t size);

/* A byte that was just read. */
uint8_t gif_window_byte(const struct gif_window *window, uint64_t offset);

/* Skip sub-blocks and their terminator. false: end or error, as for a short read. */
bool gif_window_skip_blocks(struct mim_job *job, struct gif_window *window);

#endif
