/* SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <mim/plugin.h>

#include "check.h"
#include "plugin/host.h"
#include "registry/loader.h"
#include "tree.h"

static struct mim_error err;

static enum mim_status
load(const char *path)
{
    const struct mim_plugin *plugin = NULL;
    err = (struct mim_error){ 0 };
    enum mim_status status = mim_loader_load(path, NULL, &mim_host_table, &plugin, &err);
    CHECK((status == MIM_OK) == (plugin != NULL));
    return status;
}

static const char *
module(const char *name)
{
    return tree_path(TEST_PLUGINS, name);
}

static void
is_broken(const char *path, const char *words)
{
    assert_int_equal(load(path), MIM_BROKEN_PLUGIN);
    if (!strstr(err.message, words))
        fail_msg("\"%s\" does not say \"%s\"", err.message, words);
}

static void
loads_a_module_once(void)
{
    const struct mim_plugin *first = NULL, *second = NULL, *third = NULL;
    assert_int_equal(mim_loader_load(module("mock.so"), NULL, &mim_host_table, &first, NULL), MIM_OK);
    assert_string_equal(first->name, "mock");
    assert_int_equal(mim_loader_load(module("mock.so"), NULL, &mim_host_table, &second, NULL), MIM_OK);
    CHECK(first == second);

    char *directory = tree_make();
    CHECK(!symlink(module("mock.so"), tree_path(directory, "other.so")));
    assert_int_equal(mim_loader_load(tree_path(directory, "other.so"), NULL, &mim_host_table, &third, NULL), MIM_OK);
    CHECK(first == third);
    tree_remove(directory);
}

static void
loads_a_module_in_cplusplus(void)
{
    if (access(module("cplusplus.so"), F_OK) < 0)
        skip(); /* built without a C++ compiler */
    assert_int_equal(load(module("cplusplus.so")), MIM_OK);
}

/* The dynamic loader knows the path, and would return the code of the old file. */
static void
refuses_a_file_that_is_not_the_one_that_was_checked(void)
{
    char *directory = tree_make();
    tree_copy(directory, "a.so", module("mock.so"), 1 << 20);
    assert_int_equal(load(tree_path(directory, "a.so")), MIM_OK);
    tree_copy(directory, "b.so", module("mock.so"), 1 << 20);
    CHECK(!rename(tree_path(directory, "b.so"), tree_path(directory, "a.so")));
    is_broken(tree_path(directory, "a.so"), "is not the file that was checked");
    tree_remove(directory);
}

static void
keeps_symbols_to_itself(void)
{
    assert_int_equal(load(module("mock.so")), MIM_OK);
    assert_null(dlsym(RTLD_DEFAULT, "mim_plugin_v1"));
}

static void
refuses_another_abi(void)
{
    is_broken(module("wrong-abi.so"), "ABI 99.7");
    CHECK(strstr(err.message, "this libmim has 1.0"));
}

static void
refuses_structs_that_are_not_ours(void)
{
    is_broken(module("wrong-magic.so"), "0xdeadbeef");
    is_broken(module("small-struct.so"), "struct_size is 24");
    is_broken(module("big-struct.so"), "has ");
    is_broken(module("small-reader.so"), "reader's struct_size");
    is_broken(module("no-prepare.so"), "no prepare");
    is_broken(module("a-function.so"), "has 0 bytes");
}

static void
reports_the_missing_symbol_or_library(void)
{
    is_broken(module("missing-symbol.so"), "does not export mim_plugin_v1");
    is_broken(module("undefined-symbol.so"), "mim_test_nowhere");
    is_broken(module("missing-library.so"), "needs the library libmim-test-absent.so.7, which cannot be found");
}

static void
refuses_files_that_are_no_modules(void)
{
    char *directory = tree_make();
    tree_write(directory, "text.so",
               "hello, this is a text and no module at all, long enough for a header of 64 bytes\n");
    tree_write(directory, "short.so", "hi");
    tree_write(directory, "empty.so", "");
    CHECK(!mkfifo(tree_path(directory, "fifo.so"), 0600));
    is_broken(tree_path(directory, "text.so"), "is not a shared object");
    is_broken(tree_path(directory, "short.so"), "is not a shared object");
    is_broken(tree_path(directory, "empty.so"), "is empty");
    is_broken(tree_path(directory, "fifo.so"), "is not a regular file");
    is_broken(directory, "is not a regular file");
    is_broken(tree_path(directory, "absent.so"), "is missing");
    is_broken("/proc/self/exe", "");
    tree_remove(directory);
}

static void
sees_at_every_length_that_a_module_is_cut_short(void)
{
    char *directory = tree_make();
    struct stat facts;
    CHECK(!stat(module("mock.so"), &facts));
    for (size_t size = 1; size < (size_t)facts.st_size; size = size < 2048 ? size + 7 : size + 1024) {
        tree_copy(directory, "cut.so", module("mock.so"), size);
        assert_int_equal(load(tree_path(directory, "cut.so")), MIM_BROKEN_PLUGIN);
        unlink(tree_path(directory, "cut.so"));
    }
    tree_copy(directory, "cut.so", module("mock.so"), (size_t)facts.st_size - 1);
    is_broken(tree_path(directory, "cut.so"), "cut short");
    tree_remove(directory);
}

