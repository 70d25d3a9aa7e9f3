/* SPDX-License-Identifier: MIT */
/* Failures of libarchive as statuses, and the locale that it needs for names. */
#ifndef MIM_ARCHIVE_FAILURE_H
#define MIM_ARCHIVE_FAILURE_H

#include <locale.h>

#include <archive.h>

#include <mim/plugin.h>

/* Fails the op with libarchive's last error. */
int32_t arc_fail(struct mim_job *job, struct archive *archive);

/* libarchive knows no names but those of the thread's locale. A locale with UTF-8 for a state; (locale_t)0: there is none. */
locale_t arc_locale(void);
/* Enters it; uselocale() with the result leaves it. */
locale_t arc_enter(locale_t locale);

#endif
