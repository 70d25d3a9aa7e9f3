/* SPDX-License-Identifier: MIT */
/* Series of tiles that are written, and a look at what has come of them. */
#ifndef MIM_TESTS_SERIES_OUTPUT_H
#define MIM_TESTS_SERIES_OUTPUT_H

#include <dirent.h>

#include "tile.h"

static const unsigned thread_counts[] = { 1, 2, 3, 8 };
#define THREAD_COUNTS (sizeof thread_counts / sizeof *thread_counts)

/* Frame i of a made-up sequence: of another size and value each. */
static inline struct mim_frame
frame_of(uint8_t i, uint8_t samples[16 * 16])
{
    memset(samples, 40 + i, 16 * 16);
    return (struct mim_frame){
        .data = samples, .stride = 16, .sample = MIM_SAMPLE_U8, .width = 6u + i % 8, .height = 4, .channels = 1
    };
}

static inline enum mim_status
write_frames(struct mim_context *context, const char *path, unsigned count, const struct mim_write_options *options,
             struct mim_error *err)
{
    static uint8_t samples[200][16 * 16];
    struct mim_frame frames[200];
    for (unsigned i = 0; i < count; i++)
        frames[i] = frame_of((uint8_t)i, samples[i]);
    enum mim_status status = mim_write(context, path, frames, count, NULL, options, NULL, NULL, err);
    CHECK(!tile_open);
    return status;
}

/* Without knowing how many will come. */
static inline enum mim_status
append_frames(struct mim_context *context, const char *path, unsigned count, const struct mim_write_options *options,
              struct mim_error *err)
{
    struct mim_writer *writer;
    uint8_t samples[16 * 16];
    enum mim_status status = mim_writer_open_uri(&writer, context, path, options, err);
    if (status != MIM_OK)
        return status;
    for (unsigned i = 0; i < count && status == MIM_OK; i++) {
        struct mim_frame frame = frame_of((uint8_t)i, samples);
        status = mim_writer_append(writer, &frame, err);
    }
    if (status == MIM_OK)
        return mim_writer_finish(writer, err);
    mim_writer_abandon(writer);
    CHECK(!tile_open);
    return status;
}

static inline unsigned
count_entries(const char *directory)
{
    unsigned count = 0;
    DIR *stream = opendir(directory);
    for (const struct dirent *entry; (entry = readdir(stream));)
        count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
    closedir(stream);
    return count;
}

static inline bool
holds(const char *directory, const char *name, const void *bytes, size_t size)
{
    uint8_t got[64];
    FILE *file = fopen(tree_path(directory, name), "rb");
    size_t count = file ? fread(got, 1, sizeof got, file) : 0;
    if (file)
        fclose(file);
    return file && count == size && !memcmp(got, bytes, size);
}

/* What is written of frame i. */
static inline bool
holds_tile(const char *directory, const char *name, unsigned i)
{
    const uint8_t bytes[] = { 'T', 'I', 'L', 'E', (uint8_t)(6 + i % 8), 4, (uint8_t)(40 + i), 0, 0, 'e', 'n', 'd' };
    return holds(directory, name, bytes, sizeof bytes);
}

#endif
