/* SPDX-License-Identifier: MIT */
/* Writes blocks without checking them. */
#include "build.h"

#include <mim/kit/test-host.h>

#include "lzw/lzw.h"

void
build_screen(struct mim_test_bytes *file, uint32_t width, uint32_t height, bool has_table)
{
    const uint8_t screen[] = {
        'G', 'I', 'F', '8', '9', 'a', width, width >> 8, height, height >> 8, has_table ? 0xf1 : 0, 1, 0
    };
    const uint8_t table[] = { 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255 };

    mim_test_bytes_append(file, screen, sizeof screen);
    if (has_table)
        mim_test_bytes_append(file, table, sizeof table);
}

void
build_control(struct mim_test_bytes *file, uint32_t disposal, uint32_t delay, int transparent)
{
    const uint8_t block[] = {
        0x21, 0xf9, 4, disposal << 2 | (transparent >= 0), delay, delay >> 8, transparent >= 0 ? transparent : 0, 0
    };

    mim_test_bytes_append(file, block, sizeof block);
}

void
build_codes(struct mim_test_bytes *file, uint32_t code_size, const uint8_t *indices, size_t size)
{
    static struct gif_lzw packer;
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);

    CHECK(gif_lzw_begin(&job, &packer, code_size) == MIM_OK);
    CHECK(gif_lzw_add(&job, &packer, indices, size) == MIM_OK);
    CHECK(gif_lzw_end(&job, &packer) == MIM_OK);
    mim_test_bytes_append(file, host.sink.data, host.sink.size);
    CHECK(mim_test_host_clear(&host));
}

void
build_image(struct mim_test_bytes *file, uint32_t x, uint32_t y, uint32_t width, uint32_t height, uint8_t index,
            uint32_t coded)
{
    const uint8_t head[] = { 0x2c, x, x >> 8, y, y >> 8, width, width >> 8, height, height >> 8, 0 };
    uint8_t *indices = malloc(coded);

    CHECK(indices);
    memset(indices, index, coded);
    mim_test_bytes_append(file, head, sizeof head);
    build_codes(file, 2, indices, coded);
    free(indices);
}

void
build_extension(struct mim_test_bytes *file, uint8_t function, const void *data, size_t size)
{
    const uint8_t head[] = { 0x21, function };
    const uint8_t *bytes = data;

    mim_test_bytes_append(file, head, sizeof head);
    while (size) {
        uint8_t length = size < 255 ? size : 255;
        mim_test_bytes_append(file, &length, 1);
        mim_test_bytes_append(file, bytes, length);
        bytes += length;
        size -= length;
    }
    mim_test_bytes_append(file, "", 1);
}

void
build_loop(struct mim_test_bytes *file, uint32_t repeats)
{
    const uint8_t tail[] = { 3, 1, repeats, repeats >> 8, 0 };

    mim_test_bytes_append(file, "\x21\xff\x0bNETSCAPE2.0", 14);
    mim_test_bytes_append(file, tail, sizeof tail);
}

void
build_trailer(struct mim_test_bytes *file)
{
    mim_test_bytes_append(file, ";", 1);
}

struct mim_test_bytes
build_three_frames(void)
{
    struct mim_test_bytes file = { 0 };

    build_screen(&file, 8, 6, true);
    build_loop(&file, 4);
    build_control(&file, 1, 10, -1);
    build_image(&file, 0, 0, 8, 6, 1, 48);
    build_control(&file, 3, 20, -1);
    build_image(&file, 2, 2, 2, 2, 2, 4);
    build_control(&file, 1, 0, -1);
    build_image(&file, 5, 1, 1, 3, 3, 3);
    build_trailer(&file);
    return file;
}
