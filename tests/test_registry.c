/* SPDX-License-Identifier: MIT */
/* Finding: what lies in which place, and what is broken. Choosing is in test_choice.c, policies in test_policy.c. */
#include <mim/mim.h>

#include "failing-memory.h"
#include "registry/manifest.h"
#include "registry/search-path.h"
#include "registry-tree.h"

static void
dropping_two_files_is_the_whole_installation(void)
{
    setup();
    tree_write(hints, "mock.ini",
               "[plugin]\nmanifest = 1\nname = mock\npackage = libmim-plugin-mock\n"
               "[format mock]\ntitle = Mock\nextensions = mck\nmagic = 0:4d4f434b\nread = multi\n");
    struct mim_source *source = source_of("MOCK data", 9);
    assert_int_equal(find(source, NULL, NULL), MIM_NO_PLUGIN);
    says("test.bin: this is Mock, and no installed plugin reads it. Install the package libmim-plugin-mock");

    install(root, "mock", "mock", "");
    again();
    assert_int_equal(find(source, NULL, NULL), MIM_OK);
    assert_string_equal(candidate(0).plugin->name, "mock");
    assert_int_equal(load(), MIM_OK);

    CHECK(!unlink(tree_path(root, "mock.ini")) && !unlink(tree_path(root, "mock.so")));
    again();
    assert_int_equal(find(source, NULL, NULL), MIM_NO_PLUGIN);
    mim_source_close(source);
    teardown();
}

static void
a_context_without_system_places_names_no_package(void)
{
    setup();
    tree_write(hints, "mock.ini",
               "[plugin]\nmanifest = 1\nname = mock\npackage = libmim-plugin-mock\n"
               "[format mock]\ntitle = Mock\nmagic = 0:4d4f434b\nread = multi\n");
    mim_context_destroy(context);
    assert_int_equal(mim_context_create(&context, &(struct mim_context_options){ .no_system = 1, .no_config = 1 }, NULL), MIM_OK);
    struct mim_source *source = source_of("MOCK data", 9);
    assert_int_equal(find(source, NULL, NULL), MIM_NO_PLUGIN);
    says("test.bin: this is Mock; no plugin for it is known to this build");
    assert_int_equal(find(source, NULL, "mock"), MIM_NO_PLUGIN);
    says("no plugin is called mock; installed are none");
    struct mim_format_info info;
    CHECK(mim_context_format(context, 0, &info) && info.state == MIM_FORMAT_NOT_INSTALLED);
    assert_string_equal(info.reason, "");
    mim_source_close(source);
    teardown();
}

static void
listing_and_choosing_load_no_code(void)
{
    setup();
    install(root, "mock", "mock", "");
    again();
    struct mim_source *source = source_of("MOCK", 4);
    struct mim_plugin_info info;
    CHECK(mim_context_plugin(context, 0, &info) && info.state == MIM_PLUGIN_READY && !info.loaded);
    assert_int_equal(find(source, NULL, NULL), MIM_OK);
    CHECK(!maps_hold(root));
    assert_int_equal(load(), MIM_OK);
    CHECK(maps_hold(root));
    CHECK(mim_context_plugin(context, 0, &info) && info.loaded);
    mim_source_close(source);
    teardown();
}

static void
listing_finds_missing_libraries_and_loads_no_code(void)
{
    setup();
    install(root, "missing-library", "missing-library", "");
    again();
    assert_int_equal(state_of("missing-library"), MIM_PLUGIN_BROKEN);
    CHECK(strstr(reason_of("missing-library"), "/missing-library.so needs the library libmim-test-absent.so.7, which cannot be found"));
    CHECK(!maps_hold(root));
    teardown();
}

