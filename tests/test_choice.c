/* SPDX-License-Identifier: MIT */
/* Choosing: the format of a file, the plugin for it, and the error when there is none. */
#include "registry-tree.h"

static char explanation[4000];

static void
record_step(void *user, const struct mim_explanation *step)
{
    (void)user;
    snprintf(explanation + strlen(explanation), sizeof explanation - strlen(explanation), "%s%s%s: %s: %s\n",
             step->is_format ? "format " : "plugin ", step->name, step->winner ? "*" : "", step->evidence, step->rule);
}

static enum mim_status
explain(struct mim_source *source)
{
    *explanation = '\0';
    return mim_context_explain(context, source, NULL, NULL, record_step, NULL, &err);
}

static void
explains(const char *words)
{
    if (!strstr(explanation, words))
        fail_msg("\"%s\" is not in:\n%s", words, explanation);
}

static void
add(const char *name, const char *more, const char *formats)
{
    char text[1500], file[64];
    snprintf(text, sizeof text, "[plugin]\nmanifest = 1\nname = %s\nversion = 1\nabi = 1.0\n%s\n%s", name, more,
             formats);
    snprintf(file, sizeof file, "%s.ini", name);
    tree_write(root, file, text);
}

static void
add_hint_packaged(const char *name, const char *package, const char *formats)
{
    char text[1500], file[64];
    snprintf(text, sizeof text, "[plugin]\nmanifest = 1\nname = %s\n%s\n%s", name, package, formats);
    snprintf(file, sizeof file, "%s.ini", name);
    tree_write(hints, file, text);
}

static void
add_hint(const char *name, const char *formats)
{
    char package[100];
    snprintf(package, sizeof package, "package = libmim-plugin-%s", name);
    add_hint_packaged(name, package, formats);
}

#define GIF "[format gif]\ntitle = GIF\nextensions = gif\nmagic = 0:474946\nread = multi\nwrite = multi\n"
#define RAW "[format raw]\nextensions = raw bin\nread = multi\nwrite = multi\n"
#define PNG "[format png]\ntitle = PNG\nextensions = png\nmagic = 0:89504e47\nread = single\nwrite = single\n"

static const char *
winner(const char *name, const char *data)
{
    struct mim_source *source = source_named(name, data, strlen(data));
    enum mim_status status = find(source, NULL, NULL);
    mim_source_close(source);
    return status == MIM_OK ? candidate(0).plugin->name : mim_status_name(status);
}

static void
content_decides_and_the_name_is_noted(void)
{
    setup();
    add("gif", "", GIF);
    add("raw", "", RAW);
    add_hint("png", PNG);
    again();
    assert_string_equal(winner("a.gif", "GIF89a"), "gif");
    assert_string_equal(found.notice, "");
    assert_string_equal(winner("a.png", "GIF89a"), "gif");
    assert_string_equal(found.notice, "named .png, and its content is gif");
    assert_string_equal(winner("a.raw", "GIF89a"), "gif");
    assert_string_equal(winner("a", "GIF89a"), "gif");
    assert_string_equal(found.notice, "");
    assert_string_equal(winner("a.dat", "GIF89a"), "gif");
    assert_string_equal(found.notice, "");
    teardown();
}

/* Errors end in the fault on the search path that may be their reason. */
static void
names_faults_where_a_plugin_is_missed(void)
{
    char expected[300];
    setup();
    add("gif", "licence = MIT\n", GIF);
    again();
    assert_string_equal(winner("a.zzz", "xyz"), "MIM_UNKNOWN_FORMAT");
    says_part(": it begins with 78 79 7a. Ignored: ");
    says_part("/gif.ini:6: unknown key licence; did you mean license?");

    tree_write(root, "zzz.so", "");
    again();
    snprintf(expected, sizeof expected, ". Ignored: %s/zzz.so has no manifest, expected %s/zzz.ini", root, root);
    assert_string_equal(winner("a.zzz", "xyz"), "MIM_UNKNOWN_FORMAT");
    says_part(expected);
    assert_int_equal(mim_context_load_plugin(context, "zzz", &err), MIM_NO_PLUGIN);
    says_part(expected);

    tree_write(root, "zzz.ini", "[plugin]\n");
    again();
    assert_string_equal(winner("a.zzz", "xyz"), "MIM_UNKNOWN_FORMAT");
    says_part("/zzz.ini: [plugin] has no \"manifest = 1\"");
    assert_int_equal(mim_context_load_plugin(context, "zzz", &err), MIM_BROKEN_PLUGIN);
    says_part("the plugin zzz cannot be used: ");
    teardown();
}

