/* SPDX-License-Identifier: MIT */
#include "base/context-priv.h"
#include "base/cpus.h"
#include "registry/config.h"

#include <limits.h>

#include "failing-memory.h"
#include "tree.h"

static struct mim_config *
config_of(const char *text)
{
    struct mim_config *config = mim_config_create();
    CHECK(config);
    assert_int_equal(mim_config_add_text(config, text, NULL), MIM_OK);
    return config;
}

static bool
denies(const struct mim_config *config, const char *plugin, const char *license, const char *format)
{
    char reason[300];
    return mim_config_denies(config, &(struct mim_policy_subject){ plugin, license, format, NULL }, reason, sizeof reason);
}

static void
denies_by_plugin_format_and_license(void)
{
    struct mim_config *config = config_of("[policy]\ndeny = pdf plugin:ghost format:mp4\ndeny = license:GPL*\n");
    CHECK(denies(config, "pdf", "MIT", NULL));
    CHECK(denies(config, NULL, NULL, "pdf"));
    CHECK(denies(config, "ghost", NULL, NULL) && !denies(config, NULL, NULL, "ghost"));
    CHECK(denies(config, NULL, NULL, "mp4") && !denies(config, "mp4", NULL, NULL));
    CHECK(denies(config, "x", "gpl-2.0-or-later", NULL));
    CHECK(!denies(config, "gif", "MIT", "gif"));
    mim_config_destroy(config);
}

static void
reports_file_and_line_of_a_denial(void)
{
    char *directory = tree_make(), reason[300];
    tree_write(directory, "mim.conf", "# policy\n\n[plugin pdf]\nenabled = no\n");
    struct mim_config *config = mim_config_create();
    CHECK(mim_config_read_file(config, tree_path(directory, "mim.conf"), false));
    CHECK(mim_config_denies(config, &(struct mim_policy_subject){ .plugin = "pdf" }, reason, sizeof reason));
    CHECK(strstr(reason, "/mim.conf:4: [plugin pdf] enabled = no"));
    mim_config_destroy(config);
    tree_remove(directory);
}

static void
does_not_loosen_earlier_files(void)
{
    struct mim_config *config = config_of("[plugin PDF]\nenabled = no\n[limit]\nmemory = 1MB\nframes = 10\n");
    assert_int_equal(
        mim_config_add_text(config, "[plugin pdf]\nenabled = yes\n[limit]\nmemory = off\nframes = 5\n", NULL), MIM_OK);
    CHECK(denies(config, "pdf", NULL, NULL));
    struct mim_limits limits = { 0 };
    mim_config_limit(config, &limits);
    assert_int_equal(limits.result_bytes, 1000000);
    assert_int_equal(limits.frames, 5);
    assert_int_equal(limits.metadata_bytes, 0);
    mim_config_destroy(config);
}

static void
tightens_limits_that_a_call_sets(void)
{
    struct mim_config *config = config_of("[limit]\nseconds = 1.5\npixels = 1000\nworking = 2MiB\nmetadata = 1kB\n");
    struct mim_limits limits = { .milliseconds = 60000, .frame_pixels = 10, .working_bytes = MIM_NO_LIMIT };
    mim_config_limit(config, &limits);
    assert_int_equal(limits.milliseconds, 1500);
    assert_int_equal(limits.frame_pixels, 10);
    assert_int_equal(limits.working_bytes, 2 << 20);
    assert_int_equal(limits.metadata_bytes, 1000);
    mim_config_destroy(config);
}

static void
the_nearest_preference_wins(void)
{
    struct mim_config *config = config_of("[prefer]\ngif = a b\ntiff = c\n");
    assert_int_equal(mim_config_add_text(config, "[prefer]\ngif = b\n", NULL), MIM_OK);
    assert_string_equal(mim_config_prefers(config, "gif"), "b");
    assert_string_equal(mim_config_prefers(config, "tiff"), "c");
    assert_null(mim_config_prefers(config, "png"));
    mim_config_destroy(config);
}

