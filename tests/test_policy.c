/* SPDX-License-Identifier: MIT */
/* Which plugins are refused: by policy, and for those who may write to their files. */
#include <mim/mim.h>

#include "registry/search-path.h"
#include "registry-tree.h"

static void
a_policy_is_decided_before_anything_is_loaded(void)
{
    static const struct {
        const char *policy;
        bool is_ready;
    } policies[] = {
        { "[policy]\nallow = mock\n", true },        { "[policy]\nallow = plugin:mock\n", true },
        { "[policy]\nallow = format:mck*\n", true }, { "[policy]\nallow = license:mit\n", false },
        { "[policy]\nallow = png\n", false },        { "[policy]\nallow = license:BSD*\n", false },
    };
    setup();
    tree_write(hints, "png.ini", "[plugin]\nmanifest = 1\nname = png\n[format png]\nmagic = 0:89\n");
    install(root, "mock", "mck1", "license = MIT\n");
    struct mim_source *source = source_of("MOCK", 4);
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        again();
        assert_int_equal(mim_context_configure(context, policies[i].policy, NULL), MIM_OK);
        assert_int_equal(state_of("mock"), policies[i].is_ready ? MIM_PLUGIN_READY : MIM_PLUGIN_DISABLED);
        assert_int_equal(find(source, NULL, NULL), policies[i].is_ready ? MIM_OK : MIM_DISABLED);
        if (!policies[i].is_ready)
            says_part("its plugin mock is disabled: context:2: [policy] allow = ");
    }
    CHECK(!maps_hold(root));
    mim_source_close(source);
    teardown();
}

static void
an_unknown_name_in_a_policy_disables_all_plugins(void)
{
    setup();
    tree_write(hints, "png.ini", "[plugin]\nmanifest = 1\nname = png\n[format apng]\nmagic = 0:89\n");
    tree_write(root, "broken.ini", "nonsense\n");
    install(root, "mock", "mck", "");
    again();
    assert_int_equal(mim_context_configure(context,
                                           "[policy]\ndeny = PNG apng plugin:broken future* format:future*\n"
                                           "[plugin mock]\nenabled = yes\n",
                                           NULL),
                     MIM_OK);
    assert_int_equal(mim_context_check_policy(context, &err), MIM_OK);
    assert_int_equal(state_of("mock"), MIM_PLUGIN_READY);

    static const struct {
        const char *policy, *words;
    } wrong[] = {
        { "[policy]\ndeny = png pgn\n", ":2: [policy] deny = png pgn: no plugin, format or scheme is called pgn" },
        { "[policy]\nallow = plugin:mck\n", "no plugin, format or scheme is called plugin:mck" },
        { "[policy]\ndeny = format:mock\n", "no plugin, format or scheme is called format:mock" },
        { "[plugin mokc]\nenabled = no\n", "[plugin mokc] enabled = no: no plugin, format or scheme is called mokc" },
    };
    struct mim_source *source = source_of("MOCK", 4);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        again();
        assert_int_equal(mim_context_configure(context, wrong[i].policy, NULL), MIM_OK);
        assert_int_equal(find(source, NULL, NULL), MIM_DISABLED);
        says_part(wrong[i].words);
        assert_int_equal(mim_context_check_policy(context, &err), MIM_DISABLED);
        assert_int_equal(mim_context_load_plugin(context, "mock", &err), MIM_DISABLED);
        says_part(wrong[i].words);
        struct mim_format_info info;
        CHECK(mim_context_format(context, 1, &info) && info.state == MIM_FORMAT_DISABLED);
        CHECK(strstr(info.reason, wrong[i].words));
    }
    mim_source_close(source);
    teardown();
}

static void
refuses_directories_that_others_may_write_to(void)
{
    setup();
    const char *open_to_all = tree_subdirectory(root, "open");
    install(open_to_all, "mock", "mock", "");
    CHECK(!chmod(open_to_all, 0757));
    fresh();
    assert_int_equal(mim_context_add_directory(context, open_to_all, &err), MIM_DISABLED);
    says_part("is world-writable; fix it with: chmod o-w ");

    char list[600];
    snprintf(list, sizeof list, "%s:!", open_to_all);
    setenv("MIM_PLUGIN_PATH", list, 1);
    fresh();
    struct mim_plugin_info info;
    CHECK(!mim_context_plugin(context, 0, &info));
    diagnosed("/open is world-writable");
    CHECK(!chmod(open_to_all, 0755));
    fresh();
    CHECK(mim_context_plugin(context, 0, &info));
    teardown();
}

static void
refuses_modules_that_others_may_write_to(void)
{
    setup();
    install(root, "mock", "mock", "");
    CHECK(!chmod(tree_path(root, "mock.so"), 0757));
    again();
    assert_int_equal(mim_context_load_plugin(context, "mock", &err), MIM_BROKEN_PLUGIN);
    says_part("/mock.so is world-writable; fix it with: chmod o-w ");
    teardown();
}

