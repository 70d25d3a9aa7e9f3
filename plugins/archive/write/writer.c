/* SPDX-License-Identifier: MIT */
/* Writes archives with libarchive, without dates and owners: the same pictures are the same bytes. */
#include "write/writer.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include <archive_entry.h>

#include "state.h"

static la_ssize_t
emit_block(struct archive *archive, void *user, const void *data, size_t size)
{
    struct arc_writer *self = user;
    if (self->job->host->poll(self->job) == MIM_OK && self->job->host->emit(self->job, data, size) == MIM_OK)
        return (la_ssize_t)size;
    archive_set_error(archive, EIO, "writing failed"); /* the host has the reason */
    return -1;
}

static int32_t
create_archive(struct mim_job *job, int (*set_format)(struct archive *))
{
    struct arc_writer *self = arc_writer_of(job);
    self->job = job;
    self->archive = archive_write_new();
    self->entry = archive_entry_new();
    if (!self->archive || !self->entry)
        return MIM_NOMEM;
    self->locale = arc_locale();
    locale_t outer = arc_enter(self->locale);
    int code = set_format(self->archive);
    if (code == ARCHIVE_OK)
        code = archive_write_set_bytes_per_block(self->archive, 0);
    if (code == ARCHIVE_OK)
        code = archive_write_open(self->archive, self, NULL, emit_block, NULL);
    uselocale(outer);
    return code == ARCHIVE_OK ? MIM_OK : arc_fail(job, self->archive);
}

int32_t
arc_create_zip(struct mim_job *job)
{
    arc_writer_of(job)->is_zip = true;
    return create_archive(job, archive_write_set_format_zip);
}

int32_t
arc_create_tar(struct mim_job *job)
{
    return create_archive(job, archive_write_set_format_pax_restricted);
}

/* Whether the bytes of such files do not become fewer. */
static bool
is_compressed(const char *name)
{
    static const char *const endings[] = { "png",  "apng", "jpg", "jpeg", "webp", "gif", "jxl",  "jp2", "avif", "heic",
                                           "heif", "pdf",  "mp4", "m4v",  "mov",  "mkv", "webm", "avi", "ogv" };
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (!strcasecmp(dot + 1, endings[i]))
            return true;
    return false;
}

int32_t
arc_add(struct mim_job *job, const struct mim_member *member)
{
    struct arc_writer *self = arc_writer_of(job);
    archive_entry_clear(self->entry);
    archive_entry_set_pathname(self->entry, member->name);
    archive_entry_set_filetype(self->entry, AE_IFREG);
    archive_entry_set_perm(self->entry, 0644);
    archive_entry_set_size(self->entry, (la_int64_t)member->size);
    locale_t outer = arc_enter(self->locale);
    int code = ARCHIVE_OK;
    if (self->is_zip)
        code = is_compressed(member->name) ? archive_write_zip_set_compression_store(self->archive)
                                           : archive_write_zip_set_compression_deflate(self->archive);
    if (code == ARCHIVE_OK)
        code = archive_write_header(self->archive, self->entry);
    uselocale(outer);
    return code == ARCHIVE_OK || code == ARCHIVE_WARN ? MIM_OK : arc_fail(job, self->archive);
}

int32_t
arc_write(struct mim_job *job, const void *data, uint64_t size)
{
    struct arc_writer *self = arc_writer_of(job);
    la_ssize_t done = archive_write_data(self->archive, data, (size_t)size);
    if (done < 0)
        return arc_fail(job, self->archive);
    if ((uint64_t)done < size)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "a member has more bytes than were announced");
    return MIM_OK;
}

int32_t
arc_finish(struct mim_job *job)
{
    struct arc_writer *self = arc_writer_of(job);
    self->is_finished = true;
    return archive_write_close(self->archive) == ARCHIVE_OK ? MIM_OK : arc_fail(job, self->archive);
}

void
arc_write_close(struct mim_job *job)
{
    struct arc_writer *self = arc_writer_of(job);
    if (self->archive && !self->is_finished)
        archive_write_fail(self->archive); /* freeing it would complete the archive */
    archive_write_free(self->archive);
    archive_entry_free(self->entry);
    if (self->locale)
        freelocale(self->locale);
}
