/* SPDX-License-Identifier: MIT */
/* Several plugins for one format: readers, writers and files of a series try them by the same rule. */
#include <string.h>

#include <mim/mim.h>
#include <mim/plugin.h>

#include "tree.h"

/* How the weaker plugin's reader opens a file. */
static int32_t weak_open_status;

static int32_t
fail_init(const struct mim_host *host)
{
    (void)host;
    return MIM_IO;
}

static int32_t
open_reader(struct mim_job *job, struct mim_sequence *sequence)
{
    (void)sequence;
    if (weak_open_status != MIM_OK)
        return (job->host->fail)(job, weak_open_status, 0, "the weak plugin cannot read this");
    return MIM_OK;
}

static int32_t
prepare_frame(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    (void)job, (void)packet;
    if (index)
        return MIM_END;
    info->sample = MIM_SAMPLE_U8;
    info->width = info->height = info->channels = 1;
    return MIM_OK;
}

static int32_t
decode_pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
              struct mim_raster *raster)
{
    (void)job, (void)packet, (void)info, (void)part;
    *raster->data = 7;
    return MIM_OK;
}

/* Without encode no part has coded bytes: put emits all there is. */
static int32_t
put_frame(struct mim_job *job, void *packet, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    (void)packet, (void)info;
    return coded->size ? MIM_BROKEN_PLUGIN : job->host->emit(job, "PAIR", 4);
}

static const struct mim_reader_ops reader = {
    .struct_size = sizeof reader, .open = open_reader, .prepare = prepare_frame, .pixels = decode_pixels
};
static const struct mim_writer_ops writer = { .struct_size = sizeof writer, .put = put_frame };
static const struct mim_format_ops format = {
    .struct_size = sizeof format, .name = "pair", .reader = &reader, .writer = &writer
};
static const struct mim_format_ops *const formats[] = { &format, NULL };

static const struct mim_plugin weak = { MIM_PLUGIN_HEADER, .name = "weak", .version = "1", .formats = formats };
static const struct mim_plugin strong = { MIM_PLUGIN_HEADER, .name = "strong", .version = "1", .init = fail_init,
                                          .formats = formats };
static const struct mim_plugin stronger = { MIM_PLUGIN_HEADER, .name = "stronger", .version = "1", .init = fail_init,
                                            .formats = formats };

/* The status of the first frame of this plugin's reader. */
static int32_t picky_status;

static int32_t
prepare_pickily(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    (void)index, (void)packet, (void)info;
    return (job->host->fail)(job, picky_status, 0, "the picky plugin cannot prepare this");
}

static const struct mim_reader_ops picky_reader = {
    .struct_size = sizeof picky_reader, .prepare = prepare_pickily, .pixels = decode_pixels
};
static const struct mim_format_ops picky_format = {
    .struct_size = sizeof picky_format, .name = "pair", .reader = &picky_reader, .writer = &writer
};
static const struct mim_format_ops *const picky_formats[] = { &picky_format, NULL };
static const struct mim_plugin picky = { MIM_PLUGIN_HEADER, .name = "picky", .version = "1", .formats = picky_formats };

static struct mim_context *context;
static char *directory;
static char manifests[3][400]; /* outlive the context */
static size_t manifest_count;

static void
add_plugin(const struct mim_plugin *plugin, int priority)
{
    char *manifest = manifests[manifest_count++];
    snprintf(manifest, sizeof manifests[0],
             "[plugin]\nmanifest = 1\nname = %s\nversion = 1\nabi = 1.0\npriority = %d\n"
             "[format pair]\ntitle = Pair\nextensions = pair\nmagic = 0:50414952\nread = image\nwrite = image\n",
             plugin->name, priority);
    CHECK(mim_context_add_plugin(context, plugin, manifest, NULL) == MIM_OK);
}

static int
set_up(void **state)
{
    static const struct mim_context_options alone = { .no_environment = 1, .no_system = 1, .no_config = 1 };
    (void)state;
    weak_open_status = MIM_OK;
    manifest_count = 0;
    directory = tree_make();
    tree_write(directory, "1.pair", "PAIR");
    CHECK(mim_context_create(&context, &alone, NULL) == MIM_OK);
    add_plugin(&strong, 800);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    mim_context_destroy(context);
    tree_remove(directory);
    return 0;
}

static enum mim_status
read_file(const char *name, struct mim_error *err)
{
    struct mim_frame frame = { 0 };
    enum mim_status status = mim_read_image(context, tree_path(directory, name), NULL, &frame, err);
    CHECK(status != MIM_OK || *(const uint8_t *)frame.data == 7);
    mim_frame_clear(&frame);
    return status;
}

static enum mim_status
write_file(const char *name, struct mim_error *err)
{
    uint8_t sample = 7;
    struct mim_frame frame = {
        .sample = MIM_SAMPLE_U8, .width = 1, .height = 1, .channels = 1, .stride = 1, .data = &sample, .pts = MIM_NO_PTS
    };
    return mim_write_image(context, tree_path(directory, name), &frame, NULL, err);
}

