/* SPDX-License-Identifier: MIT */
/*
 * antialias=no: poppler-glib always smooths edges. The page is therefore drawn with 3 x 3 points per pixel, with the
 * same line widths, and each pixel gets the most frequent colour of its points, which is a colour of the page.
 */
#include "sharp.h"

#define SIDE PDF_SHARP_SIDE

/* The most frequent of nine points, or the middle one if all differ. */
static uint32_t
find_majority(const uint32_t points[SIDE * SIDE])
{
    uint32_t winner = points[SIDE * SIDE / 2];
    unsigned max_votes = 0;
    for (unsigned i = 0; i < SIDE * SIDE; i++) {
        unsigned votes = 0;
        for (unsigned j = 0; j < SIDE * SIDE; j++)
            votes += points[j] == points[i];
        if (votes > max_votes && votes > 1) {
            max_votes = votes;
            winner = points[i];
        }
    }
    return winner;
}

void
pdf_sharpen(const uint32_t *from, uint64_t step, uint32_t *to, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++, from += SIDE) {
        uint32_t points[SIDE * SIDE], differing = 0;
        for (unsigned y = 0; y < SIDE; y++)
            for (unsigned i = 0; i < SIDE; i++) {
                points[y * SIDE + i] = from[y * step + i];
                differing |= points[y * SIDE + i] ^ from[0];
            }
        to[x] = differing ? find_majority(points) : from[0];
    }
}
