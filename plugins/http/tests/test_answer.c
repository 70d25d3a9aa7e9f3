/* SPDX-License-Identifier: MIT */
/* Headers of servers, and the addresses that S3 has. */
#include <stdlib.h>

#include <mim/kit/test-case.h>

#include "address.h"
#include "answer.h"

static struct answer answer;

static void
takes(const char *line)
{
    answer_take_line(&answer, line, strlen(line));
}

static void
begins(void)
{
    answer = (struct answer){ 0 };
    takes("HTTP/1.1 206 Partial Content\r\n");
}

static void
ranges_are_read(void)
{
    begins();
    takes("content-range:\tbytes 5-10/100 \r\n");
    CHECK(answer.status == 206 && answer.has_range && answer.first == 5 && answer.last == 10 && answer.total == 100);
    begins();
    takes("Content-Range: bytes 5-10/*\r\n");
    CHECK(answer.has_range && answer.total == UINT64_MAX);
    begins();
    takes("Content-Range: bytes */0\r\n");
    CHECK(!answer.has_range && answer.total == 0);
}

static void
ranges_that_are_none_are_not(void)
{
    static const char *const wrong[] = { "", "bytes", "bytes 5", "bytes 5-", "bytes -5/10", "bytes 5-10", "bytes 5-10/", "octets 5-10/100",
                                         "bytes 5-99999999999999999999/100", "bytes 18446744073709551615-3/9", "bytes +5-10/100" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char line[100];
        begins();
        snprintf(line, sizeof line, "Content-Range: %s\r\n", wrong[i]);
        takes(line);
        CHECK(!answer.has_range);
    }
}

static void
validators_are_strong(void)
{
    begins();
    takes("Last-Modified: Mon, 30 Nov 2026 12:00:00 GMT\r\n");
    assert_string_equal(answer.validator, "Mon, 30 Nov 2026 12:00:00 GMT");
    takes("ETag: W/\"weak\"\r\n");
    assert_string_equal(answer.validator, "Mon, 30 Nov 2026 12:00:00 GMT");
    takes("ETag: \"strong\"\r\n");
    takes("Last-Modified: Mon, 30 Nov 2026 12:00:00 GMT\r\n");
    assert_string_equal(answer.validator, "\"strong\"");
}

static void
answers_begin_anew_and_lines_are_bounded(void)
{
    char line[5000];
    begins();
    takes("Retry-After: 99999999\r\n");
    CHECK(answer.retry_seconds == 3600);
    takes("Content-Encoding: identity\r\n");
    CHECK(!*answer.encoding);
    takes("Content-Encoding: gzip\r\n");
    assert_string_equal(answer.encoding, "gzip");
    memset(line, 'x', sizeof line - 1);
    memcpy(line, "ETag: \"", 7);
    line[sizeof line - 1] = '\0';
    takes(line);
    CHECK(!*answer.validator && answer.header_bytes > sizeof line);
    line[300] = '\0';
    takes(line);
    CHECK(!*answer.validator);
    takes("HTTP/2 200 \r\n");
    CHECK(answer.status == 200 && !answer.retry_seconds && !*answer.encoding && answer.header_bytes > sizeof line);
    takes("HTTP/1.1\r\n");
    CHECK(answer.status == 0);
}

static void
is_s3(const char *uri, const char *url)
{
    struct address address = { 0 };
    struct mim_job job = { 0 };
    assert_int_equal(address_init(&address, &job, uri), MIM_OK);
    assert_string_equal(address.url, url);
    CHECK(address.is_s3 && !address.signature);
    address_clear(&address);
}

static void
s3_addresses_name_a_host(void)
{
    static const char *const names[] = { "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    is_s3("s3://bucket/a/b.tif", "https://bucket.s3.us-east-1.amazonaws.com/a/b.tif");
    is_s3("S3://my.bucket/a+%20%C3%BC.tif", "https://s3.us-east-1.amazonaws.com/my.bucket/a%2B%20%C3%BC.tif");
    setenv("AWS_DEFAULT_REGION", "eu-west-3", 1);
    is_s3("s3://bucket/a", "https://bucket.s3.eu-west-3.amazonaws.com/a");
    setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9000/", 1);
    is_s3("s3://bucket/a", "http://127.0.0.1:9000/bucket/a");
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(ranges_are_read),
        CASE(ranges_that_are_none_are_not),
        CASE(validators_are_strong),
        CASE(answers_begin_anew_and_lines_are_bounded),
        CASE(s3_addresses_name_a_host),
    };
    return cmocka_run_group_tests_name("http answer", cases, NULL, NULL);
}
