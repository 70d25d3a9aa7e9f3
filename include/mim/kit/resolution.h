/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The metadata `resolution`, `resolution_unit` and `dpi`, as writers take them.
 *
 * Header-only, no memory of its own, any thread.
 */
#ifndef MIM_KIT_RESOLUTION_H
#define MIM_KIT_RESOLUTION_H

#include <stdbool.h>
#include <string.h>

#include <mim/kit/numbers.h>
#include <mim/plugin.h>

/** Units, numbered as in JFIF. TIFF has numbers larger by 1. */
enum mim_resolution_unit { MIM_RESOLUTION_NONE, MIM_RESOLUTION_INCH, MIM_RESOLUTION_CM };

#define MIM_METRES_PER_INCH 0.0254

/** Zeroed = unknown. */
struct mim_resolution {
    double axes[2]; /**< samples per unit, horizontal and vertical; 0: unknown */
    int32_t unit;   /**< enum mim_resolution_unit; without one, only the ratio of the axes is known */
    bool has_unit;  /**< stated; else inches */
};

/** The unit with this name, or -1. */
static inline int32_t
mim_resolution_unit_of(const char *name, uint64_t size)
{
    static const char *const names[] = { "none", "inch", "cm" };
    for (int32_t i = 0; i < 3; i++)
        if (strlen(names[i]) == size && !memcmp(names[i], name, size))
            return i;
    return -1;
}

/** Whether mim_resolution_set() takes `key`. */
static inline bool
mim_resolution_has(const char *key)
{
    return !strcmp(key, "resolution") || !strcmp(key, "resolution_unit") || !strcmp(key, "dpi");
}

/** Set the property that `key` names, of `type` without flags. `resolution` and `dpi` have a number for both axes, or one
 * each, above 0 and below 2^31. Returns MIM_OK, or MIM_UNSUPPORTED, which changes nothing. */
static inline int32_t
mim_resolution_set(struct mim_resolution *resolution, const char *key, int32_t type, const void *value, uint64_t size)
{
    if (!strcmp(key, "resolution_unit")) {
        int32_t unit = type == MIM_META_TEXT ? mim_resolution_unit_of((const char *)value, size) : -1;
        if (unit < 0)
            return MIM_UNSUPPORTED;
        resolution->unit = unit;
        resolution->has_unit = true;
        return MIM_OK;
    }
    uint64_t count = mim_numbers_count(type, size);
    if (count != 1 && count != 2)
        return MIM_UNSUPPORTED;
    const double axes[2] = { mim_number_at(type, value, 0), mim_number_at(type, value, count - 1) };
    for (int i = 0; i < 2; i++)
        if (!(axes[i] > 0 && axes[i] <= INT32_MAX))
            return MIM_UNSUPPORTED;
    memcpy(resolution->axes, axes, sizeof axes);
    resolution->has_unit |= !strcmp(key, "dpi");
    if (!strcmp(key, "dpi") || !resolution->has_unit)
        resolution->unit = MIM_RESOLUTION_INCH;
    return MIM_OK;
}

/** Get the samples in `metres`, such as 1 or MIM_METRES_PER_INCH. Returns false, and the axes as they are, if they are
 * unknown or have no unit. */
static inline bool
mim_resolution_get(const struct mim_resolution *resolution, double metres, double samples[2])
{
    static const double units[] = { 0, MIM_METRES_PER_INCH, 0.01 };
    bool is_known = resolution->axes[0] > 0 && resolution->unit != MIM_RESOLUTION_NONE;
    for (int i = 0; i < 2; i++)
        samples[i] = is_known ? resolution->axes[i] * (metres / units[resolution->unit]) : resolution->axes[i];
    return is_known;
}

#endif
