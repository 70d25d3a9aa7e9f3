/* SPDX-License-Identifier: MIT */
/* Lists the members of an archive that are a series. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "series/series-list-priv.h"

/* Links, devices and names that point out of the archive are never parts. */
static enum mim_series_verdict
judge_member(const struct mim_series_listing *listing, const struct mim_container_member *member, const char *file,
             uint64_t *number)
{
    if (member->kind == MIM_MEMBER_DIRECTORY || (listing->kind != MIM_PATTERN_NONE && strchr(file, '/')))
        return MIM_SERIES_NO_PART;
    if (mim_member_name_escapes(member->name))
        return MIM_SERIES_LEFT_OUT;
    enum mim_series_verdict verdict = mim_series_judge(listing, file, mim_member_name_is_hidden(file), number);
    return verdict == MIM_SERIES_PART && member->kind == MIM_MEMBER_OTHER ? MIM_SERIES_LEFT_OUT : verdict;
}

static enum mim_status
read_members(struct mim_series_listing *listing, const struct mim_member_index *index, const char *inside,
             struct mim_error *err)
{
    size_t size = (size_t)(mim_path_file(inside) - inside);
    enum mim_status status = MIM_OK;
    for (uint64_t i = 0; i < index->count && status == MIM_OK; i++) {
        const struct mim_container_member *member = &index->members[i];
        if (strncmp(member->name, inside, size))
            continue;
        struct mim_series_entry found = { .file = member->name + size, .member = i };
        enum mim_series_verdict verdict = judge_member(listing, member, found.file, &found.number);
        if (verdict == MIM_SERIES_PART)
            status = mim_series_add(listing, &found, err);
        if (verdict == MIM_SERIES_LEFT_OUT)
            mim_series_leave_out(listing, member->name);
    }
    return status;
}

/* Of several members of one name the last remains, as an unpacker would leave it. */
static void
drop_duplicates(struct mim_series *series)
{
    uint64_t kept = 0;
    for (uint64_t i = 1; i < series->count; i++) {
        if (!strcmp(series->entries[kept].file, series->entries[i].file))
            free(series->entries[kept].file);
        else
            kept++;
        series->entries[kept] = series->entries[i];
    }
    uint64_t dropped = series->count ? series->count - 1 - kept : 0;
    series->count -= dropped;
    if (dropped)
        snprintf(series->replaced, sizeof series->replaced,
                 "%" PRIu64 " member%s left out: a later one has the same name", dropped,
                 dropped == 1 ? " is" : "s are");
}

enum mim_status
mim_series_list_members(struct mim_series *series, const struct mim_member_index *index, const char *path,
                        const char *inside, const struct mim_series_rules *rules, struct mim_error *err)
{
    struct mim_series_listing listing = { .series = series,
                                          .rules = rules,
                                          .path = path,
                                          .pattern = mim_path_file(inside),
                                          .kind = mim_path_pattern_kind(inside),
                                          .is_archive = true };
    enum mim_status status = MIM_OK;
    *series = (struct mim_series){ 0 };
    if (listing.kind == MIM_PATTERN_NUMBERS)
        status = mim_path_pattern_parse(&listing.name, inside, err);
    if (status == MIM_OK)
        status = (series->shown = mim_series_show(&listing)) ? MIM_OK : mim_fail_nomem(err, "a list of files");
    if (status == MIM_OK)
        status = read_members(&listing, index, inside, err);
    if (status == MIM_OK)
        status = mim_series_settle(&listing, err);
    drop_duplicates(series);
    mim_path_pattern_clear(&listing.name);
    return status;
}
