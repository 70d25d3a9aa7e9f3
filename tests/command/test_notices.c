/* SPDX-License-Identifier: MIT */
#include "notices.h"

#include <stdio.h>

#include "check.h"

static struct notices notices;

static void
say(enum mim_notice_code code, const char *text)
{
    struct mim_notice notice = { .code = code, .frame = MIM_UNKNOWN, .plugin = "", .text = text };
    notices_add(&notices, &notice);
}

static void
a_kind_is_kept_once_with_its_count(void)
{
    notices.count = 0;
    say(MIM_NOTICE_DEPTH, "frame 0 had 16 bits");
    say(MIM_NOTICE_DEPTH, "frame 1 had 16 bits");
    say(MIM_NOTICE_LOOP, "the loop count is lost");
    CHECK(notices.count == 2);
    CHECK(notices.kinds[0].times == 2 && notices.kinds[1].times == 1);
    CHECK(!strcmp(notices.kinds[0].text, "frame 0 had 16 bits"));
}

static void
lost_values_are_reported_by_name(void)
{
    notices.count = 0;
    say(MIM_NOTICE_METADATA, "no place for comment");
    say(MIM_NOTICE_METADATA, "no place for artist");
    say(MIM_NOTICE_METADATA, "no place for comment");
    CHECK(notices.count == 2);
    CHECK(notices.kinds[0].times == 2);
}

static void
very_many_kinds_are_still_counted(void)
{
    char text[32];

    notices.count = 0;
    for (int i = 0; i < 3 * NOTICE_KINDS; i++) {
        snprintf(text, sizeof text, "no place for %d", i);
        say(MIM_NOTICE_METADATA, text);
    }
    CHECK(notices.count == NOTICE_KINDS);
    CHECK(notices.kinds[NOTICE_KINDS - 1].times == 2 * NOTICE_KINDS + 1);
}

static void
lost_values_share_a_line(void)
{
    struct notices others = { 0 };
    notices_clear(&notices);
    say(MIM_NOTICE_METADATA, "gif cannot keep the metadata 'software'");
    say(MIM_NOTICE_METADATA, "gif cannot keep the metadata 'text:a, 'b''");
    say(MIM_NOTICE_METADATA, "gif cannot keep the metadata 'software'");
    notices_move(&others, &notices);
    CHECK(!notices.count);
    say(MIM_NOTICE_METADATA, "gif cannot keep the metadata 'artist'");
    say(MIM_NOTICE_METADATA, "gif cannot keep the metadata 'software'");
    say(MIM_NOTICE_METADATA, "mp4 cannot keep the metadata 'artist'");
    notices_move(&others, &notices);
    CHECK(others.count == 2 && others.kinds[0].value_count == 3 && others.kinds[1].value_count == 1);
    CHECK(!strcmp(others.kinds[0].text, "gif cannot keep the metadata "));
    CHECK(!strcmp(others.kinds[0].values, "'software'\n'text:a, 'b''\n'artist'\n"));
    notices_clear(&others);
}

static void
very_many_values_are_counted(void)
{
    char text[64];
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "gif cannot keep the metadata 'tag:%d'", i);
        say(MIM_NOTICE_METADATA, text);
    }
    CHECK(notices.count == 1 && notices.kinds[0].value_count == 5000 && strlen(notices.kinds[0].values) < 20000);
    notices_clear(&notices);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_kind_is_kept_once_with_its_count),
        CASE(lost_values_are_reported_by_name),
        CASE(very_many_kinds_are_still_counted),
        CASE(lost_values_share_a_line),
        CASE(very_many_values_are_counted),
    };
    return cmocka_run_group_tests_name("notices", cases, NULL, NULL);
}
