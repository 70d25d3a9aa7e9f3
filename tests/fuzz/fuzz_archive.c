/* SPDX-License-Identifier: MIT */
/*
 * Compares the members of an archive with what libarchive reads by itself, from start to end and with its own gzip. Ours are read
 * by seek, from the last to the first, where the format has it. Of a tar we read all that libarchive does, and of a whole archive
 * nothing else than it does.
 */
#include <archive_entry.h>

#include <mim/kit/test-host.h>

#include "fuzz.h"
#include "read/reader.h"
#include "state.h"

enum { MAX_MEMBERS = 32, MAX_BYTES = 1 << 17, MAX_ALLOCATED = 2 << 20 };

struct member {
    char *name;
    uint8_t *bytes;
    size_t size;
    uint64_t position;
    int32_t kind;
    bool is_whole;
};

struct list {
    struct member members[MAX_MEMBERS];
    size_t count;
    bool is_complete; /* its end is that of the archive, and no member failed */
    bool is_damaged;  /* ours: libarchive does not check the sums of gzip */
};

struct format {
    int32_t (*open)(struct mim_job *);
    int (*support)(struct archive *);
    bool is_zip, can_seek;
};

static int
support_packed_tar(struct archive *archive)
{
    static int (*const filters[])(struct archive *) = {
        archive_read_support_filter_gzip, archive_read_support_filter_bzip2, archive_read_support_filter_xz,
        archive_read_support_filter_zstd, archive_read_support_filter_lz4,
    };
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        filters[i](archive);
    return archive_read_support_format_tar(archive);
}

static const struct format zip = { .open = arc_open_zip, .support = archive_read_support_format_zip, .is_zip = true, .can_seek = true },
                           tar = { .open = arc_open_tar, .support = archive_read_support_format_tar, .can_seek = true },
                           packed_tar = { .open = arc_open_packed_tar, .support = support_packed_tar };

static struct member *
add_member(struct list *list, const char *name)
{
    struct member *member = &list->members[list->count++];
    *member = (struct member){ .name = strdup(name), .bytes = malloc(MAX_BYTES) };
    EXPECT(member->name && member->bytes);
    return member;
}

static void
clear_list(struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->members[i].name);
        free(list->members[i].bytes);
    }
}

/* --- libarchive --- */

static bool
fill_theirs(struct archive *archive, struct member *member)
{
    la_ssize_t got;
    while ((got = archive_read_data(archive, member->bytes + member->size, MAX_BYTES - member->size)) > 0)
        member->size += (size_t)got;
    member->is_whole = !got && member->size < MAX_BYTES;
    return member->is_whole;
}

static void
read_theirs(struct list *list, const struct format *format, const uint8_t *data, size_t size)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    int code = format->support(archive);
    if (code == ARCHIVE_OK && !format->is_zip)
        code = archive_read_set_format_option(archive, "tar", "read_concatenated_archives", "1");
    if (code == ARCHIVE_OK)
        code = archive_read_open_memory(archive, data, size);
    list->is_complete = code == ARCHIVE_OK;
    while (code == ARCHIVE_OK && list->count < MAX_MEMBERS) {
        code = archive_read_next_header(archive, &entry);
        if (code == ARCHIVE_WARN)
            code = ARCHIVE_OK;
        if (code != ARCHIVE_OK)
            break;
        const char *name = archive_entry_pathname(entry);
        list->is_complete &= fill_theirs(archive, add_member(list, name ? name : ""));
    }
    list->is_complete &= code == ARCHIVE_EOF;
    archive_read_free(archive);
}

/* --- ours --- */

static void
fill_ours(struct mim_job *job, struct member *member)
{
    int64_t got;
    while ((got = arc_read(job, member->bytes + member->size, MAX_BYTES - member->size)) > 0)
        member->size += (size_t)got;
    EXPECT(got >= 0 || ((const struct mim_test_host *)job->core)->message[0]);
    member->is_whole = !got && member->size < MAX_BYTES;
}

