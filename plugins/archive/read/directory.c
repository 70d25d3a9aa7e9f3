/* SPDX-License-Identifier: MIT */
/* Parses ZIP's central directory, and its end with 32 and with 64 bits. */
#include "read/directory.h"

#include <stdbool.h>
#include <string.h>

#include <mim/kit/bytes.h>

enum {
    END_SIZE = 22,
    END64_SIZE = 56,
    LOCATOR_SIZE = 20,
    ENTRY_SIZE = 46,
    NAME_SPACE = 65536,
    SINGLE_SPACE = ENTRY_SIZE + 3 * 65535 + END64_SIZE + LOCATOR_SIZE + END_SIZE,
    MAX_COMMENT = 65535
};

#define SIGN_ENTRY 0x02014b50u
#define SIGN_END 0x06054b50u
#define SIGN_END64 0x06064b50u
#define SIGN_LOCATOR 0x07064b50u
#define ALL_ONES 0xffffffffu

static int32_t
fail_entry(struct mim_job *job, const struct arc_directory *directory, const char *problem)
{
    return job->host->fail(job, MIM_CORRUPT, directory->next, "its directory, member %llu of %llu: %s",
                           (unsigned long long)directory->found + 1, (unsigned long long)directory->count, problem);
}

/* Fills in numbers of 64 bits. false: they are missing. */
static bool
read_end64(struct mim_job *job, struct arc_directory *directory, uint64_t end, uint64_t *size)
{
    uint8_t locator[LOCATOR_SIZE], end64[END64_SIZE];
    if (end < LOCATOR_SIZE + END64_SIZE ||
        job->host->read_at(job, locator, LOCATOR_SIZE, end - LOCATOR_SIZE) != LOCATOR_SIZE ||
        mim_load_le32(locator) != SIGN_LOCATOR)
        return false;
    /* right before the locator, whatever precedes the file */
    uint64_t at = end - LOCATOR_SIZE - END64_SIZE;
    if (job->host->read_at(job, end64, END64_SIZE, at) != END64_SIZE || mim_load_le32(end64) != SIGN_END64) {
        at = mim_load_le64(locator + 8);
        if (job->host->read_at(job, end64, END64_SIZE, at) != END64_SIZE || mim_load_le32(end64) != SIGN_END64)
            return false;
    }
    directory->end = at;
    directory->count = mim_load_le64(end64 + 32);
    *size = mim_load_le64(end64 + 40);
    directory->stated_start = mim_load_le64(end64 + 48);
    return true;
}

static int32_t
take_end(struct mim_job *job, struct arc_directory *directory, const uint8_t *record, uint64_t at)
{
    uint64_t size = mim_load_le32(record + 12);
    directory->count = mim_load_le16(record + 10);
    directory->stated_start = mim_load_le32(record + 16);
    directory->end = at;
    if (directory->count == 0xffff || size == ALL_ONES || directory->stated_start == ALL_ONES)
        read_end64(job, directory, at, &size);
    if (size > directory->end || directory->stated_start > directory->end - size)
        return job->host->fail(
            job, MIM_CORRUPT, at, "its directory of %llu bytes at byte %llu reaches beyond byte %llu",
            (unsigned long long)size, (unsigned long long)directory->stated_start, (unsigned long long)directory->end);
    directory->start = directory->next = directory->end - size;
    return MIM_OK;
}

int32_t
arc_directory_open(struct mim_job *job, struct arc_directory *directory)
{
    const struct mim_host *host = job->host;
    uint64_t size = host->size(job), reach = END_SIZE + MAX_COMMENT;
    if (size == MIM_UNKNOWN)
        return MIM_IO;
    reach = size < reach ? size : reach;
    directory->name = host->resize(job, NULL, 0, NAME_SPACE);
    directory->single = directory->name ? host->resize(job, NULL, 0, SINGLE_SPACE) : NULL;
    if (!directory->single)
        return MIM_NOMEM;
    uint8_t *tail = directory->single; /* large enough, and not used yet */
    int64_t got = host->read_at(job, tail, reach, size - reach);
    if (got < 0)
        return (int32_t)-got;
    for (int64_t i = got - END_SIZE; i >= 0; i--)
        if (mim_load_le32(tail + i) == SIGN_END &&
            (uint64_t)i + END_SIZE + mim_load_le16(tail + i + 20) <= (uint64_t)got)
            return take_end(job, directory, tail + i, size - reach + (uint64_t)i);
    return MIM_OK; /* cut off */
}

/* The size of the member, which a field of 64 bits in the entry may hold. */
static uint64_t
entry_size(const uint8_t *entry, const uint8_t *extra, size_t extra_size)
{
    uint64_t size = mim_load_le32(entry + 24);
    while (size == ALL_ONES && extra_size >= 4) {
        size_t length = mim_load_le16(extra + 2);
        if (length > extra_size - 4)
            break;
        if (mim_load_le16(extra) == 1 && length >= 8)
            return mim_load_le64(extra + 4);
        extra += 4 + length;
        extra_size -= 4 + length;
    }
    return size;
}

