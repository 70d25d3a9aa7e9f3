/* SPDX-License-Identifier: MIT */
/* The writer's operations on a sink in memory. */
#include <locale.h>

#include <mim/kit/bytes.h>

#include "session.h"

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
box_at(const struct mim_test_bytes *file, const char *name)
{
    for (uint64_t at = 0; at + 8 <= file->size;) {
        const uint8_t *box = file->data + at;
        if (!memcmp(box + 4, name, 4))
            return at;
        at += mim_load_be32(box);
    }
    return MIM_UNKNOWN;
}

static void
every_container_is_written_without_leaks(void)
{
    for (int i = 0; i < VIDEO_WRITTEN_COUNT; i++) {
        struct mim_test_host host;
        struct session session = small;
        session.format = (enum video_format)i;
        CHECK(session_run(&host, &session) == MIM_OK);
        CHECK(host.sink.size > 100);
        mim_test_host_clear(&host);
    }
}

static void
the_index_of_an_mp4_precedes_its_data(void)
{
    struct mim_test_host host;
    struct session session = small;
    session.format = VIDEO_mp4;
    CHECK(session_run(&host, &session) == MIM_OK);
    CHECK(box_at(&host.sink, "moov") < box_at(&host.sink, "mdat"));
    CHECK(box_at(&host.sink, "mdat") != MIM_UNKNOWN);
    mim_test_host_clear(&host);
}

static void
abandoned_sessions_release_everything(void)
{
    static const enum video_format formats[] = { VIDEO_mp4, VIDEO_mkv, VIDEO_avi, VIDEO_ts };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct mim_test_host host;
        struct session session = small;
        session.format = formats[i];
        session.is_abandoned = true;
        CHECK(session_run(&host, &session) == MIM_OK);
        mim_test_host_clear(&host);
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
                    struct mim_test_host host;
                    struct session session = { .format = VIDEO_mkv,
                                               .width = sizes[s][0],
                                               .height = sizes[s][1],
                                               .frames = 2,
                                               .channels = channels,
                                               .sample = sample,
                                               .codec = codecs[c] };
                    CHECK(session_run(&host, &session) == MIM_OK);
                    mim_test_host_clear(&host);
                }
}

static void
failed_allocations_are_reported_without_leaks(void)
{
    for (uint64_t n = 1;; n++) {
        struct mim_test_host host;
        struct session session = small;
        session.format = VIDEO_mkv;
        session.codec = "mpeg4";
        session.fail_allocation = n;
        int32_t status = session_run(&host, &session);
        mim_test_host_clear(&host);
        if (status == MIM_OK)
            break;
        CHECK(status == MIM_NOMEM && host.message[0]);
        CHECK(n < 100);
    }
}

/* The disk is full at each append in turn, or at each patch. */
static void
fill_disk(enum video_format format, bool is_patching)
{
    int32_t status = MIM_IO;
    for (uint64_t n = 1; status != MIM_OK; n++) {
        struct mim_test_host host;
        struct session session = small;
        session.format = format;
        session.codec = "mpeg4";
        session.fail_emit = is_patching ? 0 : n;
        session.fail_patch = is_patching ? n : 0;
        status = session_run(&host, &session);
        mim_test_host_clear(&host);
        CHECK(status == MIM_OK || (status == MIM_IO && !strcmp(host.message, "the sink cannot be written")));
        CHECK(n < 1000);
    }
}

static void
a_full_disk_is_reported_at_every_write(void)
{
    static const enum video_format formats[] = { VIDEO_mp4, VIDEO_avi, VIDEO_ts };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        fill_disk(formats[i], false);
        fill_disk(formats[i], true);
    }
}

static void
cancelling_ends_the_session(void)
{
    struct mim_test_host host;
    struct session session = small;
    session.format = VIDEO_mp4;
    session.fail_poll = 2;
    CHECK(session_run(&host, &session) == MIM_CANCELLED);
    mim_test_host_clear(&host);
}

static void
five_channels_and_unknown_codecs_are_rejected(void)
{
    struct mim_test_host host;
    struct session session = small;
    session.format = VIDEO_mp4;
    session.channels = 5;
    CHECK(session_run(&host, &session) == MIM_ARGUMENT);
    CHECK(strstr(host.message, "5"));
    mim_test_host_clear(&host);
    session.channels = 3;
    session.codec = "nosuch";
    CHECK(session_run(&host, &session) == MIM_OPTION);
    CHECK(strstr(host.message, "nosuch") && strstr(host.message, "mpeg4"));
    mim_test_host_clear(&host);
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
        struct mim_test_host host;
        CHECK(session_run(&host, &sessions[i]) == MIM_OK);
        mim_test_host_clear(&host);
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
