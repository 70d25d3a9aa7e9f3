/* SPDX-License-Identifier: MIT */
/* The helpers for the tests of plugins. */
#include <mim/kit/test-case.h>
#include <mim/kit/test-ops.h>

static void
bytes_grow_at_any_place(void)
{
    struct mim_test_bytes bytes = { 0 };

    mim_test_bytes_append(&bytes, "", 0);
    CHECK(bytes.size == 0 && bytes.data[0] == 0);
    mim_test_bytes_put(&bytes, 3, "def", 3); /* as in mim, a gap becomes zeros */
    CHECK(bytes.size == 6 && !memcmp(bytes.data, "\0\0\0def", 7));
    mim_test_bytes_put(&bytes, 0, "abc", 3);
    CHECK(bytes.size == 6 && !strcmp((const char *)bytes.data, "abcdef"));
    mim_test_bytes_printf(&bytes, "%d%5000s", 42, "");
    CHECK(bytes.size == 5008 && !memcmp(bytes.data + 6, "42 ", 3) && bytes.data[5008] == 0);
    free(bytes.data);
}

static void
hosts_record_output_and_memory(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);

    CHECK(job.host->emit(&job, "abcd", 4) == MIM_OK && job.host->patch(&job, "xy", 2, 2) == MIM_OK);
    CHECK(!strcmp((const char *)host.sink.data, "abxy"));                     /* a zero follows */
    CHECK(job.host->patch(&job, "z", 1, 5) == MIM_OK && host.sink.size == 6); /* as in mim, a gap becomes zeros */
    CHECK(!memcmp(host.sink.data, "abxy\0z", 7));
    job.host->notice(&job, MIM_NOTICE_OTHER, "one");
    job.host->meta(&job, "key", MIM_META_TEXT, "value", 5);
    CHECK(!strcmp((const char *)host.report.data, "notice=one\nkey=value\n"));
    mim_test_host_forget(&host);
    CHECK(!mim_test_host_reported(&host, "key"));
    void *held = job.host->resize(&job, NULL, 0, 10);
    CHECK(held && !mim_test_host_clear(&host));
    job.host->resize(&job, held, 10, 0);
    CHECK(job.host->reserve(&job, 10) == MIM_OK && !mim_test_host_clear(&host));
    CHECK(job.host->reserve(&job, -10) == MIM_OK && mim_test_host_clear(&host));
}

static void
hosts_report_values_of_every_type(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    const int64_t numbers[] = { 300, -1 };
    const double reals[] = { 0.5, 1e300 };

    job.host->meta(&job, "text", MIM_META_TEXT, "abc", 2);
    job.host->meta(&job, "bytes", MIM_META_BYTES | MIM_META_CODING, "\1\xfe", 2);
    job.host->meta(&job, "number", MIM_META_INT, numbers, 8);
    job.host->meta(&job, "ratio", MIM_META_RATIONAL, numbers, 16);
    job.host->meta(&job, "reals", MIM_META_REALS, reals, 16);
    CHECK(!strcmp((const char *)host.report.data, "text=ab\nbytes=01fe\nnumber=300\nratio=300,-1\n"
                                                   "reals=0.5,1.0000000000000001e+300\n"));
    CHECK(mim_test_host_clear(&host));
}

static void
hosts_hand_over_their_output(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);

    job.host->notice(&job, MIM_NOTICE_OTHER, "one");
    CHECK(job.host->emit(&job, "abc", 3) == MIM_OK);
    struct mim_test_bytes file = mim_test_host_take(&host);
    CHECK(file.size == 3 && !memcmp(file.data, "abc", 3) && !host.sink.data && !host.report.data);
    free(file.data);
}

