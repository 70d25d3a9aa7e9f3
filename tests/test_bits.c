/* SPDX-License-Identifier: MIT */
/* Samples of one bit: expanding and packing, and the way of packed rows from readers to writers. */
#include "convert-cases.h"
#include "frame/dirty-rect.h"
#include "frame/frame.h"

#define WIDTH 13 /* the last byte of a row has unused bits */
#define HEIGHT 70

static bool
is_white(uint32_t x, uint32_t y)
{
    return (x * 7 + y * y) % 3 == 1;
}

static void
fill_bits(uint64_t index, uint32_t part, struct mim_raster *raster)
{
    (void)index, (void)part;
    for (uint32_t y = 0; y < raster->height; y++) {
        uint8_t *row = raster->data + y * raster->stride;
        memset(row, 0x55, (raster->width + 7) / 8);
        for (uint32_t x = 0; x < raster->width; x++)
            row[x / 8] = (uint8_t)((row[x / 8] & ~(0x80 >> x % 8)) | is_white(x, y) << (7 - x % 8));
    }
}

static void
fill_pixels(uint64_t index, uint32_t part, struct mim_raster *raster)
{
    if (raster->sample == MIM_SAMPLE_U1) {
        fill_bits(index, part, raster);
        return;
    }
    for (uint32_t y = 0; y < raster->height; y++)
        for (uint32_t x = 0; x < raster->width; x++)
            raster->data[y * raster->stride + x] = is_white(x, y) ? 255 : 0;
}

static void
shape_bits(uint64_t index, struct mim_frame_info *info)
{
    (void)index;
    *info = (struct mim_frame_info){ .struct_size = info->struct_size,
                                     .sample = MIM_SAMPLE_U1,
                                     .width = WIDTH,
                                     .height = HEIGHT,
                                     .channels = 1,
                                     .pts = MIM_NO_PTS };
}

static void
shape_bits_then_gray(uint64_t index, struct mim_frame_info *info)
{
    shape_bits(index, info);
    info->sample = index < 2 ? MIM_SAMPLE_U1 : MIM_SAMPLE_U8;
}

static struct mim_frame
frame_of_bits(void)
{
    struct mim_frame frame = { 0 };
    CHECK(mim_frame_alloc(&frame, MIM_SAMPLE_U1, WIDTH, HEIGHT, 1, NULL) == MIM_OK);
    struct mim_raster raster = mim_frame_raster(&frame);
    fill_bits(0, 0, &raster);
    return frame;
}

static char heard[2000];

static void
hear(void *user, const struct mim_notice *notice)
{
    size_t used = strlen(heard);
    (void)user;
    snprintf(heard + used, sizeof heard - used, "%d:%s\n", (int)notice->code, notice->text);
}

/* --- frames ------------------------------------------------------------------------------------------------------- */

static void
eight_samples_share_a_byte(void)
{
    struct mim_frame frame = frame_of_bits(), copy = { 0 };
    CHECK(mim_frame_bytes(&frame) == 2 * HEIGHT && mim_sample_by_name("u1") == MIM_SAMPLE_U1);
    CHECK(mim_frame_alloc(&copy, MIM_SAMPLE_U1, WIDTH, HEIGHT, 2, NULL) == MIM_ARGUMENT);
    copy = frame;
    copy.channels = 3;
    copy.stride = 64;
    CHECK(mim_frame_check(&copy, NULL) == MIM_ARGUMENT);
    mim_frame_clear(&frame);
}

static void
bits_become_full_scale_samples_of_any_type_and_back(void)
{
    static const enum mim_sample types[] = { MIM_SAMPLE_U8, MIM_SAMPLE_U16, MIM_SAMPLE_U32, MIM_SAMPLE_U64 };
    struct mim_frame bits = frame_of_bits(), wide = { 0 }, back = { 0 }, gray = { 0 };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        for (uint32_t channels = 1; channels <= 4; channels++) {
            CHECK(mim_frame_convert(&wide, &bits, types[i], channels, NULL) == MIM_OK);
            CHECK(mim_frame_convert(&gray, &wide, MIM_SAMPLE_U8, 1, NULL) == MIM_OK);
            CHECK(mim_frame_convert(&back, &wide, MIM_SAMPLE_U1, 1, NULL) == MIM_OK && back.sample == MIM_SAMPLE_U1);
            for (uint32_t y = 0; y < HEIGHT; y++)
                for (uint32_t x = 0; x < WIDTH; x++) {
                    const uint8_t *row = (uint8_t *)back.data + y * back.stride;
                    CHECK(((uint8_t *)gray.data)[y * gray.stride + x] == (is_white(x, y) ? 255 : 0));
                    CHECK((row[x / 8] >> (7 - x % 8) & 1) == is_white(x, y));
                }
        }
    CHECK(mim_frame_convert(&wide, &bits, MIM_SAMPLE_F32, 0, NULL) == MIM_OK);
    CHECK(((float *)wide.data)[0] == (is_white(0, 0) ? 1.0f : 0.0f) && ((float *)wide.data)[1] == (is_white(1, 0) ? 1.0f : 0.0f));
    CHECK(mim_frame_convert(&back, &wide, MIM_SAMPLE_U1, 1, NULL) == MIM_ARGUMENT);
    mim_frame_clear(&bits);
    mim_frame_clear(&wide);
    mim_frame_clear(&gray);
    mim_frame_clear(&back);
}

