/* SPDX-License-Identifier: MIT */
/*
 * A plugin that is linked in, does what a script says, and aborts when the core does not keep the table of legal
 * sequences in plugin.h. Its frames are made up: every sample can be told from index, place and channel.
 */
#ifndef MIM_TESTS_MOCK_H
#define MIM_TESTS_MOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include <mim/mim.h>
#include <mim/plugin.h>

#include "check.h"

enum mock_op {
    MOCK_NONE,
    MOCK_OPEN,
    MOCK_SCAN,
    MOCK_PREPARE,
    MOCK_PIXELS,
    MOCK_METADATA,
    MOCK_WORKER_OPEN,
    MOCK_ACCEPTS,
    MOCK_SURVEY,
    MOCK_ENCODE,
    MOCK_PUT,
    MOCK_FINISH
};

/* What an op does instead of succeeding. */
struct mock_fault {
    enum mock_op op;
    uint64_t frame; /* of ops that have one */
    uint32_t part;
    int32_t status;
    bool silent;      /* without host->fail() */
    bool emits_first; /* encode and put: some bytes go out before */
};

#define MOCK_FAULTS 6

/* Zeroed: ten gray pages of 6x4, in order, without a count. */
struct mock_script {
    uint64_t count;   /* of frames there are; 0 means 10 */
    uint64_t claimed; /* by open; 0 = MIM_UNKNOWN */
    int32_t sure;
    bool scans, any_order, has_metadata;
    bool has_implied; /* the metadata of the whole have a value that others imply */
    uint64_t group; /* with any_order: frames from one key frame to the next, of a plugin that reads forwards best; or 0 */
    uint64_t picture_bytes; /* of the decoded picture that a packet holds: work_size */
    void (*sequence)(struct mim_sequence *sequence);
    void (*shape)(uint64_t index, struct mim_frame_info *info);
    void (*fill)(uint64_t index, uint32_t part, struct mim_raster *raster); /* of INDEX8: indices and palette */
    struct mock_fault faults[MOCK_FAULTS];
    uint64_t packet_bytes, worker_bytes,
        pixels_bytes;          /* host->resize in prepare (until release), worker_open, pixels/encode */
    uint64_t reserve_bytes;    /* host->reserve in pixels */
    uint32_t busy_us;          /* each pixels or encode takes up to that long, one frame another time than the next */
    _Atomic uint64_t endless;  /* pixels and encode of this frame (counted from 1) poll until they are interrupted, and
                                 each poll moves a held clock on by a millisecond */
    struct mim_cancel *cancel; /* requested at this of those polls, of all threads together */
    long cancel_at_poll;
    _Atomic bool notices;                   /* said in every op */
    uint64_t metadata_bytes, metadata_room; /* of a value; host->resize in metadata of a frame */

    /* writing */
    uint32_t writer_flags;
    bool puts;    /* put writes a header before each frame's bytes, patch and read_back where flagged */
    bool surveys; /* two passes */
    bool keeps_metadata;
    uint32_t parts;
    void (*accepts)(uint64_t index, struct mim_frame_info *info);
    void (*origin)(uint64_t index, const struct mim_origin *origin); /* of each frame */

    const struct mim_offer *offers; /* of the reader */
    size_t offer_count;
    uint32_t takes;      /* kinds that the writer keeps, a bit each */
    const char *refusal; /* its reason for others */
};

/* What was called; of all files together. */
struct mock_counts {
    _Atomic long opens, closes, prepares, pixels, releases, scans, metadata, encodes, puts, surveys, endless_polls;
    _Atomic long codings; /* values of coding that a writer got */
    _Atomic long squares; /* calls of pixels for a target with square samples */
    _Atomic long decodes; /* by prepare, with `group`: from the key frame on */
    _Atomic uint64_t cancelled_at_ms;
};

extern struct mock_script mock; /* set it before the plugin is used */
extern struct mock_counts mock_counted;

/* A context that has nothing but the mock, with the script in force. */
struct mim_context *mock_context(const struct mock_script *script, unsigned threads);
/* A source that the mock reads: its magic bytes. */
struct mim_source *mock_source(void);
struct mim_reader *mock_reader(struct mim_context *context, const struct mim_open_options *options);

/* Sample `channel` of a pixel of a made-up frame. */
uint8_t mock_sample(uint64_t index, uint32_t x, uint32_t y, uint32_t channel);
/* Is it the made-up frame `index`, u8? */
bool mock_is_frame(const struct mim_frame *frame, uint64_t index);

/* Used by the plugin's halves: abort with a line on what the core did wrong. */
#define MUST(x) ((x) ? (void)0 : mock_abort(__FILE__, __LINE__, #x))
_Noreturn void mock_abort(const char *file, int line, const char *what);
/* The fault that is due; MIM_OK when there is none. `fault` may be NULL. */
int32_t mock_fault(struct mim_job *job, enum mock_op op, uint64_t frame, uint32_t part,
                   const struct mock_fault **fault);
int32_t mock_be_busy(struct mim_job *job, uint64_t frame, uint32_t part);
void mock_say(struct mim_job *job, const char *op, uint64_t frame, uint32_t part);
uint64_t mock_frame_count(void);
bool mock_is_zero(const void *memory, size_t size);

/* One file: what both halves watch over. */
struct mock_session {
    _Atomic int opened, closed, failed, in_serial, workers;
    _Atomic long packets; /* alive */
    uint64_t walk;        /* the next prepare, accepts, put */
    uint64_t accepted, surveyed, put;
    _Atomic int finished;
    bool survey_ended, refused;
};
struct mock_worker {
    struct mim_job *job;
    _Atomic int busy;
    void *held;
};
void mock_enter_serial(struct mim_job *job);
int32_t mock_leave_serial(struct mim_job *job, int32_t status);
struct mock_worker *mock_enter_worker(struct mim_job *job);
int32_t mock_leave_worker(struct mock_worker *worker, int32_t status);
int32_t mock_worker_open(struct mim_job *job);
void mock_worker_close(struct mim_job *job);

extern struct mim_reader_ops mock_reader_ops;
extern struct mim_writer_ops mock_writer_ops;
void mock_reader_follow(void);
void mock_writer_follow(void);

#endif
