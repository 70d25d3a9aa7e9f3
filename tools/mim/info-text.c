/* SPDX-License-Identifier: MIT */
/* mim info for users: a heading and aligned rows. */
#include <inttypes.h>
#include <string.h>

#include "inspect.h"
#include "report.h"
#include "streams.h"
#include "text.h"

/* Longest value in characters; --json prints values whole. */
#define VALUE_WIDTH 200

/* Width of the names of rows; longer metadata keys push their value to the right. */
#define NAME_WIDTH 15

static void
print_name(const char *name)
{
    fputs("  ", stdout);
    print_cell(stdout, name, NAME_WIDTH);
}

static void
print_shape(const struct mim_frame_facts *facts)
{
    static const char *const models[] = { "", "gray", "gray + alpha", "RGB", "RGBA" };

    printf("%" PRIu32 " x %" PRIu32 ", ", facts->width, facts->height);
    if (facts->channels < sizeof models / sizeof *models)
        fputs(models[facts->channels], stdout);
    else
        printf("%" PRIu32 " channels", facts->channels);
    printf(", %s", mim_sample_name(facts->sample));
}

static void
print_count(const struct inspection *inspection)
{
    print_name("frames");
    if (inspection->count == MIM_UNKNOWN)
        fputs("unknown; --count counts them", stdout);
    else
        printf("%" PRIu64, inspection->count);
    if (inspection->damaged)
        fputs(inspection->facts.files ? ", some damaged" : ", then damage", stdout);
    else if (inspection->count != MIM_UNKNOWN && inspection->certainty != MIM_SURE_EXACT)
        printf(" (%s)", certainty_name(inspection->certainty));
    putchar('\n');
}

static void
print_timing(const struct inspection *inspection)
{
    if (inspection->seconds >= 0) {
        print_name("duration");
        printf("%.6g s", inspection->seconds);
        if (inspection->mean_fps > 0)
            printf(", %.6g frames per second", inspection->mean_fps);
        putchar('\n');
    }
    if (inspection->facts.loop < 0)
        return;
    print_name("loop");
    if (inspection->facts.loop == 0)
        puts("for ever");
    else
        printf("%" PRId32 " %s\n", inspection->facts.loop, inspection->facts.loop == 1 ? "play" : "plays");
}

static void
print_value(struct inspection *inspection, const struct mim_meta_item *item)
{
    char *value = mim_meta_format(item);
    struct mim_error err = { 0 };

    if (value)
        print_excerpt(stdout, value, VALUE_WIDTH);
    else if (fail(&err, MIM_NOMEM, "no memory to show %s", item->key))
        inspection_damage(inspection, &err, MIM_UNKNOWN);
    mim_free(value);
}

static void
print_meta(struct inspection *inspection, const struct mim_meta *meta)
{
    static const char *const shown_elsewhere[] = { "duration", "loop", "fps", "nframes", "nframes_certainty", "size" }; /* these have rows of their own */
    struct mim_meta_item item;

    for (size_t i = 0; mim_meta_at(meta, i, &item); i++) {
        size_t k = 0;
        while (k < sizeof shown_elsewhere / sizeof *shown_elsewhere && strcmp(item.key, shown_elsewhere[k]))
            k++;
        if (k < sizeof shown_elsewhere / sizeof *shown_elsewhere)
            continue;
        print_name(item.key);
        print_value(inspection, &item);
        putchar('\n');
    }
}

/* What the reader does not hand over as frames or metadata. */
static void
print_offers(const struct mim_reader *reader)
{
    const struct mim_offer *offer;
    for (size_t i = 0; (offer = mim_reader_offer(reader, i)); i++) {
        print_name("also holds");
        print_excerpt(stdout, offer->text, VALUE_WIDTH);
        putchar('\n');
    }
}

static void
print_frame_meta(struct inspection *inspection, const struct mim_meta *meta)
{
    struct mim_meta_item item;

    for (size_t k = 0; mim_meta_at(meta, k, &item); k++) {
        if (item.coding || !strcmp(item.key, "duration"))
            continue; /* printed above, or only in --json */
        fputs(", ", stdout);
        print_text(stdout, item.key);
        putchar(' ');
        print_value(inspection, &item);
    }
}

static void
print_each(struct inspection *inspection)
{
    struct mim_frame_facts facts;
    struct mim_meta *meta;
    char name[32];

    for (uint64_t i = 0; inspection_frame(inspection, &i, &facts, &meta); i++) {
        snprintf(name, sizeof name, "  %6" PRIu64, i);
        print_name(name);
        print_shape(&facts);
        if (frame_seconds(&facts) >= 0)
            printf(", %.6g s", frame_seconds(&facts));
        print_frame_meta(inspection, meta);
        putchar('\n');
        mim_meta_destroy(meta);
    }
}

void
info_print_text(struct inspection *inspection, const struct cli *cli)
{
    print_heading(stdout, input_name(inspection->file));
    print_name("format");
    printf("%s, by plugin %s ", inspection->facts.format, inspection->facts.plugin);
    print_text(stdout, inspection->facts.plugin_version);
    putchar('\n');
    if (inspection->facts.files) {
        print_name("files");
        printf("%" PRIu64 ", one frame each\n", inspection->facts.files);
    }
    print_count(inspection);
    if (inspection->first.width) {
        print_name("size");
        print_shape(&inspection->first);
        if (inspection->other.width) {
            printf("; others differ, such as frame %" PRIu64 ": ", inspection->other.index);
            print_shape(&inspection->other);
        }
        putchar('\n');
    }
    print_timing(inspection);
    print_meta(inspection, mim_reader_metadata(inspection->reader));
    print_offers(inspection->reader);
    if (cli->each)
        print_each(inspection);
}
