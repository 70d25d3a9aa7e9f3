/* SPDX-License-Identifier: MIT */
/* Metadata: named, typed values of a file or a frame. */
#ifndef MIM_META_H
#define MIM_META_H

#include <mim/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_meta; /* opaque: a list in the order of insertion. A NULL list is empty */

/** A value of a list, valid until the list changes. enum mim_meta_type describes the layout of `data`. */
struct mim_meta_item {
    const char *key;
    enum mim_meta_type type;  /**< without flags */
    int coding;               /**< describes the coding of this file, and has no meaning in another; see MIM_META_CODING */
    const void *data;
    size_t size;              /**< bytes, without the terminating zero of a text */
};

MIM_API struct mim_meta *mim_meta_create(void); /**< Create an empty list; NULL if out of memory. */
MIM_API void mim_meta_destroy(struct mim_meta *meta); /**< Destroy a list, which may be NULL. */

/** Set a value, which is copied. `type` may include flags. Fails with MIM_ARGUMENT if the size does not fit
 * the type or a text is not UTF-8. */
MIM_API enum mim_status mim_meta_set(struct mim_meta *meta, const char *key, int type, const void *data, size_t size,
                                     struct mim_error *err);
/** Set a zero-terminated text, an integer or a double. */
MIM_API enum mim_status mim_meta_set_text(struct mim_meta *meta, const char *key, const char *text, struct mim_error *err);
MIM_API enum mim_status mim_meta_set_int(struct mim_meta *meta, const char *key, int64_t value, struct mim_error *err);
MIM_API enum mim_status mim_meta_set_real(struct mim_meta *meta, const char *key, double value, struct mim_error *err);

/** Return the number of values. */
MIM_API size_t mim_meta_count(const struct mim_meta *meta);
/** Get the i-th value. Returns 0 past the last. */
MIM_API int mim_meta_at(const struct mim_meta *meta, size_t i, struct mim_meta_item *item);
/** Get a value by name. Returns 0 if there is none. */
MIM_API int mim_meta_find(const struct mim_meta *meta, const char *key, struct mim_meta_item *item);
/** Return a TEXT or TIME value, or NULL if there is none. */
MIM_API const char *mim_meta_text(const struct mim_meta *meta, const char *key);
/** Get an INT, REAL or RATIONAL value as a double. Returns 0 if there is none. */
MIM_API int mim_meta_number(const struct mim_meta *meta, const char *key, double *value);
/** Format a value as readable text: numbers, "300/1", lists with commas, bytes as "12 bytes". Free it with mim_free().
 * Returns NULL if out of memory. */
MIM_API char *mim_meta_format(const struct mim_meta_item *item);

#ifdef __cplusplus
}
#endif
#endif