static int32_t
list_ours(struct list *list, const struct format *format, struct mim_job *job)
{
    int32_t status = MIM_OK;
    while (status == MIM_OK && list->count < MAX_MEMBERS) {
        struct mim_member found = { .struct_size = sizeof found, .size = MIM_UNKNOWN };
        status = arc_next(job, &found);
        if (status != MIM_OK)
            return status;
        EXPECT(found.name && found.kind >= MIM_MEMBER_FILE && found.kind <= MIM_MEMBER_OTHER);
        struct member *member = add_member(list, found.name);
        member->position = found.position;
        member->kind = found.kind;
        if (!format->can_seek)
            fill_ours(job, member);
    }
    return status;
}

static void
read_ours(struct list *list, const struct format *format, const uint8_t *data, size_t size)
{
    struct mim_test_host host = { .source = { .data = (uint8_t *)(uintptr_t)data, .size = size } };
    struct arc_state state = { 0 };
    struct mim_job job = mim_test_host_job(&host, &state, NULL);
    int32_t status = format->open(&job);
    if (status == MIM_OK)
        status = list_ours(list, format, &job);
    EXPECT(status == MIM_OK || status == MIM_END || host.message[0]);
    list->is_complete = status == MIM_END;
    list->is_damaged = status == MIM_CORRUPT;
    for (size_t i = format->can_seek ? list->count : 0; i-- > 0;) {
        struct member *member = &list->members[i];
        mim_test_host_forget(&host);
        status = arc_seek(&job, member->position);
        EXPECT(status == MIM_OK || host.message[0]);
        if (status == MIM_OK)
            fill_ours(&job, member);
    }
    EXPECT(host.max_allocated <= MAX_ALLOCATED);
    arc_read_close(&job);
    EXPECT(!host.allocated && !host.reserved && mim_test_host_clear(&host));
}

/* --- both --- */

/* ZIP has names twice, which may differ. */
static bool
has_member(const struct list *list, const struct member *wanted, bool by_name)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct member *member = &list->members[i];
        if (member->is_whole && member->size == wanted->size && !memcmp(member->bytes, wanted->bytes, wanted->size) &&
            (!by_name || !*wanted->name || !strcmp(member->name, wanted->name)))
            return true;
    }
    return false;
}

static void
expect_part(const struct list *part, const struct list *whole, const struct format *format)
{
    for (size_t i = 0; i < part->count; i++) {
        const struct member *member = &part->members[i];
        bool is_compared = member->is_whole && (!member->kind || member->kind == MIM_MEMBER_FILE);
        if (is_compared && !has_member(whole, member, !format->is_zip)) {
            fprintf(stderr, "member %zu of %zu, '%s', %zu bytes: not among the other %zu\n", i, part->count, member->name, member->size,
                    whole->count);
            EXPECT(!is_compared);
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t packed[][2] = { { 0x1f, 0x8b }, { 0xfd, '7' }, { 0x28, 0xb5 }, { 'B', 'Z' }, { 4, 0x22 } };
    const struct format *format = size > 1 && data[0] == 'P' && data[1] == 'K' ? &zip : &tar;
    struct list ours = { 0 }, theirs = { 0 };
    for (size_t i = 0; size > 1 && i < sizeof packed / sizeof *packed; i++)
        if (!memcmp(data, packed[i], 2))
            format = &packed_tar;
    read_ours(&ours, format, data, size);
    read_theirs(&theirs, format, data, size);
    if (!format->is_zip && !ours.is_damaged)
        expect_part(&theirs, &ours, format);
    /* libarchive may take bytes in the comment of a ZIP for its end */
    if (theirs.is_complete && (!format->is_zip || theirs.count == ours.count))
        expect_part(&ours, &theirs, format);
    clear_list(&ours);
    clear_list(&theirs);
    return 0;
}
