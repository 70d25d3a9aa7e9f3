/* SPDX-License-Identifier: MIT */
/* Frames that writers are tested with, and a directory to write in. */
#include "writer-cases.h"

#include <dirent.h>
#include <unistd.h>

struct mim_frame frames[FRAMES];
char directory[64], path[128];

int
set_up(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < FRAMES; i++) {
        CHECK(mim_frame_alloc(&frames[i], MIM_SAMPLE_U8, WIDTH, HEIGHT, 1, NULL) == MIM_OK);
        for (uint32_t y = 0; y < HEIGHT; y++)
            for (uint32_t x = 0; x < WIDTH; x++)
                ((uint8_t *)frames[i].data)[y * frames[i].stride + x] = mock_sample(i, x, y, 0);
    }
    strcpy(directory, "/tmp/mim-test-XXXXXX");
    snprintf(path, sizeof path, "%s/out.mock", mkdtemp(directory));
    return 0;
}

int
tear_down(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < FRAMES; i++)
        mim_frame_clear(&frames[i]);
    unlink(path);
    return rmdir(directory); /* fails when a case left something */
}

struct mim_writer *
open_writer(struct mim_context *context, struct mim_sink *sink, const struct mim_write_options *options)
{
    struct mim_write_options with_format = options ? *options : (struct mim_write_options){ 0 };
    struct mim_writer *writer = NULL;
    with_format.format = "mock";
    CHECK(mim_writer_open(&writer, context, sink, &with_format, NULL) == MIM_OK);
    return writer;
}

enum mim_status
write_all(struct mim_writer *writer, uint32_t count, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    for (uint32_t i = 0; i < count && status == MIM_OK; i++)
        status = mim_writer_append(writer, &frames[i], err);
    if (status != MIM_OK) {
        mim_writer_abandon(writer);
        return status;
    }
    return mim_writer_finish(writer, err);
}

static int
entries(void)
{
    int count = -2;
    DIR *stream = opendir(directory);
    while (readdir(stream))
        count++;
    closedir(stream);
    return count;
}

void
put_old_file(void)
{
    FILE *file = fopen(path, "w");
    CHECK(file && fputs("old", file) >= 0 && !fclose(file));
}

bool
old_file_stands(void)
{
    char text[8] = "";
    FILE *file = fopen(path, "r");
    size_t got = file ? fread(text, 1, sizeof text, file) : 0;
    if (file)
        fclose(file);
    return got == 3 && !memcmp(text, "old", 3) && entries() == 1;
}
