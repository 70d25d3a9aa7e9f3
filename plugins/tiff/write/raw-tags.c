/* SPDX-License-Identifier: MIT */
/* Tags by number: tag:NNN as an option, and as metadata of another TIFF. */
#include "write/raw-tags.h"

#include <stdlib.h>
#include <string.h>

#include <tiff.h>

#include "file/known-tags.h"
#include "write/state.h"
#include "write/tag-value.h"

/* Metadata do not have TIFF's types: readers of these tags require the types here. */
static const struct {
    uint16_t tag, type;
} customs[] = {
    { TIFFTAG_PHOTOSHOP, TIFF_BYTE },  { TIFFTAG_RICHTIFFIPTC, TIFF_UNDEFINED },
    { 50838 /* IJMetadataByteCounts */, TIFF_LONG }, { 50839 /* IJMetadata */, TIFF_BYTE },
};

static uint16_t
custom_type(uint16_t tag, uint16_t otherwise)
{
    for (unsigned i = 0; i < sizeof customs / sizeof *customs; i++)
        if (customs[i].tag == tag)
            return customs[i].type;
    return otherwise;
}

static bool
is_whole(uint16_t type)
{
    return type == TIFF_BYTE || type == TIFF_SHORT || type == TIFF_LONG || type == TIFF_LONG8 ||
           tiff_type_is_signed(type);
}

/* Metadata may be unaligned. */
static int64_t
number_at(const int64_t *values, uint64_t i)
{
    int64_t value;
    memcpy(&value, values + i, sizeof value);
    return value;
}

/* The narrowest type that holds all values; 0 if a classic file has none. */
static uint16_t
type_of_integers(const int64_t *values, uint64_t count, bool is_big)
{
    int64_t low = 0, high = 0;
    for (uint64_t i = 0; i < count; i++) {
        int64_t value = number_at(values, i);
        low = value < low ? value : low;
        high = value > high ? value : high;
    }
    if (low >= 0 && high <= UINT32_MAX)
        return high <= UINT16_MAX ? TIFF_SHORT : TIFF_LONG;
    if (low >= INT32_MIN && high <= INT32_MAX)
        return low >= INT16_MIN && high <= INT16_MAX ? TIFF_SSHORT : TIFF_SLONG;
    return !is_big ? 0 : low < 0 ? TIFF_SLONG8 : TIFF_LONG8;
}

static int32_t
set_integers(struct tiff_tag_list *tags, struct mim_job *job, uint16_t tag, const int64_t *values, uint64_t count,
             bool is_big)
{
    uint16_t type = custom_type(tag, type_of_integers(values, count, is_big));
    if (!is_whole(type))
        return MIM_UNSUPPORTED;
    for (uint64_t i = 0; i < count; i++)
        if (!tiff_type_holds(number_at(values, i), type))
            return MIM_UNSUPPORTED;
    int32_t status = tiff_tag_list_set(tags, job, tag, type, count, NULL);
    if (status != MIM_OK)
        return status;

    unsigned size = tiff_type_size(type);
    uint8_t *data = tiff_tag_data(tiff_tag_list_find(tags, tag));
    for (uint64_t i = 0; i < count; i++)
        tiff_store_integer(data + i * size, number_at(values, i), size);
    return MIM_OK;
}

static int32_t
set_ratios(struct tiff_tag_list *tags, struct mim_job *job, uint16_t tag, const struct mim_rational *values,
           uint64_t count)
{
    uint16_t type = TIFF_RATIONAL;
    for (uint64_t i = 0; i < count; i++)
        type = values[i].num < 0 ? TIFF_SRATIONAL : type;
    uint16_t part = type == TIFF_RATIONAL ? TIFF_LONG : TIFF_SLONG;
    for (uint64_t i = 0; i < count; i++)
        if (!tiff_type_holds(values[i].num, part) || !tiff_type_holds(values[i].den, part))
            return MIM_UNSUPPORTED;

    int32_t status = tiff_tag_list_set(tags, job, tag, type, count, NULL);
    if (status != MIM_OK)
        return status;
    uint8_t *data = tiff_tag_data(tiff_tag_list_find(tags, tag));
    for (uint64_t i = 0; i < count; i++) {
        tiff_store_integer(data + 8 * i, values[i].num, 4);
        tiff_store_integer(data + 8 * i + 4, values[i].den, 4);
    }
    return MIM_OK;
}

