/* SPDX-License-Identifier: MIT */
/* An archive that is being written: one member at a time, each complete before it is added. */
#ifndef MIM_CORE_CONTAINER_CONTAINER_WRITER_H
#define MIM_CORE_CONTAINER_CONTAINER_WRITER_H

#include "io/path-pattern.h"
#include "plugin/operation.h"
#include "plugin/try-plugins.h"

struct mim_container_writer;

/* Writes to whole->sink as a part of `whole`, which outlives it. Members are named as the sink says, from `start`; else they are numbered
 * from 1, with `extension` or if it is NULL with the plugin's. */
enum mim_status mim_container_writer_create(struct mim_container_writer **out, struct mim_operation *whole,
                                            const struct mim_attempt *attempt, const char *extension, uint64_t start,
                                            struct mim_error *err);
/* Without an earlier finish the archive stays incomplete. NULL is welcome. */
void mim_container_writer_destroy(struct mim_container_writer *writer);

/* The name of a member, whose extension chooses the format of all. */
enum mim_status mim_container_writer_name(const struct mim_container_writer *writer, uint64_t index,
                                          char name[NAME_MAX + 1], struct mim_error *err);
/* A sink for the next member; commit adds it. Serial. */
enum mim_status mim_container_writer_next(struct mim_container_writer *writer, struct mim_sink **out,
                                          struct mim_error *err);
/* The failure of a member's sink, which could only pass on an errno. NULL is welcome. */
enum mim_status mim_container_writer_explain(const struct mim_container_writer *writer, enum mim_status status,
                                             struct mim_error *err);
enum mim_status mim_container_writer_finish(struct mim_container_writer *writer, struct mim_error *err);

#endif
