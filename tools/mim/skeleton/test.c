/* SPDX-License-Identifier: MIT */
/* Tests the plugin without libmim: mim's kit has a host in memory. */
#include <mim/kit/test-ops.h>

enum { WIDTH = 5, HEIGHT = 4, CHANNELS = 3, FRAMES = 3, FRAME_SIZE = WIDTH * HEIGHT * CHANNELS };
enum { RUNS, PLAIN };

extern const struct mim_plugin mim_plugin_v1;

static const uint32_t durations[FRAMES] = { 40, 1000, 7 };
static uint8_t pixels[FRAMES][FRAME_SIZE];
static int failures;

#define CHECK(claim) \
    ((claim) ? (void)0 : (void)(failures++, fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #claim)))

/* What came of reading a file. */
struct result {
    int32_t status; /* of the first failure; MIM_END after the last frame */
    uint64_t frames;
    int32_t plays;
    bool is_equal; /* all of them */
};

static struct mim_raster
raster_of(uint8_t *data)
{
    return (struct mim_raster){ .struct_size = sizeof(struct mim_raster), .sample = MIM_SAMPLE_U8, .width = WIDTH,
                                .height = HEIGHT, .channels = CHANNELS, .stride = WIDTH * CHANNELS, .data = data };
}

static int32_t
write_frames(struct mim_job *job, const struct mim_writer_ops *ops, struct mim_sequence *sequence)
{
    int32_t status = ops->metadata ? ops->metadata(job, "comment", MIM_META_TEXT, "made by a test", 14) : MIM_OK;
    if (status == MIM_OK)
        status = ops->open(job, sequence);
    for (uint64_t i = 0; i < FRAMES && status == MIM_OK; i++) {
        struct mim_frame_info info = sequence->first;
        struct mim_raster raster = raster_of(pixels[i]);
        info.duration = durations[i];
        status = ops->accepts(job, i, NULL, &info);
        if (status == MIM_OK)
            status = mim_test_write_frame(job, ops, NULL, &info, &raster, NULL);
    }
    return status == MIM_OK ? ops->finish(job) : status;
}

/* Writes all frames to host->sink. */
static int32_t
write_file(struct mim_test_host *host, int32_t coding)
{
    const struct mim_writer_ops *ops = mim_plugin_v1.formats[0]->writer;
    struct mim_job job = mim_test_host_job(host, calloc(1, ops->state_size), NULL);
    struct mim_sequence sequence = { .struct_size = sizeof sequence, .count = FRAMES, .time_num = 1, .time_den = 1000, .loop = 2 };

    sequence.first = (struct mim_frame_info){ .struct_size = sizeof sequence.first, .sample = MIM_SAMPLE_U8, .width = WIDTH,
                                              .height = HEIGHT, .channels = CHANNELS, .parts = 1 };
    if (ops->option_count)
        memcpy((char *)job.state + ops->options[0].offset, &coding, sizeof coding);
    int32_t status = write_frames(&job, ops, &sequence);
    if (ops->close)
        ops->close(&job);
    free(job.state);
    return status;
}

static int32_t
read_frame(struct mim_job *job, const struct mim_reader_ops *ops, struct result *result)
{
    void *packet = calloc(1, ops->packet_size);
    uint8_t decoded[FRAME_SIZE] = { 0 };
    struct mim_frame_info info = { .struct_size = sizeof info };
    struct mim_raster raster = raster_of(decoded);
    uint64_t i = result->frames;

    int32_t status = ops->prepare(job, i, packet, &info);
    if (status == MIM_OK)
        status = ops->pixels(job, packet, &info, 0, &raster);
    if (status == MIM_OK)
        result->frames++;
    if (status == MIM_OK && (i >= FRAMES || memcmp(decoded, pixels[i], FRAME_SIZE) || info.duration != durations[i]))
        result->is_equal = false;
    free(packet);
    return status;
}

static struct result
read_file(struct mim_test_host *host)
{
    const struct mim_reader_ops *ops = mim_plugin_v1.formats[0]->reader;
    struct mim_job job = mim_test_host_job(host, calloc(1, ops->state_size), NULL);
    struct mim_sequence sequence = { .struct_size = sizeof sequence, .count = MIM_UNKNOWN, .loop = -1 };
    struct result result = { .is_equal = true };

    result.status = ops->open(&job, &sequence);
    if (result.status == MIM_OK && ops->metadata)
        result.status = ops->metadata(&job, NULL, NULL);
    while (result.status == MIM_OK)
        result.status = read_frame(&job, ops, &result);
    if (result.status == MIM_END && ops->scan)
        CHECK(ops->scan(&job, &sequence) == MIM_OK && sequence.count == result.frames);
    result.plays = sequence.loop;
    if (ops->close)
        ops->close(&job);
    free(job.state);
    return result;
}

/* A file of all frames, on the heap. */
static struct mim_test_bytes
make_file(int32_t coding)
{
    struct mim_test_host host = { .max_allocation = 0 };
    CHECK(write_file(&host, coding) == MIM_OK);
    CHECK(atomic_load(&host.allocated) == 0);
    return mim_test_host_take(&host);
}

static void
reads_what_it_writes(void)
{
    for (int32_t coding = RUNS; coding <= PLAIN; coding++) {
        struct mim_test_host host = { .source = make_file(coding) };
        struct result result = read_file(&host);
        CHECK(result.status == MIM_END && result.frames == FRAMES && result.plays == 2 && result.is_equal);
        CHECK(mim_test_host_reported(&host, "comment=made by a test\n"));
        free(host.source.data);
        CHECK(mim_test_host_clear(&host));
    }
}

static void
reports_every_cut(void)
{
    for (int32_t coding = RUNS; coding <= PLAIN; coding++) {
        struct mim_test_bytes file = make_file(coding);
        for (uint64_t size = 0; size < file.size; size++) {
            struct mim_test_host host = { .source = { file.data, size, size } };
            struct result result = read_file(&host);
            CHECK(result.status == MIM_TRUNCATED && result.is_equal);
            CHECK(mim_test_host_clear(&host));
        }
        free(file.data);
    }
}

static void
survives_every_flipped_bit(void)
{
    for (int32_t coding = RUNS; coding <= PLAIN; coding++) {
        struct mim_test_host host = { .source = make_file(coding) };
        for (uint64_t i = 0; i < host.source.size * 8; i++) {
            host.source.data[i / 8] ^= (uint8_t)(1 << i % 8);
            struct result result = read_file(&host);
            CHECK(result.status != MIM_OK && result.frames <= FRAMES);
            CHECK(atomic_load(&host.allocated) == 0);
            host.source.data[i / 8] ^= (uint8_t)(1 << i % 8);
            mim_test_host_forget(&host);
        }
        free(host.source.data);
        mim_test_host_clear(&host);
    }
}

static void
reports_every_refused_allocation(void)
{
    struct mim_test_bytes file = make_file(RUNS);
    struct result result = { .status = MIM_NOMEM };
    int32_t status = MIM_NOMEM;

    for (uint64_t i = 1; result.status == MIM_NOMEM; i++) {
        struct mim_test_host host = { .source = file, .allocation = { .fail_at = i } };
        result = read_file(&host);
        CHECK(result.is_equal);
        CHECK(mim_test_host_clear(&host));
    }
    CHECK(result.status == MIM_END && result.frames == FRAMES);
    for (uint64_t i = 1; status == MIM_NOMEM; i++) {
        struct mim_test_host host = { .allocation = { .fail_at = i } };
        status = write_file(&host, RUNS);
        CHECK(mim_test_host_clear(&host));
    }
    CHECK(status == MIM_OK);
    free(file.data);
}

int
main(void)
{
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i / FRAME_SIZE][i % FRAME_SIZE] = (uint8_t)(i / 7 * 37);
    reads_what_it_writes();
    reports_every_cut();
    survives_every_flipped_bit();
    reports_every_refused_allocation();
    puts(failures ? "failed" : "all tests passed");
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
