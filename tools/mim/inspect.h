/* SPDX-License-Identifier: MIT */
/* What is known of a file without decoding it. */
#ifndef MIM_TOOL_INSPECT_H
#define MIM_TOOL_INSPECT_H

#include "cli.h"
#include "json.h"

struct inspection {
    const char *file;
    struct mim_reader *reader;      /* NULL: not opened, and `err` says why */
    struct mim_reader_facts facts;
    uint64_t count;                 /* or MIM_UNKNOWN; of a damaged file the frames before the damage */
    enum mim_certainty certainty;
    struct mim_frame_facts first;   /* zeroed when there is none */
    double seconds;                 /* negative: not known, or no timing */
    double fps;                     /* likewise */
    bool damaged;
    struct mim_error err;           /* of opening, or the damage */
};

/* Open the file and find out. Whatever the result, inspection_close() comes after. */
void inspection_open(struct inspection *inspection, struct cli *cli, const char *file);
void inspection_close(struct inspection *inspection);

/* Note what went wrong; the first counts. */
void inspection_damage(struct inspection *inspection, const struct mim_error *err, uint64_t frame);

/* Frame i's facts and metadata (to be destroyed), for --each; of a series the next that can be read. false: there are no
 * more, or `damaged` is set now. */
bool inspection_frame(struct inspection *inspection, uint64_t *i, struct mim_frame_facts *facts, struct mim_meta **meta);

/* A frame's duration in seconds, negative when it has none. */
double frame_seconds(const struct mim_frame_facts *facts);

/* How sure a count is, in a word. */
const char *certainty_name(enum mim_certainty certainty);

/* The two ways to tell it. */
void info_print_text(struct inspection *inspection, const struct cli *cli);
void info_print_json(struct inspection *inspection, const struct cli *cli, struct json *json);

#endif
