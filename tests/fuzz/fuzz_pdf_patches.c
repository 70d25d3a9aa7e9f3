/* SPDX-License-Identifier: MIT */
/*
 * Checks what box=media makes poppler read: the file without crop boxes, and with user units as durations. There is no
 * oracle: patches must be sorted, windows of any size must show the same bytes, and object streams must decompress to the
 * original without crop boxes.
 */
#include "fuzz.h"

#include <zlib.h>

#include <mim/kit/test-host.h>

#include "page-keys.h"

enum { MAX_ALLOCATED = 160 << 20, MAX_PLAIN = 1 << 20 };

static void
check_order(const struct pdf_patches *patches, uint64_t size)
{
    for (uint64_t i = 0, end = 0; i < patches->count; i++) {
        const struct pdf_patch *patch = &patches->list[i];
        EXPECT(patch->size <= patch->span && (!patch->bytes || patch->size <= patch->capacity));
        EXPECT(patch->offset >= end);
        end = patch->offset + patch->span;
        EXPECT(end <= size);
    }
}

static bool
is_patched(const struct pdf_patches *patches, uint64_t offset)
{
    for (uint64_t i = 0; i < patches->count; i++) {
        const struct pdf_patch *patch = &patches->list[i];
        if (offset >= patch->offset && offset < patch->offset + patch->size)
            return true;
    }
    return false;
}

/* Only bytes in patches may differ. */
static void
check_bytes(const struct pdf_patches *patches, const uint8_t *data, const uint8_t *seen, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] != seen[i])
            EXPECT(is_patched(patches, i));
    for (uint64_t i = 0; i < patches->count; i++) {
        const struct pdf_patch *patch = &patches->list[i];
        if (patch->shown) {
            EXPECT(data[patch->offset] == '/' || (patch->size == 1 && memchr("\r\n\t +-", data[patch->offset], 6)));
            EXPECT(memcmp(seen + patch->offset, patch->shown, patch->size) == 0);
        }
    }
}

static void
check_windows(const struct pdf_patches *patches, const uint8_t *data, const uint8_t *seen, size_t size)
{
    uint8_t window[61];

    for (size_t start = 0, some = 1; start < size; start += some, some = some % sizeof window + 1) {
        some = some < size - start ? some : size - start;
        memcpy(window, data + start, some);
        pdf_patches_apply(patches, window, some, start);
        EXPECT(memcmp(window, seen + start, some) == 0);
    }
}

/* Decompresses the stream at the start of `coded` and returns its size. */
static uLongf
unpack(const uint8_t *coded, size_t size, uint8_t *plain)
{
    uLongf capacity = MAX_PLAIN;
    int code = uncompress(plain, &capacity, coded, size);

    EXPECT(code == Z_OK || code == Z_BUF_ERROR);
    return code == Z_OK ? capacity : 0;
}

static bool
has_crop_box(const uint8_t *bytes, size_t size)
{
    static const char key[] = "/CropBox", breaks[] = "\0\t\n\f\r ()<>[]{}/%";
    const uint8_t *end = bytes + size;

    while ((bytes = memmem(bytes, (size_t)(end - bytes), key, sizeof key - 1))) {
        bytes += sizeof key - 1;
        if (bytes == end || memchr(breaks, *bytes, sizeof breaks - 1))
            return true;
    }
    return false;
}

static void
check_streams(const struct pdf_patches *patches, const uint8_t *data, size_t end)
{
    uint8_t *before = malloc(MAX_PLAIN), *after = malloc(MAX_PLAIN);

    EXPECT(before && after);
    for (uint64_t i = 0; i < patches->count; i++) {
        const struct pdf_patch *patch = &patches->list[i];
        uLongf size = patch->bytes ? unpack(data + patch->offset, end - patch->offset, before) : 0;
        if (!size)
            continue;
        EXPECT(unpack(patch->bytes, patch->size, after) == size);
        EXPECT(memcmp(before, after, size) != 0 && !has_crop_box(after, size));
        for (uLongf at = 0; at < size; at++)
            EXPECT(before[at] == after[at] || memchr("/Dur _-0", after[at], 8));
    }
    free(before);
    free(after);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mim_test_host host = { .source = { .data = (uint8_t *)(uintptr_t)data, .size = size } };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct pdf_patches patches = { .hides_boxes = true };

    if (pdf_page_keys_find(&patches, &job, &(struct pdf_window){ data, 0, size, size }) == MIM_OK) {
        uint8_t *seen = malloc(size + !size);
        EXPECT(seen);
        if (size)
            memcpy(seen, data, size);
        check_order(&patches, size);
        pdf_patches_apply(&patches, seen, size, 0);
        check_bytes(&patches, data, seen, size);
        check_windows(&patches, data, seen, size);
        check_streams(&patches, data, size);
        free(seen);
    }
    EXPECT(host.allocated <= MAX_ALLOCATED);
    pdf_patches_close(&patches, &job);
    EXPECT(mim_test_host_clear(&host));
    return 0;
}
