/* SPDX-License-Identifier: MIT */
/*
 * box=media: poppler shows the crop box and cannot be set to show the media box, except of pages without a crop box.
 * This file therefore hides crop boxes from it: in plain objects one byte of the key is replaced, and object streams
 * are recompressed without the key, in no more bytes than before.
 */
#include "patches.h"

#include <stdbool.h>
#include <string.h>

#include <mim/kit/array.h>

#include "shared/deflate.h"

#define KEY "/CropBox"
#define OBJECTS "/ObjStm"
#define SCAN_BYTES (256u << 10)
#define HEAD_BYTES 1024u /* searched for the stream's dictionary before and after the word */
#define FEED_BYTES 4096
#define MAX_INFLATED (64u << 20)
#define LEVEL 12

static int32_t
add_patch(struct pdf_patches *patches, struct mim_job *job, const struct pdf_patch *patch)
{
    struct pdf_patch *list =
        mim_array_reserve(job, patches->list, &patches->capacity, patches->count + 1, sizeof *list);
    if (!list)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for the boxes of the pages");
    patches->list = list;
    patches->list[patches->count++] = *patch;
    return MIM_OK;
}

static int32_t
refuse_file(struct mim_job *job, uint64_t offset, const char *why)
{
    return job->host->fail(job, MIM_UNSUPPORTED, offset, "box=media: the crop boxes of this file cannot be hidden: %s",
                           why);
}

/* The object stream that is searched. */
struct object_stream {
    uint8_t *plain;
    uint64_t plain_capacity;
    uint64_t end; /* offset at which the last one ends: words before it belong to it */
};

static int32_t
grow_plain(struct mim_job *job, struct object_stream *object_stream, uint64_t offset)
{
    /* doubled, so that it reaches the limit exactly */
    uint64_t capacity = object_stream->plain_capacity ? object_stream->plain_capacity * 2 : 64 << 10;
    if (capacity > MAX_INFLATED)
        return refuse_file(job, offset, "an object stream holds more than 64 MiB");
    uint8_t *larger = mim_array_reserve(job, object_stream->plain, &object_stream->plain_capacity, capacity, 1);
    if (!larger)
        return job->host->fail(job, MIM_NOMEM, offset, "no memory for an object stream of %llu bytes",
                               (unsigned long long)capacity);
    object_stream->plain = larger;
    return MIM_OK;
}

/* Reads input for zlib. At the end of the source there is none, which inflate reports as an error. */
static int32_t
fill_input(struct mim_job *job, z_stream *stream, uint64_t offset, uint8_t bytes[FEED_BYTES])
{
    int32_t status = job->host->poll(job);
    if (status != MIM_OK)
        return status;
    int64_t got = job->host->read_at(job, bytes, FEED_BYTES, offset + stream->total_in);
    stream->next_in = bytes;
    stream->avail_in = got > 0 ? (uInt)got : 0;
    return got < 0 ? (int32_t)-got : MIM_OK;
}

static int32_t
inflate_all(struct mim_job *job, struct object_stream *object_stream, uint64_t offset, uint64_t *plain, uint64_t *coded)
{
    z_stream stream = { 0 };
    uint8_t bytes[FEED_BYTES];
    int32_t status = MIM_OK;
    int code = inflateInit(&stream);
    while (code == Z_OK && status == MIM_OK) {
        if (stream.avail_in == 0)
            status = fill_input(job, &stream, offset, bytes);
        if (status == MIM_OK && stream.total_out == object_stream->plain_capacity)
            status = grow_plain(job, object_stream, offset);
        stream.next_out = object_stream->plain + stream.total_out;
        stream.avail_out = (uInt)(object_stream->plain_capacity - stream.total_out);
        if (status == MIM_OK)
            code = inflate(&stream, Z_NO_FLUSH);
    }
    *plain = stream.total_out;
    *coded = stream.total_in;
    inflateEnd(&stream);
    if (status == MIM_OK && code == Z_MEM_ERROR)
        return job->host->fail(job, MIM_NOMEM, offset, "no memory for an object stream");
    if (status == MIM_OK && code != Z_STREAM_END)
        return refuse_file(job, offset, "an object stream is encrypted or damaged");
    return status;
}

