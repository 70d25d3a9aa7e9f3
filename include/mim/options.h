/* SPDX-License-Identifier: MIT */
/* Options of plugins. They are checked against a plugin's table when a file is opened. */
#ifndef MIM_OPTIONS_H
#define MIM_OPTIONS_H

#include <mim/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_context;
struct mim_options; /* opaque: names and values. The last value of a name counts, except that pairs accumulate */

MIM_API struct mim_options *mim_options_create(void); /**< Create an empty set; NULL if out of memory. */
MIM_API void mim_options_destroy(struct mim_options *options); /**< Destroy a set, which may be NULL. */

/** Add an option; name and value are copied. When a file is opened, a value of another type is converted if that loses
 * nothing. Fails with MIM_OPTION if the name or the value is missing. */
MIM_API enum mim_status mim_options_set_text(struct mim_options *options, const char *name, const char *value,
                                             struct mim_error *err);
MIM_API enum mim_status mim_options_set_int(struct mim_options *options, const char *name, int64_t value,
                                            struct mim_error *err);
MIM_API enum mim_status mim_options_set_real(struct mim_options *options, const char *name, double value,
                                             struct mim_error *err);
MIM_API enum mim_status mim_options_set_bool(struct mim_options *options, const char *name, int value,
                                             struct mim_error *err);
MIM_API enum mim_status mim_options_set_rational(struct mim_options *options, const char *name, int64_t num, int64_t den,
                                                 struct mim_error *err);
MIM_API enum mim_status mim_options_set_list(struct mim_options *options, const char *name, const double *values,
                                             size_t count, struct mim_error *err);
/** Add an option given as "NAME=VALUE", or "NAME" for NAME=yes. Fails with MIM_OPTION if the name is missing. */
MIM_API enum mim_status mim_options_parse(struct mim_options *options, const char *assignment, struct mim_error *err);

/** A row of a format's option table, valid as long as the context. */
struct mim_option_info {
    const char *name;
    enum mim_option_type type;
    const char *type_text;     /**< "number", "yes|no", "wu|nq|median", "WxH" */
    const char *unit;          /**< or NULL */
    const char *initial;       /**< the default as text, or "" */
    const char *range;         /**< "2..256", or "" */
    const char *help;
    int required;
    int has_range;             /**< min and max apply */
    double min, max;           /**< bounds of a number; infinite: none on this side */
    const char *choices;       /**< for mim_option_choice_name(), or NULL */
};

/** Copy the name of the i-th choice of an option, cut to `size` with its terminating zero. Returns 0 past the last. */
MIM_API int mim_option_choice_name(const struct mim_option_info *option, size_t i, char *name, size_t size);

/** Called by mim_format_options() for each option. */
typedef void (*mim_option_visitor)(void *user, const struct mim_option_info *option);
/** Visit the options for reading (`writing` 0) or writing (1) a format. Loads the plugin, which is the one that would
 * be chosen if `plugin` is NULL. */
MIM_API enum mim_status mim_format_options(struct mim_context *context, const char *format, const char *plugin, int writing,
                                           mim_option_visitor visit, void *user, struct mim_error *err);

#ifdef __cplusplus
}
#endif
#endif
