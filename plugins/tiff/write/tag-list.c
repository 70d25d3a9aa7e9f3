/* SPDX-License-Identifier: MIT */
/* A sorted list of tags to be written. */
#include "write/tag-list.h"

#include <string.h>

#include <tiff.h>

#include <mim/kit/array.h>

#include "file/known-tags.h"

struct tiff_tag *
tiff_tag_list_find(const struct tiff_tag_list *tags, uint16_t tag)
{
    for (uint64_t i = 0; i < tags->count; i++)
        if (tags->list[i].tag == tag)
            return &tags->list[i];
    return NULL;
}

void *
tiff_tag_data(struct tiff_tag *tag)
{
    return tag->large ? tag->large : tag->small;
}

static void
free_values(struct tiff_tag *tag, struct mim_job *job)
{
    if (tag->large)
        job->host->resize(job, tag->large, tag->size, 0);
    tag->large = NULL;
}

/* Insert an empty tag at its sorted position. */
static struct tiff_tag *
insert_tag(struct tiff_tag_list *tags, struct mim_job *job, uint16_t tag)
{
    struct tiff_tag *list = mim_array_reserve(job, tags->list, &tags->capacity, tags->count + 1, sizeof *list);
    if (!list)
        return NULL;
    tags->list = list;

    uint64_t place = tags->count++;
    for (; place > 0 && tags->list[place - 1].tag > tag; place--)
        tags->list[place] = tags->list[place - 1];
    tags->list[place] = (struct tiff_tag){ .tag = tag };
    return &tags->list[place];
}

int32_t
tiff_tag_list_set(struct tiff_tag_list *tags, struct mim_job *job, uint16_t tag, uint16_t type, uint64_t count,
                  const void *data)
{
    uint64_t size = count * tiff_type_size(type);
    uint8_t *large = size > sizeof tags->list->small ? job->host->resize(job, NULL, 0, size) : NULL;
    if (size > sizeof tags->list->small && !large)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for the values of tag %u", (unsigned)tag);

    struct tiff_tag *place = tiff_tag_list_find(tags, tag);
    if (place)
        free_values(place, job);
    else
        place = insert_tag(tags, job, tag);
    if (!place) {
        job->host->resize(job, large, size, 0);
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a list of tags");
    }

    *place = (struct tiff_tag){ .tag = tag, .type = type, .count = count, .size = size, .large = large };
    if (data)
        memcpy(tiff_tag_data(place), data, size);
    return MIM_OK;
}

int32_t
tiff_tag_list_set_text(struct tiff_tag_list *tags, struct mim_job *job, uint16_t tag, const char *text, uint64_t size)
{
    int32_t status = tiff_tag_list_set(tags, job, tag, TIFF_ASCII, size + 1, NULL);
    if (status != MIM_OK)
        return status;
    uint8_t *data = tiff_tag_data(tiff_tag_list_find(tags, tag));
    memcpy(data, text, size);
    data[size] = '\0';
    return MIM_OK;
}

void
tiff_tag_list_remove(struct tiff_tag_list *tags, struct mim_job *job, uint16_t tag)
{
    struct tiff_tag *place = tiff_tag_list_find(tags, tag);
    if (!place)
        return;
    free_values(place, job);
    tags->count--;
    for (struct tiff_tag *end = tags->list + tags->count; place < end; place++)
        *place = place[1];
}

int32_t
tiff_tag_list_merge(struct tiff_tag_list *tags, struct mim_job *job, const struct tiff_tag_list *from)
{
    int32_t status = MIM_OK;
    for (uint64_t i = 0; i < from->count && status == MIM_OK; i++) {
        struct tiff_tag *tag = &from->list[i];
        status = tiff_tag_list_set(tags, job, tag->tag, tag->type, tag->count, tiff_tag_data(tag));
    }
    return status;
}

void
tiff_tag_list_empty(struct tiff_tag_list *tags, struct mim_job *job)
{
    for (uint64_t i = 0; i < tags->count; i++)
        free_values(&tags->list[i], job);
    tags->count = 0;
}

void
tiff_tag_list_close(struct tiff_tag_list *tags, struct mim_job *job)
{
    tiff_tag_list_empty(tags, job);
    mim_array_free(job, tags->list, tags->capacity, sizeof *tags->list);
    *tags = (struct tiff_tag_list){ 0 };
}
