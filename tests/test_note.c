/* SPDX-License-Identifier: MIT */
/* The note in a module, which is compared with the manifest before the module is loaded. */
#include <elf.h>
#include <link.h>

#include <mim/kit/entry.h>

#include "check.h"
#include "plugin/host.h"
#include "registry-tree.h"
#include "registry/registry.h"

#define GPL "license = GPL-3.0-only\n"

static void
use(const char *name, const char *format, const char *more)
{
    setup();
    install(root, name, format, more);
    again();
}

static void
configure(const char *text)
{
    assert_int_equal(mim_context_configure(context, text, NULL), MIM_OK);
}

static void
accepts_a_note_that_agrees(void)
{
    use("noted", "mock", GPL);
    assert_int_equal(state_of("noted"), MIM_PLUGIN_READY);
    assert_int_equal(mim_context_load_plugin(context, "noted", &err), MIM_OK);
    teardown();
}

/* The manifest, whose other lines agree, with one line replaced. */
static void
is_refused(const char *more, const char *line, const char *replacement, const char *words)
{
    char text[900];
    setup();
    install(root, "noted", "mock", more);
    manifest_text(text, sizeof text, "noted", "mock", more);
    char *at = strstr(text, line), *rest = at ? strdup(at + strlen(line)) : NULL;
    CHECK(rest);
    sprintf(at, "%s%s", replacement, rest);
    free(rest);
    tree_write(root, "noted.ini", text);
    again();
    assert_int_equal(state_of("noted"), MIM_PLUGIN_BROKEN); /* a listing is enough */
    if (!strstr(reason_of("noted"), words))
        fail_msg("\"%s\" does not say \"%s\"", reason_of("noted"), words);
    again();
    assert_int_equal(mim_context_load_plugin(context, "noted", &err), MIM_BROKEN_PLUGIN);
    says_part(words);
    CHECK(!maps_hold(root));
    teardown();
}

static void
refuses_each_claim_that_differs_without_running_code(void)
{
    is_refused(GPL, "version = 1.0", "version = 1.1", "noted.ini says version = 1.1, and ");
    is_refused(GPL, "license = GPL-3.0-only", "license = MIT", "noted.so says GPL-3.0-only");
    is_refused(GPL, "license = GPL-3.0-only", "", "noted.ini says license = nothing, and ");
    is_refused(GPL, "[format mock]", "[format other]", "says formats = other:r, and ");
    is_refused(GPL, "read = multi", "write = multi", "says formats = mock:w, and ");
    is_refused(GPL, "read = multi", "read = multi\nwrite = multi", "noted.so says mock:r");
}

static void
denies_the_license_of_the_binary(void)
{
    use("noted", "mock", GPL);
    configure("[policy]\ndeny = license:GPL*\n");
    assert_int_equal(state_of("noted"), MIM_PLUGIN_DISABLED);
    teardown();

    use("noted", "mock", "license = MIT\n");
    configure("[policy]\ndeny = license:GPL*\n");
    assert_int_equal(state_of("noted"), MIM_PLUGIN_BROKEN);
    CHECK(strstr(reason_of("noted"), "license = MIT") && strstr(reason_of("noted"), "GPL-3.0-only"));
    teardown();

    use("noted", "mock", GPL);
    configure("[policy]\ndeny = license:LGPL*\n");
    assert_int_equal(state_of("noted"), MIM_PLUGIN_READY);
    teardown();
}

static void
denies_unknown_licenses_by_any_rule_for_licenses(void)
{
    use("mock", "mock", "");
    assert_int_equal(mim_context_load_plugin(context, "mock", &err), MIM_OK);
    again();
    configure("[policy]\ndeny = license:LGPL*\n");
    assert_int_equal(state_of("mock"), MIM_PLUGIN_DISABLED);
    CHECK(strstr(reason_of("mock"), "deny = license:LGPL*"));
    teardown();

    use("mock", "mock", "license = MIT\n");
    configure("[policy]\ndeny = license:LGPL*\n");
    assert_int_equal(state_of("mock"), MIM_PLUGIN_DISABLED);
    CHECK(strstr(reason_of("mock"), "/mock.so has no note with its license"));
    teardown();
}

static void
compares_the_struct_of_a_module_without_a_note(void)
{
    use("mock", "mock", "license = MIT\n");
    assert_int_equal(state_of("mock"), MIM_PLUGIN_READY);
    assert_int_equal(mim_context_load_plugin(context, "mock", &err), MIM_BROKEN_PLUGIN);
    says_part("mock.ini says license = MIT, and ");
    says_part("mock.so says nothing");
    teardown();
}

/* The offset of our note in the file. */
static size_t
find_note(const uint8_t *data, size_t size)
{
    ElfW(Nhdr) head;
    for (size_t at = 0; at + sizeof head + 4 < size; at += 4) {
        memcpy(&head, data + at, sizeof head);
        if (head.n_namesz == 4 && head.n_type == MIM_NOTE_TYPE && !memcmp(data + at + sizeof head, "mim", 4))
            return at;
    }
    fail_msg("no note");
    return 0;
}

/* Values of 32 bits, each at every place of the note's head, and of the segments' and the file's headers. */
static void
survives_every_lie_about_sizes(void)
{
    static const uint32_t lies[] = { 0, 1, 3, 5, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff };
    uint8_t data[1 << 17];
    use("noted", "mock", GPL);
    FILE *file = fopen(tree_path(root, "noted.so"), "r+b");
    CHECK(file);
    size_t size = fread(data, 1, sizeof data, file), note = find_note(data, size), head = sizeof(ElfW(Ehdr)) + 12 * sizeof(ElfW(Phdr));
    for (size_t at = 16; at < note + 64; at = at + 4 == head ? note : at + 4)
        for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
            fseek(file, (long)at, SEEK_SET);
            fwrite(&lies[i], 1, 4, file);
            fflush(file);
            again();
            state_of("noted");
            fseek(file, (long)at, SEEK_SET);
            fwrite(data + at, 1, 4, file);
            fflush(file);
        }
    again();
    assert_int_equal(state_of("noted"), MIM_PLUGIN_READY);
    fclose(file);
    teardown();
}

static void
refuses_a_note_that_is_not_a_text(void)
{
    uint8_t data[1 << 17];
    use("noted", "mock", GPL);
    FILE *file = fopen(tree_path(root, "noted.so"), "r+b");
    CHECK(file);
    size_t note = find_note(data, fread(data, 1, sizeof data, file));
    fseek(file, (long)note + 12 + 4 + 9, SEEK_SET);
    fputc(0, file);
    fclose(file);
    again();
    assert_int_equal(state_of("noted"), MIM_PLUGIN_BROKEN);
    CHECK(strstr(reason_of("noted"), "its note is not a text"));
    teardown();
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(accepts_a_note_that_agrees),
        CASE(refuses_each_claim_that_differs_without_running_code),
        CASE(denies_the_license_of_the_binary),
        CASE(denies_unknown_licenses_by_any_rule_for_licenses),
        CASE(compares_the_struct_of_a_module_without_a_note),
        CASE(survives_every_lie_about_sizes),
        CASE(refuses_a_note_that_is_not_a_text),
    };
    return cmocka_run_group_tests_name("note", cases, NULL, NULL);
}
