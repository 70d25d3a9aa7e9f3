/* SPDX-License-Identifier: MIT */
/* Compares frames and converts their pixels to keys. */
#include "write/view.h"

#include <endian.h>
#include <string.h>

enum { PIXELS_A_POLL = 1 << 20 };

static const uint8_t *
pixel_of(const struct mim_raster *raster, uint32_t x, uint32_t y)
{
    return raster->data + y * raster->stride + (size_t)x * raster->channels;
}

static inline uint32_t
key_of(const uint8_t *pixel, uint32_t channels, uint32_t threshold)
{
    if (channels == 4 && pixel[3] < threshold)
        return GIF_TRANSPARENT;
    return pixel[0] << 16 | pixel[1] << 8 | pixel[2];
}

int32_t
gif_view_poll(struct mim_job *job, uint32_t y, uint32_t width)
{
    return (uint64_t)y * width % PIXELS_A_POLL < width ? job->host->poll(job) : MIM_OK;
}

/* Encloses runs of pixels. */
struct bounds {
    uint32_t left, top, right, bottom;
};

static const struct bounds no_bounds = { .left = UINT32_MAX };

static void
add_run(struct bounds *bounds, uint32_t y, uint32_t first, uint32_t end)
{
    bounds->left = first < bounds->left ? first : bounds->left;
    bounds->right = end > bounds->right ? end : bounds->right;
    bounds->top = bounds->bottom ? bounds->top : y;
    bounds->bottom = y + 1;
}

static struct mim_rect
rect_of(const struct bounds *bounds)
{
    if (!bounds->bottom)
        return (struct mim_rect){ 0 };
    return (struct mim_rect){ bounds->left, bounds->top, bounds->right - bounds->left, bounds->bottom - bounds->top };
}

static inline unsigned
turns(const uint8_t *before, const uint8_t *after, size_t x, uint32_t threshold)
{
    return (before[4 * x + 3] >= threshold) & (after[4 * x + 3] < threshold);
}

int32_t
gif_view_find_turned(struct mim_job *job, const struct mim_raster *before, const struct mim_raster *after,
                     uint32_t threshold, struct mim_rect *rect)
{
    struct bounds bounds = no_bounds;
    int32_t status = MIM_OK;

    for (uint32_t y = 0; before->channels == 4 && y < before->height && status == MIM_OK; y++) {
        const uint8_t *one = pixel_of(before, 0, y), *two = pixel_of(after, 0, y);
        uint32_t first = 0, end = before->width;
        unsigned turned = 0;
        for (size_t x = 0; x < end; x++)
            turned |= turns(one, two, x, threshold);
        while (turned && !turns(one, two, first, threshold))
            first++;
        while (turned && !turns(one, two, end - 1, threshold))
            end--;
        if (turned)
            add_run(&bounds, y, first, end);
        status = gif_view_poll(job, y, before->width);
    }
    *rect = rect_of(&bounds);
    return status;
}

int32_t
gif_view_has_partial_alpha(struct mim_job *job, const struct mim_raster *frame, bool *found)
{
    int32_t status = MIM_OK;

    *found = false;
    for (uint32_t y = 0; frame->channels == 4 && y < frame->height && !*found && status == MIM_OK; y++) {
        const uint8_t *row = pixel_of(frame, 0, y);
        unsigned partial = 0;
        for (size_t i = 3; i < (size_t)frame->width * 4; i += 4)
            partial |= (uint8_t)(row[i] + 1) > 1;
        *found = partial;
        status = gif_view_poll(job, y, frame->width);
    }
    return status;
}

/* `row` NULL: of a blank canvas. */
static inline uint32_t
key_at(const struct gif_view *view, const uint8_t *row, uint32_t x)
{
    uint32_t channels = view->frame->channels;

    if (!row)
        return GIF_TRANSPARENT;
    return key_of(row + (size_t)x * channels, channels, view->threshold);
}

/* Add the visible changes of row `y` in the rectangle. */
static void
add_changes(const struct gif_view *view, const struct mim_rect *rect, uint32_t y, struct bounds *bounds)
{
    uint32_t first = rect->x, end = rect->x + rect->width;
    const uint8_t *one = pixel_of(view->frame, 0, y), *two = view->below ? pixel_of(view->below, 0, y) : NULL;

    if (two && !memcmp(one + (size_t)first * 4, two + (size_t)first * 4, (size_t)rect->width * 4))
        return;
    while (first < end && key_at(view, one, first) == key_at(view, two, first))
        first++;
    while (first < end && key_at(view, one, end - 1) == key_at(view, two, end - 1))
        end--;
    if (first < end)
        add_run(bounds, y, first, end);
}

