/* SPDX-License-Identifier: MIT */
/* Metadata: a list in order of insertion, with a hash table, because files may hold tens of thousands of tags. */
#include "frame/meta.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <mim/kit/text.h>

#include "base/error.h"

#define FLAGS (MIM_META_CODING | MIM_META_IMPLIED)
#define NO_ITEM UINT32_MAX
#define MOST_ITEMS (1u << 24) /* keeps array sizes from overflowing, also on 32 bits */

struct item {
    char *key;
    void *data; /* terminated by a zero byte */
    size_t size;
    int type;
    int flags; /* MIM_META_CODING, MIM_META_IMPLIED */
    uint32_t hash;
    uint32_t next; /* index of the next in the same bucket */
};

struct mim_meta {
    struct item *items;
    uint32_t count, capacity; /* capacity is also the number of buckets, a power of two */
    uint32_t *buckets;
    uint64_t bytes;
};

/* The sizes of each type: a multiple of `unit` bytes, exactly one or any number of them. */
static const struct {
    size_t unit;
    bool single, text;
    const char *wanted;
} layouts[] = {
    [MIM_META_TEXT] = { 1, false, true, "text" },
    [MIM_META_INT] = { sizeof(int64_t), true, false, "one 64-bit integer" },
    [MIM_META_REAL] = { sizeof(double), true, false, "one double" },
    [MIM_META_RATIONAL] = { sizeof(struct mim_rational), true, false, "one pair of 64-bit integers" },
    [MIM_META_INTS] = { sizeof(int64_t), false, false, "64-bit integers" },
    [MIM_META_REALS] = { sizeof(double), false, false, "doubles" },
    [MIM_META_RATIONALS] = { sizeof(struct mim_rational), false, false, "pairs of 64-bit integers" },
    [MIM_META_TIME] = { 1, false, true, "text" },
    [MIM_META_BYTES] = { 1, false, false, "bytes" },
};

#define TYPE_COUNT ((int)(sizeof layouts / sizeof *layouts))

struct mim_meta *
mim_meta_create(void)
{
    return calloc(1, sizeof(struct mim_meta));
}

void
mim_meta_destroy(struct mim_meta *meta)
{
    if (!meta)
        return;
    for (uint32_t i = 0; i < meta->count; i++) {
        free(meta->items[i].key);
        free(meta->items[i].data);
    }
    free(meta->items);
    free(meta->buckets);
    free(meta);
}

/* FNV-1a */
static uint32_t
hash_of(const char *key)
{
    uint32_t hash = 2166136261u;
    for (; *key; key++)
        hash = (hash ^ (uint8_t)*key) * 16777619u;
    return hash;
}

static struct item *
find_item(const struct mim_meta *meta, const char *key)
{
    if (!meta || !key || meta->count == 0)
        return NULL;
    uint32_t hash = hash_of(key);
    for (uint32_t i = meta->buckets[hash & (meta->capacity - 1)]; i != NO_ITEM; i = meta->items[i].next)
        if (meta->items[i].hash == hash && strcmp(meta->items[i].key, key) == 0)
            return &meta->items[i];
    return NULL;
}

static void
link_item(struct mim_meta *meta, uint32_t i)
{
    uint32_t *bucket = &meta->buckets[meta->items[i].hash & (meta->capacity - 1)];
    meta->items[i].next = *bucket;
    *bucket = i;
}

/* Makes space for one more item; on failure nothing has changed. */
static bool
make_room(struct mim_meta *meta)
{
    if (meta->count < meta->capacity)
        return true;
    uint32_t capacity = meta->capacity ? 2 * meta->capacity : 8;
    if (capacity > MOST_ITEMS)
        return false;
    uint32_t *buckets = malloc(capacity * sizeof *buckets);
    struct item *items = buckets ? reallocarray(meta->items, capacity, sizeof *items) : NULL;
    if (!items) {
        free(buckets);
        return false;
    }
    free(meta->buckets);
    memset(buckets, 0xff, capacity * sizeof *buckets); /* NO_ITEM */
    meta->buckets = buckets;
    meta->items = items;
    meta->capacity = capacity;
    for (uint32_t i = 0; i < meta->count; i++)
        link_item(meta, i);
    return true;
}

static enum mim_status
check_value(const char *key, int type, const void *data, size_t size, struct mim_error *err)
{
    if (!key || !*key || !mim_utf8_is_valid(key, strlen(key)))
        return mim_fail(err, MIM_ARGUMENT, "metadata needs a key in UTF-8");
    int plain = type & MIM_META_TYPE_MASK;
    if (plain < MIM_META_TEXT || plain >= TYPE_COUNT || (type & ~(MIM_META_TYPE_MASK | FLAGS)))
        return mim_fail(err, MIM_ARGUMENT, "metadata %.100s: there is no type %d", key, type);
    if (!data && size > 0)
        return mim_fail(err, MIM_ARGUMENT, "metadata %.100s: no value was given", key);
    size_t unit = layouts[plain].unit;
    if (layouts[plain].single ? size != unit : size % unit != 0)
        return mim_fail(err, MIM_ARGUMENT, "metadata %.100s: a value of %zu bytes, expected %s", key, size,
                        layouts[plain].wanted);
    if (!layouts[plain].text || size == 0)
        return MIM_OK;
    if (!mim_utf8_is_valid(data, size))
        return mim_fail(err, MIM_ARGUMENT, "metadata %.100s: the text is not UTF-8", key);
    if (memchr(data, 0, size))
        return mim_fail(err, MIM_ARGUMENT, "metadata %.100s: the text holds a zero byte", key);
    return MIM_OK;
}

