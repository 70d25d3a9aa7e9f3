/* SPDX-License-Identifier: MIT */
/* A notice for all offers of one kind that are left out for the same reason. */
#include "plugin/offer-notices.h"

#include <stdio.h>
#include <string.h>

#include "plugin/operation.h"
#include "plugin/writer-calls.h"

#define NAMES_SIZE 120 /* of the 200 bytes of a notice */

struct group {
    int32_t kind;
    char reason[160];
    char names[NAMES_SIZE];
    unsigned count, unnamed;
};

static const char *
content_of(int32_t kind)
{
    static const char *const contents[] = {
        [MIM_OFFER_SOUND] = "sound",           [MIM_OFFER_VIDEO] = "a further video track",
        [MIM_OFFER_SUBTITLES] = "subtitles",   [MIM_OFFER_CHAPTERS] = "chapters",
        [MIM_OFFER_ATTACHMENT] = "attachments", [MIM_OFFER_DATA] = "data tracks",
        [MIM_OFFER_IMAGE] = "images beside its frames", [MIM_OFFER_PROPERTY] = "these properties",
    };
    bool is_known = kind > 0 && (size_t)kind < sizeof contents / sizeof *contents;
    return is_known ? contents[kind] : "it";
}

/* Returns MIM_UNSUPPORTED, with the reason, if the offer is lost. */
static enum mim_status
ask_writer(struct mim_plugin_writer *writer, uint32_t number, const struct mim_offer *offer, char *reason, size_t size,
           struct mim_error *err)
{
    const struct mim_writer_ops *ops = writer->ops;
    struct mim_core_job *job = &writer->serial;
    mim_job_begin(job, MIM_UNKNOWN, "takes");
    int32_t result = MIM_HAS(ops, takes) && ops->takes ? ops->takes(&job->abi, number, offer) : MIM_UNSUPPORTED;
    mim_job_leave(job);
    if (result == MIM_UNSUPPORTED && !job->host_failed) {
        if (job->failed == MIM_UNSUPPORTED)
            snprintf(reason, size, "%.*s", (int)size - 1, job->error.message);
        else
            snprintf(reason, size, "%s cannot hold %s", writer->format, content_of(offer->kind));
        return MIM_UNSUPPORTED;
    }
    return mim_job_end(job, result, "takes", err);
}

static void
add_name(struct group *group, const char *name)
{
    size_t used = strlen(group->names);
    bool fits = used + strlen(name) + 3 < sizeof group->names;
    group->count++;
    if (fits || !used)
        snprintf(group->names + used, sizeof group->names - used, "%s%s", used ? ", " : "", name);
    else
        group->unnamed++;
}

/* Sources that are joined often lose the same, which is reported once. */
static enum mim_status
report_group(struct mim_plugin_writer *writer, const struct group *group, struct mim_error *err)
{
    char text[sizeof group->names + sizeof group->reason + 40], more[24] = "";
    if (!group->count)
        return MIM_OK;
    if (group->unnamed)
        snprintf(more, sizeof more, " and %u more", group->unnamed);
    snprintf(text, sizeof text, "%s%s %s left out: %s", group->names, more,
             group->count > 1 || group->kind == MIM_OFFER_CHAPTERS ? "are" : "is", group->reason);
    if (!mim_plugin_writer_remember_loss(writer, text))
        return MIM_OK;
    return mim_operation_notice(writer->operation, group->kind == MIM_OFFER_PROPERTY ? MIM_NOTICE_METADATA : MIM_NOTICE_OTHER,
                                MIM_UNKNOWN, text, err);
}

enum mim_status
mim_offer_notices_report(struct mim_plugin_writer *writer, uint32_t number, struct mim_error *err)
{
    const struct mim_frame_sources *sources = &writer->operation->side_inputs.sources;
    struct mim_frame_source *source = mim_frame_sources_at(sources, number);
    struct group group = { 0 };
    if (!source || source->is_compared)
        return MIM_OK;
    source->is_compared = true;
    for (size_t i = 0; i < source->offers.count; i++) {
        const struct mim_offer *offer = &source->offers.items[i];
        char reason[sizeof group.reason];
        if (offer->kind == MIM_OFFER_PROPERTY && sources->are_properties_unwanted)
            continue;
        enum mim_status status = ask_writer(writer, number, offer, reason, sizeof reason, err);
        if (status == MIM_OK)
            continue;
        if (status != MIM_UNSUPPORTED)
            return status;
        if (offer->kind != group.kind || strcmp(reason, group.reason) != 0) {
            status = report_group(writer, &group, err);
            if (status != MIM_OK)
                return status;
            group = (struct group){ .kind = offer->kind };
            memcpy(group.reason, reason, sizeof reason);
        }
        add_name(&group, offer->text);
    }
    return report_group(writer, &group, err);
}
