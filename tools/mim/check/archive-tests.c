/* SPDX-License-Identifier: MIT */
/* Tests of the formats that are archives, by their operations on a host in memory: members written, and read whole, cut and without
 * memory. */
#include <mim/kit/test-host.h>

#include "child.h"
#include "interpose.h"

enum { MEMBERS = 3, MEMBER_SIZE = 700, MAX_REFUSED = 40 };

static const char *const names[MEMBERS] = { "b10.bin", "dir/b2.bin", "c.png" };

/* How the reading of an archive ended. */
struct unpacked {
    int32_t status; /* MIM_END: after the last member */
    unsigned whole; /* members that were read and are right */
};

static void
fill_member(uint8_t bytes[MEMBER_SIZE], unsigned number)
{
    for (unsigned i = 0; i < MEMBER_SIZE; i++)
        bytes[i] = (uint8_t)(i * 31 / (number + 1) + (i % 7) * number);
}

static const struct mim_container_ops *
ops_of(const struct check_trial *trial)
{
    const struct mim_plugin *plugin = plugin_load(trial->subject);
    return plugin_format(plugin, trial->format->name)->container;
}

static void *
state_for(const struct mim_container_ops *ops)
{
    void *state = calloc(1, ops->state_size + 1);
    if (!state)
        trial_fail("no memory for a test");
    return state;
}

static void
expect_given_back(const struct mim_test_host *host, const char *when)
{
    long long allocated = atomic_load(&host->allocated), reserved = atomic_load(&host->reserved);
    if (allocated || reserved)
        trial_fail("%s, it still holds %lld bytes of host->resize and %lld of host->reserve", when, allocated,
                   reserved);
}

static int32_t
pack_member(const struct mim_container_ops *ops, struct mim_job *job, unsigned number)
{
    uint8_t bytes[MEMBER_SIZE];
    const struct mim_member member = {
        .struct_size = sizeof member, .kind = MIM_MEMBER_FILE, .size = MEMBER_SIZE, .name = names[number]
    };
    fill_member(bytes, number);
    int32_t status = ops->add(job, &member);
    for (unsigned at = 0; at < MEMBER_SIZE && status == MIM_OK; at += MEMBER_SIZE / 2)
        status = ops->write(job, bytes + at, MEMBER_SIZE / 2);
    return status;
}

static int32_t
pack(const struct mim_container_ops *ops, struct mim_test_host *host)
{
    void *state = state_for(ops);
    struct mim_job job = mim_test_host_job(host, state, NULL);
    int32_t status = ops->create ? ops->create(&job) : MIM_OK;
    for (unsigned i = 0; i < MEMBERS && status == MIM_OK; i++)
        status = pack_member(ops, &job, i);
    if (status == MIM_OK && ops->finish)
        status = ops->finish(&job);
    if (ops->close)
        ops->close(&job);
    free(state);
    return status;
}

static int32_t
unpack_member(const struct mim_container_ops *ops, struct mim_job *job, unsigned number)
{
    uint8_t bytes[MEMBER_SIZE + 1], wanted[MEMBER_SIZE];
    size_t size = 0;
    int64_t got;
    fill_member(wanted, number);
    while (size < sizeof bytes && (got = ops->read(job, bytes + size, sizeof bytes - size)) > 0)
        size += (size_t)got;
    if (got < 0)
        return (int32_t)-got;
    if (size != MEMBER_SIZE || memcmp(bytes, wanted, MEMBER_SIZE))
        trial_fail("member %s has other bytes than were written, in silence", names[number]);
    return MIM_OK;
}