static void
hosts_record_failed_reads_and_writes(void)
{
    uint8_t file[16] = { 0 }, byte;
    struct mim_test_host host = { .source = { .data = file, .size = sizeof file } };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);

    host.read.fail_at = 2;
    CHECK(job.host->read_at(&job, &byte, 1, 7) == 1 && host.status == MIM_OK);
    CHECK(job.host->read_at(&job, &byte, 1, 8) == -MIM_IO && host.status == MIM_IO && host.offset == 8);
    CHECK((job.host->fail)(&job, MIM_CORRUPT, 0, "later") == MIM_IO && strcmp(host.message, "later") != 0);
    mim_test_host_forget(&host);
    host.emit.fail_at = 2;
    CHECK(job.host->emit(&job, "abc", 3) == MIM_OK && job.host->emit(&job, "d", 1) == MIM_IO && host.status == MIM_IO);
    mim_test_host_forget(&host);
    host.patch.fail_at = 2;
    CHECK(job.host->patch(&job, "x", 1, 1) == MIM_OK && job.host->patch(&job, "y", 1, 0) == MIM_IO);
    CHECK(host.status == MIM_IO && host.sink.size == 3 && !memcmp(host.sink.data, "axc", 3));
    mim_test_host_clear(&host);
}

static void
ops_get_the_defaults_of_their_options(void)
{
    struct {
        const char *text, *none;
        int64_t number;
        int32_t choice;
    } state = { .none = "stale", .choice = 5 };
    const struct mim_option options[] = {
        { MIM_OPTION_HEADER, .offset = 0, .type = MIM_OPTION_TEXT, .initial_text = "copy" },
        { MIM_OPTION_HEADER, .offset = sizeof(char *), .type = MIM_OPTION_TEXT },
        { MIM_OPTION_HEADER, .offset = 2 * sizeof(char *), .type = MIM_OPTION_INT, .initial = -1 },
    };

    mim_test_set_defaults(&state, options, sizeof options / sizeof *options);
    CHECK(!strcmp(state.text, "copy") && !state.none && state.number == -1 && state.choice == 5);
}

/* A writer of frames in parts, which emits the number of each part, and before them their sizes. */
static int32_t
encode_number(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part,
              const struct mim_raster *frame, const struct mim_neighbours *neighbours)
{
    (void)packet, (void)frame;
    CHECK(job->worker && !neighbours && part < (info->parts ? info->parts : 1));
    return job->host->emit(job, "123", part + 1);
}

static int32_t
put_sizes(struct mim_job *job, void *packet, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    char size;
    (void)packet, (void)info;
    CHECK(!job->worker);
    for (uint32_t i = 0; i < coded->part_count; i++) {
        size = (char)('0' + coded->parts[i].size);
        CHECK(job->host->emit(job, &size, 1) == MIM_OK);
    }
    for (uint32_t i = 0; i < coded->part_count; i++)
        CHECK(job->host->emit(job, coded->parts[i].data, coded->parts[i].size) == MIM_OK);
    return MIM_OK;
}

static bool
writes(struct mim_test_host *host, const struct mim_writer_ops *ops, uint32_t parts, const char *expected)
{
    struct mim_job job = mim_test_host_job(host, NULL, host);
    const struct mim_frame_info info = { .struct_size = sizeof info, .parts = parts };
    const struct mim_raster frame = { .struct_size = sizeof frame };

    host->sink.size = 0;
    return mim_test_write_frame(&job, ops, NULL, &info, &frame, NULL) == (expected ? MIM_OK : MIM_IO) &&
           (!expected || (host->sink.size == strlen(expected) && !memcmp(host->sink.data, expected, host->sink.size)));
}

static void
ops_encode_and_put_all_parts(void)
{
    struct mim_test_host host = { 0 };
    const struct mim_writer_ops both = { .encode = encode_number, .put = put_sizes };
    const struct mim_writer_ops encode = { .encode = encode_number }, put = { .put = put_sizes };

    CHECK(writes(&host, &both, 3, "123112123") && writes(&host, &both, 0, "11"));
    CHECK(writes(&host, &encode, 3, "112123"));
    CHECK(writes(&host, &put, 2, "00"));
    host.emit.fail_at = host.emit.count + 2; /* the second part */
    CHECK(writes(&host, &both, 3, NULL) && host.sink.size == 0);
    mim_test_host_clear(&host);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(bytes_grow_at_any_place),
        CASE(hosts_record_output_and_memory),
        CASE(hosts_report_values_of_every_type),
        CASE(hosts_hand_over_their_output),
        CASE(hosts_record_failed_reads_and_writes),
        CASE(ops_get_the_defaults_of_their_options),
        CASE(ops_encode_and_put_all_parts),
    };
    return cmocka_run_group_tests(cases, NULL, NULL);
}