static void
each_faulty_manifest_has_its_own_message_and_hides_no_other(void)
{
    setup();
    char text[1000] = "";
    install(root, "mock", "mock", "");
    install(root, "next-abi", "mock", "");
    tree_write(root, "next-abi.ini",
               "[plugin]\nmanifest = 1\nname = next-abi\nversion = 1\nabi = 2.0\n[format x]\nread = multi\n");
    manifest_text(text, sizeof text, "long-line", "long-line", "");
    strcat(text, "description = ");
    memset(text + strlen(text), 'x', 300);
    tree_write(root, "long-line.ini", text);
    tree_write(root, "text.ini", "just some text\n");
    manifest_text(text, sizeof text, "mock", "mock", "");
    tree_write(root, "renamed.ini", text);
    tree_write(root, "mock.ini.dpkg-new", "nonsense");
    tree_write(root, "mock.ini~", "nonsense");
    tree_write(root, "Mock.ini", "nonsense");
    tree_write(root, "-x.ini", "nonsense");
    CHECK(!mkfifo(tree_path(root, "fifo.ini"), 0600));
    CHECK(!mkdir(tree_path(root, "folder.ini"), 0700));
    CHECK(!symlink("/nowhere/at/all", tree_path(root, "dangling.ini")));
    manifest_text(text, sizeof text, "outside", "outside", "module = ../mock.so\n");
    tree_write(root, "outside.ini", text);
    manifest_text(text, sizeof text, "open", "open", "");
    tree_write(root, "open.ini", text);
    CHECK(!chmod(tree_path(root, "open.ini"), 0646));
    again();

    diagnosed("/long-line.ini:12: a line of 314 bytes, and the limit is 199");
    diagnosed("/text.ini:1: ");
    diagnosed("/renamed.ini: name = mock: a manifest must have the name of its plugin");
    diagnosed("/fifo.ini is not a regular file");
    diagnosed("/folder.ini is not a regular file");
    diagnosed("/dangling.ini: No such file or directory");
    diagnosed("/outside.ini: module = ../mock.so: expected the plain name");
    diagnosed("/open.ini is world-writable; fix it with: chmod o-w ");
    assert_int_equal(diagnostics(), 8);

    assert_int_equal(state_of("mock"), MIM_PLUGIN_READY);
    assert_int_equal(state_of("next-abi"), MIM_PLUGIN_BROKEN);
    assert_string_equal(reason_of("next-abi"), "it is built for ABI 2.0, and this libmim has 1.0");
    teardown();
}

static void
each_faulty_module_has_its_own_message(void)
{
    static const struct {
        const char *name, *words;
    } faulty[] = {
        { "wrong-abi", "ABI 99.7" },
        { "wrong-magic", "0xdeadbeef" },
        { "small-struct", "struct_size" },
        { "missing-symbol", "does not export" },
        { "undefined-symbol", "mim_test_nowhere" },
        { "missing-library", "libmim-test-absent.so.7, which cannot be found" },
        { "other-name", "says name = other-name, and " },
        { "mock", "says formats = mock2:r, and " },
    };
    setup();
    for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++)
        install(root, faulty[i].name, i == 7 ? "mock2" : faulty[i].name, "");
    again();
    for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++) {
        err = (struct mim_error){ 0 };
        assert_int_equal(mim_context_load_plugin(context, faulty[i].name, &err), MIM_BROKEN_PLUGIN);
        says_part(faulty[i].words);
        assert_int_equal(state_of(faulty[i].name), MIM_PLUGIN_BROKEN);
        CHECK(strstr(reason_of(faulty[i].name), faulty[i].words));
    }
    teardown();
}

static void
a_manifest_that_promises_too_much_is_broken(void)
{
    setup();
    install(root, "mock", "mock", "");
    char text[800];
    manifest_text(text, sizeof text, "mock", "mock", "");
    strcat(text, "write = multi\n");
    tree_write(root, "mock.ini", text);
    again();
    assert_int_equal(mim_context_load_plugin(context, "mock", &err), MIM_BROKEN_PLUGIN);
    says_part("/mock.ini says formats = mock:rw, and ");
    says_part("/mock.so says mock:r");
    teardown();
}

static void
the_listing_reports_a_missing_module(void)
{
    setup();
    install(root, "mock", "mock", "");
    CHECK(!unlink(tree_path(root, "mock.so")));
    again();
    assert_int_equal(state_of("mock"), MIM_PLUGIN_BROKEN);
    CHECK(strstr(reason_of("mock"), "/mock.so is missing"));
    teardown();
}

static void
a_failed_plugin_stays_failed_in_its_context_only(void)
{
    setup();
    install(root, "mock", "mock", "");
    CHECK(!rename(tree_path(root, "mock.so"), tree_path(root, "away.so")));
    again();
    assert_int_equal(mim_context_load_plugin(context, "mock", NULL), MIM_BROKEN_PLUGIN);
    CHECK(!rename(tree_path(root, "away.so"), tree_path(root, "mock.so")));
    assert_int_equal(mim_context_load_plugin(context, "mock", NULL), MIM_BROKEN_PLUGIN);
    assert_int_equal(mim_context_configure(context, "[limit]\nframes = 7\n", NULL), MIM_OK);
    assert_int_equal(mim_context_load_plugin(context, "mock", NULL), MIM_BROKEN_PLUGIN);
    again();
    assert_int_equal(mim_context_load_plugin(context, "mock", NULL), MIM_OK);
    teardown();
}

