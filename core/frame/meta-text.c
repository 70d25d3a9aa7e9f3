/* SPDX-License-Identifier: MIT */
/* Metadata as text. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <mim/meta.h>

#include "base/number.h"

/* One value of a list, or the single value. */
static void
print_value(FILE *to, enum mim_meta_type type, const void *data, size_t i)
{
    char number[MIM_NUMBER_SIZE];
    const struct mim_rational *rationals = data;
    switch (type) {
    case MIM_META_INT:
    case MIM_META_INTS:
        fprintf(to, "%" PRId64, ((const int64_t *)data)[i]);
        break;
    case MIM_META_REAL:
    case MIM_META_REALS:
        mim_number_print(((const double *)data)[i], number);
        fputs(number, to);
        break;
    default:
        fprintf(to, "%" PRId64 "/%" PRId64, rationals[i].num, rationals[i].den);
        break;
    }
}

char *
mim_meta_format(const struct mim_meta_item *item)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    if (!to)
        return NULL;

    enum mim_meta_type type = item->type;
    size_t unit = type == MIM_META_RATIONAL || type == MIM_META_RATIONALS ? sizeof(struct mim_rational) : 8;
    if (type == MIM_META_BYTES)
        fprintf(to, item->size == 1 ? "1 byte" : "%zu bytes", item->size);
    else if (type == MIM_META_TEXT || type == MIM_META_TIME)
        fwrite(item->data, 1, item->size, to);
    else
        for (size_t i = 0; i < item->size / unit; i++) {
            if (i > 0)
                fputc(',', to);
            print_value(to, type, item->data, i);
        }

    bool whole = !ferror(to);
    if (fclose(to) != 0 || !whole) {
        free(text);
        return NULL;
    }
    return text;
}