static void
the_extension_alone_is_for_formats_without_magic(void)
{
    setup();
    add("gif", "", GIF);
    add("raw", "", RAW);
    again();
    assert_string_equal(winner("a.RAW", "xyz"), "raw");
    assert_string_equal(winner("a.gif", "xyz"), "MIM_UNKNOWN_FORMAT");
    says("a.gif is not gif, nor any other known format: it begins with 78 79 7a");
    assert_string_equal(winner("a.gif", ""), "MIM_UNKNOWN_FORMAT");
    says("a.gif is empty");
    assert_string_equal(winner("a.zzz", "xyz"), "MIM_UNKNOWN_FORMAT");
    says("a.zzz: unknown format: it begins with 78 79 7a");
    teardown();
}

static void
more_bits_beat_fewer_and_the_extension_decides_between_equals(void)
{
    setup();
    add("a", "",
        "[format short]\nextensions = x\nmagic = 0:41\nread = multi\n"
        "[format long]\nextensions = y\nmagic = 0:4142\nread = multi\n"
        "[format same]\nextensions = z sub.z\nmagic = 0:4142\nread = multi\n");
    again();
    winner("a.x", "ABC");
    assert_string_equal(candidate(0).format, "long");
    winner("a.z", "ABC");
    assert_string_equal(candidate(0).format, "same");
    winner("a.sub.z", "AXC");
    assert_string_equal(candidate(0).format, "short");
    teardown();
}

static void
the_same_plugin_wins_whatever_the_order_of_files(void)
{
    static const char *const names[] = { "c", "a", "b" };
    for (int turn = 0; turn < 3; turn++) {
        setup();
        for (int i = 0; i < 3; i++)
            add(names[(i + turn) % 3], "", GIF);
        again();
        assert_string_equal(winner("x.gif", "GIF"), "a");
        CHECK(!mim_choice_candidate(&found, 3, &(struct mim_candidate){ 0 }));
        assert_string_equal(candidate(1).plugin->name, "b");
        assert_string_equal(candidate(2).plugin->name, "c");
        teardown();
    }
}

static void
rules_decide_in_their_order(void)
{
    setup();
    add("a", "", "[format gif]\nmagic = 0:474946\nread = multi\n");
    add("b", "", "[format gif]\nmagic = 0:474946\nread = multi animation\n");
    again();
    assert_string_equal(winner("x.gif", "GIF"), "b"); /* by its abilities */
    add("a", "priority = 600\n", GIF);
    again();
    assert_string_equal(winner("x.gif", "GIF"), "a"); /* by priority */
    assert_int_equal(mim_context_configure(context, "[prefer]\ngif = nobody b\n", NULL), MIM_OK);
    assert_string_equal(winner("x.gif", "GIF"), "b"); /* by [prefer] */

    struct mim_source *source = source_named("x.gif", "GIF", 3);
    assert_int_equal(find(source, NULL, "a"), MIM_OK); /* named by the caller */
    CHECK(!mim_choice_candidate(&found, 1, &(struct mim_candidate){ 0 }));
    assert_string_equal(candidate(0).plugin->name, "a");
    mim_source_close(source);
    teardown();
}

