/* SPDX-License-Identifier: MIT */
/* The writer's operations on a sink in memory. */
#include <locale.h>

#include "sink.h"

/* x265 3.5 leaks the parameters of each encoder. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
    return "leak:libx265";
}

static const struct session small = { .width = 34, .height = 18, .channels = 3, .sample = MIM_SAMPLE_U8, .frames = 5 };

/* The offset of a top-level box. */
static uint64_t
box_at(const struct sink *sink, const char *name)
{
    for (uint64_t at = 0; at + 8 <= sink->size;) {
        const uint8_t *box = sink->bytes + at;
        if (!memcmp(box + 4, name, 4))
            return at;
        at += (uint64_t)box[0] << 24 | box[1] << 16 | box[2] << 8 | box[3];
    }
    return MIM_UNKNOWN;
}

static void
every_container_is_written_without_leaks(void)
{
    for (int i = 0; i < VIDEO_FORMAT_COUNT; i++) {
        struct sink sink;
        struct session session = small;
        session.format = (enum video_format)i;
        session.fps = (struct mim_rational){ 25, 1 };
        CHECK(session_run(&sink, &session) == MIM_OK);
        CHECK(sink.size > 100);
        sink_free(&sink);
    }
}

static void
the_index_of_an_mp4_precedes_its_data(void)
{
    struct sink sink;
    struct session session = small;
    session.format = VIDEO_mp4;
    CHECK(session_run(&sink, &session) == MIM_OK);
    CHECK(box_at(&sink, "moov") < box_at(&sink, "mdat"));
    CHECK(box_at(&sink, "mdat") != MIM_UNKNOWN);
    sink_free(&sink);
}

static void
abandoned_sessions_release_everything(void)
{
    static const enum video_format formats[] = { VIDEO_mp4, VIDEO_mkv, VIDEO_avi, VIDEO_ts };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct sink sink;
        struct session session = small;
        session.format = formats[i];
        session.is_abandoned = true;
        CHECK(session_run(&sink, &session) == MIM_OK);
        sink_free(&sink);
    }
}

static void
no_layout_reads_past_the_samples(void)
{
    static const char *const codecs[] = { "mpeg4", "ffv1", "mjpeg" };
    static const uint32_t sizes[][2] = { { 1, 1 }, { 2, 3 }, { 35, 33 }, { 64, 48 }, { 300, 2 }, { 2, 300 } };
    for (size_t c = 0; c < 3; c++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (uint32_t channels = 1; channels <= 4; channels++)
                for (int32_t sample = MIM_SAMPLE_U8; sample <= MIM_SAMPLE_U16; sample++) {
                    struct sink sink;
                    struct session session = { .format = VIDEO_mkv,
                                               .width = sizes[s][0],
                                               .height = sizes[s][1],
                                               .frames = 2,
                                               .channels = channels,
                                               .sample = sample,
                                               .codec = codecs[c] };
                    CHECK(session_run(&sink, &session) == MIM_OK);
                    sink_free(&sink);
                }
}

static void
failed_allocations_are_reported_without_leaks(void)
{
    for (uint64_t n = 1;; n++) {
        struct sink sink;
        struct session session = small;
        session.format = VIDEO_mkv;
        session.codec = "mpeg4";
        session.fail_allocation = n;
        int32_t status = session_run(&sink, &session);
        sink_free(&sink);
        if (status == MIM_OK)
            break;
        CHECK(status == MIM_NOMEM && sink.host.message[0]);
        CHECK(n < 100);
    }
}

static void
a_full_disk_is_reported_at_every_write(void)
{
    static const enum video_format formats[] = { VIDEO_mp4, VIDEO_avi, VIDEO_ts };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        for (uint64_t n = 1;; n++) {
            struct sink sink;
            struct session session = small;
            session.format = formats[i];
            session.codec = "mpeg4";
            session.fail_write = n;
            int32_t status = session_run(&sink, &session);
            sink_free(&sink);
            if (status == MIM_OK)
                break;
            CHECK(status == MIM_IO && !strcmp(sink.host.message, "the disk is full"));
            CHECK(n < 1000);
        }
}

static void
cancelling_ends_the_session(void)
{
    struct sink sink;
    struct session session = small;
    session.format = VIDEO_mp4;
    session.fail_poll = 2;
    CHECK(session_run(&sink, &session) == MIM_CANCELLED);
    sink_free(&sink);
}

static void
five_channels_and_unknown_codecs_are_rejected(void)
{
    struct sink sink;
    struct session session = small;
    session.format = VIDEO_mp4;
    session.channels = 5;
    CHECK(session_run(&sink, &session) == MIM_ARGUMENT);
    CHECK(strstr(sink.host.message, "5"));
    sink_free(&sink);
    session.channels = 3;
    session.codec = "nosuch";
    CHECK(session_run(&sink, &session) == MIM_OPTION);
    CHECK(strstr(sink.host.message, "nosuch") && strstr(sink.host.message, "mpeg4"));
    sink_free(&sink);
}

/* Tests a locale with a decimal comma if one is installed. */
static void
numbers_use_a_decimal_point_in_every_locale(void)
{
    static const char *const locales[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "C" };
    struct session sessions[] = { small, small };

    sessions[0].format = VIDEO_avi;
    sessions[0].bitrate = "1.5M";
    sessions[1].format = VIDEO_webm;
    sessions[1].crf = 23.5;
    for (unsigned i = 0; i < 3 && !setlocale(LC_ALL, locales[i]); i++) {
    }
    for (unsigned i = 0; i < 2; i++) {
        struct sink sink;
        CHECK(session_run(&sink, &sessions[i]) == MIM_OK);
        sink_free(&sink);
    }
    setlocale(LC_ALL, "C");
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(every_container_is_written_without_leaks),
        CASE(the_index_of_an_mp4_precedes_its_data),
        CASE(abandoned_sessions_release_everything),
        CASE(no_layout_reads_past_the_samples),
        CASE(failed_allocations_are_reported_without_leaks),
        CASE(a_full_disk_is_reported_at_every_write),
        CASE(cancelling_ends_the_session),
        CASE(five_channels_and_unknown_codecs_are_rejected),
        CASE(numbers_use_a_decimal_point_in_every_locale),
    };
    return cmocka_run_group_tests_name("video write", cases, NULL, NULL);
}