static void
refuses_the_text_of_a_program_whole(void)
{
    static const struct {
        const char *text, *words;
    } wrong[] = {
        { "[policy]\ndeny = pdf\nalow = gif\n", "context:3: [policy] alow = gif: [policy] has allow and deny only" },
        { "[policy]\ndeny = gif,pdf\n", "context:2: [policy] deny = gif,pdf: names are separated by blanks, not by commas" },
        { "[policy]\ndeny = licence:GPL*\n", "expected NAME, plugin:NAME, format:NAME, scheme:NAME or license:PATTERN" },
        { "[policy]\nallow =\n", "expected names" },
        { "[polcy]\ndeny = pdf\n", "no such section" },
        { "[limit]\nmemory = lots\n", "expected a limit such as 512MB" },
        { "[limit]\nseconds = -1\n", "expected a limit" },
        { "[limit]\nfoo = 1\n", "[limit] has memory" },
        { "[plugin pdf]\nenabled = perhaps\n", "yes or no" },
        { "[policy]\ndeny pdf\n", "context:2:" },
        { "deny = pdf\n", "no such section" },
    };
    struct mim_config *config = mim_config_create();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct mim_error err = { 0 };
        assert_int_equal(mim_config_add_text(config, wrong[i].text, &err), MIM_OPTION);
        if (!strstr(err.message, wrong[i].words))
            fail_msg("\"%s\" does not say \"%s\"", err.message, wrong[i].words);
    }
    CHECK(!denies(config, "pdf", NULL, NULL));
    assert_null(mim_config_value(config, 0));
    assert_null(mim_config_file(config, 0));
    assert_null(mim_config_diagnostic(config, 0));
    mim_config_destroy(config);
}

static void
keeps_the_good_lines_of_a_file(void)
{
    char *directory = tree_make();
    tree_write(directory, "mim.conf", "[policy]\nnonsense\ndeny = pdf\n");
    struct mim_config *config = mim_config_create();
    CHECK(mim_config_read_file(config, tree_path(directory, "mim.conf"), false));
    CHECK(mim_config_read_file(config, tree_path(directory, "absent.conf"), false));
    CHECK(denies(config, "pdf", NULL, NULL));
    CHECK(strstr(mim_config_diagnostic(config, 0), "/mim.conf:2: "));
    assert_null(mim_config_diagnostic(config, 1));
    CHECK(strstr(mim_config_value(config, 0), "policy deny = pdf ("));
    CHECK(strstr(mim_config_value(config, 0), "/mim.conf:3)"));
    mim_config_destroy(config);
    tree_remove(directory);
}

static void
allows_what_every_file_lists(void)
{
    struct mim_config *config = config_of("[policy]\nallow = gif\nallow = license:MIT plugin:pd?\n");
    CHECK(!denies(config, "gif", "GPL", "gif") && !denies(config, "x", "mit", "png") && !denies(config, "pdf", "GPL", "pdf"));
    CHECK(!denies(config, "x", "GPL", "gif") && !denies(config, "gif", "GPL", "x")); /* a bare word is either name */
    CHECK(denies(config, "x", "GPL", "pdf") && denies(config, "x", NULL, "png"));
    CHECK(!denies(config, "x", "GPL", NULL)); /* one of its formats may be allowed */

    assert_int_equal(mim_config_add_text(config, "[policy]\nallow = gif png\ndeny = plugin:bad\n", NULL), MIM_OK);
    CHECK(!denies(config, "gif", "GPL", "gif") && !denies(config, "x", "MIT", "png"));
    CHECK(denies(config, "pdf", "GPL", "pdf") && denies(config, "bad", "MIT", "png"));
    mim_config_destroy(config);
}

/* The fault of a file with this text, with its line; "" if there is none. */
static const char *
fault_of(const char *text, bool is_users)
{
    static char fault[400];
    char *directory = tree_make();
    tree_write(directory, "mim.conf", text);
    struct mim_config *config = mim_config_create();
    CHECK(mim_config_read_file(config, tree_path(directory, "mim.conf"), is_users));
    const char *found = mim_config_fault(config), *slash = found ? strrchr(found, '/') : NULL;
    snprintf(fault, sizeof fault, "%s", slash ? slash + 1 : "");
    mim_config_destroy(config);
    tree_remove(directory);
    return fault;
}

