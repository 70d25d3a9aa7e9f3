/* SPDX-License-Identifier: MIT */
/* Makes the files of a series appear one after the other, so that a killed process can be told from a living one, and takes them back. */
#include "io/sink-series-priv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "io/staging-journal.h"

enum mim_status
mim_series_sink_name(const struct series_sink *series, uint64_t index, char file[NAME_MAX + 1],
                     struct mim_error *err)
{
    if (mim_path_pattern_make(&series->name, series->start + index, file))
        return MIM_OK;
    return mim_fail(err, MIM_IO, "%.300s: the name of file %" PRIu64 " is too long", series->base.name,
                    series->start + index);
}

static int
write_journal(const struct series_sink *series)
{
    char file[NAME_MAX + 1];
    FILE *journal;
    int number = mim_journal_open(&series->staging, &journal);
    for (uint64_t i = 0; i < series->made && !number; i++)
        number = mim_series_sink_name(series, i, file, NULL) == MIM_OK ? mim_journal_add(&series->staging, journal, file) : ENAMETOOLONG;
    int closed = journal ? mim_journal_close(journal, series->base.sync) : 0;
    return number ? number : closed;
}

static void
withdraw_files(struct series_sink *series, uint64_t done, struct mim_error *err)
{
    char file[NAME_MAX + 1];
    mim_journal_turn_back(&series->staging);
    while (done-- > 0)
        if (mim_series_sink_name(series, done, file, NULL) == MIM_OK && !mim_staging_withdraw(&series->staging, file))
            series->staging.is_kept = true;
    if (!series->staging.is_kept || !err)
        return;
    size_t used = strlen(err->message);
    snprintf(err->message + used, sizeof err->message - used, "; old files are in %.200s%.100s", series->name.shown,
             series->staging.name);
}

enum mim_status
mim_series_sink_publish(struct series_sink *series, struct mim_error *err)
{
    char file[NAME_MAX + 1];
    int number = write_journal(series);
    enum mim_status status = number ? mim_fail_errno(err, number, "%.300s: a list of its files", series->base.name) : MIM_OK;
    uint64_t done = 0;
    while (done < series->made && status == MIM_OK) {
        status = mim_series_sink_name(series, done, file, err);
        number = status == MIM_OK ? mim_staging_publish(&series->staging, file, series->keep_existing) : 0;
        if (number == EEXIST && series->keep_existing)
            status =
                mim_fail(err, MIM_EXISTS, "%.200s%.100s: exists already, since a moment ago", series->name.shown, file);
        else if (number)
            status = mim_fail_errno(err, number == EEXIST ? EIO : number, "%.200s%.100s", series->name.shown, file);
        done += status == MIM_OK;
    }
    if (status != MIM_OK)
        withdraw_files(series, done, err);
    return status;
}
