/* SPDX-License-Identifier: MIT */
/* Options by name, checked against a plugin's table when a file is opened. */
#ifndef MIM_OPTIONS_H
#define MIM_OPTIONS_H

#include <mim/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_context;
struct mim_options; /* opaque: names and values; later ones win, except that pairs add up */

MIM_API struct mim_options *mim_options_create(void); /**< NULL: no memory */
MIM_API void mim_options_destroy(struct mim_options *options); /**< NULL is welcome */

/** Add a value; names and values are copied, and checked when a file is opened. A value of another type than the
 * option's converts where nothing is lost. OPTION: no name or no value. */
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
/** "NAME=VALUE", or "NAME" for NAME=yes. OPTION: nothing before the "=". */
MIM_API enum mim_status mim_options_parse(struct mim_options *options, const char *assignment, struct mim_error *err);

/** One row of a format's option table, borrowed while the context lives. */
struct mim_option_info {
    const char *name;
    enum mim_option_type type;
    const char *type_text;     /**< "number", "yes|no", "wu|nq|median", "WxH" */
    const char *unit;          /**< or NULL */
    const char *initial;       /**< the default in words; "" when not given */
    const char *range;         /**< "2..256", or "" */
    const char *help;
    int required;
};

/** Called for each option of the plugin that would read (writing 0) or write (1) the format; loads it. */
typedef void (*mim_option_visitor)(void *user, const struct mim_option_info *option);
MIM_API enum mim_status mim_format_options(struct mim_context *context, const char *format, const char *plugin, int writing,
                                           mim_option_visitor visit, void *user, struct mim_error *err);

#ifdef __cplusplus
}
#endif
#endif
