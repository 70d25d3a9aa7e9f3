/* SPDX-License-Identifier: MIT */
/* Counting working memory. */
#include "account.h"

#include "size.h"

#define SMALLEST_CEILING 64000000u
#define BESIDE_TWO_FRAMES 16000000u

static uint64_t
larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void
mim_account_init(struct mim_account *account, const struct mim_limits *limits)
{
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
note_peak(struct mim_account *account)
{
    uint64_t used = mim_account_used(account), peak = atomic_load(&account->peak);
    while (used > peak && !atomic_compare_exchange_weak(&account->peak, &peak, used)) {
    }
}

void
mim_account_set_frames(struct mim_account *account, uint64_t bytes)
{
    atomic_store(&account->frames, bytes);
    note_peak(account);
}

bool
mim_account_fits(struct mim_account *account, uint64_t more)
{
    return more <= mim_account_free(account);
}

bool
mim_account_charge(struct mim_account *account, uint64_t bytes)
{
    uint64_t plugin = atomic_load(&account->plugin);
    for (;;) {
        uint64_t frames = atomic_load(&account->frames), ceiling = atomic_load(&account->ceiling);
        uint64_t used = 0, sum = 0;
        if (!mim_size_add(plugin, frames, &used) || !mim_size_add(used, bytes, &sum) || sum > ceiling)
            return false;
        if (atomic_compare_exchange_weak(&account->plugin, &plugin, plugin + bytes))
            break;
    }
    note_peak(account);
    return true;
}

void
mim_account_refund(struct mim_account *account, uint64_t bytes)
{
    uint64_t plugin = atomic_load(&account->plugin);
    /* a plugin that gives back more than it took must not make the rest unlimited */
    while (!atomic_compare_exchange_weak(&account->plugin, &plugin, plugin > bytes ? plugin - bytes : 0)) {
    }
}

uint64_t
mim_account_used(struct mim_account *account)
{
    return atomic_load(&account->plugin) + atomic_load(&account->frames);
}

uint64_t
mim_account_free(struct mim_account *account)
{
    uint64_t used = mim_account_used(account), ceiling = atomic_load(&account->ceiling);
    return used < ceiling ? ceiling - used : 0;
}
