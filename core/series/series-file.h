/* SPDX-License-Identifier: MIT */
/* One file of a series being read; its frame is the first image. */
#ifndef MIM_CORE_SERIES_SERIES_FILE_H
#define MIM_CORE_SERIES_SERIES_FILE_H

#include "frame/canvas.h"
#include "plugin/reader-calls.h"
#include "plugin/try-plugins.h"

struct mim_series_file {
    struct mim_operation operation; /* a part of the series' operation */
    struct mim_plugin_reader reader;
    struct mim_option_table other;
    const struct mim_plugin *plugin;
    void *packet;
    bool is_prepared;
    struct mim_frame_info info; /* of the image, or of the rectangle on the canvas */
    bool is_composed;
    struct mim_canvas canvas; /* without memory of its own */
};

struct mim_series_request {
    struct mim_source *source; /* which the file takes over, also on failure */
    const struct mim_request *wanted;
    const struct mim_options *options; /* outlive the file */
};

/* Opens the file as frame `index` of `whole` and prepares its first image. On the caller's thread. */
enum mim_status mim_series_file_open(struct mim_series_file **out, struct mim_operation *whole, uint64_t index,
                                     const struct mim_series_request *request, struct mim_error *err);
/* Any thread; NULL is welcome. */
void mim_series_file_close(struct mim_series_file *file);

/* The facts of the image as it is delivered. */
void mim_series_file_info(const struct mim_series_file *file, struct mim_frame_info *info);
/* On any thread, as worker `worker`. */
enum mim_status mim_series_file_pixels(struct mim_series_file *file, unsigned worker, uint32_t part,
                                       struct mim_raster *raster, bool *refused, struct mim_error *err);
/* Metadata of the file, then of the image. */
enum mim_status mim_series_file_metadata(struct mim_series_file *file, unsigned worker, struct mim_meta *meta,
                                         bool *refused, struct mim_error *err);

#endif
