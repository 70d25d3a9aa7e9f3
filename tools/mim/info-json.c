/* SPDX-License-Identifier: MIT */
/* mim info --json: an object per file, always with the same keys. */
#include "inspect.h"
#include "streams.h"

static void
print_known_real(struct json *json, const char *key, double value)
{
    json_key(json, key);
    if (value < 0)
        json_null(json);
    else
        json_real(json, value);
}

/* Prints the keys that frames and sequences share. For a sequence they describe the first frame. */
static void
print_shape(struct json *json, const struct mim_frame_facts *facts)
{
    bool known = facts->width != 0;

    json_key(json, "width");
    json_count(json, known ? facts->width : MIM_UNKNOWN);
    json_key(json, "height");
    json_count(json, known ? facts->height : MIM_UNKNOWN);
    json_key(json, "channels");
    json_count(json, known ? facts->channels : MIM_UNKNOWN);
    json_key(json, "sample");
    json_string(json, known ? mim_sample_name(facts->sample) : NULL);
}

static void
print_error(struct json *json, const char *key, const struct mim_error *err, bool with_frame)
{
    const char *message = err->message[0] ? err->message : mim_status_text(err->status);

    json_key(json, key);
    json_open(json, '{');
    json_key(json, "status");
    json_string(json, mim_status_name(err->status));
    json_key(json, "message");
    json_string(json, message);
    if (with_frame) {
        json_key(json, "frame");
        json_count(json, err->frame);
    } else {
        json_key(json, "plugin");
        json_string(json, err->plugin[0] ? err->plugin : NULL);
    }
    json_close(json, '}');
}

static void
print_each(struct json *json, struct inspection *inspection)
{
    struct mim_frame_facts facts;
    struct mim_meta *meta;

    json_key(json, "each");
    json_open(json, '[');
    for (uint64_t i = 0; inspection_frame(inspection, &i, &facts, &meta); i++) {
        json_open(json, '{');
        json_key(json, "index");
        json_count(json, i);
        print_shape(json, &facts);
        print_known_real(json, "duration", frame_seconds(&facts));
        json_key(json, "metadata");
        json_meta(json, meta);
        mim_meta_destroy(meta);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* What the reader does not hand over as frames or metadata. */
static void
print_offers(struct json *json, const struct mim_reader *reader)
{
    static const char *const kinds[] = {
        [MIM_OFFER_SOUND] = "sound",           [MIM_OFFER_VIDEO] = "video", [MIM_OFFER_SUBTITLES] = "subtitles",
        [MIM_OFFER_CHAPTERS] = "chapters",     [MIM_OFFER_ATTACHMENT] = "attachment",
        [MIM_OFFER_DATA] = "data",             [MIM_OFFER_IMAGE] = "image",
        [MIM_OFFER_PROPERTY] = "property",
    };
    const struct mim_offer *offer;

    json_key(json, "also_holds");
    json_open(json, '[');
    for (size_t i = 0; (offer = mim_reader_offer(reader, i)); i++) {
        bool is_known = offer->kind > 0 && (size_t)offer->kind < sizeof kinds / sizeof *kinds;
        json_open(json, '{');
        json_key(json, "kind");
        json_string(json, is_known ? kinds[offer->kind] : NULL);
        json_key(json, "index");
        json_count(json, offer->index);
        json_key(json, "text");
        json_string(json, offer->text);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
print_sequence(struct json *json, struct inspection *inspection)
{
    const struct mim_reader_facts *facts = &inspection->facts;

    json_key(json, "format");
    json_string(json, facts->format);
    json_key(json, "plugin");
    json_string(json, facts->plugin);
    json_key(json, "plugin_version");
    json_string(json, facts->plugin_version);
    if (facts->files) {
        json_key(json, "files");
        json_count(json, facts->files);
    }
    json_key(json, "frames");
    json_count(json, inspection->count);
    json_key(json, "frames_certainty");
    json_string(json, certainty_name(inspection->certainty));
    print_shape(json, &inspection->first);
    if (inspection->other.width) {
        json_key(json, "other");
        json_open(json, '{');
        json_key(json, "index");
        json_count(json, inspection->other.index);
        print_shape(json, &inspection->other);
        json_close(json, '}');
    }
    print_known_real(json, "duration", inspection->seconds);
    print_known_real(json, "fps", inspection->fps);
    print_known_real(json, "mean_fps", inspection->mean_fps);
    json_key(json, "loop");
    json_count(json, facts->loop < 0 ? MIM_UNKNOWN : (uint64_t)facts->loop);
    json_key(json, "metadata");
    json_meta(json, mim_reader_metadata(inspection->reader));
    print_offers(json, inspection->reader);
}

void
info_print_json(struct inspection *inspection, const struct cli *cli, struct json *json)
{
    json_open(json, '{');
    json_key(json, "file");
    json_string(json, shown_name(inspection->file));
    if (inspection->reader) {
        print_sequence(json, inspection);
        if (cli->each)
            print_each(json, inspection);
        if (inspection->damaged)
            print_error(json, "damage", &inspection->err, true);
    } else {
        print_error(json, "error", &inspection->err, false);
    }
    json_close(json, '}');
}
