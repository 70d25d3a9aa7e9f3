/* SPDX-License-Identifier: MIT */
/* Conversions from the mock's format to itself, and what is expected of them. */
#include "convert-cases.h"

const struct mock_script plain = { .busy_us = 100, .has_metadata = true, .keeps_metadata = true };

enum mim_status
convert(const struct mock_script *script, unsigned threads, size_t source_count,
        const struct mim_convert_options *options, uint8_t **data, size_t *size, struct mim_error *err)
{
    struct mim_convert_options with_format = options ? *options : (struct mim_convert_options){ 0 };
    struct mim_source *sources[3] = { mock_source(), mock_source(), mock_source() };
    struct mim_context *context = mock_context(script, threads);
    struct mim_sink *sink = NULL;
    with_format.write.format = "mock";
    *data = NULL;
    *size = 0;
    CHECK(mim_sink_open_memory(&sink, NULL) == MIM_OK);
    enum mim_status status = mim_convert(context, sources, source_count, sink, &with_format, err);
    CHECK(mock_counted.opens == mock_counted.closes && mock_counted.prepares == mock_counted.releases);
    mim_sink_take(sink, (void **)data, size, NULL);
    mim_sink_close(sink);
    for (int i = 0; i < 3; i++)
        mim_source_close(sources[i]);
    mim_context_destroy(context);
    return status;
}

void
check_frames(const uint8_t *data, size_t size, const char *indices)
{
    CHECK(size == strlen(indices) * BYTES);
    for (size_t i = 0; i < size; i++)
        CHECK(data[i] == mock_sample((uint64_t)(indices[i / BYTES] - '0'), i % 6, i % BYTES / 6, 0));
}
