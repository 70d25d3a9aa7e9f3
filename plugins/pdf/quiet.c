/* SPDX-License-Identifier: MIT */
/* What poppler has to say goes through GLib's log. */
#include "pdf.h"

void
pdf_quiet_begin(struct mim_job *job)
{
    (void)job;
}

int32_t
pdf_quiet_end(struct mim_job *job)
{
    (void)job;
    return MIM_OK;
}
