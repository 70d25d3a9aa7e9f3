/* SPDX-License-Identifier: MIT */
/* Metadata: typed values under names, of a file or of a frame. */
#ifndef MIM_META_H
#define MIM_META_H

#include <mim/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_meta; /* opaque; a list in the order of insertion. NULL reads as empty */

/** One value, borrowed from its list until that changes. Layout of `data` by type: see enum mim_meta_type. */
struct mim_meta_item {
    const char *key;
    enum mim_meta_type type;  /**< without flags */
    int coding;               /**< says how the file is coded; means nothing in another */
    const void *data;
    size_t size;              /**< bytes; of TEXT without the zero that always follows */
};

MIM_API struct mim_meta *mim_meta_create(void); /**< NULL: no memory */
MIM_API void mim_meta_destroy(struct mim_meta *meta); /**< NULL is welcome */

/** Replace or append; the value is copied. `type` may carry MIM_META_CODING. ARGUMENT: size does not fit the type,
 * or text that is not UTF-8. */
MIM_API enum mim_status mim_meta_set(struct mim_meta *meta, const char *key, int type, const void *data, size_t size,
                                     struct mim_error *err);
/** The same for a zero-terminated text, an integer, a double. */
MIM_API enum mim_status mim_meta_set_text(struct mim_meta *meta, const char *key, const char *text, struct mim_error *err);
MIM_API enum mim_status mim_meta_set_int(struct mim_meta *meta, const char *key, int64_t value, struct mim_error *err);
MIM_API enum mim_status mim_meta_set_real(struct mim_meta *meta, const char *key, double value, struct mim_error *err);

/** How many values there are. */
MIM_API size_t mim_meta_count(const struct mim_meta *meta);
/** The i-th value; 0 when there is none. */
MIM_API int mim_meta_at(const struct mim_meta *meta, size_t i, struct mim_meta_item *item);
/** The value under a name; 0 when there is none. */
MIM_API int mim_meta_find(const struct mim_meta *meta, const char *key, struct mim_meta_item *item);
/** Text of a TEXT or TIME value, NULL when there is none. */
MIM_API const char *mim_meta_text(const struct mim_meta *meta, const char *key);
/** A number as double (INT, REAL, RATIONAL); 0 when there is none. */
MIM_API int mim_meta_number(const struct mim_meta *meta, const char *key, double *value);
/** Any value as text a person can read: numbers, "300/1", lists with commas, bytes as "12 bytes". Free with
 * mim_free(); NULL: no memory. */
MIM_API char *mim_meta_format(const struct mim_meta_item *item);

#ifdef __cplusplus
}
#endif
#endif