static void
refuses_other_machines(void)
{
    char *directory = tree_make();
    tree_copy(directory, "other.so", module("mock.so"), 1 << 20);
    int fd = open(tree_path(directory, "other.so"), O_WRONLY | O_CLOEXEC);
    CHECK(fd >= 0 && pwrite(fd, "\x08\x00", 2, 18) == 2);
    is_broken(tree_path(directory, "other.so"), "another processor");
    uint8_t class = sizeof(void *) == 8 ? 1 : 2;
    CHECK(pwrite(fd, &class, 1, 4) == 1);
    is_broken(tree_path(directory, "other.so"), "-bit module");
    close(fd);
    tree_remove(directory);
}

/* The sanitizers' own memory would be refused as well. gcc and clang say differently that they are at work. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif

#ifndef SANITIZED
enum { NO_LIMIT = 255 }; /* not a status */

/* Whether memory can be mapped in spite of RLIMIT_AS, which qemu-user does not pass to the kernel. */
static bool
can_map_memory(void)
{
    return mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

/* In a child, whose address space is full. */
static void
distinguishes_no_memory_from_a_broken_module(void)
{
    assert_int_equal(load(module("mock.so")), MIM_OK);
    char *directory = tree_make();
    tree_copy(directory, "fresh.so", module("mock.so"), 1 << 20);
    const char *path = tree_path(directory, "fresh.so");
    pid_t child = fork();
    CHECK(child >= 0);
    if (!child) {
        const struct mim_plugin *plugin = NULL;
        const struct rlimit none = { 4096, 4096 };
        if (setrlimit(RLIMIT_AS, &none) == 0 && can_map_memory())
            _exit(NO_LIMIT);
        _exit(mim_loader_load(path, NULL, &mim_host_table, &plugin, NULL));
    }
    int result = 0;
    CHECK(waitpid(child, &result, 0) == child && WIFEXITED(result));
    if (WEXITSTATUS(result) != NO_LIMIT)
        assert_int_equal(WEXITSTATUS(result), MIM_NOMEM);
    assert_int_equal(load(path), MIM_OK);
    tree_remove(directory);
    if (WEXITSTATUS(result) == NO_LIMIT)
        SKIP("the address space cannot be limited here");
}
#endif

static void
does_not_blame_a_module_for_a_lack_of_descriptors(void)
{
    struct rlimit before, none = { 0 };
    CHECK(!getrlimit(RLIMIT_NOFILE, &before));
    none.rlim_max = before.rlim_max;
    CHECK(!setrlimit(RLIMIT_NOFILE, &none));
    enum mim_status status = load(module("mock.so"));
    CHECK(!setrlimit(RLIMIT_NOFILE, &before));
    assert_int_equal(status, MIM_NOMEM);
    assert_int_equal(load(module("mock.so")), MIM_OK);
}

static void
takes_absolute_paths_only(void)
{
    assert_int_equal(load("mock.so"), MIM_ARGUMENT);
}

static void
asks_init_after_the_checks_and_once(void)
{
    is_broken(module("failing-init.so"), "its init failed");
    void *handle = dlopen(module("failing-init.so"), RTLD_NOW | RTLD_NOLOAD);
    const int *calls = handle ? dlsym(handle, "mim_test_init_calls") : NULL;
    CHECK(calls && *calls == 1);
}

static void
checks_plugins_that_are_linked_in(void)
{
    struct mim_plugin plugin = { MIM_PLUGIN_HEADER, .name = "x", .version = "1" };
    assert_int_equal(mim_loader_check(&plugin, "linked in", &err), MIM_BROKEN_PLUGIN);
    CHECK(strstr(err.message, "linked in: it has no formats"));

    static const struct mim_format_ops nothing = { .struct_size = sizeof nothing, .name = "x" };
    static const struct mim_format_ops *const formats[] = { &nothing, NULL };
    plugin.formats = formats;
    assert_int_equal(mim_loader_check(&plugin, "linked in", &err), MIM_BROKEN_PLUGIN);
    CHECK(strstr(err.message, "can neither read nor write"));
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(loads_a_module_once),
        CASE(loads_a_module_in_cplusplus),
        CASE(refuses_a_file_that_is_not_the_one_that_was_checked),
        CASE(keeps_symbols_to_itself),
        CASE(refuses_another_abi),
        CASE(refuses_structs_that_are_not_ours),
        CASE(reports_the_missing_symbol_or_library),
        CASE(refuses_files_that_are_no_modules),
        CASE(sees_at_every_length_that_a_module_is_cut_short),
        CASE(refuses_other_machines),
#ifndef SANITIZED
        CASE(distinguishes_no_memory_from_a_broken_module),
#endif
        CASE(does_not_blame_a_module_for_a_lack_of_descriptors),
        CASE(takes_absolute_paths_only),
        CASE(asks_init_after_the_checks_and_once),
        CASE(checks_plugins_that_are_linked_in),
    };
    return cmocka_run_group_tests_name("loader", cases, NULL, NULL);
}