static void
stronger_directories_replace_and_mask_weaker_ones(void)
{
    setup();
    const char *weak = tree_subdirectory(root, "weak"), *strong = tree_subdirectory(root, "strong");
    install(weak, "mock", "mock", "");
    install(strong, "mock", "mock", "description = the strong one\n");
    install(weak, "other-name", "other", "");
    CHECK(!symlink("/dev/null", tree_path(strong, "other-name.ini")));
    fresh();
    assert_int_equal(mim_context_add_directory(context, weak, &err), MIM_OK);
    assert_int_equal(mim_context_add_directory(context, strong, &err), MIM_OK);

    struct mim_plugin_info info;
    CHECK(mim_context_plugin(context, 0, &info));
    assert_string_equal(info.description, "the strong one");
    assert_int_equal(info.state, MIM_PLUGIN_READY);
    CHECK(mim_context_plugin(context, 1, &info));
    assert_int_equal(info.state, MIM_PLUGIN_SHADOWED);
    CHECK(strstr(info.shadowed_by, "/strong/mock.ini"));
    CHECK(mim_context_plugin(context, 2, &info));
    assert_int_equal(info.state, MIM_PLUGIN_MASKED);
    CHECK(strstr(info.reason, "/strong/other-name.ini"));
    CHECK(!mim_context_plugin(context, 3, &info));

    assert_int_equal(mim_context_load_plugin(context, "other-name", &err), MIM_DISABLED);
    teardown();
}

static void
the_environment_lists_directories(void)
{
    setup();
    struct mim_string_list none = { 0 }, diagnostics = { 0 };
    struct mim_search_path places = { 0 };
    const char *a = tree_subdirectory(root, "a"), *b = tree_subdirectory(root, "b");
    char list[600];
    const struct mim_context_options all = { 0 }, closed = { .no_environment = 1, .no_system = 1 };

    snprintf(list, sizeof list, "%s:%s:%s:/nowhere/at/all:!:%s", a, b, a, root);
    setenv("MIM_PLUGIN_PATH", list, 1);
    CHECK(mim_search_path_collect(&places, &all, &none, &diagnostics));
    assert_int_equal(places.count, 2);
    assert_int_equal(diagnostics.count, 1);
    CHECK(strstr(diagnostics.items[0], "MIM_PLUGIN_PATH: /nowhere/at/all: No such file"));
    mim_search_path_clear(&places);

    snprintf(list, sizeof list, "%s::%s:", a, b);
    setenv("MIM_PLUGIN_PATH", list, 1);
    setenv("HOME", root, 1);
    CHECK(mim_search_path_collect(&places, &all, &none, &diagnostics));
    CHECK(places.count >= 5);
    assert_string_equal(places.items[0].path, a);
    assert_string_equal(places.items[1].path, b);
    assert_int_equal(places.items[2].kind, MIM_DIRECTORY_USER);
    assert_string_equal(places.items[2].path, tree_path(root, ".local/lib/mim-1"));
    assert_int_equal(places.items[3].kind, MIM_DIRECTORY_ADMIN);
    CHECK(places.items[places.count - 1].kind >= MIM_DIRECTORY_LOCAL); /* also the configured one, in /usr/local */
    mim_search_path_clear(&places);

    CHECK(mim_search_path_collect(&places, &(struct mim_context_options){ .no_environment = 1 }, &none, &diagnostics));
    assert_int_equal(places.items[0].kind, MIM_DIRECTORY_ADMIN);
    mim_search_path_clear(&places);
    setenv("HOME", "/nonexistent", 1);

    CHECK(mim_search_path_collect(&places, &closed, &none, &diagnostics));
    assert_int_equal(places.count, 0);
    mim_search_path_clear(&places);
    mim_string_list_clear(&diagnostics);
    teardown();
}

static int32_t
never(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    (void)job, (void)index, (void)packet, (void)info;
    return MIM_END;
}

static const struct mim_reader_ops linked_reader = { .struct_size = sizeof linked_reader, .prepare = never };
static const struct mim_format_ops linked_format = { .struct_size = sizeof linked_format,
                                                     .name = "mock",
                                                     .reader = &linked_reader };
static const struct mim_format_ops *const linked_formats[] = { &linked_format, NULL };
static const struct mim_plugin linked = { MIM_PLUGIN_HEADER, .name = "mock", .version = "1.0",
                                          .formats = linked_formats };

