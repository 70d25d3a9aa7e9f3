/* SPDX-License-Identifier: MIT */
/* Reading a series: reader ops of the core's own, whose frames are the first images of files. */
#ifndef MIM_CORE_SERIES_SERIES_READER_H
#define MIM_CORE_SERIES_SERIES_READER_H

#include <mim/plugin.h>
#include <mim/reader.h>

#include "plugin/operation.h"
#include "series/series-list.h"

struct mim_options;
struct mim_series_file;

/* What the files of a series are opened by. */
struct mim_series_reading {
    struct mim_operation *operation; /* of the whole */
    struct mim_series series;
    struct mim_options *options;
    char *format, *plugin;         /* the caller's word, or NULL */
    struct mim_series_file *first; /* opened ahead, until its frame is prepared */
    const struct mim_plugin *first_plugin;
    const char *first_format;
};

/* Lists the files of operation->source and opens the first: what concerns all of them (a wrong option, no plugin) fails
 * here, what is wrong with one file when its turn comes. */
enum mim_status mim_series_reading_create(struct mim_series_reading **out, struct mim_operation *operation,
                                          const struct mim_open_options *options, struct mim_error *err);
void mim_series_reading_destroy(struct mim_series_reading *reading);

/* What is wrong with a frame is said under its file's name. */
void mim_series_name_error(const struct mim_series_reading *reading, struct mim_error *err);

/* operation->series is a struct mim_series_reading. prepare() runs on the caller's thread alone, for it loads plugins; what
 * it fails with belongs to the frame. */
extern const struct mim_reader_ops mim_series_reader_ops;

/* The file behind a packet that prepare() has filled. */
struct mim_source *mim_series_source(const void *packet);

/* The first file of a series, for who explains what it is. */
enum mim_status mim_series_first_source(struct mim_source **out, struct mim_context *context, struct mim_source *series,
                                        struct mim_error *err);

#endif