static void
fails_closed_where_a_policy_cannot_be_understood(void)
{
    static const struct {
        const char *text, *fault;
    } wrong[] = {
        { "[policy]\nalow = gif\n", "mim.conf:2: [policy] alow = gif: [policy] has allow and deny only" },
        { "[policy]\n\ndeny = a,b\n", "mim.conf:3: [policy] deny = a,b: names are separated by blanks" },
        { "[policy]\ndeny pdf\n", "mim.conf:2: neither [SECTION] nor KEY = VALUE" },
        { "deny = pdf\n", "mim.conf:1: [] deny = pdf: no such section" },
        { "[limit]\nmemory = lots\n", "mim.conf:2: [limit] memory = lots: expected a limit" },
        { "[limit]\nmemroy = 1MB\n", "mim.conf:2: [limit] memroy = 1MB: [limit] has memory" },
        { "[plugin pdf]\nenable = no\n", "mim.conf:2: [plugin pdf] enable = no: [plugin NAME] has enabled only" },
    };
    for (size_t i = 0; i < 2 * sizeof wrong / sizeof *wrong; i++) {
        const char *found = fault_of(wrong[i / 2].text, i % 2);
        if (strncmp(found, wrong[i / 2].fault, strlen(wrong[i / 2].fault)))
            fail_msg("\"%s\" is not \"%s\"", found, wrong[i / 2].fault);
    }
    char text[300] = "[prefer]\ngif = ";
    memset(text + strlen(text), 'x', 200);
    CHECK(strstr(fault_of(text, true), "mim.conf:2: a line of 206 bytes, and the limit is 199"));
    CHECK(strstr(fault_of("[Policy]\ndeny = pdf\n", false), "mim.conf:2: [Policy] deny = pdf: no such section"));
    CHECK(strstr(fault_of("[polcy]\ndeny = pdf\n", false), "mim.conf:2: [polcy] deny = pdf: no such section"));
    assert_string_equal(fault_of("[policy]\ndeny = pdf\n[prefer]\ngif = a\n", false), "");
}