/* The manifest's directory is fine, and the module is a link to a place that others can write to. */
static void
trusts_no_module_behind_a_directory_of_others(void)
{
    setup();
    install(root, "mock", "mock", "");
    const char *names[] = { "shared", "shared/below" };
    for (size_t i = 0; i < 2; i++)
        CHECK(!mkdir(tree_path(root, names[i]), 0755));
    CHECK(!rename(tree_path(root, "mock.so"), tree_path(root, "shared/below/mock.so")));
    CHECK(!symlink("shared/below/mock.so", tree_path(root, "mock.so")));
    for (size_t i = 0; i < 2; i++) {
        CHECK(!chmod(tree_path(root, names[i]), 0757));
        again();
        assert_int_equal(mim_context_load_plugin(context, "mock", &err), MIM_BROKEN_PLUGIN);
        says_part(i ? "/shared/below is world-writable" : "/shared is world-writable");
        CHECK(!chmod(tree_path(root, names[i]), 0755));
    }
    const mode_t fine[] = { 01777, 0775 }; /* like /tmp; and by umask 002, of the caller's own group */
    for (size_t i = 0; i < 2; i++) {
        CHECK(!chmod(tree_path(root, "shared"), fine[i]));
        again();
        assert_int_equal(mim_context_load_plugin(context, "mock", &err), MIM_OK);
    }
    if (!chown(tree_path(root, "shared"), (uid_t)-1, getegid() + 1)) { /* as root */
        again();
        assert_int_equal(mim_context_load_plugin(context, "mock", &err), MIM_BROKEN_PLUGIN);
        says_part("/shared is writable by group");
    }
    teardown();
}

static void
trusts_by_owner_and_mode(void)
{
    char reason[300];
    struct stat facts = { .st_uid = 0, .st_gid = 0, .st_mode = 0755 };
    assert_int_equal(mim_search_path_trust("/x", &facts, reason, sizeof reason), MIM_TRUST_YES);
    facts.st_mode = 0775;
    assert_int_equal(mim_search_path_trust("/x", &facts, reason, sizeof reason), MIM_TRUST_YES);
    facts.st_gid = 50;
    assert_int_equal(mim_search_path_trust("/x", &facts, reason, sizeof reason), MIM_TRUST_NO);
    assert_string_equal(reason, "/x is writable by group 50; fix it with: chmod g-w /x");
    assert_int_equal(mim_search_path_trust("/usr/local/lib/mim-1", &facts, reason, sizeof reason), MIM_TRUST_WARN);
    facts.st_mode = 0777;
    assert_int_equal(mim_search_path_trust("/usr/local/lib/mim-1", &facts, reason, sizeof reason), MIM_TRUST_NO);
    CHECK(strstr(reason, "chmod go-w"));
    facts = (struct stat){ .st_uid = 4242, .st_mode = 0755 };
    assert_int_equal(mim_search_path_trust("/x", &facts, reason, sizeof reason), MIM_TRUST_NO);
    CHECK(strstr(reason, "belongs to user 4242") && strstr(reason, "chown root /x"));
    facts.st_uid = geteuid();
    assert_int_equal(mim_search_path_trust("/x", &facts, reason, sizeof reason), MIM_TRUST_YES);
}

static void
trusts_the_owner_that_stands_for_unmapped_ones_where_no_user_has_its_number(void)
{
    char reason[300];
    struct stat facts = { .st_uid = 65534, .st_mode = 0755 };
    bool is_unmapped = mim_search_path_unmapped(65534, "/proc/self/uid_map") || geteuid() == 65534;
    assert_int_equal(mim_search_path_trust("/x", &facts, reason, sizeof reason),
                     is_unmapped ? MIM_TRUST_YES : MIM_TRUST_NO);

    char *directory = tree_make();
    static const struct {
        const char *map;
        bool is_unmapped;
    } maps[] = {
        { "         0          0 4294967295\n", false }, /* the initial namespace */
        { "         0       1000          1\n", true },  /* unshare -r */
        { "0 1000 1\n1 100000 65533\n", true },
        { "0 1000 1\n1 100000 65534\n", false },
        { "", true },
    };
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        tree_write(directory, "uid_map", maps[i].map);
        assert_int_equal(mim_search_path_unmapped(65534, tree_path(directory, "uid_map")), maps[i].is_unmapped);
    }
    CHECK(!mim_search_path_unmapped(65534, "/absent"));
    tree_remove(directory);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_policy_is_decided_before_anything_is_loaded),
        CASE(an_unknown_name_in_a_policy_disables_all_plugins),
        CASE(refuses_directories_that_others_may_write_to),
        CASE(refuses_modules_that_others_may_write_to),
        CASE(trusts_no_module_behind_a_directory_of_others),
        CASE(trusts_by_owner_and_mode),
        CASE(trusts_the_owner_that_stands_for_unmapped_ones_where_no_user_has_its_number),
    };
    return cmocka_run_group_tests_name("policy", cases, NULL, NULL);
}
