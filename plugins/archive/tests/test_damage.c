/* SPDX-License-Identifier: MIT */
/* Archives that are cut, that lie, and whose bytes change. */
#include <mim/kit/bytes.h>
#include <mim/kit/test-case.h>
#include <mim/kit/test-host.h>

#include "read/reader.h"
#include "state.h"
#include "write/writer.h"

enum { MEMBERS = 3, SIZE = 300, END_SIZE = 22, ENTRY_SIZE = 46 };

static const char *const names[MEMBERS] = { "a.bin", "dir/b.bin", "c.png" };

struct format {
    int32_t (*create)(struct mim_job *), (*open)(struct mim_job *);
};
static const struct format zip = { arc_create_zip, arc_open_zip }, tar = { arc_create_tar, arc_open_tar };

static void
fill_bytes(uint8_t bytes[SIZE], unsigned number)
{
    for (unsigned i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * 7 / (number + 2) + number);
}

/* Writes the members and makes the archive the host's source. */
static void
pack(struct mim_test_host *host, const struct format *format)
{
    struct arc_state state = { 0 };
    struct mim_job job = mim_test_host_job(host, &state, NULL);
    CHECK(format->create(&job) == MIM_OK);
    for (unsigned i = 0; i < MEMBERS; i++) {
        uint8_t bytes[SIZE];
        const struct mim_member member = {
            .struct_size = sizeof member, .kind = MIM_MEMBER_FILE, .size = SIZE, .name = names[i]
        };
        fill_bytes(bytes, i);
        CHECK(arc_add(&job, &member) == MIM_OK && arc_write(&job, bytes, SIZE) == MIM_OK);
    }
    CHECK(arc_finish(&job) == MIM_OK);
    arc_write_close(&job);
    host->source = mim_test_host_take(host);
}

/* Lists all members and reads them from the last to the first. Returns the first failure, or MIM_END; `*whole` counts those that
 * have their bytes. */
static int32_t
read_all(struct mim_test_host *host, const struct format *format, unsigned *whole)
{
    struct arc_state state = { 0 };
    struct mim_job job = mim_test_host_job(host, &state, NULL);
    uint64_t positions[16];
    unsigned count = 0;
    int32_t status = format->open(&job);
    *whole = 0;
    while (status == MIM_OK && count < 16) {
        struct mim_member member = { .struct_size = sizeof member };
        status = arc_next(&job, &member);
        positions[count] = member.position;
        count += status == MIM_OK;
    }
    while (count-- > 0) {
        uint8_t bytes[SIZE + 1], wanted[SIZE];
        int64_t got = -arc_seek(&job, positions[count]), size = 0;
        while (!got && size <= SIZE && (got = arc_read(&job, bytes + size, (uint64_t)(SIZE + 1 - size))) > 0) {
            size += got;
            got = 0;
        }
        fill_bytes(wanted, count < MEMBERS ? count : 0);
        *whole += !got && size == SIZE && !memcmp(bytes, wanted, SIZE);
        if (got < 0 && status == MIM_END)
            status = (int32_t)-got;
    }
    arc_read_close(&job);
    CHECK(!atomic_load(&host->allocated) && !atomic_load(&host->reserved));
    return status;
}

static void
finish(struct mim_test_host *host)
{
    free(host->source.data);
    CHECK(mim_test_host_clear(host));
}

static void
check_changes(const struct format *format)
{
    struct mim_test_host host = { 0 };
    unsigned whole;
    pack(&host, format);
    CHECK(read_all(&host, format, &whole) == MIM_END && whole == MEMBERS);
    for (uint64_t at = 0; at < host.source.size; at++) {
        static const uint8_t changes[] = { 0x01, 0x80, 0xff };
        for (unsigned i = 0; i < sizeof changes; i++) {
            host.source.data[at] ^= changes[i];
            read_all(&host, format, &whole);
            host.source.data[at] ^= changes[i];
            mim_test_host_forget(&host);
        }
    }
    finish(&host);
}

