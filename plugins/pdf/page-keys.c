/* SPDX-License-Identifier: MIT */
/*
 * Poppler's interface shows neither the user unit of a page, nor its media box unless the page has no crop box. This
 * file therefore changes the keys in the bytes that poppler reads, in place: plain objects get keys of the same size,
 * and object streams are recompressed in no more bytes than before.
 */
#include "page-keys.h"

#include <string.h>

#include <mim/kit/array.h>

#include "shared/deflate.h"

#define OBJECTS "/ObjStm"
#define HEAD_BYTES 1024u /* searched for the stream's dictionary before and after the word */
#define FEED_BYTES 4096
#define MAX_INFLATED (64u << 20)
#define LEVEL 12
#define SPARE_BYTES 16 /* libdeflate fails without some bytes behind the result */

/* Uses of keys. */
enum { BOXES = 1, DURATIONS = 2, UNITS = 4 };

/* A key, and the key that poppler sees. A unit is shown as the duration of its page, which has no other duration. */
static const struct key {
    const char *name, *shown;
    uint32_t use;
} keys[] = {
    { "/CropBox", "/CropBo_", BOXES },
    { "/Dur", "/Du_", DURATIONS },
    { "/UserUnit", "/Dur     ", UNITS },
};
enum { KEYS = sizeof keys / sizeof *keys };

struct search {
    struct pdf_patches *patches;
    struct mim_job *job;
    uint8_t *plain; /* an object stream, decompressed */
    uint64_t plain_capacity;
};

/* A file whose units cannot be changed is read without them. */
static int32_t
refuse_file(struct search *search, uint64_t offset, const char *why)
{
    search->patches->is_partial = true;
    if (!search->patches->hides_boxes)
        return MIM_UNSUPPORTED;
    return search->job->host->fail(search->job, MIM_UNSUPPORTED, offset,
                                   "box=media: the crop boxes of this file cannot be hidden: %s", why);
}