static void
explains_every_loser(void)
{
    setup();
    add("a", "", GIF);
    add("b", "priority = 600\n", GIF);
    add("c", "", GIF);
    add("d", "", "[format gif]\nmagic = 0:474946\nwrite = multi\n");
    add("e", "", GIF);
    add_hint("png", PNG);
    again();
    assert_int_equal(mim_context_configure(context, "[prefer]\ngif = c\n[plugin e]\nenabled = no\n", NULL), MIM_OK);
    struct mim_source *source = source_named("x.png", "GIF", 3);
    assert_int_equal(explain(source), MIM_OK);
    explains("format gif*: magic 0:474946 (24 bits): content\n");
    explains("format png: extension png: its name fits, its content does not\n");
    explains("plugin c*: priority 500, ");
    explains(", number 1 in [prefer]: [prefer]\n");
    explains("plugin b: priority 600, ");
    explains(": c beats it by: [prefer]\n");
    explains("it does not read gif\n");
    explains("context:4: [plugin e] enabled = no\n");
    CHECK(strstr(explanation, "plugin c*") < strstr(explanation, "plugin b:"));
    CHECK(strstr(explanation, "plugin b:") < strstr(explanation, "plugin a:"));
    mim_source_close(source);
    teardown();
}

static void
the_caller_allows_formats_and_plugins(void)
{
    setup();
    add("gif", "", GIF);
    add("other", "priority = 600\n", GIF);
    add_hint("png", PNG);
    again();
    static const struct {
        const char *data;
        struct mim_request request;
        const char *winner; /* or the message */
    } cases[] = {
        { "GIF", { .formats = "png gif" }, "other" },
        { "GIF", { .plugins = "x gif" }, "gif" },
        { "GIF", { .formats = "png gi" }, "x: this is GIF, and only these formats are allowed: png gi" },
        { "GIF", { .formats = "" }, "x: this is GIF, and only these formats are allowed: " },
        { "GIF", { .plugins = "x" }, "x: this is GIF, and its plugin other is disabled: only these plugins are allowed: x" },
        { "\x89PNG", { .formats = "gif" }, "x: this is PNG, and only these formats are allowed: gif" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mim_source *source = source_named("x", cases[i].data, strlen(cases[i].data));
        mim_choice_clear(&found);
        enum mim_status status = mim_registry_choose_reader(context, source, &cases[i].request, &found, &err);
        CHECK(status == MIM_OK || status == MIM_DISABLED);
        assert_string_equal(status == MIM_OK ? candidate(0).plugin->name : err.message, cases[i].winner);
        mim_source_close(source);
    }
    teardown();
}

static void
the_four_errors_are_four(void)
{
    setup();
    add("gif", "", GIF);
    add("broken", "", "[format bad]\ntitle = Bad\nextensions = bad\nmagic = 0:424144\nread = multi\nwrite = multi\n");
    add_hint("heif",
             "[format heif]\ntitle = HEIF\nextensions = heic\nmagic = 4:66747970\nread = multi\nwrite = multi\n");
    again();
    assert_int_equal(mim_context_configure(context, "[policy]\ndeny = gif\n", NULL), MIM_OK);
    assert_string_equal(winner("scan.heic", "....ftypheic"), "MIM_NO_PLUGIN");
    says("scan.heic: this is HEIF, and no installed plugin reads it. Install the package libmim-plugin-heif");
    assert_string_equal(winner("x.gif", "GIF"), "MIM_DISABLED");
    says("x.gif: this is GIF, and its plugin gif is disabled: context:2: [policy] deny = gif");
    assert_string_equal(winner("x.bad", "BAD"), "broken"); /* not loaded yet */
    assert_int_equal(load(), MIM_BROKEN_PLUGIN);
    assert_string_equal(winner("x.bad", "BAD"), "MIM_BROKEN_PLUGIN");
    says_part("x.bad: this is Bad, and its plugin broken cannot be used: the module ");
    assert_string_equal(err.plugin, "broken");
    assert_string_equal(winner("x.huh", "huh"), "MIM_UNKNOWN_FORMAT");
    teardown();
}

static void
a_hint_does_not_suggest_an_installed_package(void)
{
    setup();
    add("video", "", "[format avi]\nextensions = avi\nread = multi\n");
    add_hint("video", "[format avi]\nextensions = avi\n[format flv]\ntitle = Flash video\nmagic = 0:464c56\n");
    again();
    assert_string_equal(winner("x.flv", "FLV"), "MIM_NO_PLUGIN");
    says("x.flv: this is Flash video, and the installed version of the plugin video does not support it");
    teardown();
}

static void
a_refused_manifest_is_broken_and_not_missing(void)
{
    setup();
    tree_write(root, "gif.ini", "[plugin]\nmanifest = 1\nname = gif\nabi = nonsense\n");
    add_hint("gif", GIF);
    again();
    assert_string_equal(winner("x.gif", "GIF"), "MIM_BROKEN_PLUGIN");
    says_part("x.gif: this is GIF, and its plugin gif cannot be used: ");
    says_part("/gif.ini:4: abi = nonsense: expected MAJOR.MINOR");
    struct mim_format_info info;
    CHECK(mim_context_format(context, 0, &info));
    assert_int_equal(info.state, MIM_FORMAT_BROKEN);
    CHECK(strstr(info.reason, "abi = nonsense"));
    teardown();
}

static enum mim_status
find_writers(const char *name, const char *format, const char *plugin_name)
{
    mim_choice_clear(&found);
    err = (struct mim_error){ 0 };
    const struct mim_request request = { .format = format, .plugin = plugin_name };
    return mim_registry_choose_writer(context, name, &request, &found, &err);
}

static void
without_a_known_package_the_format_alone_is_named(void)
{
    setup();
    add_hint_packaged("heif", "",
                      "[format heif]\ntitle = HEIF\nextensions = heic\nmagic = 4:66747970\n"
                      "read = multi\nwrite = multi\n");
    again();
    assert_string_equal(winner("scan.heic", "....ftypheic"), "MIM_NO_PLUGIN");
    says("scan.heic: this is HEIF; no plugin for it is known to this build");
    struct mim_format_info info;
    CHECK(mim_context_format(context, 0, &info));
    CHECK(info.state == MIM_FORMAT_NOT_INSTALLED && !*info.reason);
    teardown();
}

static void
writers_go_by_format_or_extension_strictly(void)
{
    setup();
    add("gif", "", GIF);
    add("raw", "", RAW);
    add("seer", "", "[format tga]\ntitle = TGA\nextensions = tga\nread = multi\n");
    add_hint("png", PNG);
    again();
    assert_int_equal(find_writers("out.GIF", NULL, NULL), MIM_OK);
    assert_string_equal(candidate(0).format, "gif");
    assert_int_equal(find_writers("-", "RAW", NULL), MIM_OK);
    assert_string_equal(candidate(0).format, "raw");
    assert_int_equal(find_writers("out.gif", "raw", NULL), MIM_OK);
    assert_string_equal(candidate(0).format, "raw");

    assert_int_equal(find_writers("out.xyz", NULL, NULL), MIM_UNKNOWN_FORMAT);
    says("out.xyz: no format has the extension .xyz; known are gif raw bin");
    assert_int_equal(find_writers("-", NULL, NULL), MIM_UNKNOWN_FORMAT);
    says("-: no extension to choose a format by; name the format, or use one of gif raw bin");
    assert_int_equal(find_writers("out.x", "bin", NULL), MIM_UNKNOWN_FORMAT);
    says("no format is called bin; files named .bin are raw");
    assert_int_equal(find_writers("out.x", "huh", NULL), MIM_UNKNOWN_FORMAT);
    says("no format is called huh; known are gif raw");
    assert_int_equal(find_writers("out.png", NULL, NULL), MIM_NO_PLUGIN);
    says("out.png: this is PNG, and no installed plugin writes it. Install the package libmim-plugin-png");
    assert_int_equal(find_writers("out.tga", NULL, NULL), MIM_UNSUPPORTED);
    says("out.tga: this is TGA, and no installed plugin writes it");
    teardown();
}

static void
the_named_plugin_is_used_or_refused(void)
{
    setup();
    add("gif", "", GIF);
    add("raw", "", RAW);
    add_hint("png", PNG);
    again();
    struct mim_source *source = source_named("x.dat", "xyz", 3), *gif = source_named("x.gif", "GIF", 3);
    assert_int_equal(find(source, NULL, "raw"), MIM_OK);
    assert_string_equal(candidate(0).format, "raw");
    assert_int_equal(find(gif, NULL, "raw"), MIM_ARGUMENT);
    says("x.gif: this is GIF, and the plugin raw does not read it; it supports raw");
    assert_int_equal(find(gif, "raw", "raw"), MIM_OK);
    assert_int_equal(find(gif, NULL, "huh"), MIM_NO_PLUGIN);
    says("no plugin is called huh; installed are gif raw");
    assert_int_equal(find(gif, NULL, "png"), MIM_NO_PLUGIN);
    says("the plugin png is not installed. Install the package libmim-plugin-png");
    assert_int_equal(find(gif, NULL, "gfi"), MIM_NO_PLUGIN);
    says("no plugin is called gfi; did you mean gif?");
    mim_source_close(source);
    mim_source_close(gif);
    teardown();
}

static int64_t
read_stream(void *user, void *data, size_t size, uint64_t offset)
{
    static const char text[] = "GIF89a;";
    (void)user;
    size_t left = offset < sizeof text - 1 ? sizeof text - 1 - (size_t)offset : 0;
    memcpy(data, text + sizeof text - 1 - left, size < left ? size : left);
    return (int64_t)(size < left ? size : left);
}

static void
a_stream_is_not_asked_for_its_end(void)
{
    setup();
    add("gif", "", GIF);
    add("tail", "", "[format tail]\nmagic = 0:47494638 & -1:3b\nread = multi\n");
    again();
    assert_string_equal(winner("x", "GIF89a;"), "tail");
    struct mim_source *source = NULL;
    assert_int_equal(mim_source_open_calls(&source, &(struct mim_source_calls){ .read = read_stream }, "pipe", NULL),
                     MIM_OK);
    assert_int_equal(find(source, NULL, NULL), MIM_OK);
    assert_string_equal(candidate(0).plugin->name, "gif");
    mim_source_close(source);
    teardown();
}

static void
lists_formats_by_name_with_their_state(void)
{
    setup();
    add("two", "", PNG GIF);
    add("seer", "priority = 600\n", "[format gif]\nmagic = 0:474946\nread = multi animation\n");
    add_hint("heif", "[format heif]\ntitle = HEIF\nextensions = heic\n");
    tree_copy(root, "two.so", tree_path(TEST_PLUGINS, "mock.so"), 1 << 20);
    tree_copy(root, "seer.so", tree_path(TEST_PLUGINS, "mock.so"), 1 << 20);
    again();
    assert_int_equal(mim_context_configure(context, "[policy]\ndeny = format:png\n", NULL), MIM_OK);
    struct mim_format_info info;
    CHECK(mim_context_format(context, 0, &info));
    assert_string_equal(info.name, "gif");
    assert_string_equal(info.plugin, "seer");
    assert_string_equal(info.read, "multi animation");
    assert_string_equal(info.write, "multi");
    assert_int_equal(info.state, MIM_FORMAT_READY);
    CHECK(mim_context_format(context, 1, &info));
    assert_string_equal(info.name, "heif");
    assert_int_equal(info.state, MIM_FORMAT_NOT_INSTALLED);
    assert_string_equal(info.reason, "libmim-plugin-heif");
    CHECK(mim_context_format(context, 2, &info));
    assert_int_equal(info.state, MIM_FORMAT_DISABLED);
    assert_string_equal(info.reason, "context:2: [policy] deny = format:png");
    CHECK(!mim_context_format(context, 3, &info));
    teardown();
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(without_a_known_package_the_format_alone_is_named),
        CASE(content_decides_and_the_name_is_noted),
        CASE(names_faults_where_a_plugin_is_missed),
        CASE(the_extension_alone_is_for_formats_without_magic),
        CASE(more_bits_beat_fewer_and_the_extension_decides_between_equals),
        CASE(the_same_plugin_wins_whatever_the_order_of_files),
        CASE(rules_decide_in_their_order),
        CASE(explains_every_loser),
        CASE(the_caller_allows_formats_and_plugins),
        CASE(the_four_errors_are_four),
        CASE(a_hint_does_not_suggest_an_installed_package),
        CASE(a_refused_manifest_is_broken_and_not_missing),
        CASE(writers_go_by_format_or_extension_strictly),
        CASE(the_named_plugin_is_used_or_refused),
        CASE(a_stream_is_not_asked_for_its_end),
        CASE(lists_formats_by_name_with_their_state),
    };
    return cmocka_run_group_tests_name("choice", cases, NULL, NULL);
}
