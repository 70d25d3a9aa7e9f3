/* SPDX-License-Identifier: MIT */
/* Transports: which plugin reads a scheme, and a transport at work. */
#include "base/cancel.h"
#include "base/context-priv.h"
#include "plugin/job.h"
#include "plugin/operation.h"
#include "registry-tree.h"
#include "transport/resolve.h"

#define SIZE 3000000u
#define MANIFEST "[plugin]\nmanifest = 1\nname = far\nversion = 1\nabi = 1.0\n"
#define SCHEMES "[scheme far]\ntitle = Far\n[scheme farther]\ntitle = Farther\n"

static unsigned opened, closed, reads;
static char *got_uri;
static bool is_missing;

/* The last part of the URI says how the transport behaves. */
static bool
is_about(const char *word)
{
    return strstr(got_uri, word) != NULL;
}

static int32_t
far_open(struct mim_job *job, const char *uri, struct mim_transport_info *info)
{
    const struct mim_host *host = job->host;
    free(got_uri);
    got_uri = strdup(uri);
    opened++;
    *(uint8_t **)job->state = host->resize(job, NULL, 0, 1000);
    host->log(job, MIM_LOG_INFO, "opening");
    if (is_about("missing"))
        info->flags = MIM_TRANSPORT_MISSING;
    if (is_about("missing") || is_about("refused"))
        return (host->fail)(job, MIM_IO, 7, "nothing is there");
    if (is_about("ends"))
        return MIM_END;
    info->flags = is_about("ranges") ? MIM_TRANSPORT_RANGES : 0;
    if (!is_about("unknown"))
        info->size = SIZE;
    return host->notice(job, MIM_NOTICE_NAME, "far away");
}

/* No call but those of the job itself does anything. */
static void
other_calls_fail(struct mim_job *job)
{
    const struct mim_host *host = job->host;
    char text[4];
    CHECK(host->read_at(job, text, 4, 0) < 0 && host->size(job) == MIM_UNKNOWN && !host->view(job, 0, 4));
    CHECK(host->meta(job, "a", MIM_META_TEXT, "b", 1) != MIM_OK && host->emit(job, "a", 1) != MIM_OK);
    CHECK(host->patch(job, "a", 1, 0) != MIM_OK && host->read_back(job, text, 1, 0) < 0 && host->tell(job) == 0);
    CHECK(host->open_source(job, 1) < 0 && !host->offered(job, 1, 0));
    CHECK(host->limit(job, MIM_LIMIT_WORKING) > 0 && host->flags(job) == 0);
}

static int64_t
far_read(struct mim_job *job, void *data, uint64_t size, uint64_t offset)
{
    reads++;
    if (is_about("calls"))
        other_calls_fail(job);
    if (is_about("breaks") && offset)
        return -(job->host->fail)(job, MIM_IO, offset, "the connection broke");
    if (is_about("boasts"))
        return (int64_t)size + 1;
    if (is_about("waits")) {
        mim_cancel_request(((struct mim_cancel *)(uintptr_t)strtoull(strrchr(got_uri, '/') + 1, NULL, 10)));
        while (job->host->poll(job) == MIM_OK) {
        }
        return 0;
    }
    if (offset >= SIZE)
        return 0;
    uint64_t n = SIZE - offset < size ? SIZE - offset : size;
    memset(data, 'x', n);
    return (int64_t)n;
}

static void
far_close(struct mim_job *job)
{
    closed++;
    job->host->resize(job, *(uint8_t **)job->state, 1000, 0);
    job->host->log(job, MIM_LOG_INFO, "closing");
}

static const struct mim_transport_ops far_ops = {
    .struct_size = sizeof far_ops,
    .schemes = "far farther",
    .state_size = sizeof(uint8_t *),
    .open = far_open,
    .read = far_read,
    .close = far_close,
};
static const struct mim_transport_ops *const transports[] = { &far_ops, NULL };
static const struct mim_plugin far = { MIM_PLUGIN_HEADER, .name = "far", .version = "1", .transports = transports };

static struct mim_operation operation;
static struct mim_control control;

static void
begin(void)
{
    setup();
    assert_int_equal(mim_context_add_plugin(context, &far, MANIFEST SCHEMES, NULL), MIM_OK);
    control = (struct mim_control){ 0 };
    opened = closed = reads = 0;
}

static enum mim_status
resolve(const char *uri, const char *plugins)
{
    struct mim_source *source;
    err = (struct mim_error){ 0 };
    assert_int_equal(mim_operation_init(&operation, context, &control, NULL), MIM_OK);
    assert_int_equal(mim_source_open_path(&source, uri, NULL), MIM_OK);
    operation.allowed.plugins = plugins;
    enum mim_status status = mim_source_resolve(&operation, &source, &is_missing, &err);
    CHECK(mim_source_is_located(source) == (status != MIM_OK));
    mim_operation_take_source(&operation, source);
    return status;
}

static void
finish(void)
{
    mim_operation_clear(&operation);
    CHECK(opened == closed && !mim_memory_budget_used(&operation.budget));
}

static void
stop(void)
{
    finish();
    teardown();
}

