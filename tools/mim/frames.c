/* SPDX-License-Identifier: MIT */
/* Parses lists of frames: slices as in Python and single numbers, separated by commas. */
#include "frames.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

#define LARGEST_NUMBER (INT64_MAX - 2) /* n - 1 and n + 1 do not overflow */

static bool
is_clipped(int64_t number)
{
    return number == LARGEST_NUMBER || number == -LARGEST_NUMBER;
}

/* Parses an optional number. Larger ones are clipped to LARGEST_NUMBER or its negative, which no frame has. */
static bool
take_number(const char **text, int64_t *value, int *given)
{
    *given = 0;
    if (!isdigit((unsigned char)**text) && **text != '-' && **text != '+')
        return true;

    char *end;
    long long number = strtoll(*text, &end, 10);
    if (end == *text)
        return false;
    *text = end;
    *value = number > LARGEST_NUMBER ? LARGEST_NUMBER : number < -LARGEST_NUMBER ? -LARGEST_NUMBER : number;
    *given = 1;
    return true;
}

static bool
take_colon(const char **text)
{
    if (**text != ':')
        return false;
    ++*text;
    return true;
}

/* Parses one element, which ends at a comma or the end of the text. */
static bool
take_slice(const char **text, struct mim_range *range)
{
    int given;

    *range = (struct mim_range){ 0 };
    if (!take_number(text, &range->start, &range->has_start))
        return false;

    if (!take_colon(text)) {
        if (!range->has_start)
            return false;
        range->stop = range->start + 1;
        range->has_stop = range->stop != 0; /* -1 is the last frame; stop 0 would mean the first */
    } else {
        if (!take_number(text, &range->stop, &range->has_stop))
            return false;
        if (take_colon(text) && (!take_number(text, &range->step, &given) || (given && range->step == 0)))
            return false;
    }
    return **text == ',' || **text == 0;
}

enum mim_status
frame_list_add(struct frame_list *list, const char *text, struct mim_error *err)
{
    const char *at = text;

    for (;;) {
        struct mim_range range;
        const char *part = at;
        if (!take_slice(&at, &range))
            return fail(err, MIM_OPTION, "--frames %s: \"%.*s\" is neither a number nor a slice start:stop:step", text,
                        (int)strcspn(part, ","), part);
        if (is_clipped(range.start) && !memchr(part, ':', (size_t)(at - part)))
            return fail(err, MIM_RANGE, "--frames %s: there is no frame %.*s: the number is too large", text,
                        (int)(at - part), part);

        struct mim_range *more = realloc(list->ranges, (list->count + 1) * sizeof *more);
        if (!more)
            return fail(err, MIM_NOMEM, "no memory for the list of frames");
        more[list->count++] = range;
        list->ranges = more;
        if (!*at++)
            return MIM_OK;
    }
}

void
frame_list_clear(struct frame_list *list)
{
    free(list->ranges);
    *list = (struct frame_list){ 0 };
}
