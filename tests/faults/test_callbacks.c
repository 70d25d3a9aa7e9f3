/* SPDX-License-Identifier: MIT */
/* Makes every call of an application's source and sink fail in turn. */
#include <errno.h>

#include "subject.h"

enum mishap { NO_MISHAP, FAILS, INTERRUPTED, COMES_SHORT, ENDS_EARLY };

struct stream {
    const struct subject *subject;
    enum mishap mishap;
    int number;
    long at, seen; /* the call that fails; the number of calls */
    bool for_ever;
    int closed;
};

static bool
goes_wrong(struct stream *stream)
{
    long call = stream->seen++;
    errno = stream->number;
    return stream->mishap != NO_MISHAP && (call == stream->at || (call > stream->at && stream->for_ever));
}

static int64_t
stream_read(void *user, void *data, size_t size, uint64_t offset)
{
    struct stream *stream = user;
    size_t room = offset < stream->subject->size ? stream->subject->size - (size_t)offset : 0;
    size_t n = size < room ? size : room;

    if (goes_wrong(stream)) {
        if (stream->mishap == FAILS || stream->mishap == INTERRUPTED)
            return -1;
        n = stream->mishap == ENDS_EARLY || !n ? 0 : n > 3 ? n / 2 - 1 : 1;
    }
    if (n)
        memcpy(data, stream->subject->data + offset, n);
    return (int64_t)n;
}

static int64_t
stream_size(void *user)
{
    return (int64_t)((struct stream *)user)->subject->size;
}

static void
stream_close(void *user)
{
    ((struct stream *)user)->closed++;
}

static struct outcome
try_source(struct attempt attempt, struct stream *stream, bool sequential)
{
    const struct mim_source_calls calls = {
        .read = stream_read, .size = sequential ? NULL : stream_size, .close = stream_close, .user = stream
    };
    stream->subject = attempt.subject;
    stream->seen = stream->closed = 0;
    CHECK(mim_source_open_calls(&attempt.source, &calls, attempt.subject->name, NULL) == MIM_OK);
    struct outcome outcome = subject_try(&attempt);
    CHECK(stream->closed == 1);
    return outcome;
}

static bool
differs(const struct attempt *attempt, const struct stream *stream, const struct outcome *outcome, bool wanted)
{
    if (!wanted)
        print_message("# %s %s, mishap %d at call %ld of %ld: %s after %llu frames: %s\n", attempt->subject->name,
                      attempt->to          ? attempt->to
                      : attempt->backwards ? "backwards"
                                           : "read",
                      (int)stream->mishap, stream->at, stream->seen, mim_status_name(outcome->status),
                      (unsigned long long)outcome->frames, outcome->message);
    return !wanted;
}

/* Returns whether an outcome reports the failing call. */
typedef bool (*verdict)(const struct outcome *outcome, const struct outcome *whole);

static bool
is_io(const struct outcome *outcome, const struct outcome *whole)
{
    (void)whole;
    return outcome->status == MIM_IO;
}

static bool
is_whole(const struct outcome *outcome, const struct outcome *whole)
{
    return outcome_equal(outcome, whole);
}

/* A missing byte may not be needed. */
static bool
is_io_or_whole(const struct outcome *outcome, const struct outcome *whole)
{
    return is_io(outcome, whole) || is_whole(outcome, whole);
}

/* Returns whether fewer frames may be a success: only in a format without an end marker, where the end of the stream
 * counts. */
static bool
is_cut(const struct outcome *outcome, const struct outcome *whole)
{
    bool cut =
        outcome->status == MIM_TRUNCATED || outcome->status == MIM_CORRUPT || outcome->status == MIM_UNKNOWN_FORMAT;
    return cut || is_whole(outcome, whole);
}

static long
every_read(struct attempt attempt, struct stream stream, bool sequential, verdict is_right)
{
    struct stream calm = { 0 };
    struct outcome whole = try_source(attempt, &calm, sequential);
    if (differs(&attempt, &calm, &whole, whole.status == MIM_OK && whole.frames))
        return 1;

    long failures = 0;
    for (stream.at = 0; stream.at < calm.seen; stream.at++) {
        struct outcome outcome = try_source(attempt, &stream, sequential);
        bool reached = stream.at < stream.seen; /* with threads the number of calls varies */
        failures +=
            differs(&attempt, &stream, &outcome, reached ? is_right(&outcome, &whole) : is_whole(&outcome, &whole));
    }
    return failures;
}

/* Reads forwards and backwards, and converts, from seekable sources and from streams. */
static void
every_read_of_every_format(struct stream stream, verdict is_right)
{
    long failures = 0;
    for (size_t i = 0; i < subject_count; i++)
        for (int sequential = 0; sequential < 2; sequential++) {
            struct attempt attempt = { .subject = &subjects[i], .threads = 1 };
            failures += every_read(attempt, stream, sequential, is_right);
            attempt.threads = 3;
            failures += every_read(attempt, stream, sequential, is_right);
            attempt.backwards = true; /* the frame that is read may cover one that failed */
            failures += every_read(attempt, stream, sequential, is_right == is_io ? is_io_or_whole : is_right);
            attempt.backwards = false;
            attempt.to = "gif";
            if (!subject_is(&subjects[i], "tif"))
                failures += every_read(attempt, stream, sequential, is_right);
        }
    CHECK(!failures);
}

static void
a_failing_read_is_an_io_error(void)
{
    every_read_of_every_format((struct stream){ .mishap = FAILS, .number = EIO }, is_io);
    every_read_of_every_format((struct stream){ .mishap = FAILS, .number = EIO, .for_ever = true }, is_io);
}