static void
fails_closed_where_a_file_cannot_be_read(void)
{
    char *directory = tree_make(), text[70000];
    memset(text, '#', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    CHECK(!mkdir(tree_path(directory, "a.conf"), 0755) && !symlink("nowhere", tree_path(directory, "b.conf")) &&
          !symlink("c.conf", tree_path(directory, "c.conf")));
    tree_write(directory, "d.conf", text);
    tree_write(directory, "e.conf", "[policy]\n");
    CHECK(!chmod(tree_path(directory, "e.conf"), 0));
    static const char *const words[] = { "/a.conf: Is a directory", "/b.conf: No such file", "/c.conf: Too many levels",
                                         "/d.conf: more than", "/e.conf: Permission denied" };
    struct mim_config *config = mim_config_create();
    CHECK(mim_config_read_directory(config, directory));
    for (size_t i = 0; i < sizeof words / sizeof *words - (geteuid() == 0); i++)
        CHECK(strstr(mim_config_diagnostic(config, i), words[i]));
    CHECK(strstr(mim_config_fault(config), words[0]));
    mim_config_destroy(config);
    config = mim_config_create();
    CHECK(mim_config_read_directory(config, tree_path(directory, "absent")) && !mim_config_fault(config));
    mim_config_destroy(config);
    tree_remove(directory);
}

static void
an_unknown_section_voids_the_preferences_of_the_users_file(void)
{
    char *directory = tree_make();
    tree_write(directory, "mim.conf", "[prefer]\ngif = a\n[policy]\ndeny = pdf\n[later]\nx = 1\ny = 2\n[prefer]\ntiff = b\n");
    struct mim_config *config = config_of("[prefer]\ngif = early\n");
    CHECK(mim_config_read_file(config, tree_path(directory, "mim.conf"), true));
    assert_null(mim_config_fault(config));
    CHECK(strstr(mim_config_diagnostic(config, 0),
                 "/mim.conf:6: no such section: [later]; [prefer] in this file is ignored"));
    assert_null(mim_config_diagnostic(config, 1));
    assert_string_equal(mim_config_prefers(config, "gif"), "early");
    assert_null(mim_config_prefers(config, "tiff"));
    CHECK(denies(config, "pdf", NULL, NULL));
    mim_config_destroy(config);
    tree_remove(directory);
}

static void
reads_a_directory_in_the_order_of_names(void)
{
    char *directory = tree_make();
    tree_write(directory, "20-b.conf", "[prefer]\ngif = late\n");
    tree_write(directory, "10-a.conf", "[prefer]\ngif = early\n");
    tree_write(directory, "30-c.conf.dpkg-new", "[prefer]\ngif = never\n");
    tree_write(directory, ".40.conf", "[prefer]\ngif = never\n");
    struct mim_config *config = mim_config_create();
    CHECK(mim_config_read_directory(config, directory));
    assert_string_equal(mim_config_prefers(config, "gif"), "late");
    CHECK(strstr(mim_config_file(config, 0), "10-a.conf") && strstr(mim_config_file(config, 1), "20-b.conf"));
    assert_null(mim_config_file(config, 2));
    mim_config_destroy(config);
    tree_remove(directory);
}

static void
reads_the_users_file_unless_disabled(void)
{
    char *directory = tree_make();
    tree_subdirectory(directory, "mim-1");
    tree_write(directory, "mim-1/mim.conf", "[prefer]\ngif = mine\n");
    CHECK(!setenv("XDG_CONFIG_HOME", directory, 1));
    struct mim_config *config = mim_config_load(&(struct mim_context_options){ .no_system = 1 });
    assert_string_equal(mim_config_prefers(config, "gif"), "mine");
    mim_config_destroy(config);
    config = mim_config_load(&(struct mim_context_options){ .no_system = 1, .no_config = 1 });
    assert_null(mim_config_prefers(config, "gif"));
    mim_config_destroy(config);
    unsetenv("XDG_CONFIG_HOME");
    tree_remove(directory);
}

static void
gives_a_context_its_limits(void)
{
    struct mim_context *context = NULL;
    struct mim_limits limits;
    assert_int_equal(
        mim_context_create(&context, &(struct mim_context_options){ .no_system = 1, .no_config = 1 }, NULL), MIM_OK);
    assert_int_equal(mim_context_limits(context, NULL, 256000000, &limits, NULL), MIM_OK);
    assert_int_equal(limits.result_bytes, 256000000);
    assert_int_equal(limits.working_bytes, 0);
    assert_int_equal(limits.frame_pixels, UINT64_C(1) << 31);
    assert_int_equal(limits.frames, 1000000);
    assert_int_equal(limits.metadata_bytes, 64 << 20);

    assert_int_equal(mim_context_configure(context, "[limit]\nmemory = 1GB\n", NULL), MIM_OK);
    mim_context_limits(context, NULL, 256000000, &limits, NULL);
    assert_int_equal(limits.result_bytes, 1000000000);
    mim_context_limits(context, &(struct mim_limits){ .result_bytes = MIM_NO_LIMIT }, 1, &limits, NULL);
    assert_int_equal(limits.result_bytes, 1000000000);
    mim_context_limits(context, &(struct mim_limits){ .result_bytes = 7 }, 1, &limits, NULL);
    assert_int_equal(limits.result_bytes, 7);
    mim_context_destroy(context);
}

static void
sets_threads(void)
{
    struct mim_context *context = NULL;
    assert_int_equal(mim_context_create(&context, NULL, NULL), MIM_OK);
    assert_int_equal(mim_context_threads(context), 1);
    assert_int_equal(mim_context_set_threads(context, 3, NULL), MIM_OK);
    assert_int_equal(mim_context_threads(context), 3);
    assert_int_equal(mim_context_set_threads(context, 1000000, NULL), MIM_ARGUMENT);
    assert_int_equal(mim_context_threads(context), 3);
    assert_int_equal(mim_context_set_threads(context, 0, NULL), MIM_OK);
    CHECK(mim_context_threads(context) == mim_usable_threads() && mim_usable_threads() >= 1);
    setenv("SLURM_CPUS_PER_TASK", "1", 1);
    assert_int_equal(mim_usable_threads(), 1);
    unsetenv("SLURM_CPUS_PER_TASK");
    mim_context_destroy(context);
}

static void
heeds_the_quotas_of_both_cgroups(void)
{
    char *directory = tree_make();
    tree_write(directory, "list", "0::/a/b\n");
    tree_subdirectory(directory, "a");
    tree_subdirectory(directory, "a/b");
    CHECK(mim_cpus_cgroup(tree_path(directory, "list"), directory) == UINT_MAX);
    tree_write(directory, "a/b/cpu.max", "max 100000\n");
    CHECK(mim_cpus_cgroup(tree_path(directory, "list"), directory) == UINT_MAX);
    tree_write(directory, "a/cpu.max", "250000 100000\n");
    assert_int_equal(mim_cpus_cgroup(tree_path(directory, "list"), directory), 3);
    tree_write(directory, "cpu.max", "50000 100000\n");
    assert_int_equal(mim_cpus_cgroup(tree_path(directory, "list"), directory), 1);

    tree_write(directory, "list", "4:memory:/a\n3:cpu,cpuacct:/v1\n");
    tree_subdirectory(directory, "cpu,cpuacct");
    tree_subdirectory(directory, "cpu,cpuacct/v1");
    tree_write(directory, "cpu,cpuacct/v1/cpu.cfs_quota_us", "200000\n");
    tree_write(directory, "cpu,cpuacct/v1/cpu.cfs_period_us", "100000\n");
    assert_int_equal(mim_cpus_cgroup(tree_path(directory, "list"), directory), 2);
    tree_write(directory, "cpu,cpuacct/v1/cpu.cfs_quota_us", "-1\n");
    CHECK(mim_cpus_cgroup(tree_path(directory, "list"), directory) == UINT_MAX);
    CHECK(mim_cpus_cgroup("/absent", directory) == UINT_MAX);
    tree_remove(directory);
}

static bool
configure(void)
{
    struct mim_context *context = NULL;
    enum mim_status status =
        mim_context_create(&context, &(struct mim_context_options){ .no_system = 1, .no_config = 1 }, NULL);
    if (status == MIM_OK)
        status = mim_context_configure(context, "[policy]\ndeny = pdf\n[prefer]\ngif = a b\n", NULL);
    CHECK(status == MIM_OK || status == MIM_NOMEM);
    mim_context_destroy(context);
    return status == MIM_OK;
}

static void
survives_every_lack_of_memory(void)
{
    CHECK(memory_try_all(configure) > 5);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(denies_by_plugin_format_and_license),
        CASE(reports_file_and_line_of_a_denial),
        CASE(does_not_loosen_earlier_files),
        CASE(tightens_limits_that_a_call_sets),
        CASE(the_nearest_preference_wins),
        CASE(refuses_the_text_of_a_program_whole),
        CASE(keeps_the_good_lines_of_a_file),
        CASE(allows_what_every_file_lists),
        CASE(fails_closed_where_a_policy_cannot_be_understood),
        CASE(fails_closed_where_a_file_cannot_be_read),
        CASE(an_unknown_section_voids_the_preferences_of_the_users_file),
        CASE(reads_a_directory_in_the_order_of_names),
        CASE(reads_the_users_file_unless_disabled),
        CASE(gives_a_context_its_limits),
        CASE(sets_threads),
        CASE(heeds_the_quotas_of_both_cgroups),
        CASE(survives_every_lack_of_memory),
    };
    return cmocka_run_group_tests_name("config", cases, NULL, NULL);
}
