/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "registry/manifest.h"

#define HEAD "[plugin]\nmanifest = 1\nname = mock\nversion = 1.0\nabi = 1.4\n"
#define FORMAT "[format mock]\nread = multi\n"

static struct mim_error err;

static enum mim_status
parse(struct mim_manifest **out, const char *text)
{
    *out = NULL;
    err = (struct mim_error){ 0 };
    const struct mim_manifest_text whole = { .path = "dir/mock.ini", .data = text, .size = strlen(text) };
    return mim_manifest_parse(out, MIM_MANIFEST_PLUGIN, &whole, &err);
}

static void
refuses(const char *text, const char *words)
{
    struct mim_manifest *manifest;
    assert_int_equal(parse(&manifest, text), MIM_BROKEN_PLUGIN);
    if (!strstr(err.message, words))
        fail_msg("\"%s\" does not say \"%s\"", err.message, words);
}

static void
parses_every_key(void)
{
    struct mim_manifest *manifest;
    assert_int_equal(parse(&manifest,
                           HEAD "needs = 1.2\nmodule = m.so\ndescription = a mock, b\nlicense = MIT\n"
                                "package = p\npriority = 900\n"
                                "[format mock]\ntitle = Mock Format\nmime = image/x-mock\nextensions = MCK ome.mck\n"
                                "magic = 0:4d4f\nmagic = -4:0000\nread = multi seek\nwrite = multi\n"
                                "[format other]\nread = multi\n"),
                     MIM_OK);
    assert_string_equal(manifest->name, "mock");
    assert_string_equal(manifest->module, "m.so");
    assert_string_equal(manifest->description, "a mock, b");
    assert_int_equal(manifest->priority, 900);
    assert_true(manifest->abi.major == 1 && manifest->abi.minor == 4);
    assert_int_equal(manifest->abi.needs, 2);
    assert_string_equal(manifest->formats.names, "mock other");
    const struct mim_manifest_format *format = mim_manifest_format(manifest, "mock");
    assert_string_equal(format->title, "Mock Format");
    assert_string_equal(format->extensions, "mck ome.mck");
    assert_int_equal(format->magic_count, 2);
    assert_string_equal(mim_manifest_format(manifest, "other")->write, "");
    assert_null(mim_manifest_format(manifest, "third"));
    mim_manifest_destroy(manifest);
}

static void
fills_in_optional_keys(void)
{
    struct mim_manifest *manifest;
    assert_int_equal(parse(&manifest, HEAD FORMAT), MIM_OK);
    assert_string_equal(manifest->module, "mock.so");
    assert_string_equal(manifest->package, "");
    assert_int_equal(manifest->priority, 500);
    assert_string_equal(manifest->formats.items[0].title, "mock");
    mim_manifest_destroy(manifest);
}

static void
joins_repeated_lists_and_keeps_unknown_keys_out(void)
{
    struct mim_manifest *manifest;
    assert_int_equal(parse(&manifest,
                           HEAD "colour = red\n[transport https]\nx = 1\n[format mock]\nread = multi\nextensions = a b\n"
                                "extensions = c\nfuture = 1\n"),
                     MIM_OK);
    assert_string_equal(manifest->formats.items[0].extensions, "a b c");
    assert_string_equal(manifest->origin.ignored, "dir/mock.ini:6: unknown key colour\ndir/mock.ini:8: unknown section transport\n"
                                           "dir/mock.ini:13: unknown key future");
    mim_manifest_destroy(manifest);
}

static void
suggests_the_nearest_key(void)
{
    struct mim_manifest *manifest;
    assert_int_equal(parse(&manifest, HEAD "licence = MIT\n[format mock]\nread = multi\nextension = a\nmagik = 0:00\n"
                                           "[fromat b]\nread = multi\nwrite = multi\n"),
                     MIM_OK);
    assert_string_equal(manifest->origin.ignored, "dir/mock.ini:6: unknown key licence; did you mean license?\n"
                                           "dir/mock.ini:9: unknown key extension; did you mean extensions?\n"
                                           "dir/mock.ini:10: unknown key magik; did you mean magic?\n"
                                           "dir/mock.ini:12: unknown section fromat; did you mean format?");
    mim_manifest_destroy(manifest);
}

