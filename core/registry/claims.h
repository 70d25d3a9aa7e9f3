/* SPDX-License-Identifier: MIT */
/* What a manifest, the note in a module, and the struct of a plugin each state of the plugin, so that they can be compared. */
#ifndef MIM_CORE_REGISTRY_CLAIMS_H
#define MIM_CORE_REGISTRY_CLAIMS_H

#include <stdbool.h>

#include <mim/plugin.h>

#include "registry/manifest.h"

enum { MIM_CLAIM_NAME, MIM_CLAIM_VERSION, MIM_CLAIM_ABI, MIM_CLAIM_LICENSE, MIM_CLAIM_FORMATS, MIM_CLAIM_SCHEMES, MIM_CLAIM_COUNT };

struct mim_claims {
    const char *origin;                  /* a path, for messages */
    char *text;                          /* owned; the lines of a note, cut into values */
    const char *values[MIM_CLAIM_COUNT]; /* missing ones are "" */
};

/* Takes the text of a note, as kit/entry.h describes it. */
struct mim_claims mim_claims_of_note(const char *origin, char *text);
/* `text` is NULL without memory. */
struct mim_claims mim_claims_of_manifest(const struct mim_manifest *manifest);
struct mim_claims mim_claims_of_plugin(const char *origin, const struct mim_plugin *plugin);
void mim_claims_clear(struct mim_claims *claims);

/* BROKEN_PLUGIN names the first claim that differs, with both values. Clears both. */
enum mim_status mim_claims_compare(struct mim_claims manifest, struct mim_claims code, struct mim_error *err);

/* The archive ops of a format; NULL: it is no archive. */
const struct mim_container_ops *mim_format_container(const struct mim_format_ops *format);

#endif
