/* SPDX-License-Identifier: MIT */
/* Prints results as they come. */
#include "results.h"

#include <stdio.h>
#include <string.h>

#include "../text.h"

static unsigned
count_results(const struct results *results)
{
    unsigned sum = 0;
    for (int i = 0; i < CHECK_RESULTS; i++)
        sum += results->counts[i];
    return sum;
}

void
results_begin(struct results *results)
{
    if (results->json)
        json_open(results->json, '[');
}

void
results_end(struct results *results)
{
    if (results->json)
        json_close(results->json, ']');
    else
        printf("1..%u\n", count_results(results));
}

static void
print_member(struct json *json, const char *key, const char *text)
{
    json_key(json, key);
    json_string(json, text);
}

void
results_begin_subject(struct results *results, const struct check_subject *subject)
{
    struct json *json = results->json;
    if (!json) {
        printf("# %s\n", subject->module);
        return;
    }
    json_open(json, '{');
    print_member(json, "plugin", subject->name);
    print_member(json, "module", subject->module);
    print_member(json, "manifest", subject->manifest);
    json_key(json, "tests");
    json_open(json, '[');
}

void
results_end_subject(struct results *results)
{
    if (!results->json)
        return;
    json_close(results->json, ']');
    json_close(results->json, '}');
}

static const char *const result_names[] = { [CHECK_PASSED] = "passed", [CHECK_FAILED] = "failed", [CHECK_SKIPPED] = "skipped",
                                           [CHECK_TODO] = "todo" };

static const char *
object_of(const struct check_trial *trial)
{
    return trial->sample ? trial->sample->name : trial->format ? trial->format->name : NULL;
}

static void
print_json(struct json *json, const struct check_trial *trial, const struct check_outcome *outcome)
{
    json_open(json, '{');
    print_member(json, "group", trial->test->group);
    print_member(json, "test", trial->test->name);
    print_member(json, "object", object_of(trial));
    print_member(json, "result", result_names[outcome->result]);
    print_member(json, "message", *outcome->message ? outcome->message : NULL);
    print_member(json, "step", *outcome->at ? outcome->at : NULL);
    print_member(json, "output", outcome->result != CHECK_PASSED && *outcome->output ? outcome->output : NULL);
    json_close(json, '}');
}

static void
print_remark(const char *label, const char *text)
{
    if (!*text)
        return;
    printf("#   %s", label);
    print_text(stdout, text);
    putchar('\n');
}

static bool
is_failure(const struct check_outcome *outcome)
{
    return outcome->result == CHECK_FAILED || outcome->result == CHECK_TODO;
}

/* As in "hostile: reports a file that is cut, written.gif". */
static void
print_name(char *name, size_t size, const struct check_trial *trial)
{
    const char *object = object_of(trial);
    snprintf(name, size, "%s: %s%s%s", trial->test->group, trial->test->name, object ? ", " : "", object ? object : "");
}

static void
print_tap(unsigned number, const struct check_trial *trial, const struct check_outcome *outcome, const char *name)
{
    printf("%s %u - %s ", is_failure(outcome) ? "not ok" : "ok", number, trial->subject->name);
    print_text(stdout, name);
    if (outcome->result == CHECK_SKIPPED) {
        fputs(" # SKIP ", stdout);
        print_text(stdout, outcome->message);
    }
    puts(outcome->result == CHECK_TODO ? " # TODO" : "");
    if (outcome->result != CHECK_SKIPPED)
        print_remark("", outcome->message);
    print_remark("in the step: ", outcome->at);
    if (is_failure(outcome))
        print_remark("it printed: ", outcome->output);
}

/* Whether the name contains one of the texts, which are separated by bars. */
static bool
is_todo(const char *texts, const char *name)
{
    size_t length;
    for (; texts && *texts; texts += length + (texts[length] == '|')) {
        length = strcspn(texts, "|");
        if (length && memmem(name, strlen(name), texts, length))
            return true;
    }
    return false;
}

void
results_add(struct results *results, const struct check_trial *trial, struct check_outcome *outcome)
{
    char name[400];
    print_name(name, sizeof name, trial);
    if (outcome->result == CHECK_FAILED && is_todo(trial->subject->todo, name))
        outcome->result = CHECK_TODO;
    results->counts[outcome->result]++;
    if (results->json)
        print_json(results->json, trial, outcome);
    else
        print_tap(count_results(results), trial, outcome, name);
    fflush(stdout);
}