static int32_t
grow_plain(struct search *search, uint64_t offset)
{
    /* doubled, so that it reaches the limit exactly */
    uint64_t capacity = search->plain_capacity ? search->plain_capacity * 2 : 64 << 10;
    if (capacity > MAX_INFLATED)
        return refuse_file(search, offset, "an object stream holds more than 64 MiB");
    uint8_t *larger = mim_array_reserve(search->job, search->plain, &search->plain_capacity, capacity, 1);
    if (!larger)
        return search->job->host->fail(search->job, MIM_NOMEM, offset, "no memory for an object stream of %llu bytes",
                                       (unsigned long long)capacity);
    search->plain = larger;
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
inflate_all(struct search *search, uint64_t offset, uint64_t *plain, uint64_t *coded)
{
    z_stream stream = { 0 };
    uint8_t bytes[FEED_BYTES];
    int32_t status = MIM_OK;
    int code = inflateInit(&stream);
    while (code == Z_OK && status == MIM_OK) {
        if (stream.avail_in == 0)
            status = fill_input(search->job, &stream, offset, bytes);
        if (status == MIM_OK && stream.total_out == search->plain_capacity)
            status = grow_plain(search, offset);
        stream.next_out = search->plain + stream.total_out;
        stream.avail_out = (uInt)(search->plain_capacity - stream.total_out);
        if (status == MIM_OK)
            code = inflate(&stream, Z_NO_FLUSH);
    }
    *plain = stream.total_out;
    *coded = stream.total_in;
    inflateEnd(&stream);
    if (status == MIM_OK && code == Z_MEM_ERROR)
        return search->job->host->fail(search->job, MIM_NOMEM, offset, "no memory for an object stream");
    if (status == MIM_OK && code != Z_STREAM_END)
        return refuse_file(search, offset, "an object stream is encrypted or damaged");
    return status;
}

/* Is this name the key, or does it only begin like it? */
static bool
is_key(const struct key *key, const uint8_t *at, const uint8_t *end)
{
    static const char breaks[] = "\0\t\n\f\r ()<>[]{}/%";
    size_t size = strlen(key->name), left = (size_t)(end - at);
    return left >= size && memcmp(at, key->name, size) == 0 &&
           (left == size || memchr(breaks, at[size], sizeof breaks - 1));
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

/* A unit is shown as a negative duration, which pages do not have. Returns the sign and its place, or NULL if the value
 * of the key is neither a number nor followed by more bytes. */
static const char *
find_sign(const uint8_t *value, const uint8_t *end, uint64_t *place)
{
    const uint8_t *at = value;
    while (at < end && memchr(" \r\n\t", *at, 4))
        at++;
    if (at == value || at == end || end_of_value(value, end))
        return NULL;
    bool is_signed = *at == '+' || *at == '-';
    *place = (uint64_t)(at - value) - !is_signed;
    if (is_signed || *at == '.' || (*at >= '0' && *at <= '9'))
        return *at == '-' ? "0" : "-"; /* no unit is negative */
    return NULL;
}

/* Replaces a key. A box disappears with its value, since blanks compress better. */
static void
replace_key(const struct key *key, uint8_t *at, const uint8_t *end)
{
    size_t size = strlen(key->name);
    uint64_t place = 0;
    const uint8_t *after = key->use == BOXES ? end_of_value(at + size, end) : NULL;
    const char *sign = key->use == UNITS ? find_sign(at + size, end, &place) : NULL;
    if (after)
        memset(at, ' ', (size_t)(after - at));
    else
        memcpy(at, key->shown, size);
    if (sign)
        at[size + place] = (uint8_t)*sign;
}

static uint8_t *
find_key(const struct key *key, uint8_t *at, const uint8_t *end)
{
    for (; (at = memmem(at, (size_t)(end - at), key->name, strlen(key->name))); at++)
        if (is_key(key, at, end))
            return at;
    return NULL;
}

/* Returns the uses of the keys that are replaced. Durations may stay where there are no units. */
static uint32_t
replace_keys(bool hides_boxes, uint8_t *bytes, uint64_t size)
{
    uint32_t replaced = 0;
    const uint8_t *end = bytes + size;
    bool has_units = find_key(&keys[KEYS - 1], bytes, end);
    uint32_t uses = (hides_boxes ? BOXES : 0) | (has_units ? DURATIONS | UNITS : 0);
    for (const struct key *key = keys; key < keys + KEYS; key++) {
        uint8_t *at = key->use & uses ? find_key(key, bytes, end) : NULL;
        for (; at; at = find_key(key, at + 1, end)) {
            replace_key(key, at, end);
            replaced |= key->use;
        }
    }
    return replaced;
}

/* The result must not be larger than the original. */
static int32_t
deflate_all(struct search *search, uint64_t plain, struct pdf_patch *patch)
{
    struct mim_job *job = search->job;
    struct shared_compressor compressor = { 0 };
    int32_t status = shared_compressor_open(job, &compressor, LEVEL);
    if (status == MIM_OK)
        patch->bytes = job->host->resize(job, NULL, 0, patch->capacity);
    if (patch->bytes)
        patch->size =
            libdeflate_zlib_compress(compressor.libdeflate, search->plain, plain, patch->bytes, patch->capacity);
    else
        status = job->host->fail(job, MIM_NOMEM, patch->offset, "no memory for an object stream");
    shared_compressor_close(job, &compressor);
    if (status == MIM_OK && (!patch->size || patch->size > patch->capacity - SPARE_BYTES))
        return refuse_file(search, patch->offset, "an object stream is compressed too well");
    return status;
}

/* A unit that cannot be shown is ignored. Only the document of the serial ops reports it. */
static int32_t
report_ignored(struct search *search, uint32_t replaced)
{
    if (!(replaced & UNITS) || search->patches->hides_boxes || search->job->worker)
        return MIM_UNSUPPORTED;
    return search->job->host->notice(search->job, MIM_NOTICE_OTHER,
                                     "UserUnit is ignored: its object stream is compressed too well");
}

/* Adds a patch for the object stream at `offset`, which changes nothing if the stream has no keys or cannot be read. */
static int32_t
recode_stream(struct search *search, uint64_t offset)
{
    uint64_t plain = 0, coded = 0;
    int32_t status = inflate_all(search, offset, &plain, &coded);
    struct pdf_patch patch = { .offset = offset, .span = coded ? coded : 1 };
    uint32_t replaced = status == MIM_OK ? replace_keys(search->patches->hides_boxes, search->plain, plain) : 0;
    if (replaced) {
        patch.capacity = coded + SPARE_BYTES;
        status = deflate_all(search, plain, &patch);
    }
    if (status != MIM_OK) {
        search->job->host->resize(search->job, patch.bytes, patch.capacity, 0);
        patch = (struct pdf_patch){ .offset = offset, .span = patch.span };
    }
    if (status == MIM_UNSUPPORTED)
        status = report_ignored(search, replaced);
    if (status != MIM_OK && (status != MIM_UNSUPPORTED || search->patches->hides_boxes))
        return status;
    return pdf_patches_add(search->patches, search->job, &patch);
}

static const char *
last_of(const char *text, const char *end, const char *word)
{
    const char *last = NULL;
    while ((text = memmem(text, (size_t)(end - text), word, strlen(word))))
        last = text++;
    return last;
}

/* Recodes the object stream whose dictionary has the word at `offset`. One without a filter is plain: its keys are seen. */
static int32_t
visit_objects(struct search *search, uint64_t offset)
{
    char text[2 * HEAD_BYTES + 1];
    uint64_t start = offset > HEAD_BYTES ? offset - HEAD_BYTES : 0;
    int64_t got = search->job->host->read_at(search->job, text, sizeof text - 1, start);
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
        return refuse_file(search, offset, "an object stream has a predictor");
    body += 6;
    body += body < end && *body == '\r';
    body += body < end && *body == '\n';
    uint64_t place = start + (uint64_t)(body - text);
    return pdf_patches_has(search->patches, place) ? MIM_OK : recode_stream(search, place);
}

/* The short key also occurs in compressed data: it must follow the start of an object, without a stream between them. */
static bool
is_in_object(struct search *search, uint64_t offset)
{
    char text[HEAD_BYTES];
    uint64_t start = offset > HEAD_BYTES ? offset - HEAD_BYTES : 0;
    int64_t got = search->job->host->read_at(search->job, text, offset - start, start);
    const char *end = text + (got > 0 ? got : 0), *head = last_of(text, end, "obj");
    return head && !memmem(head, (size_t)(end - head), "stream", 6);
}

static int32_t
visit_key(struct search *search, const struct key *key, const uint8_t *at, const uint8_t *end, uint64_t offset)
{
    uint64_t size = strlen(key->name), place = 0;
    if (key->use == DURATIONS && !is_in_object(search, offset))
        return MIM_OK;
    const char *sign = key->use == UNITS ? find_sign(at + size, end, &place) : NULL;
    struct pdf_patch patch = { .offset = offset, .span = size, .size = size, .shown = key->shown };
    int32_t status = pdf_patches_add(search->patches, search->job, &patch);
    if (status != MIM_OK || !sign)
        return status;
    patch = (struct pdf_patch){ .offset = offset + size + place, .span = 1, .size = 1, .shown = sign };
    return pdf_patches_add(search->patches, search->job, &patch);
}

static int32_t
visit_name(struct search *search, const uint8_t *at, const uint8_t *end, uint64_t offset)
{
    bool hides_boxes = search->patches->hides_boxes;
    for (const struct key *key = keys; key < keys + KEYS; key++)
        if ((key->use != BOXES || hides_boxes) && is_key(key, at, end))
            return visit_key(search, key, at, end, offset);
    if ((size_t)(end - at) < strlen(OBJECTS) || memcmp(at, OBJECTS, strlen(OBJECTS)) != 0)
        return MIM_OK;
    int32_t status = visit_objects(search, offset);
    return status == MIM_UNSUPPORTED && !hides_boxes ? MIM_OK : status;
}

int32_t
pdf_page_keys_find(struct pdf_patches *patches, struct mim_job *job, const struct pdf_window *window)
{
    struct search search = { .patches = patches, .job = job };
    const uint8_t *at = window->bytes, *last = at + window->shown, *end = at + window->size;
    int32_t status = MIM_OK;
    while (status == MIM_OK && (at = memchr(at, '/', (size_t)(last - at)))) {
        uint64_t offset = window->offset + (uint64_t)(at - window->bytes);
        if (!pdf_patches_has(patches, offset))
            status = visit_name(&search, at, end, offset);
        at++;
    }
    mim_array_free(job, search.plain, search.plain_capacity, 1);
    return status;
}