static void
refuses(const char *uri, const char *plugins, enum mim_status status, const char *message)
{
    assert_int_equal(resolve(uri, plugins), status);
    if (!strstr(err.message, message))
        fail_msg("\"%s\" does not say \"%s\"", err.message, message);
    finish();
}

/* The flags that a reader of the source gets. */
static uint32_t
flags_of_readers(void)
{
    struct mim_core_job job;
    assert_int_equal(mim_job_init(&job, &operation, NULL, 0, 1, NULL), MIM_OK);
    uint32_t flags = job.abi.host->flags(&job.abi);
    mim_job_clear(&job);
    return flags;
}

static void
readers_know_that_ranges_are_remote(void)
{
    begin();
    assert_int_equal(resolve("far://host/ranges", NULL), MIM_OK);
    CHECK(flags_of_readers() == MIM_HOST_REMOTE);
    finish();
    assert_int_equal(resolve("far://host/x", NULL), MIM_OK);
    CHECK(flags_of_readers() == 0); /* everything is fetched anyway */
    stop();
}

static void
ranges_are_read_anywhere_with_few_calls(void)
{
    char text[100];
    begin();
    assert_int_equal(resolve("FAR://me:secret@host/ranges.tif?secret", NULL), MIM_OK);
    assert_string_equal(got_uri, "FAR://me:secret@host/ranges.tif?secret");
    assert_string_equal(mim_source_name(operation.source), "FAR://host/ranges.tif");
    CHECK(!mim_source_is_stream(operation.source) && mim_source_known_size(operation.source) == SIZE);
    for (uint64_t i = 0; i < 100; i++)
        assert_int_equal(mim_source_read_at(operation.source, text, sizeof text, SIZE - 10 - i, NULL), i + 10 < 100 ? i + 10 : 100);
    CHECK(reads <= 2 && mim_memory_budget_used(&operation.budget) > 1000);
    finish();
    assert_int_equal(resolve("farther://host/calls", NULL), MIM_OK);
    CHECK(mim_source_is_stream(operation.source) && mim_source_read_at(operation.source, text, 1, 5, &err) == 1);
    stop();
}

static void
streams_are_spooled(void)
{
    uint64_t size;
    char byte = 0;
    begin();
    assert_int_equal(resolve("far://host/x.gif", NULL), MIM_OK);
    CHECK(mim_source_is_stream(operation.source) && mim_source_known_size(operation.source) == MIM_UNKNOWN);
    CHECK(mim_source_read_at(operation.source, &byte, 1, 100000, NULL) == 1 && byte == 'x');
    CHECK(mim_source_read_at(operation.source, &byte, 1, 3, NULL) == 1);
    CHECK(mim_source_size(operation.source, &size, NULL) == MIM_OK && size == SIZE);
    stop();
}

static void
failures_have_the_name_and_no_secret(void)
{
    char byte;
    begin();
    refuses("far://me:secret@host/missing?secret", NULL, MIM_IO, "far://host/missing: nothing is there");
    assert_string_equal(err.plugin, "far");
    CHECK(err.offset == 7 && is_missing);
    refuses("far://host/refused", NULL, MIM_IO, "far://host/refused: nothing is there");
    CHECK(!is_missing);
    refuses("far://host/ends", NULL, MIM_BROKEN_PLUGIN, "far://host/ends: the plugin's open() returned 1");
    refuses("far://host/ranges/unknown", NULL, MIM_BROKEN_PLUGIN, "without a size");
    assert_int_equal(resolve("far://host/breaks", NULL), MIM_OK);
    CHECK(mim_source_read_at(operation.source, &byte, 1, 65535, &err) == 1);
    for (int i = 0; i < 2; i++) {
        CHECK(mim_source_read_at(operation.source, &byte, 1, 65536, &err) == -MIM_IO);
        assert_string_equal(err.message, "far://host/breaks: the connection broke");
    }
    finish();
    assert_int_equal(resolve("far://host/boasts", NULL), MIM_OK);
    CHECK(mim_source_read_at(operation.source, &byte, 1, 0, &err) == -MIM_BROKEN_PLUGIN);
    stop();
}

static void
waiting_ends_when_the_job_does(void)
{
    struct mim_cancel *cancel;
    char uri[80], byte;
    begin();
    CHECK((cancel = mim_cancel_create()));
    control.cancel = cancel;
    snprintf(uri, sizeof uri, "far://host/ranges/waits/%llu", (unsigned long long)(uintptr_t)cancel);
    assert_int_equal(resolve(uri, NULL), MIM_OK);
    CHECK(mim_source_read_at(operation.source, &byte, 1, 0, &err) == -MIM_CANCELLED);
    stop();
    mim_cancel_destroy(cancel);
}