/* The end of a key's value that is an array or a reference; NULL for others. */
static const uint8_t *
end_of_value(const uint8_t *at, const uint8_t *end)
{
    static const char blanks[] = " \r\n\t", numbers[] = "0123456789+-. \r\n\t";
    while (at < end && memchr(blanks, *at, sizeof blanks - 1))
        at++;
    bool is_array = at < end && *at == '[';
    at += is_array;
    while (at < end && memchr(numbers, *at, sizeof numbers - 1))
        at++;
    return at < end && *at == (is_array ? ']' : 'R') ? at + 1 : NULL;
}

/* Replaces keys and values by blanks, which compress better. */
static bool
blank_out(uint8_t *bytes, uint64_t size)
{
    bool is_found = false;
    const uint8_t *end = bytes + size;
    for (uint8_t *at = bytes; (at = memmem(at, (size_t)(end - at), KEY, strlen(KEY))); is_found = true) {
        const uint8_t *after = end_of_value(at + strlen(KEY), end);
        if (after)
            memset(at, ' ', (size_t)(after - at));
        else
            at[strlen(KEY) - 1] = '_';
    }
    return is_found;
}

/* The result must not be larger than the original. */
static int32_t
deflate_all(struct mim_job *job, const struct object_stream *object_stream, uint64_t plain, struct pdf_patch *patch)
{
    struct shared_compressor compressor = { 0 };
    int32_t status = shared_compressor_open(job, &compressor, LEVEL);
    if (status == MIM_OK)
        patch->bytes = job->host->resize(job, NULL, 0, patch->capacity);
    if (patch->bytes)
        patch->size =
            libdeflate_zlib_compress(compressor.libdeflate, object_stream->plain, plain, patch->bytes, patch->capacity);
    else
        status = job->host->fail(job, MIM_NOMEM, patch->offset, "no memory for an object stream");
    shared_compressor_close(job, &compressor);
    if (status == MIM_OK && !patch->size)
        return refuse_file(job, patch->offset, "an object stream is compressed too well");
    return status;
}

static int32_t
recode_stream(struct pdf_patches *patches, struct mim_job *job, struct object_stream *object_stream, uint64_t offset)
{
    uint64_t plain = 0, coded = 0;
    int32_t status = inflate_all(job, object_stream, offset, &plain, &coded);
    object_stream->end = offset + coded;
    if (status != MIM_OK || !blank_out(object_stream->plain, plain))
        return status;

    struct pdf_patch patch = { .offset = offset, .capacity = coded };
    status = deflate_all(job, object_stream, plain, &patch);
    if (status == MIM_OK)
        status = add_patch(patches, job, &patch);
    if (status != MIM_OK)
        job->host->resize(job, patch.bytes, patch.capacity, 0);
    return status;
}

static const char *
last_of(const char *text, const char *end, const char *word)
{
    const char *last = NULL;
    while ((text = memmem(text, (size_t)(end - text), word, strlen(word))))
        last = text++;
    return last;
}

/*
 * Recodes the object stream whose dictionary has the word at `offset`. One without a filter is plain, so scan_window()
 * has patched it.
 */
static int32_t
visit_objects(struct pdf_patches *patches, struct mim_job *job, struct object_stream *object_stream, uint64_t offset)
{
    char text[2 * HEAD_BYTES + 1];
    uint64_t start = offset > HEAD_BYTES ? offset - HEAD_BYTES : 0;
    int64_t got = job->host->read_at(job, text, sizeof text - 1, start);
    if (got < 0)
        return (int32_t)-got;
    if ((uint64_t)got < offset - start) /* the file has shrunk meanwhile */
        return MIM_OK;
    const char *end = text + got, *word = text + (offset - start);
    const char *head = last_of(text, word, "obj");
    const char *body = word < end ? memmem(word, (size_t)(end - word), "stream", 6) : NULL;
    if (!head || !body || !memmem(head, (size_t)(body - head), "/Fl", 3))
        return MIM_OK;
    if (memmem(head, (size_t)(body - head), "/Predictor", 10))
        return refuse_file(job, offset, "an object stream has a predictor");
    body += 6;
    body += body < end && *body == '\r';
    body += body < end && *body == '\n';
    return recode_stream(patches, job, object_stream, start + (uint64_t)(body - text));
}

