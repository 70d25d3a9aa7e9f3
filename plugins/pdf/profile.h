/* SPDX-License-Identifier: MIT */
/* Colour profiles of the document and its pages. Equal ones are stored once. */
#ifndef MIM_PDF_PROFILE_H
#define MIM_PDF_PROFILE_H

#include <mim/plugin.h>

struct pdf_profile {
    uint8_t *data;
    uint64_t size, object; /* object: 0 until it is written */
};

/* Numbers of profiles begin with 1; 0: none. */
struct pdf_profiles {
    struct pdf_profile *list;
    uint64_t count, capacity;
    uint64_t document, pending; /* of the document, and of the next frame */
};

/* Retain a profile for the document or for the next frame. Returns UNSUPPORTED if it is no profile, or NOMEM. */
int32_t pdf_profile_retain(struct mim_job *job, struct pdf_profiles *profiles, uint64_t *number, const void *data,
                           uint64_t size);
/* The profile of the next frame, unless it is for other colours, which is reported. */
int32_t pdf_profile_take(struct mim_job *job, struct pdf_profiles *profiles, uint32_t channels, uint64_t *number);
void pdf_profiles_close(struct mim_job *job, struct pdf_profiles *profiles);

#endif