static struct unpacked
unpack(const struct mim_container_ops *ops, struct mim_test_host *host)
{
    struct unpacked result = { 0 };
    void *state = state_for(ops);
    struct mim_job job = mim_test_host_job(host, state, NULL);
    uint64_t positions[MEMBERS];
    unsigned listed = 0;
    result.status = ops->open ? ops->open(&job) : MIM_OK;
    while (result.status == MIM_OK) {
        struct mim_member member = { .struct_size = sizeof member, .size = MIM_UNKNOWN };
        result.status = ops->next(&job, &member);
        if (result.status != MIM_OK)
            break;
        if (listed == MEMBERS || !member.name || strcmp(member.name, names[listed]))
            trial_fail("member %u is %s, in silence", listed, member.name ? member.name : "without a name");
        positions[listed++] = member.position;
        if (!ops->seek)
            result.status = unpack_member(ops, &job, listed - 1);
        result.whole += !ops->seek && result.status == MIM_OK;
    }
    for (unsigned i = listed; ops->seek && i-- > 0;) {
        int32_t status = ops->seek(&job, positions[i]);
        if (status == MIM_OK)
            status = unpack_member(ops, &job, i);
        if (status != MIM_OK)
            result.status = status;
        result.whole += status == MIM_OK;
    }
    if (ops->close)
        ops->close(&job);
    free(state);
    return result;
}

/* A written archive, which is the source of the host from now on. */
static void
prepare(const struct mim_container_ops *ops, struct mim_test_host *host)
{
    if (pack(ops, host) != MIM_OK)
        trial_fail("writing fails: %s", host->message);
    host->source = mim_test_host_take(host);
    if (!ops->next)
        trial_skip("it is only written");
}

static void
unpacks_what_it_packs(const struct check_trial *trial)
{
    const struct mim_container_ops *ops = ops_of(trial);
    struct mim_test_host host = { 0 };
    prepare(ops, &host);
    struct unpacked all = unpack(ops, &host);
    if (all.status != MIM_END || all.whole != MEMBERS)
        trial_fail("%u of %d members are read: %s", all.whole, MEMBERS, host.message);
    expect_given_back(&host, "after reading");
    mim_test_host_clear(&host);
}

/* Where the file ends with less than nothing, as in padding, all members are whole. */
static void
reports_a_cut(const struct check_trial *trial)
{
    const struct mim_container_ops *ops = ops_of(trial);
    struct mim_test_host host = { 0 };
    prepare(ops, &host);
    while (host.source.size-- > 1) {
        struct mim_test_host cut = { .source = host.source };
        struct unpacked result = unpack(ops, &cut);
        if (result.status == MIM_END && result.whole < MEMBERS)
            trial_fail("cut to %llu bytes, %u of %d members are read in silence", (unsigned long long)host.source.size,
                       result.whole, MEMBERS);
        expect_given_back(&cut, "after a cut");
        mim_test_host_clear(&cut);
    }
}

static void
survives_refused_memory(const struct check_trial *trial)
{
    const struct mim_container_ops *ops = ops_of(trial);
    struct mim_test_host host = { 0 };
    prepare(ops, &host);
    for (unsigned i = 1; i < MAX_REFUSED; i++) {
        struct mim_test_host poor = { .source = host.source, .allocation = { .fail_at = i } };
        struct unpacked result = unpack(ops, &poor);
        if (result.status == MIM_END && result.whole < MEMBERS)
            trial_fail("without allocation %u, %u of %d members are read in silence", i, result.whole, MEMBERS);
        expect_given_back(&poor, "after a refused allocation");
        mim_test_host_clear(&poor);
        struct mim_test_host writing = { .allocation = { .fail_at = i } };
        pack(ops, &writing);
        expect_given_back(&writing, "after a refused allocation in writing");
        mim_test_host_clear(&writing);
    }
}

const struct check_test check_archive_tests[] = {
    { "archive", "unpacks what it packs", CHECK_FORMATS, unpacks_what_it_packs, 0, CHECK_ARCHIVES },
    { "archive", "reports a file that is cut", CHECK_FORMATS, reports_a_cut, 0, CHECK_ARCHIVES },
    { "archive", "survives refused memory", CHECK_FORMATS, survives_refused_memory, 0, CHECK_ARCHIVES },
    { 0 },
};
