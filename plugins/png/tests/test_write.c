/* SPDX-License-Identifier: MIT */
/* Compresses frames, joins parts, and refuses invalid requests. */
#include "session.h"

#include <zlib.h>

#include "write/pack.h"

/* Compresses rows in parts, joins them as put does, and decompresses the result. */
static uint8_t *
pack_and_unpack(struct mim_test_host *host, const struct pngx_rows *rows, const struct pngx_packing *packing,
                uint32_t parts)
{
    struct pngx_packer packer = { 0 };
    struct mim_job job = mim_test_host_job(host, NULL, NULL);
    uLong size = pngx_rows_bytes(rows, 0, rows->count), sum = 1;
    uint8_t *bytes = malloc(size), head[2] = { 0x78, 1 };
    struct mim_test_bytes stream = { 0 };

    host->is_coding = true;
    if (parts > 1)
        mim_test_bytes_append(&stream, head, 2);
    for (uint32_t part = 0; part < parts; part++) {
        host->coded.size = 0;
        CHECK(pngx_pack(&job, &packer, packing, rows, part, parts) == MIM_OK);
        uint64_t retained = host->coded.size - (parts > 1 ? 4 : 0);
        uint64_t allocated =
            pngx_rows_bytes(rows, pngx_pack_first_row(rows, part, parts), pngx_pack_first_row(rows, part + 1, parts));
        sum = adler32_combine(sum, mim_load_be32(host->coded.data + host->coded.size - 4), (z_off_t)allocated);
        mim_test_bytes_append(&stream, host->coded.data, retained);
    }
    if (parts > 1) {
        uint8_t tail[4];
        mim_store_be32(tail, (uint32_t)sum);
        mim_test_bytes_append(&stream, tail, 4);
    }
    CHECK(bytes && uncompress(bytes, &size, stream.data, stream.size) == Z_OK);
    CHECK(size == pngx_rows_bytes(rows, 0, rows->count));
    free(stream.data);
    pngx_packer_close(&job, &packer);
    return bytes;
}

static void
parts_join_to_one_stream(void)
{
    static uint8_t pixels[300 * 200];
    struct mim_test_host host = { 0 };
    for (unsigned i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(i / 3 + i * i % 5);
    const struct mim_raster raster = {
        .sample = MIM_SAMPLE_U8, .width = 300, .height = 200, .channels = 1, .stride = 300, .data = pixels
    };

    for (int interlaced = 0; interlaced < 2; interlaced++)
        for (int level = 0; level <= SHARED_LEVEL_MAX; level += 4) {
            struct pngx_rows rows = {
                .raster = &raster, .width = 300, .height = 200, .pixel = 1, .is_interlaced = interlaced
            };
            pngx_rows_open(&rows);
            const struct pngx_packing packing = { .level = level, .filter = SHARED_FILTER_UP };
            uint8_t *whole = pack_and_unpack(&host, &rows, &packing, 1),
                    *joined = pack_and_unpack(&host, &rows, &packing, 7);
            assert_memory_equal(whole, joined, pngx_rows_bytes(&rows, 0, rows.count));
            CHECK(whole[0] == SHARED_FILTER_UP && whole[1] == pixels[0]);
            free(whole);
            free(joined);
        }
    CHECK(mim_test_host_clear(&host));
}

static void
parts_depend_only_on_the_size(void)
{
    struct pngx_rows rows = { .width = 4000, .height = 1000, .pixel = 4 };

    pngx_rows_open(&rows);
    CHECK(pngx_pack_parts(&rows) == 1);
    rows.height = 4000;
    pngx_rows_open(&rows);
    uint32_t parts = pngx_pack_parts(&rows);
    CHECK(parts == 15 && pngx_pack_first_row(&rows, 0, parts) == 0 && pngx_pack_first_row(&rows, parts, parts) == 4000);
    rows = (struct pngx_rows){ .width = 30000000, .height = 2, .pixel = 8 };
    pngx_rows_open(&rows);
    CHECK(pngx_pack_parts(&rows) == 2);
}

static const uint8_t few[3 * 16 * 16 * 3 + 1] = { 9, 8, 7 };

static struct animation
few_frames(uint32_t count, const struct mim_writer_ops *ops)
{
    return (struct animation){
        .width = 16, .height = 16, .channels = 3, .count = count, .sample = MIM_SAMPLE_U8, .frames = few, .ops = ops
    };
}

static void
want_animation(struct pngx_writer *state)
{
    state->apng = 1;
}

static void
many_frames_require_an_animation(void)
{
    struct mim_test_host host = { 0 };
    struct animation animation = few_frames(3, &pngx_writer_ops);

    CHECK(write_animation(&host, &animation) == MIM_ARGUMENT && strstr(host.message, "frame_%03d.png") &&
          !host.sink.size);
    animation.set = want_animation;
    CHECK(write_animation(&host, &animation) == MIM_OK && !memcmp(host.sink.data + 37, "acTL", 4));
    CHECK(mim_load_be32(host.sink.data + 41) == 3);
    animation = few_frames(1, &pngx_writer_ops);
    CHECK(write_animation(&host, &animation) == MIM_OK && memcmp(host.sink.data + 37, "acTL", 4) != 0);
    CHECK(mim_test_host_clear(&host));
}

static void
timing_needs_an_animation(void)
{
    struct mim_test_host host = { 0 };
    struct animation animation = few_frames(1, &pngx_writer_ops);

    for (uint32_t option = MIM_TIMING_DURATION; option <= MIM_TIMING_LOOP; option <<= 1) {
        animation.timing = option;
        CHECK(write_animation(&host, &animation) == MIM_ARGUMENT && strstr(host.message, ".apng"));
        mim_test_host_forget(&host);
    }
    animation.set = want_animation;
    CHECK(write_animation(&host, &animation) == MIM_OK);
    CHECK(mim_test_host_clear(&host));
}

static void
failed_allocation_is_reported_without_leaks(void)
{
    struct mim_test_host host = { 0 };
    const struct animation animation = few_frames(3, &pngx_animation_writer_ops);
    int32_t status = MIM_NOMEM;

    for (host.allocation.fail_at = 1; status != MIM_OK; host.allocation.fail_at++) {
        mim_test_host_forget(&host);
        status = write_animation(&host, &animation);
        CHECK(status == MIM_NOMEM || status == MIM_OK);
        CHECK(host.allocated == 0 && host.reserved == 0);
    }
    CHECK(host.allocation.fail_at > 10);
    CHECK(mim_test_host_clear(&host));
}

static void
failed_emit_is_reported(void)
{
    struct mim_test_host host = { 0 };
    const struct animation animation = few_frames(2, &pngx_animation_writer_ops);
    int32_t status = MIM_IO;

    for (host.emit.fail_at = 1; status != MIM_OK; host.emit.fail_at++) {
        mim_test_host_forget(&host);
        status = write_animation(&host, &animation);
        CHECK(status == MIM_IO || status == MIM_OK);
    }
    CHECK(host.emit.fail_at > 20);
    CHECK(mim_test_host_clear(&host));
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(parts_join_to_one_stream),
        CASE(parts_depend_only_on_the_size),
        CASE(many_frames_require_an_animation),
        CASE(timing_needs_an_animation),
        CASE(failed_allocation_is_reported_without_leaks),
        CASE(failed_emit_is_reported),
    };
    return cmocka_run_group_tests_name("png write", cases, NULL, NULL);
}
