/* SPDX-License-Identifier: MIT */
/* Arrays that grow item by item. */
#ifndef MIM_CORE_BASE_ARRAY_H
#define MIM_CORE_BASE_ARRAY_H

#include <stdlib.h>

/* Makes space for one more item after `count`. false: no memory, and nothing has changed. */
#define MIM_GROW(items, count) \
    ({ \
        __typeof__(items) grown_ = reallocarray(items, (count) + 1, sizeof *grown_); \
        if (grown_) \
            (items) = grown_; \
        grown_ != NULL; \
    })

#endif
