/* SPDX-License-Identifier: MIT */
/* Archives of pictures, read and written with libarchive. */
#include <stdio.h>

#include <mim/kit/entry.h>

#include "read/reader.h"
#include "state.h"
#include "write/writer.h"

static void
close_state(struct mim_job *job)
{
    arc_read_close(job);
    arc_write_close(job);
}

#define READING(how) \
    .struct_size = sizeof(struct mim_container_ops), .state_size = sizeof(struct arc_state), .open = arc_open_##how, \
    .next = arc_next, .read = arc_read, .close = close_state
#define WRITING(how) \
    .extension = "png", .create = arc_create_##how, .add = arc_add, .write = arc_write, .finish = arc_finish

static const struct mim_container_ops zip_ops = { READING(zip), .seek = arc_seek, WRITING(zip) };
static const struct mim_container_ops tar_ops = { READING(tar), .seek = arc_seek, WRITING(tar) };
static const struct mim_container_ops packed_tar_ops = { READING(packed_tar) };
static const struct mim_container_ops seven_zip_ops = { READING(7z) };
static const struct mim_container_ops rar_ops = { READING(rar) };

#define FORMAT(id, text) \
    static const struct mim_format_ops id = { .struct_size = sizeof id, .name = text, .container = &id##_ops }
FORMAT(zip, "zip");
FORMAT(tar, "tar");
FORMAT(packed_tar, "packed-tar");
FORMAT(seven_zip, "7z");
FORMAT(rar, "rar");

static const struct mim_format_ops *const formats[] = { &zip, &tar, &packed_tar, &seven_zip, &rar, NULL };

static char versions[120];

static int32_t
list_versions(const struct mim_host *host)
{
    (void)host;
    snprintf(versions, sizeof versions, "%s", archive_version_string());
    return MIM_OK;
}

MIM_PLUGIN("archive", PLUGIN_VERSION, "MIT", "zip:rw tar:rw packed-tar:r 7z:r rar:r", .library = versions,
           .init = list_versions, .formats = formats);
