/* SPDX-License-Identifier: MIT */
/* libarchive tells most failures by their text only. */
#include "read/failure.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static int32_t
status_of(int number, const char *text)
{
    static const struct {
        const char *part;
        int32_t status;
    } parts[] = {
        { "runcated", MIM_TRUNCATED },     { "end of file", MIM_TRUNCATED },     { "end of input", MIM_TRUNCATED },
        { "unexpectedly", MIM_TRUNCATED }, { "assphrase", MIM_UNSUPPORTED },     { "ncrypt", MIM_UNSUPPORTED },
        { "nsupported", MIM_UNSUPPORTED }, { "not supported", MIM_UNSUPPORTED }, { "llocate memory", MIM_NOMEM },
        { "ut of memory", MIM_NOMEM },     { "o memory for", MIM_NOMEM },
    };
    if (number == ENOMEM)
        return MIM_NOMEM;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(text, parts[i].part))
            return parts[i].status;
    return MIM_CORRUPT;
}

int32_t
arc_fail(struct mim_job *job, struct archive *archive)
{
    const char *text = archive_error_string(archive);
    if (!text)
        text = "it is cut off or damaged";
    return job->host->fail(job, status_of(archive_errno(archive), text), MIM_UNKNOWN, "%s", text);
}

locale_t
arc_locale(void)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return locale ? locale : newlocale(LC_CTYPE_MASK, "en_US.UTF-8", (locale_t)0);
}

locale_t
arc_enter(locale_t locale)
{
    return uselocale(locale ? locale : (locale_t)0);
}
