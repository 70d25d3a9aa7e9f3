/* SPDX-License-Identifier: MIT */
/* Tags to be written, sorted; their values are laid out as in the file. */
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

struct tiff_tags {
    struct tiff_tag *list;
    uint64_t count, room;
};

/* Add or replace. With `data` NULL the caller fills in the values. */
int32_t tiff_tags_put(struct tiff_tags *tags, struct mim_job *job, uint16_t tag, uint16_t type, uint64_t count,
                      const void *data);
/* Adds the zero that ends a TIFF string. */
int32_t tiff_tags_put_text(struct tiff_tags *tags, struct mim_job *job, uint16_t tag, const char *text, uint64_t size);
void tiff_tags_remove(struct tiff_tags *tags, struct mim_job *job, uint16_t tag);
struct tiff_tag *tiff_tags_find(const struct tiff_tags *tags, uint16_t tag);
void *tiff_tag_data(struct tiff_tag *tag);
int32_t tiff_tags_merge(struct tiff_tags *tags, struct mim_job *job, const struct tiff_tags *from);
void tiff_tags_empty(struct tiff_tags *tags, struct mim_job *job);
void tiff_tags_close(struct tiff_tags *tags, struct mim_job *job);

#endif
