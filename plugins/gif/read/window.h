/* SPDX-License-Identifier: MIT */
/* A buffered look at the source: giflib asks for a byte at a time. */
#ifndef MIM_GIF_WINDOW_H
#define MIM_GIF_WINDOW_H

#include <stdbool.h>

#include <mim/plugin.h>

struct gif_window {
    uint8_t *bytes;    /**< the host's memory */
    uint64_t start;    /**< place of bytes[0] in the source */
    uint64_t size;     /**< bytes that are there */
    uint64_t position; /**< of the next read */
    int32_t status;    /**< what a read of the source came to */
    bool has_ended;    /**< somebody asked for bytes past the end of the source */
};

void gif_window_close(struct mim_job *job, struct gif_window *window);

/** Go to a place; forgets what stopped an earlier read. */
void gif_window_seek(struct gif_window *window, uint64_t position);

/** Copy up to `size` bytes; fewer at the end (`has_ended`) or when the source fails (`status`). */
uint64_t gif_window_read(struct mim_job *job, struct gif_window *window, void *out, uint64_t size);

/** The byte at a place that was just read. */
uint8_t gif_window_byte(const struct gif_window *window, uint64_t offset);

/** Step over a chain of sub-blocks, its terminator included. false: as a short read. */
bool gif_window_skip_blocks(struct mim_job *job, struct gif_window *window);

#endif
