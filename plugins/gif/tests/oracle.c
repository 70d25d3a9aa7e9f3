/* SPDX-License-Identifier: MIT */
/* Encodes and decodes single images with giflib. */
#include "oracle.h"

#include <gif_lib.h>

enum { HEADER = 13, DESCRIPTOR = 10 };

struct cursor {
    const struct mim_test_bytes *file;
    size_t position;
};

static int
write_bytes(GifFileType *gif, const GifByteType *data, int size)
{
    mim_test_bytes_append(gif->UserData, data, size);
    return size;
}

static int
read_bytes(GifFileType *gif, GifByteType *data, int size)
{
    struct cursor *cursor = gif->UserData;
    size_t left = cursor->file->size - cursor->position;
    size_t some = (size_t)size < left ? (size_t)size : left;

    memcpy(data, cursor->file->data + cursor->position, some);
    cursor->position += some;
    return some;
}

struct mim_test_bytes
oracle_pack(const uint8_t *indices, uint32_t width, uint32_t height, uint32_t bits)
{
    struct mim_test_bytes file = { 0 };
    int code;
    GifFileType *gif = EGifOpen(&file, write_bytes, &code);
    ColorMapObject *table = GifMakeMapObject(1 << bits, NULL);

    CHECK(gif && table);
    CHECK(EGifPutScreenDesc(gif, width, height, 8, 0, table) == GIF_OK);
    CHECK(EGifPutImageDesc(gif, 0, 0, width, height, false, NULL) == GIF_OK);
    for (uint32_t y = 0; y < height; y++)
        CHECK(EGifPutLine(gif, (GifPixelType *)indices + (size_t)y * width, width) == GIF_OK);
    GifFreeMapObject(table);
    CHECK(EGifCloseFile(gif, &code) == GIF_OK);
    return file;
}

size_t
oracle_code_size_offset(uint32_t bits)
{
    return HEADER + (3U << bits) + DESCRIPTOR;
}

struct mim_test_bytes
oracle_wrap(const uint8_t *codes, size_t size, uint32_t width, uint32_t height, uint32_t bits)
{
    struct mim_test_bytes file = { 0 };
    uint8_t table[768] = { 0 };
    uint8_t header[HEADER] = {
        'G', 'I', 'F', '8', '9', 'a', width, width >> 8, height, height >> 8, 0xf0 | (bits - 1)
    };
    uint8_t descriptor[DESCRIPTOR] = { ',', 0, 0, 0, 0, width, width >> 8, height, height >> 8 };
    uint8_t code_size = bits < 2 ? 2 : bits;

    mim_test_bytes_append(&file, header, sizeof header);
    mim_test_bytes_append(&file, table, 3U << bits);
    mim_test_bytes_append(&file, descriptor, sizeof descriptor);
    mim_test_bytes_append(&file, &code_size, 1);
    while (size) {
        uint8_t length = size < 255 ? size : 255;
        mim_test_bytes_append(&file, &length, 1);
        mim_test_bytes_append(&file, codes, length);
        codes += length;
        size -= length;
    }
    mim_test_bytes_append(&file, "\0;", 2);
    return file;
}

struct mim_test_bytes
oracle_codes(const struct mim_test_bytes *file, size_t offset_of_code_size)
{
    struct mim_test_bytes codes = { 0 };
    const uint8_t *block = file->data + offset_of_code_size + 1;

    for (; *block; block += 1 + *block)
        mim_test_bytes_append(&codes, block + 1, *block);
    return codes;
}

int
oracle_unpack(const struct mim_test_bytes *file, uint8_t *indices, uint32_t width, uint32_t height)
{
    struct cursor cursor = { .file = file };
    GifRecordType type;
    int code, status = GIF_OK;
    GifFileType *gif = DGifOpen(&cursor, read_bytes, &code);

    CHECK(gif);
    CHECK(DGifGetRecordType(gif, &type) == GIF_OK && type == IMAGE_DESC_RECORD_TYPE);
    CHECK(DGifGetImageDesc(gif) == GIF_OK);
    for (uint32_t y = 0; y < height && status == GIF_OK; y++)
        status = DGifGetLine(gif, indices + (size_t)y * width, width);
    DGifCloseFile(gif, NULL);
    return status;
}