static void
check_error(const struct mim_error *err, enum mim_status status, const char *plugin, const char *words)
{
    assert_int_equal(err->status, status);
    if (!strstr(err->message, words))
        fail_msg("\"%s\" does not contain \"%s\"", err->message, words);
    assert_string_equal(err->plugin, plugin);
}

static void
the_next_plugin_replaces_a_broken_one(void **state)
{
    (void)state;
    add_plugin(&weak, 500);
    CHECK(read_file("1.pair", NULL) == MIM_OK);
    CHECK(read_file("%d.pair", NULL) == MIM_OK);
    CHECK(write_file("out.pair", NULL) == MIM_OK);
    CHECK(write_file("out%d.pair", NULL) == MIM_OK);
    CHECK(read_file("out.pair", NULL) == MIM_OK);
    CHECK(read_file("out0.pair", NULL) == MIM_OK);
}

static void
readers_report_the_strongest_plugin(void **state)
{
    struct mim_error err = { 0 };
    (void)state;
    add_plugin(&weak, 500);
    weak_open_status = MIM_UNSUPPORTED;
    CHECK(read_file("1.pair", &err) == MIM_BROKEN_PLUGIN);
    check_error(&err, MIM_BROKEN_PLUGIN, "strong", "strong: its init failed");
}

static void
series_report_the_strongest_plugin(void **state)
{
    struct mim_error err = { 0 };
    (void)state;
    add_plugin(&weak, 500);
    weak_open_status = MIM_UNSUPPORTED;
    CHECK(read_file("%d.pair", &err) == MIM_BROKEN_PLUGIN);
    check_error(&err, MIM_BROKEN_PLUGIN, "strong", "strong: its init failed");
}

static void
writers_report_the_strongest_plugin(void **state)
{
    struct mim_error err = { 0 };
    (void)state;
    add_plugin(&stronger, 900);
    CHECK(write_file("out.pair", &err) == MIM_BROKEN_PLUGIN);
    check_error(&err, MIM_BROKEN_PLUGIN, "stronger", "stronger: its init failed");
}

static void
series_writers_report_the_strongest_plugin(void **state)
{
    struct mim_error err = { 0 };
    (void)state;
    add_plugin(&stronger, 900);
    CHECK(write_file("out%d.pair", &err) == MIM_BROKEN_PLUGIN);
    check_error(&err, MIM_BROKEN_PLUGIN, "stronger", "stronger: its init failed");
}

/* A damaged file is damaged for every plugin. */
static void
damage_ends_the_search(void **state)
{
    struct mim_error err = { 0 };
    (void)state;
    add_plugin(&weak, 500);
    add_plugin(&stronger, 400);
    weak_open_status = MIM_CORRUPT;
    CHECK(read_file("1.pair", &err) == MIM_CORRUPT);
    check_error(&err, MIM_CORRUPT, "weak", "the weak plugin cannot read this");
}

static void
the_next_plugin_reads_a_first_frame_that_one_does_not_support(void **state)
{
    struct mim_error err = { 0 };
    (void)state;
    add_plugin(&picky, 900);
    picky_status = MIM_UNSUPPORTED;
    CHECK(read_file("1.pair", &err) == MIM_UNSUPPORTED); /* strong is broken, and there is no other */
    check_error(&err, MIM_UNSUPPORTED, "picky", "the picky plugin cannot prepare this");
    add_plugin(&weak, 500);
    CHECK(read_file("1.pair", NULL) == MIM_OK);
    CHECK(read_file("%d.pair", NULL) == MIM_OK);
    picky_status = MIM_CORRUPT;
    CHECK(read_file("1.pair", &err) == MIM_CORRUPT);
    check_error(&err, MIM_CORRUPT, "picky", "the picky plugin cannot prepare this");
    CHECK(read_file("%d.pair", &err) == MIM_CORRUPT);
}

static void
count_option(void *user, const struct mim_option_info *info)
{
    (void)info;
    ++*(int *)user;
}

static void
options_report_the_strongest_plugin(void **state)
{
    struct mim_error err = { 0 };
    int count = 0;
    (void)state;
    add_plugin(&stronger, 900);
    CHECK(mim_format_options(context, "pair", NULL, 0, count_option, &count, &err) == MIM_BROKEN_PLUGIN);
    check_error(&err, MIM_BROKEN_PLUGIN, "stronger", "stronger: its init failed");
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        cmocka_unit_test_setup_teardown(the_next_plugin_replaces_a_broken_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(readers_report_the_strongest_plugin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(series_report_the_strongest_plugin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writers_report_the_strongest_plugin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(series_writers_report_the_strongest_plugin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damage_ends_the_search, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_next_plugin_reads_a_first_frame_that_one_does_not_support, set_up, tear_down),
        cmocka_unit_test_setup_teardown(options_report_the_strongest_plugin, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("try_plugins", cases, NULL, NULL);
}
