/* SPDX-License-Identifier: MIT */
/* What a source has besides frames: a writer keeps it, or its loss is reported once. */
#include "convert-cases.h"

#define OFFER(kind_, index_, text_) \
    { \
        .struct_size = sizeof(struct mim_offer), .kind = kind_, .index = index_, .text = text_ \
    }

static const struct mim_offer offers[] = {
    OFFER(MIM_OFFER_SUBTITLES, 3, "subtitle track 3 (subrip, deu)"), OFFER(MIM_OFFER_SOUND, 1, "sound track 1 (aac)"),
    OFFER(MIM_OFFER_CHAPTERS, 0, "chapters (4)"),               OFFER(MIM_OFFER_SOUND, 2, "sound track 2 (opus)"),
    OFFER(MIM_OFFER_PROPERTY, 0, "the tag 'x'"),
};
#define OFFERING .offers = offers, .offer_count = sizeof offers / sizeof *offers

static char heard[2000];

static void
hear(void *user, const struct mim_notice *notice)
{
    size_t used = strlen(heard);
    (void)user;
    snprintf(heard + used, sizeof heard - used, "%s\n", notice->text);
}

static void
convert_offers(const struct mock_script *script, size_t source_count, struct mim_convert_options options)
{
    uint8_t *data = NULL;
    size_t size = 0;
    options.read.open.control.notice = hear;
    heard[0] = '\0';
    CHECK(convert(script, 3, source_count, &options, &data, &size, NULL) == MIM_OK);
    mim_free(data);
}

static void
readers_list_them_by_kind(void)
{
    struct mim_context *context = mock_context(&(struct mock_script){ OFFERING }, 1);
    struct mim_reader *reader = mock_reader(context, NULL);
    CHECK(!strcmp(mim_reader_offer(reader, 0)->text, "sound track 1 (aac)"));
    CHECK(!strcmp(mim_reader_offer(reader, 1)->text, "sound track 2 (opus)"));
    CHECK(mim_reader_offer(reader, 2)->kind == MIM_OFFER_SUBTITLES && mim_reader_offer(reader, 2)->index == 3);
    CHECK(mim_reader_offer(reader, 4) && !mim_reader_offer(reader, 5));
    mim_reader_close(reader);
    mim_context_destroy(context);
}

static void
their_texts_are_bounded(void)
{
    struct mim_context *context = mock_context(&(struct mock_script){ OFFERING }, 1);
    const struct mim_open_options options = { .format = "mock", .control.limits.metadata_bytes = 100 };
    struct mim_source *source = mock_source();
    struct mim_reader *reader = NULL;
    CHECK(mim_reader_open(&reader, context, source, &options, NULL) == MIM_LIMIT && !reader);
    mim_source_close(source);
    mim_context_destroy(context);
}

static void
losses_are_reported_by_kind(void)
{
    convert_offers(&(struct mock_script){ OFFERING }, 1, (struct mim_convert_options){ 0 });
    assert_string_equal(heard, "sound track 1 (aac), sound track 2 (opus) are left out: mock cannot hold sound\n"
                               "subtitle track 3 (subrip, deu) is left out: mock cannot hold subtitles\n"
                               "chapters (4) are left out: mock cannot hold chapters\n"
                               "the tag 'x' is left out: mock cannot hold these properties\n");
}

static void
joined_sources_lose_the_same_once(void)
{
    convert_offers(&(struct mock_script){ .offers = offers, .offer_count = 2 }, 3, (struct mim_convert_options){ 0 });
    assert_string_equal(heard, "sound track 1 (aac) is left out: mock cannot hold sound\n"
                               "subtitle track 3 (subrip, deu) is left out: mock cannot hold subtitles\n");
}

static void
writers_keep_some_and_give_their_reason_for_others(void)
{
    const struct mock_script script = { OFFERING, .takes = 1u << MIM_OFFER_SOUND | 1u << MIM_OFFER_SUBTITLES,
                                        .refusal = "it is Monday" };
    convert_offers(&script, 2, (struct mim_convert_options){ 0 });
    assert_string_equal(heard, "chapters (4) are left out: it is Monday\nthe tag 'x' is left out: it is Monday\n");
}

static void
unwanted_metadata_are_not_missed(void)
{
    convert_offers(&(struct mock_script){ .offers = offers + 4, .offer_count = 1 }, 1,
                   (struct mim_convert_options){ .without_metadata = 1 });
    assert_string_equal(heard, "");
}

