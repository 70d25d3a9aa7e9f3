/* SPDX-License-Identifier: MIT */
/*
 * Decompresses the same bytes with the PNG plugin and with zlib. Where the plugin succeeds, zlib returns the same bytes
 * and ends at the same place; zlib may accept more. The first byte chooses the sizes of the pieces.
 */
#include <zlib.h>

#include "fuzz.h"

#include "read/inflater.h"

enum { MAX_OUTPUT = 1 << 20, PIECES = 16, OUTPUT = PNGX_HISTORY + 4096 };

struct run {
    const uint8_t *data;
    size_t size, at;      /* input, and how much of it the decoder has */
    size_t input, output; /* maximum sizes of pieces */
    struct memory made;   /* all output */
    struct pngx_inflater inflater;
    uint8_t in[4096 + PNGX_INPUT_PADDING];
    uint8_t out[OUTPUT + PNGX_OUTPUT_MARGIN];
};

static void
fill_input(struct run *run)
{
    struct pngx_inflater *inflater = &run->inflater;
    size_t left = (size_t)(inflater->in_end - inflater->in), some = run->size - run->at;

    EXPECT(!inflater->is_last && left < 1024);
    some = some < run->input ? some : run->input;
    memmove(run->in, inflater->in, left);
    memcpy(run->in + left, run->data + run->at, some);
    memset(run->in + left + some, 0, PNGX_INPUT_PADDING);
    run->at += some;
    inflater->in = run->in;
    inflater->in_end = run->in + left + some;
    inflater->is_last = run->at == run->size;
}

/* Keeps the history only. */
static void
reuse_output(struct run *run)
{
    size_t made = (size_t)(run->inflater.out - run->out), kept = made < PNGX_HISTORY ? made : PNGX_HISTORY;

    memmove(run->out, run->inflater.out - kept, kept);
    run->inflater.out = run->out + kept;
    run->inflater.out_end = run->inflater.out + run->output;
}

static enum pngx_inflate_result
decompress(struct run *run)
{
    struct pngx_inflater *inflater = &run->inflater;
    enum pngx_inflate_result result = PNGX_INFLATE_INPUT;

    inflater->window = PNGX_HISTORY;
    inflater->in = inflater->in_end = run->in;
    inflater->history = inflater->out = run->out;
    inflater->out_end = run->out + run->output;
    while (result < PNGX_INFLATE_DONE && run->made.size < MAX_OUTPUT) {
        uint8_t *before = inflater->out;
        result = pngx_inflate_some(inflater);
        EXPECT(inflater->out <= inflater->out_end + PNGX_OUTPUT_MARGIN);
        memory_write(&run->made, before, (size_t)(inflater->out - before));
        if (result == PNGX_INFLATE_INPUT)
            fill_input(run);
        if (result == PNGX_INFLATE_OUTPUT)
            reuse_output(run);
    }
    return result;
}

static void
compare_with_zlib(const struct run *run)
{
    size_t used = run->at - (size_t)(run->inflater.in_end - run->inflater.in);
    uint8_t *theirs = malloc(run->made.size + 1);
    z_stream zlib = { .next_in = (uint8_t *)(uintptr_t)run->data, .avail_in = (unsigned)run->size };

    EXPECT(theirs && inflateInit2(&zlib, -15) == Z_OK);
    zlib.next_out = theirs;
    zlib.avail_out = (unsigned)run->made.size + 1;
    EXPECT(inflate(&zlib, Z_FINISH) == Z_STREAM_END);
    EXPECT(zlib.total_in == used && zlib.total_out == run->made.size);
    EXPECT(!run->made.size || memcmp(theirs, run->made.data, run->made.size) == 0);
    inflateEnd(&zlib);
    free(theirs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run *run = calloc(1, sizeof *run);

    EXPECT(run);
    if (size) {
        run->data = data + 1;
        run->size = size - 1;
        run->input = 1 + data[0] % PIECES * 200u;
        run->output = 1 + data[0] / PIECES * 250u;
        if (decompress(run) == PNGX_INFLATE_DONE)
            compare_with_zlib(run);
    }
    free(run->made.data);
    free(run);
    return 0;
}
