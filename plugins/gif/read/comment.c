/* SPDX-License-Identifier: MIT */
/* Reads comments on demand, from the offsets that the walk recorded. */
#include "read/comment.h"

#include <string.h>

struct text {
    uint8_t *bytes; /* host memory */
    uint64_t size, capacity;
};

static int32_t
append_bytes(struct mim_job *job, struct text *text, const void *bytes, uint64_t size)
{
    uint64_t needed = text->size + size;

    if (needed > text->capacity) {
        uint64_t larger = needed < 128 ? 256 : 2 * needed;
        uint8_t *grown = job->host->resize(job, text->bytes, text->capacity, larger);
        if (!grown)
            return MIM_NOMEM;
        text->bytes = grown;
        text->capacity = larger;
    }
    memcpy(text->bytes + text->size, bytes, size);
    text->size = needed;
    return MIM_OK;
}

static void
free_text(struct mim_job *job, struct text *text)
{
    if (text->bytes)
        job->host->resize(job, text->bytes, text->capacity, 0);
}

/* Read one extension and append the sub-blocks of a comment. The walk has already checked the blocks. */
static int32_t
read_extension(struct mim_job *job, struct gif_window *window, struct text *text)
{
    uint8_t head[2] = { 0 }, length, block[255];

    gif_window_read(job, window, head, 1);
    if (!head[0])
        return MIM_OK; /* a zero between blocks */
    gif_window_read(job, window, head + 1, 1);
    bool is_comment = head[1] == COMMENT_EXT_FUNC_CODE;
    int32_t status = is_comment && text->size ? append_bytes(job, text, "\n", 1) : MIM_OK;
    while (status == MIM_OK && gif_window_read(job, window, &length, 1) == 1 && length) {
        if (gif_window_read(job, window, block, length) == length && is_comment)
            status = append_bytes(job, text, block, length);
    }
    return status;
}

static int32_t
read_span(struct mim_job *job, struct gif_window *window, const struct gif_span *span, struct text *text)
{
    int32_t status = MIM_OK;

    if (!span || !span->has_comment)
        return MIM_OK;
    gif_window_seek(window, span->start);
    while (status == MIM_OK && window->status == MIM_OK && !window->has_ended && window->position < span->end)
        status = read_extension(job, window, text);
    return status != MIM_OK ? status : window->status;
}

/* Length of the UTF-8 character at the start of `bytes`; 0: invalid. */
static uint32_t
utf8_length(const uint8_t *bytes, uint64_t size)
{
    static const uint32_t min_codes[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint32_t length = bytes[0] < 0x80       ? 1
                      : bytes[0] >> 5 == 6  ? 2
                      : bytes[0] >> 4 == 14 ? 3
                      : bytes[0] >> 3 == 30 ? 4
                                            : 0;

    if (length <= 1 || length > size)
        return length == 1;
    uint32_t code = bytes[0] & (0x7f >> length);
    for (uint32_t i = 1; i < length; i++) {
        if (bytes[i] >> 6 != 2)
            return 0;
        code = code << 6 | (bytes[i] & 0x3f);
    }
    bool is_surrogate = code >> 11 == 0xd800 >> 11;
    return code < min_codes[length] || code > 0x10ffff || is_surrogate ? 0 : length;
}

static bool
is_utf8(const struct text *text)
{
    for (uint64_t i = 0; i < text->size;) {
        uint32_t length = utf8_length(text->bytes + i, text->size - i);
        if (!length)
            return false;
        i += length;
    }
    return true;
}

static int32_t
latin1_to_utf8(struct mim_job *job, const struct text *latin1, struct text *utf8)
{
    for (uint64_t i = 0; i < latin1->size; i++) {
        uint8_t byte = latin1->bytes[i], pair[2] = { 0xc0 | byte >> 6, 0x80 | (byte & 0x3f) };
        int32_t status = byte < 0x80 ? append_bytes(job, utf8, &byte, 1) : append_bytes(job, utf8, pair, 2);
        if (status != MIM_OK)
            return status;
    }
    return MIM_OK;
}

/* Some programs store the terminating zero of a C string. */
static void
drop_zeros(struct text *text)
{
    uint64_t retained = 0;

    for (uint64_t i = 0; i < text->size; i++)
        if (text->bytes[i])
            text->bytes[retained++] = text->bytes[i];
    text->size = retained;
}

static int32_t
deliver_text(struct mim_job *job, struct text *text)
{
    struct text utf8 = { 0 };

    drop_zeros(text);
    if (is_utf8(text))
        return job->host->meta(job, "comment", MIM_META_TEXT, text->bytes, text->size);
    int32_t status = latin1_to_utf8(job, text, &utf8);
    if (status == MIM_OK)
        status = job->host->meta(job, "comment", MIM_META_TEXT, utf8.bytes, utf8.size);
    free_text(job, &utf8);
    return status;
}

int32_t
gif_comment_deliver(struct mim_job *job, const struct gif_span *first, const struct gif_span *second)
{
    struct gif_window window = { 0 };
    struct text text = { 0 };

    int32_t status = read_span(job, &window, first, &text);
    if (status == MIM_OK)
        status = read_span(job, &window, second, &text);
    if (status == MIM_OK && text.size)
        status = deliver_text(job, &text);
    gif_window_close(job, &window);
    free_text(job, &text);
    return status;
}