/* Scans one window; words that cross its end are found in the next. Patches are added in order and do not overlap. */
static int32_t
scan_window(struct pdf_patches *patches, struct mim_job *job, struct object_stream *object_stream, const uint8_t *bytes,
            uint64_t size, uint64_t start)
{
    int32_t status = MIM_OK;
    for (const uint8_t *at = bytes, *end = bytes + size; status == MIM_OK; at++) {
        at = at < end ? memchr(at, '/', (size_t)(end - at)) : NULL;
        if (!at)
            return MIM_OK;
        uint64_t offset = start + (uint64_t)(at - bytes), left = (uint64_t)(end - at);
        if (offset < object_stream->end)
            continue;
        if (left >= strlen(KEY) && memcmp(at, KEY, strlen(KEY)) == 0)
            status = add_patch(patches, job, &(struct pdf_patch){ .offset = offset + strlen(KEY) - 1, .size = 1 });
        else if (left >= strlen(OBJECTS) && memcmp(at, OBJECTS, strlen(OBJECTS)) == 0)
            status = visit_objects(patches, job, object_stream, offset);
    }
    return status;
}

int32_t
pdf_patches_find(struct pdf_patches *patches, struct mim_job *job)
{
    uint64_t overlap = strlen(KEY) - 1, start = 0;
    struct object_stream object_stream = { 0 };
    uint8_t *bytes = job->host->resize(job, NULL, 0, SCAN_BYTES);
    int32_t status = bytes ? MIM_OK : job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory to search for boxes");
    int64_t got = bytes ? SCAN_BYTES : 0;
    while (status == MIM_OK && got == SCAN_BYTES) {
        status = job->host->poll(job);
        got = status == MIM_OK ? job->host->read_at(job, bytes, SCAN_BYTES, start) : 0;
        if (got < 0)
            status = (int32_t)-got;
        else
            status = status == MIM_OK ? scan_window(patches, job, &object_stream, bytes, (uint64_t)got, start) : status;
        start += SCAN_BYTES - overlap;
    }
    job->host->resize(job, bytes, SCAN_BYTES, 0);
    mim_array_free(job, object_stream.plain, object_stream.plain_capacity, 1);
    return status;
}

/* Index of the first patch that ends after `offset`. */
static uint64_t
first_behind(const struct pdf_patches *patches, uint64_t offset)
{
    uint64_t low = 0, high = patches->count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (patches->list[middle].offset + patches->list[middle].size <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void
pdf_patches_apply(const struct pdf_patches *patches, uint8_t *bytes, uint64_t size, uint64_t offset)
{
    for (uint64_t i = first_behind(patches, offset); i < patches->count; i++) {
        const struct pdf_patch *patch = &patches->list[i];
        if (patch->offset >= offset + size)
            return;
        uint64_t from = patch->offset > offset ? patch->offset : offset;
        uint64_t to = patch->offset + patch->size < offset + size ? patch->offset + patch->size : offset + size;
        if (patch->bytes)
            memcpy(bytes + (from - offset), patch->bytes + (from - patch->offset), to - from);
        else
            bytes[from - offset] = '_';
    }
}

void
pdf_patches_close(struct pdf_patches *patches, struct mim_job *job)
{
    for (uint64_t i = 0; i < patches->count; i++)
        job->host->resize(job, patches->list[i].bytes, patches->list[i].capacity, 0);
    mim_array_free(job, patches->list, patches->capacity, sizeof *patches->list);
    *patches = (struct pdf_patches){ 0 };
}
