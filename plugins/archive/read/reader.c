/* SPDX-License-Identifier: MIT */
/* Reads archives with libarchive: forwards, or member by member where the format tells where they begin. */
#include "read/reader.h"

#include <archive_entry.h>

#include "state.h"

static int
support_rar(struct archive *archive)
{
    int code = archive_read_support_format_rar(archive);
    return code == ARCHIVE_OK ? archive_read_support_format_rar5(archive) : code;
}

static int
support_packed_tar(struct archive *archive)
{
    static int (*const filters[])(struct archive *) = {
        archive_read_support_filter_bzip2, archive_read_support_filter_xz, archive_read_support_filter_zstd,
        archive_read_support_filter_lz4,
    };
    /* gzip is read below libarchive, and a filter that would run a program is left out */
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        if (filters[i](archive) < ARCHIVE_WARN)
            return ARCHIVE_FATAL;
    return archive_read_support_format_tar(archive);
}

static const struct arc_kind zip = { archive_read_support_format_zip, .is_at_end = true, .memory = 512 << 10 };
static const struct arc_kind tar = { archive_read_support_format_tar, .is_tar = true, .memory = 256 << 10 };
static const struct arc_kind packed_tar = { support_packed_tar, .is_packed = true, .is_tar = true, .memory = 16 << 20 };
static const struct arc_kind seven_zip = { archive_read_support_format_7zip, .is_at_end = true, .memory = 16 << 20 };
static const struct arc_kind rar = { support_rar, .is_at_end = true, .memory = 16 << 20 };

static void
close_archive(struct arc_reader *self)
{
    locale_t outer = arc_enter(self->locale);
    archive_read_free(self->archive); /* NULL is fine */
    self->archive = NULL;
    uselocale(outer);
}

/* Opens libarchive at the beginning of the input. */
static int32_t
open_archive(struct mim_job *job)
{
    struct arc_reader *self = arc_reader_of(job);
    const struct arc_kind *kind = self->kind;
    close_archive(self);
    self->archive = archive_read_new();
    if (!self->archive)
        return MIM_NOMEM;
    /* without its directory ZIP is read forwards */
    bool seeks = kind->is_at_end && (kind != &zip || self->input.tail);
    locale_t outer = arc_enter(self->locale);
    int code = kind->support(self->archive);
    /* blocks of zeros between members are passed over, so that all of the file is read */
    if (code == ARCHIVE_OK && kind->is_tar)
        code = archive_read_set_format_option(self->archive, "tar", "read_concatenated_archives", "1");
    if (code == ARCHIVE_OK)
        code = self->is_gzip ? arc_gunzip_open(&self->gunzip, &self->input, self->archive)
                             : arc_input_open(&self->input, self->archive, seeks);
    uselocale(outer);
    return code == ARCHIVE_OK ? MIM_OK : arc_fail(job, self->archive);
}

static int32_t
open_kind(struct mim_job *job, const struct arc_kind *kind)
{
    struct arc_reader *self = arc_reader_of(job);
    self->kind = kind;
    self->input.job = job;
    if (job->host->reserve(job, kind->memory) != MIM_OK)
        return MIM_NOMEM;
    self->has_reserved = true;
    self->locale = arc_locale();
    return MIM_OK;
}

static int32_t
open_forwards(struct mim_job *job, const struct arc_kind *kind)
{
    int32_t status = open_kind(job, kind);
    return status == MIM_OK ? open_archive(job) : status;
}

int32_t
arc_open_zip(struct mim_job *job)
{
    struct arc_reader *self = arc_reader_of(job);
    int32_t status = open_kind(job, &zip);
    if (status == MIM_OK)
        status = arc_directory_open(job, &self->directory);
    return status == MIM_OK && !self->directory.end ? open_archive(job) : status;
}

int32_t
arc_open_tar(struct mim_job *job)
{
    return open_forwards(job, &tar);
}

int32_t
arc_open_packed_tar(struct mim_job *job)
{
    uint8_t magic[2];
    int64_t got = job->host->read_at(job, magic, sizeof magic, 0);
    arc_reader_of(job)->is_gzip = got == sizeof magic && magic[0] == 0x1f && magic[1] == 0x8b;
    return got < 0 ? (int32_t)-got : open_forwards(job, &packed_tar);
}

