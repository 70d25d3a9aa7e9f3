/* SPDX-License-Identifier: MIT */
/* Reading a series: reader ops of the core, whose frames are the first images of files. */
#ifndef MIM_CORE_SERIES_SERIES_READER_H
#define MIM_CORE_SERIES_SERIES_READER_H

#include <mim/plugin.h>
#include <mim/reader.h>

#include "container/container.h"
#include "plugin/operation.h"
#include "series/series-list.h"

struct mim_options;
struct mim_series_file;

/* How the files of a series are opened. */
struct mim_series_reading {
    struct mim_operation *operation; /* of the series */
    struct mim_series series;
    struct mim_container *container; /* the files are members of this archive; NULL: of a directory */
    struct mim_options *options;
    char *format, *plugin;         /* as in struct mim_request */
    char *formats, *plugins;
    struct mim_series_file *first; /* opened early, until its frame is prepared */
    const struct mim_plugin *first_plugin;
    const char *first_format;
    struct mim_offers offers; /* of the first file that opens */
};

/* Lists the files of operation->source, or of the archive, whose reference it takes over, and opens the first. Faults of all files, such as a wrong option, fail here;
 * those of one file fail when its frame is read. */
enum mim_status mim_series_reading_create(struct mim_series_reading **out, struct mim_operation *operation,
                                          struct mim_container *container,
                                          const struct mim_open_options *options, struct mim_error *err);
void mim_series_reading_destroy(struct mim_series_reading *reading);

/* Prefixes a frame's error with the name of its file. */
void mim_series_name_error(const struct mim_series_reading *reading, struct mim_error *err);

/* operation->series is a struct mim_series_reading. prepare() runs on the caller's thread only, because it may load
 * plugins; its failures belong to the frame. */
extern const struct mim_reader_ops mim_series_reader_ops;

/* The source of a prepared packet. */
struct mim_source *mim_series_source(const void *packet);

/* The first file of operation->source, a series, for mim_context_explain(). The operation must end after it. */
enum mim_status mim_series_first_source(struct mim_source **out, struct mim_operation *operation, struct mim_error *err);

#endif