static void
a_gray_sample_never_becomes_a_bit(void)
{
    struct mim_frame bits = frame_of_bits(), gray = { 0 }, to = { 0 };
    struct mim_error err = { 0 };
    CHECK(mim_frame_convert(&gray, &bits, MIM_SAMPLE_U16, 1, NULL) == MIM_OK);
    ((uint16_t *)gray.data)[WIDTH - 1] = 65534;
    CHECK(mim_frame_convert(&to, &gray, MIM_SAMPLE_U1, 1, &err) == MIM_ARGUMENT && strstr(err.message, "65535"));
    CHECK(mim_frame_convert(&to, &gray, MIM_SAMPLE_U1, 3, &err) == MIM_ARGUMENT && strstr(err.message, "one channel"));
    mim_frame_clear(&bits);
    mim_frame_clear(&gray);
}

static void
changes_are_found_in_steps_of_a_byte(void)
{
    uint8_t one[3 * 2] = { 0 }, other[3 * 2] = { 0, 0, 0, 0, 0x10, 0 };
    struct mim_raster rasters[2];
    for (int i = 0; i < 2; i++)
        rasters[i] = (struct mim_raster){ .sample = MIM_SAMPLE_U1, .width = WIDTH, .height = 3, .channels = 1, .stride = 2,
                                          .data = i ? other : one };
    struct mim_dirty_rect rect = { 0 };
    mim_dirty_rect_add(&rect, &rasters[0], &rasters[1], 0, 3);
    CHECK(rect.left == 0 && rect.right == 8 && rect.top == 2 && rect.bottom == 3);
    other[1] = 1;
    rect = (struct mim_dirty_rect){ 0 };
    mim_dirty_rect_add(&rect, &rasters[0], &rasters[1], 0, 3);
    CHECK(rect.left == 0 && rect.right == WIDTH && rect.top == 0 && rect.bottom == 3);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static const struct mock_script bits = { .shape = shape_bits, .fill = fill_pixels };

static void
readers_deliver_bytes_unless_asked_for_bits(void)
{
    for (int packed = 0; packed < 2; packed++) {
        struct mim_context *context = mock_context(&bits, 2);
        struct mim_reader *reader = mock_reader(context, &(struct mim_open_options){ .packed_bits = packed });
        struct mim_frame_facts facts;
        struct mim_frame frame = { 0 };
        enum mim_sample sample = packed ? MIM_SAMPLE_U1 : MIM_SAMPLE_U8;
        CHECK(mim_reader_info(reader, 3, &facts, NULL) == MIM_OK && facts.sample == sample);
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.sample == sample);
        for (uint32_t x = 0; x < WIDTH && !packed; x++)
            CHECK(((uint8_t *)frame.data)[x] == (is_white(x, 0) ? 255 : 0));
        mim_frame_clear(&frame);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

/* --- conversions -------------------------------------------------------------------------------------------------- */

static enum mim_status
leave_alone(void *user, struct mim_frame *frame, struct mim_error *err)
{
    (void)user, (void)err;
    CHECK(frame->sample == MIM_SAMPLE_U8);
    return MIM_OK;
}

static size_t
size_of_conversion(const struct mock_script *script, uint32_t flags, size_t sources, struct mim_convert_options options)
{
    struct mock_script with_flags = *script;
    uint8_t *data;
    size_t size;
    with_flags.writer_flags = flags;
    options.read.open.control.notice = hear;
    heard[0] = '\0';
    CHECK(convert(&with_flags, 2, sources, &options, &data, &size, NULL) == MIM_OK);
    mim_free(data);
    return size;
}

static void
bits_travel_packed_to_writers_that_store_them(void)
{
    const struct mim_convert_options plainly = { 0 }, touched = { .each = leave_alone };
    CHECK(size_of_conversion(&bits, MIM_WRITER_BITS, 2, plainly) == 20 * 2 * HEIGHT && !heard[0]);
    CHECK(size_of_conversion(&bits, MIM_WRITER_BITS, 1, touched) == 10 * WIDTH * HEIGHT);
}

static void
other_writers_get_bytes_and_it_is_said_once(void)
{
    CHECK(size_of_conversion(&bits, 0, 2, (struct mim_convert_options){ 0 }) == 20 * WIDTH * HEIGHT);
    assert_string_equal(heard, "1:samples of 1 bit become 8 bits\n");
    CHECK(size_of_conversion(&bits, 0, 1, (struct mim_convert_options){ .read.open.sample = MIM_SAMPLE_U8 }) ==
          10 * WIDTH * HEIGHT);
    CHECK(!heard[0]);
}

static void
bits_among_gray_frames_become_gray(void)
{
    const struct mock_script mixed = { .shape = shape_bits_then_gray, .fill = fill_pixels };
    for (uint32_t flags = 0; flags <= MIM_WRITER_BITS; flags += MIM_WRITER_BITS)
        CHECK(size_of_conversion(&mixed, flags, 1, (struct mim_convert_options){ 0 }) == 10 * WIDTH * HEIGHT);
    CHECK(strstr(heard, "all become gray of u8"));
    CHECK(size_of_conversion(&mixed, MIM_WRITER_BITS | MIM_WRITER_MIXED, 1, (struct mim_convert_options){ 0 }) ==
          2 * 2 * HEIGHT + 8 * WIDTH * HEIGHT);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(eight_samples_share_a_byte),
        CASE(bits_become_full_scale_samples_of_any_type_and_back),
        CASE(a_gray_sample_never_becomes_a_bit),
        CASE(changes_are_found_in_steps_of_a_byte),
        CASE(readers_deliver_bytes_unless_asked_for_bits),
        CASE(bits_travel_packed_to_writers_that_store_them),
        CASE(other_writers_get_bytes_and_it_is_said_once),
        CASE(bits_among_gray_frames_become_gray),
    };
    return cmocka_run_group_tests_name("bits", cases, NULL, NULL);
}
