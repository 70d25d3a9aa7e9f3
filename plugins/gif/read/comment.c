/* SPDX-License-Identifier: MIT */
/* Reads comments on demand, from the offsets that the walk recorded. */
#include "read/comment.h"

#include <mim/kit/array.h>
#include <mim/kit/text.h>

/* Read one extension and append the sub-blocks of a comment. The walk has already checked the blocks. */
static int32_t
read_extension(struct mim_job *job, struct gif_window *window, struct mim_bytes *text)
{
    uint8_t head[2] = { 0 }, length, block[255];

    gif_window_read(job, window, head, 1);
    if (!head[0])
        return MIM_OK; /* a zero between blocks */
    gif_window_read(job, window, head + 1, 1);
    bool is_comment = head[1] == COMMENT_EXT_FUNC_CODE;
    int32_t status = is_comment && text->size ? mim_bytes_append(job, text, "\n", 1) : MIM_OK;
    while (status == MIM_OK && gif_window_read(job, window, &length, 1) == 1 && length) {
        if (gif_window_read(job, window, block, length) == length && is_comment)
            status = mim_bytes_append(job, text, block, length);
    }
    return status;
}

static int32_t
read_span(struct mim_job *job, struct gif_window *window, const struct gif_span *span, struct mim_bytes *text)
{
    int32_t status = MIM_OK;

    if (!span || !span->has_comment)
        return MIM_OK;
    gif_window_seek(window, span->start);
    while (status == MIM_OK && window->status == MIM_OK && !window->has_ended && window->position < span->end)
        status = read_extension(job, window, text);
    return status != MIM_OK ? status : window->status;
}

/* Some programs store the terminating zero of a C string. */
static void
drop_zeros(struct mim_bytes *text)
{
    uint64_t retained = 0;

    for (uint64_t i = 0; i < text->size; i++)
        if (text->data[i])
            text->data[retained++] = text->data[i];
    text->size = retained;
}

static int32_t
deliver_text(struct mim_job *job, struct mim_bytes *text)
{
    struct mim_bytes utf8 = { 0 };

    drop_zeros(text);
    if (mim_utf8_is_valid(text->data, text->size))
        return job->host->meta(job, "comment", MIM_META_TEXT, text->data, text->size);
    int32_t status = mim_bytes_reserve(job, &utf8, 2 * text->size);
    if (status == MIM_OK) {
        utf8.size = mim_utf8_from_latin1(text->data, text->size, utf8.data);
        status = job->host->meta(job, "comment", MIM_META_TEXT, utf8.data, utf8.size);
    }
    mim_bytes_clear(job, &utf8);
    return status;
}

int32_t
gif_comment_deliver(struct mim_job *job, const struct gif_span *first, const struct gif_span *second)
{
    struct gif_window window = { 0 };
    struct mim_bytes text = { 0 };

    int32_t status = read_span(job, &window, first, &text);
    if (status == MIM_OK)
        status = read_span(job, &window, second, &text);
    if (status == MIM_OK && text.size)
        status = deliver_text(job, &text);
    gif_window_close(job, &window);
    mim_bytes_clear(job, &text);
    return status;
}