/* ImageJ's metadata have the byte order of their file, and are useless in a file of the other one. */
static bool
is_of_another_order(uint16_t tag, const uint8_t *data, uint64_t size)
{
    const char *magic = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? "IJIJ" : "JIJI";
    return tag == 50839 && (size < 4 || memcmp(data, magic, 4) != 0);
}

static int32_t
set_bytes(struct tiff_tag_list *tags, struct mim_job *job, uint16_t tag, const void *value, uint64_t size)
{
    uint16_t type = custom_type(tag, TIFF_UNDEFINED);
    if (tiff_type_size(type) != 1 || is_of_another_order(tag, value, size))
        return MIM_UNSUPPORTED;
    return tiff_tag_list_set(tags, job, tag, type, size, value);
}

int32_t
tiff_raw_tag_from_metadata(struct tiff_tag_list *tags, struct mim_job *job, const char *number, int32_t type,
                           const void *value, uint64_t size)
{
    const struct tiff_writer *self = job->state;
    char *end;
    unsigned long tag = strtoul(number, &end, 10);
    /* the width of offsets is known once the writer is open */
    bool is_big = self->is_open && self->is_big;
    if (*end || number[0] < '1' || number[0] > '9' || tag > UINT16_MAX || tiff_known_tag((uint32_t)tag) || size == 0)
        return MIM_UNSUPPORTED;

    uint16_t wanted = (uint16_t)tag;
    switch (type) {
    case MIM_META_INT:
    case MIM_META_INTS:
        return set_integers(tags, job, wanted, value, size / 8, is_big);
    case MIM_META_REAL:
    case MIM_META_REALS:
        return tiff_tag_list_set(tags, job, wanted, TIFF_DOUBLE, size / 8, value);
    case MIM_META_RATIONAL:
    case MIM_META_RATIONALS:
        return set_ratios(tags, job, wanted, value, size / sizeof(struct mim_rational));
    case MIM_META_BYTES:
        return set_bytes(tags, job, wanted, value, size);
    default:
        return tiff_tag_list_set_text(tags, job, wanted, value, size);
    }
}

static int32_t
set_tag(struct mim_job *job, uint16_t tag, const char *key, const char *value)
{
    struct tiff_writer *self = job->state;
    const struct tiff_known_tag *known = tiff_known_tag(tag);
    bool is_text = known && (known->type == MIM_META_TEXT || known->type == MIM_META_TIME); /* a title may be 1984 */
    const char *text = value;
    uint16_t type = tiff_value_named_type(&text);
    if (is_text && type && type != TIFF_ASCII)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "tag:%s=%s: this tag (%s) is a text", key, value,
                               known->key);
    if (!type)
        type = is_text ? TIFF_ASCII : tiff_value_guess_type(&text, self->is_big);
    if (type == TIFF_ASCII)
        return tiff_tag_list_set_text(&self->option_tags, job, tag, text, strlen(text));

    uint64_t count = tiff_value_parse(text, type, NULL);
    if (count == 0)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "tag:%s=%s: not a list of values of this type", key,
                               value);
    if (!self->is_big && (type == TIFF_LONG8 || type == TIFF_SLONG8))
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "tag:%s=%s: 64-bit values need bigtiff=yes", key, value);
    int32_t status = tiff_tag_list_set(&self->option_tags, job, tag, type, count, NULL);
    if (status == MIM_OK)
        tiff_value_parse(text, type, tiff_tag_data(tiff_tag_list_find(&self->option_tags, tag)));
    return status;
}

int32_t
tiff_raw_tags_from_options(struct mim_job *job)
{
    const struct tiff_writer *self = job->state;
    int32_t status = MIM_OK;
    for (uint64_t i = 0; i < self->tag_options.count && status == MIM_OK; i++) {
        const char *key = self->tag_options.items[2 * i], *value = self->tag_options.items[2 * i + 1];
        char *end;
        unsigned long tag = strtoul(key, &end, 10);
        if (*end || key[0] < '1' || key[0] > '9' || tag > UINT16_MAX)
            return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "tag:%s: expected a number from 1 to 65535", key);
        const struct tiff_known_tag *known = tiff_known_tag((uint32_t)tag);
        if (known && !known->key)
            return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN,
                                   "tag:%s: set by the layout of pixels or by an option of its own", key);
        if (tiff_tag_list_find(&self->option_tags, (uint16_t)tag))
            return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "tag:%s: already set by another option", key);
        status = set_tag(job, (uint16_t)tag, key, value);
    }
    return status;
}