static void
frames_that_an_application_writes_lose_nothing(void)
{
    struct mim_context *context = mock_context(&(struct mock_script){ OFFERING }, 1);
    const struct mim_write_options options = { .format = "mock", .control = { .notice = hear } };
    struct mim_frame frame = { 0 };
    void *data = NULL;
    size_t size;
    CHECK(mim_frame_alloc(&frame, MIM_SAMPLE_U8, 6, 4, 1, NULL) == MIM_OK);
    heard[0] = '\0';
    CHECK(mim_write(context, "<bytes>", &frame, 1, NULL, &options, &data, &size, NULL) == MIM_OK && !*heard);
    mim_free(data);
    mim_frame_clear(&frame);
    mim_context_destroy(context);
}

/* --- origins ------------------------------------------------------------------------------------------------------ */

static char origins[2000];

static void
note_origin(uint64_t index, const struct mim_origin *origin)
{
    size_t used = strlen(origins);
    (void)index;
    if (origin->time == MIM_NO_PTS)
        snprintf(origins + used, sizeof origins - used, "%u:- ", origin->source);
    else
        snprintf(origins + used, sizeof origins - used, "%u:%lld ", origin->source, (long long)origin->time);
}

static void
set_time_base(struct mim_sequence *sequence)
{
    if (!sequence->first.width) /* of a reader */
        sequence->time_num = 1, sequence->time_den = 50;
}

static void
show_for_two_ticks(uint64_t index, struct mim_frame_info *info)
{
    info->pts = 2 * (int64_t)index;
    info->duration = 2;
}

static void
frames_state_their_source_and_their_time_there(void)
{
    const struct mock_script timed = { .count = 3, .sequence = set_time_base, .shape = show_for_two_ticks,
                                       .origin = note_origin };
    const struct mim_range later = { .start = 1, .has_start = 1 };
    struct mim_convert_options options = { 0 };
    origins[0] = '\0';
    convert_offers(&timed, 2, options);
    assert_string_equal(origins, "1:0 1:40000 1:80000 2:0 2:40000 2:80000 ");

    options.read.ranges = &later;
    options.read.range_count = 1;
    origins[0] = '\0';
    convert_offers(&timed, 1, options);
    assert_string_equal(origins, "1:40000 1:80000 ");

    origins[0] = '\0';
    convert_offers(&(struct mock_script){ .count = 2, .origin = note_origin }, 1, (struct mim_convert_options){ 0 });
    assert_string_equal(origins, "1:- 1:- ");
}

static uint32_t order;

static void
note_order(struct mim_sequence *sequence)
{
    if (sequence->first.width)
        order = sequence->timing & (MIM_TIMING_FORWARD | MIM_TIMING_WHOLE);
    if (sequence->first.width)
        CHECK(sequence->source_count == 1);
}

static uint32_t
order_of(const struct mim_range *ranges, size_t count)
{
    const struct mim_convert_options options = { .read = { .ranges = ranges, .range_count = count } };
    order = UINT32_MAX;
    convert_offers(&(struct mock_script){ .any_order = true, .sequence = note_order }, 1, options);
    return order;
}

static void
writers_learn_whether_frames_come_in_order(void)
{
#define FROM_TO(from, to) { .start = from, .stop = to, .has_start = 1, .has_stop = 1 }
    static const struct mim_range rising[] = { FROM_TO(1, 3), FROM_TO(4, 5), { .start = 5, .has_start = 1, .step = 2 } };
    static const struct mim_range touching[] = { FROM_TO(1, 3), FROM_TO(2, 5) };
    static const struct mim_range falling[] = { FROM_TO(4, 5), FROM_TO(1, 3) };
    static const struct mim_range backwards[] = { { .step = -1 } };
    assert_int_equal(order_of(NULL, 0), MIM_TIMING_FORWARD | MIM_TIMING_WHOLE);
    assert_int_equal(order_of(rising, 3), MIM_TIMING_FORWARD);
    assert_int_equal(order_of(touching, 2), 0);
    assert_int_equal(order_of(falling, 2), 0);
    assert_int_equal(order_of(backwards, 1), 0);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(readers_list_them_by_kind),
        CASE(their_texts_are_bounded),
        CASE(losses_are_reported_by_kind),
        CASE(joined_sources_lose_the_same_once),
        CASE(writers_keep_some_and_give_their_reason_for_others),
        CASE(unwanted_metadata_are_not_missed),
        CASE(frames_that_an_application_writes_lose_nothing),
        CASE(frames_state_their_source_and_their_time_there),
        CASE(writers_learn_whether_frames_come_in_order),
    };
    return cmocka_run_group_tests_name("offers", cases, NULL, NULL);
}