static void
policies_forbid_schemes_and_plugins(void)
{
    static const struct {
        const char *conf, *uri;
        bool denied;
    } cases[] = {
        { "[policy]\ndeny = scheme:far\n", "far://host/x", true },
        { "[policy]\ndeny = scheme:far\n", "farther://host/x", false },
        { "[policy]\ndeny = scheme:*\n", "farther://host/x", true },
        { "[policy]\ndeny = plugin:far\n", "farther://host/x", true },
        { "[plugin far]\nenabled = no\n", "far://host/x", true },
        { "[policy]\nallow = scheme:far\n", "far://host/x", false },
        { "[policy]\nallow = scheme:far\n", "farther://host/x", true },
        { "[policy]\nallow = format:*\n", "far://host/x", true },
        { "[policy]\nallow = far\n", "farther://host/x", false },
        { "[policy]\ndeny = scheme:fra\n", "far://host/x", true }, /* nothing is called so */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin();
        assert_int_equal(mim_context_configure(context, cases[i].conf, NULL), MIM_OK);
        assert_int_equal(resolve(cases[i].uri, NULL), cases[i].denied ? MIM_DISABLED : MIM_OK);
        CHECK(!cases[i].denied || (strstr(err.message, ":2: ") && !opened));
        stop();
    }
    begin();
    refuses("far://host/x", "gif tiff", MIM_DISABLED, "only these plugins are allowed: gif tiff");
    assert_int_equal(resolve("far://host/x", "gif far"), MIM_OK);
    stop();
}

static void
missing_transports_name_their_package(void)
{
    setup();
    tree_write(hints, "near.ini", "[plugin]\nmanifest = 1\nname = near\npackage = libmim-plugin-near\n[scheme near]\ntitle = Near\n");
    refuses("near://me:secret@host/x", NULL, MIM_NO_PLUGIN,
            "near://host/x: no installed transport reads near. Install the package libmim-plugin-near");
    refuses("s3+x.y-z://a", NULL, MIM_NO_PLUGIN, "s3+x.y-z://a: no installed transport reads s3+x.y-z");
    refuses("a-scheme-of-more-than-thirty-one-letters://a", NULL, MIM_NO_PLUGIN, "no installed transport");
    tree_write(root, "near.ini", "[plugin]\nmanifest = 1\nname = near\nversion = 1\n[scheme near]\ntitle = Near\n");
    again();
    refuses("near://host/x", NULL, MIM_BROKEN_PLUGIN, "the plugin near for near cannot be used: ");
    teardown();
}

static void
is_broken(const struct mim_plugin *broken, const char *manifest, const char *message)
{
    setup();
    assert_int_equal(mim_context_add_plugin(context, broken, manifest, &err), MIM_BROKEN_PLUGIN);
    if (!strstr(err.message, message))
        fail_msg("\"%s\" does not say \"%s\"", err.message, message);
    teardown();
}

static void
is_broken_ops(struct mim_transport_ops ops, const char *message)
{
    const struct mim_transport_ops *const list[] = { &ops, NULL };
    const struct mim_plugin broken = { MIM_PLUGIN_HEADER, .name = "far", .version = "1", .transports = list };
    is_broken(&broken, MANIFEST SCHEMES, message);
}

static void
tables_and_manifests_are_checked(void)
{
    is_broken(&far, MANIFEST "[scheme far]\ntitle = Far\n", "says schemes = far, and the code says far farther");
    is_broken(&far, MANIFEST "[format far]\nread = multi\n" SCHEMES, "says formats = far:r, and the code says nothing");
    is_broken(&far, MANIFEST, "it has no [format NAME] or [scheme NAME]");
    is_broken(&far, MANIFEST "[scheme Far]\ntitle = Far\n", "a scheme's name is made of a-z");
    struct mim_plugin old = far;
    old.struct_size = offsetof(struct mim_plugin, transports);
    is_broken(&old, MANIFEST SCHEMES, "it has no formats");
    struct mim_transport_ops ops = far_ops;
    ops.struct_size = 16;
    is_broken_ops(ops, "a transport's struct_size is too small");
    ops = far_ops;
    ops.schemes = " ";
    is_broken_ops(ops, "a transport has no schemes");
    ops.schemes = "far Farther";
    is_broken_ops(ops, "a scheme has no proper name");
    ops = far_ops;
    ops.read = NULL;
    is_broken_ops(ops, "it has no open and read");
}

static void
plugins_are_listed_with_their_schemes(void)
{
    struct mim_plugin_info info;
    begin();
    CHECK(mim_context_plugin(context, 0, &info) == 1);
    assert_string_equal(info.schemes, "far farther");
    assert_string_equal(info.formats, "");
    assert_string_equal(info.ignored, "");
    assert_int_equal(mim_context_load_plugin(context, "far", &err), MIM_OK);
    teardown();
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(ranges_are_read_anywhere_with_few_calls),
        CASE(readers_know_that_ranges_are_remote),
        CASE(streams_are_spooled),
        CASE(failures_have_the_name_and_no_secret),
        CASE(waiting_ends_when_the_job_does),
        CASE(policies_forbid_schemes_and_plugins),
        CASE(missing_transports_name_their_package),
        CASE(tables_and_manifests_are_checked),
        CASE(plugins_are_listed_with_their_schemes),
    };
    int failed = cmocka_run_group_tests_name("transports", cases, NULL, NULL);
    free(got_uri);
    return failed;
}
