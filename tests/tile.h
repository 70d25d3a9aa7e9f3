/* SPDX-License-Identifier: MIT */
/*
 * A format of one image a file, linked in, for tests of series: "TILE", width, height, value, number of further images,
 * kind. Every sample can be told from the value and its place, so that each file's frame is known again.
 */
#ifndef MIM_TESTS_TILE_H
#define MIM_TESTS_TILE_H

#include <stdbool.h>

#include <mim/mim.h>

#include "tree.h"

enum tile_kind {
    TILE_PLAIN,
    TILE_RAW,    /* the samples lie in the file */
    TILE_CANVAS, /* drawn at 1,1 on a canvas that is two pixels wider and higher, from a palette */
    TILE_PARTS,  /* comes in parts */
    TILE_BROKEN, /* its pixels are damaged */
    TILE_EMPTY   /* no image in it */
};

struct tile {
    uint8_t width, height, value, more, kind; /* further images than the first */
};

/* What every tile takes of the host in pixels and in encode. */
extern uint64_t tile_bytes;
/* Files that are open. */
extern _Atomic long tile_open;
/* The most that were being decoded or encoded at once; not to be read meanwhile. */
extern long tile_at_once;
/* Let tiles wait for each other until two are being decoded or encoded at once. */
extern bool tile_meet;

/* A context that has tiles, single-image ones, and nothing else. */
struct mim_context *tile_context(unsigned threads);
void tile_write(const char *directory, const char *name, const struct tile *tile);
/* A plain one of 6 x 4, and its file. */
struct tile tile_of(uint8_t value);
void tile_put(const char *directory, const char *name, uint8_t value);
/* Is it what the plain tile looks like? */
bool tile_is(const struct mim_frame *frame, const struct tile *tile);

#endif