static void
linked_plugins_are_strongest(void)
{
    setup();
    char text[800];
    install(root, "mock", "mock", "");
    again();
    manifest_text(text, sizeof text, "other", "mock", "");
    assert_int_equal(mim_context_add_plugin(context, &linked, text, &err), MIM_BROKEN_PLUGIN);
    says_part("the manifest says name = other, and the code says mock");
    manifest_text(text, sizeof text, "mock", "mock", "");
    assert_int_equal(mim_context_add_plugin(context, &linked, text, &err), MIM_OK);

    struct mim_plugin_info info;
    CHECK(mim_context_plugin(context, 0, &info));
    assert_string_equal(info.place, "linked in");
    assert_string_equal(info.module, "");
    CHECK(mim_context_plugin(context, 1, &info) && info.state == MIM_PLUGIN_SHADOWED);
    struct mim_source *source = source_of("MOCK", 4);
    assert_int_equal(find(source, NULL, NULL), MIM_OK);
    assert_int_equal(load(), MIM_OK);
    CHECK(plugin == &linked);
    mim_source_close(source);
    teardown();
}

static void
candidates_outlive_a_change_of_the_context(void)
{
    setup();
    install(root, "mock", "mock", "");
    again();
    struct mim_source *source = source_of("MOCK", 4);
    assert_int_equal(find(source, NULL, NULL), MIM_OK);
    assert_int_equal(mim_context_configure(context, "[limit]\nframes = 5\n", NULL), MIM_OK);
    CHECK(mim_context_search_path(context, 0));
    assert_int_equal(load(), MIM_OK);
    mim_source_close(source);
    teardown();
}

static bool
look_up(void)
{
    mim_context_destroy(context);
    context = NULL;
    struct mim_context_options options = { .no_system = 1, .no_config = 1 };
    enum mim_status status = mim_context_create(&context, &options, &err);
    struct mim_source *source = NULL;
    if (status == MIM_OK)
        status = mim_context_add_directory(context, root, &err);
    if (status == MIM_OK)
        status = mim_source_open_memory(&source, "MOCK", 4, &err);
    mim_choice_clear(&found);
    if (status == MIM_OK)
        status = mim_registry_choose_reader(context, source, &(struct mim_request){ 0 }, &found, &err);
    if (status == MIM_OK)
        status = load();
    mim_source_close(source);
    if (status != MIM_OK && status != MIM_NOMEM)
        fail_msg("%s: %s", mim_status_name(status), err.message);
    return status == MIM_OK;
}

static void
one_file_holds_hints_for_many_plugins(void)
{
    setup();
    tree_write(hints, "all.ini",
               "# formats that are known\n\n[plugin]\nmanifest = 1\nname = one\n[format one]\nextensions = one\n"
               "[plugin]\nmanifest = 1\nname = two\n[format two]\nmagic = nonsense\n"
               "[plugin]\nmanifest = 1\nname = three\n[format three]\nextensions = three");
    again();
    struct mim_format_info info;
    CHECK(mim_context_format(context, 0, &info) && !strcmp(info.name, "one"));
    CHECK(mim_context_format(context, 1, &info) && !strcmp(info.name, "three"));
    CHECK(!mim_context_format(context, 2, &info));
    CHECK(strstr(mim_context_diagnostic(context, 0), "all.ini:12: "));
    CHECK(!mim_context_diagnostic(context, 1));
    teardown();
}

static void
survives_every_lack_of_memory(void)
{
    setup();
    install(root, "mock", "mock", "description = d\n");
    tree_write(hints, "png.ini", "[plugin]\nmanifest = 1\nname = png\n[format png]\nmagic = 0:89\n");
    CHECK(memory_try_all(look_up) > 30);
    teardown();
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(dropping_two_files_is_the_whole_installation),
        CASE(a_context_without_system_places_names_no_package),
        CASE(listing_and_choosing_load_no_code),
        CASE(listing_finds_missing_libraries_and_loads_no_code),
        CASE(each_faulty_manifest_has_its_own_message_and_hides_no_other),
        CASE(each_faulty_module_has_its_own_message),
        CASE(a_manifest_that_promises_too_much_is_broken),
        CASE(the_listing_reports_a_missing_module),
        CASE(a_failed_plugin_stays_failed_in_its_context_only),
        CASE(stronger_directories_replace_and_mask_weaker_ones),
        CASE(the_environment_lists_directories),
        CASE(linked_plugins_are_strongest),
        CASE(candidates_outlive_a_change_of_the_context),
        CASE(one_file_holds_hints_for_many_plugins),
        CASE(survives_every_lack_of_memory),
    };
    return cmocka_run_group_tests_name("registry", cases, NULL, NULL);
}