static void
a_changed_byte_of_zip_is_survived(void)
{
    check_changes(&zip);
}

static void
a_changed_byte_of_tar_is_survived(void)
{
    check_changes(&tar);
}

static void
check_cuts(const struct format *format, uint64_t padding)
{
    struct mim_test_host host = { 0 };
    unsigned whole;
    pack(&host, format);
    host.source.size -= padding;
    while (host.source.size-- > 1) {
        int32_t status = read_all(&host, format, &whole);
        CHECK(status == MIM_TRUNCATED || status == MIM_CORRUPT);
        mim_test_host_forget(&host);
    }
    finish(&host);
}

static void
a_cut_zip_is_reported(void)
{
    check_cuts(&zip, 0);
}

/* One of the two blocks of zeros at the end is enough. */
static void
a_cut_tar_is_reported(void)
{
    check_cuts(&tar, 512);
}

/* The record at the end of a file without a comment. */
static uint8_t *
end_of(struct mim_test_host *host)
{
    return host->source.data + host->source.size - END_SIZE;
}

static void
a_directory_of_a_wrong_size_is_refused(void)
{
    static const uint32_t sizes[] = { 0x7fffffff, 0xfffffffe, 5000, 1 };
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct mim_test_host host = { 0 };
        unsigned whole;
        pack(&host, &zip);
        mim_store_le32(end_of(&host) + 12, sizes[i]);
        CHECK(read_all(&host, &zip, &whole) == MIM_CORRUPT);
        finish(&host);
    }
}

static void
a_directory_of_a_wrong_count_is_refused(void)
{
    struct mim_test_host host = { 0 };
    unsigned whole;
    pack(&host, &zip);
    mim_store_le16(end_of(&host) + 10, MEMBERS + 1);
    CHECK(read_all(&host, &zip, &whole) == MIM_CORRUPT && whole == MEMBERS);
    CHECK(strstr(host.message, "member 4 of 4"));
    finish(&host);
}

static void
a_member_that_begins_elsewhere_is_an_error_of_its_own(void)
{
    struct mim_test_host host = { 0 };
    unsigned whole;
    pack(&host, &zip);
    uint8_t *directory = host.source.data + mim_load_le32(end_of(&host) + 16);
    mim_store_le32(directory + 42, 7);
    CHECK(read_all(&host, &zip, &whole) != MIM_END && whole == MEMBERS - 1);
    finish(&host);
}

static void
bytes_before_a_zip_are_passed_over(void)
{
    struct mim_test_host host = { 0 }, moved = { 0 };
    unsigned whole;
    pack(&host, &zip);
    mim_test_bytes_append(&moved.source, "a program", 9);
    mim_test_bytes_append(&moved.source, host.source.data, host.source.size);
    CHECK(read_all(&moved, &zip, &whole) == MIM_END && whole == MEMBERS);
    finish(&host);
    finish(&moved);
}

static void
failing_reads_are_reported(void)
{
    struct mim_test_host host = { 0 };
    unsigned whole = 0;
    pack(&host, &zip);
    for (uint64_t at = 1; at < 12; at++) {
        host.read.fail_at = at;
        int32_t status = read_all(&host, &zip, &whole);
        CHECK(whole == MEMBERS || status != MIM_END);
        mim_test_host_forget(&host);
    }
    finish(&host);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_changed_byte_of_zip_is_survived),
        CASE(a_changed_byte_of_tar_is_survived),
        CASE(a_cut_zip_is_reported),
        CASE(a_cut_tar_is_reported),
        CASE(a_directory_of_a_wrong_size_is_refused),
        CASE(a_directory_of_a_wrong_count_is_refused),
        CASE(a_member_that_begins_elsewhere_is_an_error_of_its_own),
        CASE(bytes_before_a_zip_are_passed_over),
        CASE(failing_reads_are_reported),
    };
    return cmocka_run_group_tests(cases, NULL, NULL);
}