/* Unix modes, if the member was packed there. */
static int32_t
entry_kind(const uint8_t *entry, const char *name, size_t length)
{
    bool is_unix = entry[5] == 3 || entry[5] == 19;
    uint32_t type = is_unix ? mim_load_le32(entry + 38) >> 28 : 0;
    if (strlen(name) != length)
        return MIM_MEMBER_OTHER;
    if (length && name[length - 1] == '/')
        return MIM_MEMBER_DIRECTORY;
    if (type && type != 8)
        return type == 4 ? MIM_MEMBER_DIRECTORY : MIM_MEMBER_OTHER;
    return mim_load_le16(entry + 8) & 1 ? MIM_MEMBER_ENCRYPTED : MIM_MEMBER_FILE;
}

/* The entry at an offset, with its name and further fields; `*size` bytes. */
static int32_t
get_entry(struct mim_job *job, struct arc_directory *directory, uint64_t at, const uint8_t **entry, uint64_t *size)
{
    uint64_t left = directory->end - at;
    *size = ENTRY_SIZE;
    if (left < ENTRY_SIZE)
        return fail_entry(job, directory, "its entry is cut off");
    int32_t status = mim_window_get(job, &directory->window, at, ENTRY_SIZE, entry);
    if (status != MIM_OK)
        return status == MIM_TRUNCATED ? fail_entry(job, directory, "its entry is cut off") : status;
    if (mim_load_le32(*entry) != SIGN_ENTRY)
        return fail_entry(job, directory, "its entry does not begin with PK 1 2");
    *size += mim_load_le16(*entry + 28) + mim_load_le16(*entry + 30);
    if (*size > left || *size > MIM_WINDOW_SIZE)
        return fail_entry(job, directory, "its name does not fit in the directory");
    status = mim_window_get(job, &directory->window, at, *size, entry);
    return status == MIM_TRUNCATED ? fail_entry(job, directory, "its name is cut off") : status;
}

int32_t
arc_directory_next(struct mim_job *job, struct arc_directory *directory, struct mim_member *member)
{
    const uint8_t *entry;
    uint64_t size;
    if (directory->next == directory->end)
        return directory->found == (directory->count & 0xffff) || directory->found == directory->count
                   ? MIM_END
                   : fail_entry(job, directory, "the directory ends before it");
    int32_t status = get_entry(job, directory, directory->next, &entry, &size);
    if (status != MIM_OK)
        return status;
    size_t length = mim_load_le16(entry + 28), extra = mim_load_le16(entry + 30);
    memcpy(directory->name, entry + ENTRY_SIZE, length);
    directory->name[length] = 0;
    member->name = (const char *)directory->name;
    member->kind = entry_kind(entry, member->name, length);
    member->size = entry_size(entry, entry + ENTRY_SIZE + length, extra);
    member->position = directory->next;
    directory->next += size + mim_load_le16(entry + 32);
    directory->found++;
    return directory->next <= directory->end ? MIM_OK : fail_entry(job, directory, "its comment is cut off");
}

/* The end of a directory with one entry, in 64 bits if the 32 are not enough. */
static void
make_end(struct arc_directory *directory, uint64_t size)
{
    uint8_t *at = directory->single + size;
    uint64_t start = directory->stated_start;
    if (start >= ALL_ONES) {
        memset(at, 0, END64_SIZE + LOCATOR_SIZE);
        mim_store_le32(at, SIGN_END64);
        mim_store_le64(at + 4, END64_SIZE - 12);
        mim_store_le16(at + 12, 45);
        mim_store_le16(at + 14, 45);
        mim_store_le64(at + 24, 1);
        mim_store_le64(at + 32, 1);
        mim_store_le64(at + 40, size);
        mim_store_le64(at + 48, start);
        mim_store_le32(at + END64_SIZE, SIGN_LOCATOR);
        mim_store_le64(at + END64_SIZE + 8, start + size);
        mim_store_le32(at + END64_SIZE + 16, 1);
        at += END64_SIZE + LOCATOR_SIZE;
    }
    memset(at, 0, END_SIZE);
    mim_store_le32(at, SIGN_END);
    mim_store_le16(at + 8, 1);
    mim_store_le16(at + 10, 1);
    mim_store_le32(at + 12, (uint32_t)size);
    mim_store_le32(at + 16, start < ALL_ONES ? (uint32_t)start : ALL_ONES);
    directory->single_size = (uint64_t)(at + END_SIZE - directory->single);
}

int32_t
arc_directory_choose(struct mim_job *job, struct arc_directory *directory, uint64_t position)
{
    const uint8_t *entry;
    uint64_t size;
    int32_t status = get_entry(job, directory, position, &entry, &size);
    if (status != MIM_OK)
        return status;
    memcpy(directory->single, entry, size);
    mim_store_le16(directory->single + 32, 0); /* without its comment */
    make_end(directory, size);
    return MIM_OK;
}

void
arc_directory_close(struct mim_job *job, struct arc_directory *directory)
{
    const struct mim_host *host = job->host;
    mim_window_close(job, &directory->window);
    if (directory->single)
        host->resize(job, directory->single, SINGLE_SPACE, 0);
    if (directory->name)
        host->resize(job, directory->name, NAME_SPACE, 0);
    directory->name = directory->single = NULL;
}
