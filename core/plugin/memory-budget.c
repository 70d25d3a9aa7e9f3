/* SPDX-License-Identifier: MIT */
/* Counting working memory. */
#include "plugin/memory-budget.h"

#include "base/size.h"

#define SMALLEST_CEILING 64000000u
#define BESIDE_TWO_FRAMES 16000000u

static uint64_t
larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Parts have no numbers of their own. */
static struct mim_account *
whole_of(struct mim_account *account)
{
    return account->whole ? account->whole : account;
}

void
mim_account_init_part(struct mim_account *account, struct mim_account *whole)
{
    *account = (struct mim_account){ .whole = whole_of(whole) };
}

void
mim_account_init(struct mim_account *account, const struct mim_limits *limits)
{
    account->whole = NULL;
    account->set_ceiling = limits->working_bytes;
    account->cap = larger(limits->result_bytes, SMALLEST_CEILING);
    atomic_init(&account->plugin, 0);
    atomic_init(&account->frames, 0);
    atomic_init(&account->peak, 0);
    atomic_init(&account->ceiling, limits->working_bytes ? limits->working_bytes : SMALLEST_CEILING);
}

void
mim_account_expect(struct mim_account *account, uint64_t frame_bytes)
{
    account = whole_of(account);
    if (account->set_ceiling)
        return;

    uint64_t wanted = 0;
    if (mim_size_mul(frame_bytes, 2, &wanted))
        mim_size_add(wanted, BESIDE_TWO_FRAMES, &wanted);
    if (wanted > account->cap)
        wanted = account->cap;
    if (wanted > atomic_load(&account->ceiling))
        atomic_store(&account->ceiling, wanted);
}

static void
note_peak(struct mim_account *account, uint64_t used)
{
    uint64_t peak = atomic_load(&account->peak);
    while (used > peak && !atomic_compare_exchange_weak(&account->peak, &peak, used)) {
    }
}

void
mim_account_set_frames(struct mim_account *account, uint64_t bytes)
{
    /* a recount of what was admitted is no news, and a plugin may just be trying for more than it gets */
    if (bytes > atomic_exchange(&account->frames, bytes))
        note_peak(account, mim_account_used(account));
}

/* Both sides add first and look then: of two that take the last bytes at once, at least one sees the other. */
static bool
within_ceiling(struct mim_account *account)
{
    uint64_t used = mim_account_used(account);
    if (used > atomic_load(&account->ceiling))
        return false;
    note_peak(account, used);
    return true;
}

bool
mim_account_admit_frames(struct mim_account *account, uint64_t bytes)
{
    uint64_t before = atomic_exchange(&account->frames, bytes);
    if (within_ceiling(account))
        return true;
    atomic_store(&account->frames, before);
    return false;
}

bool
mim_account_fits(struct mim_account *account, uint64_t more)
{
    return more <= mim_account_free(account);
}

bool
mim_account_charge(struct mim_account *account, uint64_t bytes)
{
    account = whole_of(account);
    uint64_t plugin = atomic_load(&account->plugin), sum = 0;
    do {
        if (!mim_size_add(plugin, bytes, &sum) || sum > atomic_load(&account->ceiling))
            return false;
    } while (!atomic_compare_exchange_weak(&account->plugin, &plugin, sum));
    if (within_ceiling(account))
        return true;
    mim_account_refund(account, bytes);
    return false;
}

void
mim_account_refund(struct mim_account *account, uint64_t bytes)
{
    account = whole_of(account);
    uint64_t plugin = atomic_load(&account->plugin);
    /* a plugin that gives back more than it took must not make the rest unlimited */
    while (!atomic_compare_exchange_weak(&account->plugin, &plugin, plugin > bytes ? plugin - bytes : 0)) {
    }
}

uint64_t
mim_account_used(struct mim_account *account)
{
    account = whole_of(account);
    uint64_t sum = 0;
    mim_size_add(atomic_load(&account->plugin), atomic_load(&account->frames), &sum);
    return sum;
}

uint64_t
mim_account_free(struct mim_account *account)
{
    account = whole_of(account);
    uint64_t used = mim_account_used(account), ceiling = atomic_load(&account->ceiling);
    return used < ceiling ? ceiling - used : 0;
}

uint64_t
mim_account_ceiling(struct mim_account *account)
{
    return atomic_load(&whole_of(account)->ceiling);
}