int32_t
arc_open_7z(struct mim_job *job)
{
    return open_forwards(job, &seven_zip);
}

int32_t
arc_open_rar(struct mim_job *job)
{
    return open_forwards(job, &rar);
}

/* The name's bytes, or as UTF-8 if libarchive has no others; NULL: it cannot tell. */
static const char *
name_of(struct archive_entry *entry)
{
    const char *name = archive_entry_pathname(entry);
    return name ? name : archive_entry_pathname_utf8(entry);
}

static int32_t
kind_of(struct archive_entry *entry)
{
    if (archive_entry_filetype(entry) == AE_IFDIR)
        return MIM_MEMBER_DIRECTORY;
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
        return MIM_MEMBER_OTHER;
    return archive_entry_is_encrypted(entry) ? MIM_MEMBER_ENCRYPTED : MIM_MEMBER_FILE;
}

static void
describe_entry(const struct arc_reader *self, struct archive_entry *entry, struct mim_member *member)
{
    const char *name = name_of(entry);
    member->name = name ? name : "(a name that is no text)";
    member->kind = name ? kind_of(entry) : MIM_MEMBER_OTHER;
    member->size = archive_entry_size_is_set(entry) ? (uint64_t)archive_entry_size(entry) : MIM_UNKNOWN;
    member->position = (uint64_t)archive_read_header_position(self->archive);
}

/* libarchive takes a file that is cut between members for a whole one. */
static int32_t
check_end(struct mim_job *job, const struct arc_reader *self, int64_t before)
{
    if (self->kind == &zip)
        return job->host->fail(job, MIM_TRUNCATED, MIM_UNKNOWN, "the directory at its end is missing: it is cut off");
    if (self->kind->is_tar && archive_filter_bytes(self->archive, 0) <= before)
        return job->host->fail(job, MIM_TRUNCATED, MIM_UNKNOWN, "the mark at its end is missing: it is cut off");
    return MIM_END;
}

static int32_t
next_entry(struct mim_job *job, struct mim_member *member)
{
    struct arc_reader *self = arc_reader_of(job);
    struct archive_entry *entry = NULL;
    locale_t outer = arc_enter(self->locale);
    int code = archive_read_next_header(self->archive, &entry);
    int32_t status = MIM_OK;
    if (code == ARCHIVE_OK || code == ARCHIVE_WARN)
        describe_entry(self, entry, member);
    else
        status = code == ARCHIVE_EOF ? check_end(job, self, archive_read_header_position(self->archive))
                                     : arc_fail(job, self->archive);
    uselocale(outer);
    return status;
}

int32_t
arc_next(struct mim_job *job, struct mim_member *member)
{
    struct arc_reader *self = arc_reader_of(job);
    return self->directory.end ? arc_directory_next(job, &self->directory, member) : next_entry(job, member);
}

int32_t
arc_seek(struct mim_job *job, uint64_t position)
{
    struct arc_reader *self = arc_reader_of(job);
    struct mim_member member;
    int32_t status = MIM_OK;
    if (self->directory.end) {
        status = arc_directory_choose(job, &self->directory, position);
        self->input.tail = self->directory.single;
        self->input.tail_start = self->directory.start;
        self->input.tail_size = self->directory.single_size;
    } else {
        self->input.start = position;
    }
    if (status == MIM_OK)
        status = open_archive(job);
    return status == MIM_OK ? next_entry(job, &member) : status;
}

int64_t
arc_read(struct mim_job *job, void *data, uint64_t size)
{
    struct arc_reader *self = arc_reader_of(job);
    la_ssize_t got = archive_read_data(self->archive, data, (size_t)size);
    return got >= 0 ? got : -(int64_t)arc_fail(job, self->archive); /* a wrong checksum is a warning there */
}

void
arc_read_close(struct mim_job *job)
{
    struct arc_reader *self = arc_reader_of(job);
    close_archive(self);
    arc_gunzip_close(&self->gunzip);
    arc_input_close(&self->input);
    arc_directory_close(job, &self->directory);
    if (self->locale)
        freelocale(self->locale);
    if (self->has_reserved)
        job->host->reserve(job, -(int64_t)self->kind->memory);
}
