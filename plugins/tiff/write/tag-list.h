/* SPDX-License-Identifier: MIT */
/* A sorted list of tags to be written, with values as they are stored in the file. */
#ifndef MIM_TIFF_WRITE_TAG_LIST_H
#define MIM_TIFF_WRITE_TAG_LIST_H

#include <stdint.h>

#include <mim/plugin.h>

struct tiff_tag {
    uint16_t tag, type;
    uint64_t count, size; /* values, bytes */
    uint8_t *large;       /* NULL: the values are in `small` */
    uint8_t small[16];
};

struct tiff_tag_list {
    struct tiff_tag *list;
    uint64_t count, capacity;
};

/* Add or replace. With `data` NULL the caller fills in the values. */
int32_t tiff_tag_list_set(struct tiff_tag_list *tags, struct mim_job *job, uint16_t tag, uint16_t type, uint64_t count,
                          const void *data);
/* Adds the zero that ends a TIFF string. */
int32_t tiff_tag_list_set_text(struct tiff_tag_list *tags, struct mim_job *job, uint16_t tag, const char *text,
                               uint64_t size);
void tiff_tag_list_remove(struct tiff_tag_list *tags, struct mim_job *job, uint16_t tag);
struct tiff_tag *tiff_tag_list_find(const struct tiff_tag_list *tags, uint16_t tag);
void *tiff_tag_data(struct tiff_tag *tag);
int32_t tiff_tag_list_merge(struct tiff_tag_list *tags, struct mim_job *job, const struct tiff_tag_list *from);
void tiff_tag_list_empty(struct tiff_tag_list *tags, struct mim_job *job);
void tiff_tag_list_close(struct tiff_tag_list *tags, struct mim_job *job);

#endif
