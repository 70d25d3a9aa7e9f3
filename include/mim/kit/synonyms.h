/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Metadata keys with the same meaning, for which a format has a single place.
 *
 * Header-only, no memory of its own, any thread.
 */
#ifndef MIM_KIT_SYNONYMS_H
#define MIM_KIT_SYNONYMS_H

#include <stdio.h>

#include <mim/plugin.h>

/** Report that the text of `key`, the format's own name, replaces a different one that was given by another key. A writer
 * reports the other order by refusing the other key. Returns the status of host->notice. */
static inline int32_t
mim_synonym_report_replaced(struct mim_job *job, const char *key)
{
    char text[160];
    snprintf(text, sizeof text, "'%.60s' takes the only place for texts of its kind: another is left out", key);
    return job->host->notice(job, MIM_NOTICE_METADATA, text);
}

#endif
