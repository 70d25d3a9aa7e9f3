/* SPDX-License-Identifier: MIT */
/* A writer of pages gets the properties of pictures with each frame, other metadata with the first one. */
#include "plugin/joined-metadata.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "frame/meta.h"
#include "plugin/operation.h"

/* How the samples of a picture are shown. */
static const char *const properties[] = { "sample_aspect", "icc", "transfer", "primaries", "mastering_display",
                                          "content_light" };
/* Those that a page may have. */
static const char *const page_properties[] = { "resolution", "resolution_unit", "sample_aspect", "icc" };

static bool
is_different(const struct mim_plugin_writer *writer, const struct mim_meta *later, const char *key)
{
    struct mim_meta_item first, item;
    if (!mim_meta_find_news(writer->retained, key, &first))
        return false; /* offering the value reports its loss */
    if (!mim_meta_find_news(later, key, &item))
        return true;
    bool is_equal = first.type == item.type && first.size == item.size && !memcmp(first.data, item.data, item.size);
    return !is_equal && !(writer->ops->flags & MIM_WRITER_MIXED);
}

static enum mim_status
report_differences(struct mim_plugin_writer *writer, const struct mim_meta *later, uint32_t number, uint64_t index,
                   struct mim_error *err)
{
    char names[120] = "", text[200];
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
        size_t used = strlen(names);
        if (is_different(writer, later, properties[i]) && mim_plugin_writer_remember_loss(writer, properties[i]))
            snprintf(names + used, sizeof names - used, "%s'%s'", used ? ", " : "", properties[i]);
    }
    if (!*names)
        return MIM_OK;
    snprintf(text, sizeof text, "input %" PRIu32 " differs in %s: the output states the first input's", number, names);
    return mim_operation_notice(writer->operation, MIM_NOTICE_METADATA, index, text, err);
}

static enum mim_status
offer_page_properties(struct mim_plugin_writer *writer, const struct mim_meta *later, uint64_t index, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    struct mim_meta *some = mim_meta_create();
    if (!some)
        return mim_fail_nomem(err, "metadata");
    for (size_t i = 0; i < sizeof page_properties / sizeof *page_properties && status == MIM_OK; i++) {
        struct mim_meta_item item;
        if (mim_meta_find(later, page_properties[i], &item))
            status = mim_meta_set(some, item.key, (int)item.type, item.data, item.size, err);
    }
    if (status == MIM_OK)
        status = mim_plugin_writer_metadata(writer, some, index, err);
    mim_meta_destroy(some);
    return status;
}

enum mim_status
mim_joined_metadata_offer(struct mim_plugin_writer *writer, uint32_t number, uint64_t index, struct mim_error *err)
{
    struct mim_frame_source *source = mim_frame_sources_at(&writer->operation->side_inputs.sources, number);
    if (!source || !source->meta)
        return MIM_OK;
    if (source->is_joined)
        return writer->ops->flags & MIM_WRITER_MIXED ? offer_page_properties(writer, source->meta, index, err) : MIM_OK;
    source->is_joined = true;
    enum mim_status status = report_differences(writer, source->meta, number, index, err);
    return status == MIM_OK ? mim_plugin_writer_metadata(writer, source->meta, index, err) : status;
}