/* Shrink a rectangle of changes in RGBA to those that show: transparent pixels all look the same. */
static int32_t
shrink_to_visible(struct mim_job *job, const struct gif_view *view, struct mim_rect *rect)
{
    struct bounds bounds = no_bounds;

    for (uint32_t y = rect->y; y < rect->y + rect->height; y++) {
        int32_t status = gif_view_poll(job, y, view->frame->width);
        if (status != MIM_OK)
            return status;
        add_changes(view, rect, y, &bounds);
    }
    *rect = rect_of(&bounds);
    return MIM_OK;
}

int32_t
gif_view_shrink(struct mim_job *job, struct gif_view *view, bool *differs)
{
    struct mim_rect rect = { view->x, view->y, view->width, view->height };

    int32_t status = view->below ? job->host->find_changes(job, view->frame, view->below, &rect) : MIM_OK;
    if (status == MIM_OK && rect.height && view->frame->channels == 4)
        status = shrink_to_visible(job, view, &rect);
    if (status != MIM_OK)
        return status;
    *differs = rect.height > 0;
    view->x = rect.x;
    view->y = rect.y;
    view->width = *differs ? rect.width : 1;
    view->height = *differs ? rect.height : 1;
    return MIM_OK;
}

int32_t
gif_view_equal(struct mim_job *job, const struct mim_raster *one, const struct mim_raster *other, uint32_t threshold,
               bool *equal)
{
    struct gif_view view = { one, other, .width = one->width, .height = one->height, .threshold = threshold };
    bool differs;

    int32_t status = gif_view_shrink(job, &view, &differs);
    *equal = status == MIM_OK && !differs;
    return status;
}

/* Key of a pixel of three channels. Reads the byte after it as well. */
static inline uint32_t
rgb_key(const uint8_t *pixel)
{
    uint32_t bytes;

    memcpy(&bytes, pixel, sizeof bytes);
    return be32toh(bytes) >> 8;
}

static void
get_keys(const struct gif_view *view, const uint8_t *row, uint32_t *keys)
{
    uint32_t channels = view->frame->channels, last = view->width - 1;

    if (channels == 4) {
        for (uint32_t x = 0; x < view->width; x++)
            keys[x] = key_of(row + (size_t)x * 4, 4, view->threshold);
        return;
    }
    for (uint32_t x = 0; x < last; x++)
        keys[x] = rgb_key(row + (size_t)x * 3);
    keys[last] = key_of(row + (size_t)last * 3, 3, 0);
}

/* End of the run at `x` of pixels that are all unchanged (`same`) or all changed. */
static uint32_t
end_of_run(const struct gif_view *view, const uint8_t *below, const uint32_t *keys, uint32_t x, bool same)
{
    uint32_t last = view->width - 1;

    if (view->frame->channels == 4) {
        while (x <= last && (keys[x] == key_of(below + (size_t)x * 4, 4, view->threshold)) == same)
            x++;
        return x;
    }
    while (x < last && (keys[x] == rgb_key(below + (size_t)x * 3)) == same)
        x++;
    if (x == last && (keys[x] == key_of(below + (size_t)x * 3, 3, 0)) == same)
        x++;
    return x;
}

/* Skip changed pixels from `x` on, looking only at every min_run-th: a long enough run would contain one of these. */
static uint32_t
skip_changed(const struct gif_view *view, const uint8_t *below, const uint32_t *keys, uint32_t x)
{
    uint32_t step = view->min_run;

    while (x + step < view->width && keys[x + step - 1] != key_at(view, below, x + step - 1))
        x += step;
    return x;
}

/* First pixel to skip in the unchanged run [start, end) that is of several colours; `end` if it is of one. */
static uint32_t
end_of_plain(const uint32_t *keys, uint32_t start, uint32_t end)
{
    while (start && start < end && keys[start] == keys[start - 1])
        start++;
    for (uint32_t x = start; x < end; x++)
        if (keys[x] != keys[start])
            return start;
    return end;
}

/* Make the pixels of long enough unchanged runs transparent. */
static void
drop_unchanged(const struct gif_view *view, const uint8_t *below, uint32_t *keys)
{
    for (uint32_t x = 0; x < view->width;) {
        uint32_t start = end_of_run(view, below, keys, skip_changed(view, below, keys, x), false);
        x = end_of_run(view, below, keys, start, true);
        if (view->wants_plain_runs)
            start = end_of_plain(keys, start, x);
        for (uint32_t i = start; x - start >= view->min_run && i < x; i++)
            keys[i] = GIF_TRANSPARENT;
    }
}

void
gif_view_row(const struct gif_view *view, uint32_t y, uint32_t *keys)
{
    get_keys(view, pixel_of(view->frame, view->x, view->y + y), keys);
    if (view->min_run)
        drop_unchanged(view, pixel_of(view->below, view->x, view->y + y), keys);
}

bool
gif_view_has_transparent(const uint32_t *keys, uint32_t count)
{
    unsigned found = 0;

    for (uint32_t i = 0; i < count; i++)
        found |= keys[i] == GIF_TRANSPARENT;
    return found;
}
