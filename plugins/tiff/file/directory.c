/* SPDX-License-Identifier: MIT */
/* The entries of one directory, read straight from the source: the sizes that a file claims cost no memory. */
#include "file/directory.h"

#include <stdio.h>

#include <tiff.h>

#include "file/known-tags.h"

int32_t
tiff_directory_open(struct tiff_directory *directory)
{
    unsigned head = directory->order.is_big_tiff ? 8 : 2;
    const uint8_t *bytes = NULL;
    int32_t status = tiff_window_get(directory->job, directory->window, directory->offset, head, &bytes);
    if (status == MIM_OK)
        directory->count = tiff_number(directory->order, bytes, head);
    if (directory->count > TIFF_MAX_ENTRIES)
        directory->count = TIFF_MAX_ENTRIES;
    return status;
}

int32_t
tiff_directory_entry(struct tiff_directory *directory, uint64_t i, struct tiff_entry *entry)
{
    struct tiff_order order = directory->order;
    unsigned head = order.is_big_tiff ? 8 : 2, size = order.is_big_tiff ? 20 : 12, word = order.is_big_tiff ? 8 : 4;
    uint64_t offset = directory->offset + head + i * size;
    const uint8_t *bytes = NULL;
    int32_t status = tiff_window_get(directory->job, directory->window, offset, size, &bytes);
    if (status != MIM_OK)
        return status;

    entry->tag = (uint16_t)tiff_number(order, bytes, 2);
    entry->type = (uint16_t)tiff_number(order, bytes + 2, 2);
    entry->size = tiff_type_size(entry->type);
    entry->count = tiff_number(order, bytes + 4, word);
    /* small values are stored in the entry itself */
    if (entry->size && entry->count <= word / entry->size)
        entry->offset = offset + 4 + word;
    else
        entry->offset = tiff_number(order, bytes + 4 + word, word);
    return MIM_OK;
}

static bool
is_whole(const struct tiff_entry *entry)
{
    return entry->type == TIFF_BYTE || entry->type == TIFF_SHORT || entry->type == TIFF_LONG ||
           entry->type == TIFF_LONG8 || entry->type == TIFF_IFD || entry->type == TIFF_IFD8 ||
           (tiff_type_is_signed(entry->type) && entry->type != TIFF_SRATIONAL);
}

int32_t
tiff_directory_uint(struct tiff_directory *directory, const struct tiff_entry *entry, uint64_t i, uint64_t *value)
{
    uint64_t offset;
    if (!is_whole(entry) || i >= entry->count || __builtin_mul_overflow(i, entry->size, &offset) ||
        __builtin_add_overflow(offset, entry->offset, &offset))
        return MIM_CORRUPT;

    const uint8_t *bytes = NULL;
    int32_t status = tiff_window_get(directory->job, directory->window, offset, entry->size, &bytes);
    if (status != MIM_OK)
        return status;
    uint64_t number = tiff_number(directory->order, bytes, entry->size);
    /* like libtiff, accept a signed type unless the value is negative */
    if (tiff_type_is_signed(entry->type) && number >> (8 * entry->size - 1))
        return MIM_CORRUPT;
    *value = number;
    return MIM_OK;
}

int32_t
tiff_directory_drop(const struct tiff_directory *directory, const struct tiff_entry *entry, const char *why)
{
    char text[160];
    if (directory->is_quiet)
        return MIM_OK;
    snprintf(text, sizeof text, "tag %u, of type %u with %llu values, is ignored: %s", (unsigned)entry->tag,
             (unsigned)entry->type, (unsigned long long)entry->count, why);
    return directory->job->host->notice(directory->job, MIM_NOTICE_DAMAGED, text);
}
