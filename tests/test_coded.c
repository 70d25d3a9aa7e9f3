/* SPDX-License-Identifier: MIT */
/* Bytes that encode emits: lent by the frame, or copied and charged. */
#include "plugin/coded-parts.h"

#include <string.h>

#include "check.h"
#include "plugin/host.h"
#include "plugin/job.h"
#include "plugin/operation.h"

enum { STRIDE = 64, ROWS = 16, WHOLE = STRIDE * ROWS };

struct desk {
    struct mim_operation operation;
    struct mim_core_job job;
    uint8_t pixels[WHOLE];
    struct mim_raster raster;
    struct mim_coded_bytes coded;
};

static void
begin(struct desk *desk, uint64_t ceiling)
{
    struct mim_error err;
    *desk = (struct desk){ .operation.host = &mim_host_table,
                           .raster = { .stride = STRIDE, .height = ROWS, .data = desk->pixels } };
    mim_memory_budget_init(&desk->operation.budget, &(struct mim_limits){ .working_bytes = ceiling });
    CHECK(mim_job_init(&desk->job, &desk->operation, NULL, 0, 1, &err) == MIM_OK);
    for (unsigned i = 0; i < WHOLE; i++)
        desk->pixels[i] = (uint8_t)(i * 7);
    desk->coded.raster = &desk->raster;
}

static bool
append(struct desk *desk, const void *data, uint64_t size)
{
    return mim_coded_append(&desk->coded, &desk->job.abi, data, size);
}

static void
end(struct desk *desk)
{
    mim_coded_clear(&desk->coded, &desk->operation.budget);
    CHECK(mim_memory_budget_used(&desk->operation.budget) == 0);
    mim_job_clear(&desk->job);
}

static void
a_piece_of_the_frame_is_lent(void)
{
    struct desk desk;
    begin(&desk, 100);
    CHECK(append(&desk, desk.pixels + STRIDE, WHOLE - STRIDE));
    CHECK(desk.coded.data == desk.pixels + STRIDE && desk.coded.size == WHOLE - STRIDE);
    CHECK(mim_memory_budget_used(&desk.operation.budget) == 0);
    end(&desk);
}

static void
further_bytes_are_appended_to_a_copy(void)
{
    struct desk desk;
    begin(&desk, 1 << 20);
    CHECK(append(&desk, desk.pixels, 100) && append(&desk, desk.pixels + 300, 100) && append(&desk, "end", 3));
    CHECK(desk.coded.size == 203 && desk.coded.data != desk.pixels);
    CHECK(!memcmp(desk.coded.data, desk.pixels, 100) && !memcmp(desk.coded.data + 100, desk.pixels + 300, 100));
    CHECK(!memcmp(desk.coded.data + 200, "end", 3) && desk.pixels[100] == (uint8_t)700);
    CHECK(mim_memory_budget_used(&desk.operation.budget) == desk.coded.capacity);
    end(&desk);
}

static void
bytes_that_reach_out_of_the_frame_are_copied(void)
{
    static uint8_t elsewhere[WHOLE];
    struct desk desk;
    begin(&desk, 1 << 20);
    desk.raster.height = ROWS - 1;
    CHECK(append(&desk, desk.pixels + STRIDE, WHOLE - STRIDE) && desk.coded.data != desk.pixels + STRIDE);
    end(&desk);

    begin(&desk, 1 << 20);
    CHECK(append(&desk, elsewhere, 10) && desk.coded.data != elsewhere);
    end(&desk);
}

static void
a_refused_copy_leaves_the_raster(void)
{
    struct desk desk;
    begin(&desk, 100);
    CHECK(append(&desk, desk.pixels, WHOLE));
    CHECK(!append(&desk, "end", 3) && desk.job.refused);
    CHECK(desk.coded.data == desk.pixels && desk.coded.size == WHOLE && desk.coded.capacity == 0);
    end(&desk);
}

/* Not row by row once growing by half is refused. */
static void
a_copy_grows_geometrically_to_the_ceiling(void)
{
    enum { CEILING = 1 << 22, ROW = 100 };
    struct desk desk;
    begin(&desk, CEILING);
    unsigned moves = 0;
    for (uint64_t before = 0; append(&desk, desk.pixels, ROW); before = desk.coded.capacity)
        moves += desk.coded.capacity != before;
    CHECK(moves < 60 && desk.coded.size > CEILING - ROW && desk.coded.capacity <= CEILING);
    end(&desk);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_piece_of_the_frame_is_lent),
        CASE(further_bytes_are_appended_to_a_copy),
        CASE(bytes_that_reach_out_of_the_frame_are_copied),
        CASE(a_refused_copy_leaves_the_raster),
        CASE(a_copy_grows_geometrically_to_the_ceiling),
    };
    return cmocka_run_group_tests_name("coded", cases, NULL, NULL);
}