static void
an_interrupted_read_is_retried(void)
{
    every_read_of_every_format((struct stream){ .mishap = INTERRUPTED, .number = EINTR }, is_whole);
}

static void
a_short_read_is_not_the_end(void)
{
    every_read_of_every_format((struct stream){ .mishap = COMES_SHORT }, is_whole);
    every_read_of_every_format((struct stream){ .mishap = COMES_SHORT, .for_ever = true }, is_whole);
}

static void
a_truncated_file_is_an_io_error(void)
{
    long failures = 0;
    for (size_t i = 0; i < subject_count; i++) {
        const struct attempt attempt = { .subject = &subjects[i] };
        failures += every_read(attempt, (struct stream){ .mishap = ENDS_EARLY }, false, is_io_or_whole);
        failures +=
            every_read(attempt, (struct stream){ .mishap = ENDS_EARLY, .for_ever = true }, false, is_io_or_whole);
    }
    CHECK(!failures);
}

static void
a_stream_that_ends_early_is_never_success_with_fewer_frames(void)
{
    long failures = 0;
    for (size_t i = 0; i < subject_count; i++)
        if (!subject_is(&subjects[i], "raw"))
            failures += every_read((struct attempt){ .subject = &subjects[i] }, (struct stream){ .mishap = ENDS_EARLY },
                                   true, is_cut);
    CHECK(!failures);
}

/* --- sinks ------------------------------------------------------------------------------------------------------- */

struct taker {
    struct stream stream;
    unsigned char bytes[1 << 16];
    bool finish_fails;
    int finished;
};

static int64_t
taker_write(void *user, const void *data, size_t size, uint64_t offset)
{
    struct taker *taker = user;
    if (goes_wrong(&taker->stream))
        return taker->stream.mishap == COMES_SHORT ? (int64_t)size / 2 : -1;
    CHECK(size <= sizeof taker->bytes && offset <= sizeof taker->bytes - size);
    memcpy(taker->bytes + offset, data, size);
    return (int64_t)size;
}

static int64_t
taker_read(void *user, void *data, size_t size, uint64_t offset)
{
    struct taker *taker = user;
    if (goes_wrong(&taker->stream))
        return -1;
    memcpy(data, taker->bytes + offset, size);
    return (int64_t)size;
}

static int
taker_finish(void *user)
{
    struct taker *taker = user;
    taker->finished++;
    errno = ENOSPC;
    return taker->finish_fails ? -1 : 0;
}

static void
taker_close(void *user)
{
    ((struct taker *)user)->stream.closed++;
}

static struct outcome
try_sink(struct attempt attempt, struct taker *taker, int seekable)
{
    const struct mim_sink_calls calls = { .write = taker_write,
                                          .read = seekable ? taker_read : NULL,
                                          .finish = taker_finish,
                                          .close = taker_close,
                                          .user = taker,
                                          .seekable = seekable };
    taker->stream.seen = taker->stream.closed = taker->finished = 0;
    CHECK(mim_sink_open_calls(&attempt.sink, &calls, "taker", NULL) == MIM_OK);
    struct outcome outcome = subject_try(&attempt);
    CHECK(taker->stream.closed == 1);
    return outcome;
}

static long
every_write(struct attempt attempt, int seekable)
{
    static struct taker taker;
    taker = (struct taker){ 0 };
    struct outcome whole = try_sink(attempt, &taker, seekable);
    long calls = taker.stream.seen, failures = 0;
    CHECK(whole.status == MIM_OK && taker.finished == 1 && calls > 0);

    taker.finish_fails = true;
    struct outcome outcome = try_sink(attempt, &taker, seekable);
    failures += differs(&attempt, &taker.stream, &outcome, outcome.status == MIM_IO);
    taker.finish_fails = false;
    for (int kind = 0; kind < 3; kind++)
        for (long at = 0; at < calls; at++) {
            static const struct stream mishaps[] = { { .mishap = FAILS, .number = ENOSPC },
                                                     { .mishap = FAILS, .number = EIO },
                                                     { .mishap = COMES_SHORT } };
            taker.stream = mishaps[kind];
            taker.stream.at = at;
            outcome = try_sink(attempt, &taker, seekable);
            failures += differs(&attempt, &taker.stream, &outcome, outcome.status == MIM_IO && taker.finished == 0);
        }
    return failures;
}

static void
a_failing_or_short_write_is_an_io_error(void)
{
    static const char *const targets[] = { "raw", "gif", "tiff" };
    long failures = 0;
    for (size_t i = 0; i < subject_count; i++)
        for (size_t k = 0; k < sizeof targets / sizeof *targets; k++) {
            struct attempt attempt = { .subject = &subjects[i], .to = targets[k] };
            failures += every_write(attempt, 0) + every_write(attempt, 1);
        }
    CHECK(!failures);
}

int
main(void)
{
    static const struct CMUnitTest cases[] = {
        CASE(a_failing_read_is_an_io_error),
        CASE(an_interrupted_read_is_retried),
        CASE(a_short_read_is_not_the_end),
        CASE(a_truncated_file_is_an_io_error),
        CASE(a_stream_that_ends_early_is_never_success_with_fewer_frames),
        CASE(a_failing_or_short_write_is_an_io_error),
    };
    subjects_load_seeds();
    return cmocka_run_group_tests_name("callbacks", cases, NULL, NULL);
}