static void *
copy_value(const void *data, size_t size)
{
    char *copy = size < SIZE_MAX ? malloc(size + 1) : NULL;
    if (!copy)
        return NULL;
    if (size > 0)
        memcpy(copy, data, size);
    copy[size] = '\0';
    return copy;
}

static bool
append_item(struct mim_meta *meta, const char *key, const struct item *value)
{
    char *copy = strdup(key);
    if (!copy || !make_room(meta)) {
        free(copy);
        return false;
    }
    struct item *item = &meta->items[meta->count];
    *item = *value;
    item->key = copy;
    item->hash = hash_of(key);
    link_item(meta, meta->count++);
    meta->bytes += strlen(key) + value->size;
    return true;
}

static void
replace_item(struct mim_meta *meta, struct item *item, const struct item *value)
{
    meta->bytes += value->size;
    meta->bytes -= item->size;
    free(item->data);
    item->data = value->data;
    item->size = value->size;
    item->type = value->type;
    item->flags = value->flags;
}

enum mim_status
mim_meta_set(struct mim_meta *meta, const char *key, int type, const void *data, size_t size, struct mim_error *err)
{
    enum mim_status status = check_value(key, type, data, size, err);
    if (status != MIM_OK)
        return status;

    struct item value = {
        .data = copy_value(data, size),
        .size = size,
        .type = type & MIM_META_TYPE_MASK,
        .flags = type & FLAGS,
    };
    struct item *old = find_item(meta, key);
    if (value.data && old) {
        replace_item(meta, old, &value);
        return MIM_OK;
    }
    if (!value.data || !append_item(meta, key, &value)) {
        free(value.data);
        return mim_fail_nomem(err, "metadata");
    }
    return MIM_OK;
}

enum mim_status
mim_meta_set_text(struct mim_meta *meta, const char *key, const char *text, struct mim_error *err)
{
    if (!text)
        return mim_fail(err, MIM_ARGUMENT, "metadata %.100s: no value was given", key ? key : "");
    return mim_meta_set(meta, key, MIM_META_TEXT, text, strlen(text), err);
}

enum mim_status
mim_meta_set_int(struct mim_meta *meta, const char *key, int64_t value, struct mim_error *err)
{
    return mim_meta_set(meta, key, MIM_META_INT, &value, sizeof value, err);
}

enum mim_status
mim_meta_set_real(struct mim_meta *meta, const char *key, double value, struct mim_error *err)
{
    return mim_meta_set(meta, key, MIM_META_REAL, &value, sizeof value, err);
}

size_t
mim_meta_count(const struct mim_meta *meta)
{
    return meta ? meta->count : 0;
}

uint64_t
mim_meta_bytes(const struct mim_meta *meta)
{
    return meta ? meta->bytes : 0;
}

static void
show_item(const struct item *from, struct mim_meta_item *item)
{
    *item = (struct mim_meta_item){
        .key = from->key,
        .type = (enum mim_meta_type)from->type,
        .coding = (from->flags & MIM_META_CODING) != 0,
        .data = from->data,
        .size = from->size,
    };
}

int
mim_meta_at(const struct mim_meta *meta, size_t i, struct mim_meta_item *item)
{
    if (i >= mim_meta_count(meta))
        return 0;
    show_item(&meta->items[i], item);
    return 1;
}

int
mim_meta_find(const struct mim_meta *meta, const char *key, struct mim_meta_item *item)
{
    const struct item *found = find_item(meta, key);
    if (!found)
        return 0;
    show_item(found, item);
    return 1;
}

const char *
mim_meta_text(const struct mim_meta *meta, const char *key)
{
    const struct item *found = find_item(meta, key);
    return found && layouts[found->type].text ? found->data : NULL;
}

int
mim_meta_number(const struct mim_meta *meta, const char *key, double *value)
{
    const struct item *found = find_item(meta, key);
    if (!found)
        return 0;
    const struct mim_rational *rational = found->data;
    if (found->type == MIM_META_INT)
        *value = (double)*(const int64_t *)found->data;
    else if (found->type == MIM_META_REAL)
        *value = *(const double *)found->data;
    else if (found->type == MIM_META_RATIONAL && rational->den != 0)
        *value = (double)rational->num / (double)rational->den;
    else
        return 0;
    return 1;
}

bool
mim_meta_is_implied(const struct mim_meta *meta, size_t i)
{
    return meta->items[i].flags & MIM_META_IMPLIED;
}

bool
mim_meta_find_news(const struct mim_meta *meta, const char *key, struct mim_meta_item *item)
{
    const struct item *found = find_item(meta, key);
    return found && !(found->flags & MIM_META_IMPLIED) && mim_meta_find(meta, key, item);
}

enum mim_status
mim_meta_copy(struct mim_meta **out, const struct mim_meta *meta, struct mim_error *err)
{
    if (!meta) {
        *out = NULL;
        return MIM_OK;
    }
    struct mim_meta *copy = mim_meta_create();
    if (!copy)
        return mim_fail_nomem(err, "metadata");
    for (uint32_t i = 0; i < meta->count; i++) {
        const struct item *item = &meta->items[i];
        enum mim_status status = mim_meta_set(copy, item->key, item->type | item->flags, item->data, item->size, err);
        if (status != MIM_OK) {
            mim_meta_destroy(copy);
            return status;
        }
    }
    *out = copy;
    return MIM_OK;
}
