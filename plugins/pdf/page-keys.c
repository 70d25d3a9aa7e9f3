/* SPDX-License-Identifier: MIT */
/*
 * Poppler's interface shows neither the user unit of a page, nor its media box unless the page has no crop box. This
 * file therefore changes the keys that poppler reads, in place: plain objects get keys of the same size, and object
 * streams are recompressed in no more bytes than before.
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

/* A key, and the key that poppler sees. A unit is shown as the duration of its page, which has no duration of its own. */
static const struct key {
    const char *name, *shown;
    uint32_t use;
} keys[] = {
    { "/CropBox", "/CropBo_", BOXES },
    { "/Dur", "/Du_", DURATIONS },
    { "/UserUnit", "/Dur     ", UNITS },
};
/* A window ends with the longest key and the byte behind it, which are scanned in the next window. */
enum { KEYS = sizeof keys / sizeof *keys, SCAN_BYTES = 256 << 10, STEP_BYTES = SCAN_BYTES - 9 };

struct search {
    struct pdf_patches *patches;
    struct mim_job *job;
    uint32_t uses;  /* of the keys to change */
    uint8_t *plain; /* the last object stream, decompressed */
    uint64_t plain_capacity;
    uint64_t end; /* offset at which it ends: words before it belong to it */
};

/* A file whose units cannot be changed is read without them. */
static int32_t
refuse_file(struct search *search, uint64_t offset, const char *why)
{
    if (!(search->uses & BOXES))
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

/* Replaces a key. A box disappears with its value, since blanks compress better. */
static void
replace_key(const struct key *key, uint8_t *at, const uint8_t *end)
{
    size_t size = strlen(key->name);
    const uint8_t *after = key->use == BOXES ? end_of_value(at + size, end) : NULL;
    if (after)
        memset(at, ' ', (size_t)(after - at));
    else
        memcpy(at, key->shown, size);
}

/* Returns the uses of the keys that were replaced. */
static uint32_t
replace_keys(uint32_t uses, uint8_t *bytes, uint64_t size)
{
    uint32_t replaced = 0;
    const uint8_t *end = bytes + size;
    for (const struct key *key = keys; key < keys + KEYS; key++) {
        uint8_t *at = key->use & uses ? bytes : NULL;
        for (; at && (at = memmem(at, (size_t)(end - at), key->name, strlen(key->name))); at++)
            if (is_key(key, at, end)) {
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

static int32_t
recode_stream(struct search *search, uint64_t offset)
{
    uint64_t plain = 0, coded = 0;
    int32_t status = inflate_all(search, offset, &plain, &coded);
    search->end = offset + coded;
    uint32_t replaced = status == MIM_OK ? replace_keys(search->uses, search->plain, plain) : 0;
    if (!replaced)
        return status;

    struct pdf_patch patch = { .offset = offset, .capacity = coded + SPARE_BYTES };
    status = deflate_all(search, plain, &patch);
    if (status == MIM_OK)
        status = pdf_patches_add(search->patches, search->job, &patch);
    if (status == MIM_OK)
        search->patches->has_units |= replaced & UNITS;
    else if (patch.bytes)
        search->job->host->resize(search->job, patch.bytes, patch.capacity, 0);
    if (status != MIM_UNSUPPORTED || search->uses != UNITS)
        return status;
    return search->job->host->notice(search->job, MIM_NOTICE_OTHER,
                                     "UserUnit is ignored: its object stream is compressed too well");
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
    return recode_stream(search, start + (uint64_t)(body - text));
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
visit_key(struct search *search, const struct key *key, uint64_t offset)
{
    if (key->use == DURATIONS && !is_in_object(search, offset))
        return MIM_OK;
    search->patches->has_units |= key->use == UNITS;
    const struct pdf_patch patch = { .offset = offset, .size = strlen(key->name), .shown = key->shown };
    return pdf_patches_add(search->patches, search->job, &patch);
}

static int32_t
visit_name(struct search *search, const uint8_t *at, const uint8_t *end, uint64_t offset)
{
    for (const struct key *key = keys; key < keys + KEYS; key++)
        if (key->use & search->uses && is_key(key, at, end))
            return visit_key(search, key, offset);
    if ((size_t)(end - at) < strlen(OBJECTS) || memcmp(at, OBJECTS, strlen(OBJECTS)) != 0)
        return MIM_OK;
    int32_t status = visit_objects(search, offset);
    return status == MIM_UNSUPPORTED && !(search->uses & BOXES) ? MIM_OK : status;
}

/* Scans the names that begin in the first `size` bytes. Patches are added in order and do not overlap. */
static int32_t
scan_window(struct search *search, const uint8_t *bytes, uint64_t size, const uint8_t *end, uint64_t start)
{
    int32_t status = MIM_OK;
    for (const uint8_t *at = bytes, *last = bytes + size; status == MIM_OK; at++) {
        at = at < last ? memchr(at, '/', (size_t)(last - at)) : NULL;
        if (!at)
            return MIM_OK;
        uint64_t offset = start + (uint64_t)(at - bytes);
        if (offset >= search->end)
            status = visit_name(search, at, end, offset);
    }
    return status;
}

static int32_t
find_patches(struct pdf_patches *patches, struct mim_job *job, uint32_t uses)
{
    uint64_t start = 0;
    struct search search = { .patches = patches, .job = job, .uses = uses };
    uint8_t *bytes = job->host->resize(job, NULL, 0, SCAN_BYTES);
    int32_t status =
        bytes ? MIM_OK : job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory to search for keys of pages");
    int64_t got = bytes ? SCAN_BYTES : 0;
    while (status == MIM_OK && got == SCAN_BYTES) {
        status = job->host->poll(job);
        got = status == MIM_OK ? job->host->read_at(job, bytes, SCAN_BYTES, start) : 0;
        uint64_t size = got == SCAN_BYTES ? STEP_BYTES : (uint64_t)got;
        if (got < 0)
            status = (int32_t)-got;
        else if (status == MIM_OK)
            status = scan_window(&search, bytes, size, bytes + got, start);
        start += STEP_BYTES;
    }
    job->host->resize(job, bytes, SCAN_BYTES, 0);
    mim_array_free(job, search.plain, search.plain_capacity, 1);
    return status;
}

int32_t
pdf_page_keys_find(struct pdf_patches *patches, struct mim_job *job, bool hides_crop_boxes)
{
    uint32_t uses = hides_crop_boxes ? BOXES | UNITS : UNITS;
    int32_t status = find_patches(patches, job, uses);
    if (status != MIM_OK || !patches->has_units)
        return status;
    pdf_patches_close(patches, job);
    return find_patches(patches, job, uses | DURATIONS);
}
