/* SPDX-License-Identifier: MIT */
/* The facts of a file that are known without decoding it. */
#ifndef MIM_TOOL_INSPECT_H
#define MIM_TOOL_INSPECT_H

#include "cli.h"
#include "json.h"

struct inspection {
    const char *file;
    struct mim_reader *reader;      /* NULL if the file cannot be opened; `err` has the reason */
    struct mim_reader_facts facts;
    uint64_t count;                 /* or MIM_UNKNOWN; for a damaged file, the frames before the damage */
    enum mim_certainty certainty;
    struct mim_frame_facts first;   /* zeroed if there are no frames */
    struct mim_frame_facts other;   /* the first frame found of another shape; zeroed: none */
    double seconds;                 /* negative: unknown, or no timing */
    double fps;                     /* the rate of the stream, or of equal durations; negative: none, or unknown */
    double mean_fps;                /* negative: unknown, or no timing */
    bool damaged;
    struct mim_error err;           /* why the file cannot be opened, or the damage */
};

/* Open the file and collect its facts. Call inspection_close() even after a failure. */
void inspection_open(struct inspection *inspection, struct cli *cli, const char *file);
void inspection_close(struct inspection *inspection);

/* Record damage. The first one is kept. */
void inspection_damage(struct inspection *inspection, const struct mim_error *err, uint64_t frame);

/* Get the facts and the metadata, which the caller destroys, of frame *i. In a series, skips files that cannot be read.
 * Returns false after the last frame or at damage, which sets `damaged`. */
bool inspection_frame(struct inspection *inspection, uint64_t *i, struct mim_frame_facts *facts, struct mim_meta **meta);

/* Return the duration of a frame in seconds, or a negative number if it has no timing. */
double frame_seconds(const struct mim_frame_facts *facts);

/* Return the certainty of a count as a word. */
const char *certainty_name(enum mim_certainty certainty);

/* Print the facts for users or for programs. */
void info_print_text(struct inspection *inspection, const struct cli *cli);
void info_print_json(struct inspection *inspection, const struct cli *cli, struct json *json);

#endif