static void
refuses_what_must_be_known(void)
{
    struct mim_manifest *manifest;
    assert_int_equal(parse(&manifest, HEAD "must = magic priority\nmust = must\n" FORMAT), MIM_OK);
    mim_manifest_destroy(manifest);
    refuses(HEAD "must = magic colour\n" FORMAT, "dir/mock.ini: must = colour: this libmim does not know the key");
    refuses(HEAD "must = mag\n" FORMAT, "must = mag:");
}

static void
reports_the_line_and_the_fault(void)
{
    refuses(HEAD "name = again\n" FORMAT, "dir/mock.ini:6: name = again: the key occurs twice");
    refuses(HEAD "priority = high\n" FORMAT, "dir/mock.ini:6: priority = high: expected a number");
    refuses(HEAD "needs = 1\n" FORMAT, "expected MAJOR.MINOR");
    refuses(HEAD "needs = 2.0\n" FORMAT, "different major numbers");
    refuses(HEAD "[format mock]\nmagic = nonsense\n", "dir/mock.ini:7: magic = nonsense");
    refuses(HEAD "[format Mock]\nread = multi\n", "a format's name");
    refuses(HEAD, "no [format NAME]");
    refuses(HEAD "[format mock]\nmagic = 0:47\n", "[format mock] has neither read nor write");
    refuses("[plugin]\nname = mock\nversion = 1\nabi = 1.0\n" FORMAT, "manifest = 1");
    refuses("[plugin]\nmanifest = 2\nname = mock\nversion = 1\nabi = 1.0\n" FORMAT,
            "manifest = 2, and this libmim supports 1");
    refuses("[plugin]\nmanifest = 1\nversion = 1\nabi = 1.0\n" FORMAT, "no name");
    refuses("[plugin]\nmanifest = 1\nname = ../x\nversion = 1\nabi = 1.0\n" FORMAT, "name is made of");
    refuses("[plugin]\nmanifest = 1\nname = mock\nabi = 1.0\n" FORMAT, "no version");
    refuses("[plugin]\nmanifest = 1\nname = mock\nversion = 1\n" FORMAT, "no abi");
    refuses("", "manifest = 1");
}

static void
asks_less_of_a_hint(void)
{
    const char *text = "[plugin]\nmanifest = 1\nname = heif\npackage = p\n[format heif]\nextensions = heic\n";
    struct mim_manifest *manifest = NULL;
    const struct mim_manifest_text whole = { .path = "x", .data = text, .size = strlen(text) };
    assert_int_equal(mim_manifest_parse(&manifest, MIM_MANIFEST_HINT, &whole, NULL), MIM_OK);
    mim_manifest_destroy(manifest);
}

static bool
accepted(struct mim_abi host, struct mim_abi plugin, char *reason)
{
    return mim_abi_accepts(host, plugin, reason, 200);
}

static void
another_major_is_another_abi(void)
{
    char reason[200];
    const struct mim_abi host = { 1, 4, 0 };
    CHECK(!accepted(host, (struct mim_abi){ 2, 0, 0 }, reason));
    CHECK(strstr(reason, "ABI 2.0") && strstr(reason, "has 1.4"));
    CHECK(!accepted(host, (struct mim_abi){ 0, 1, 0 }, reason));
}

static void
requires_the_minor_that_the_plugin_needs(void)
{
    char reason[200];
    const struct mim_abi host = { 1, 3, 0 };
    CHECK(accepted(host, (struct mim_abi){ 1, 0, 0 }, reason));
    CHECK(accepted(host, (struct mim_abi){ 1, 7, 3 }, reason));
    CHECK(!accepted(host, (struct mim_abi){ 1, 7, 4 }, reason));
    CHECK(strstr(reason, "needs ABI 1.4") && strstr(reason, "has 1.3"));
    CHECK(!accepted(host, (struct mim_abi){ 2, 0, 0 }, reason));
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(parses_every_key),
        CASE(fills_in_optional_keys),
        CASE(joins_repeated_lists_and_keeps_unknown_keys_out),
        CASE(suggests_the_nearest_key),
        CASE(refuses_what_must_be_known),
        CASE(reports_the_line_and_the_fault),
        CASE(asks_less_of_a_hint),
        CASE(another_major_is_another_abi),
        CASE(requires_the_minor_that_the_plugin_needs),
    };
    return cmocka_run_group_tests_name("manifest", cases, NULL, NULL);
}
