/* SPDX-License-Identifier: MIT */
/* Writes JSON in a single pass. */
#include "json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Prints the comma, line break and indentation before the next value or key. */
static void
print_separator(struct json *json)
{
    if (json->is_on_one_line && !json->is_after_key)
        fputs(json->has_items ? ", " : "", json->out);
    else if (!json->is_after_key && json->depth)
        fprintf(json->out, "%s\n%*s", json->has_items ? "," : "", 2 * json->depth, "");
    json->is_after_key = false;
    json->has_items = true;
}

void
json_open(struct json *json, char bracket)
{
    print_separator(json);
    fputc(bracket, json->out);
    json->depth++;
    json->has_items = false;
}

void
json_close(struct json *json, char bracket)
{
    --json->depth;
    if (json->has_items && !json->is_on_one_line)
        fprintf(json->out, "\n%*s", 2 * json->depth, "");
    fputc(bracket, json->out);
    json->has_items = true;
    if (!json->depth)
        fputc('\n', json->out);
}

static void
print_quoted(struct json *json, const char *text, size_t size)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + size;

    fputc('"', json->out);
    while (at < end) {
        uint32_t point;
        size_t length = utf8_length(at, (size_t)(end - at), &point);
        if (!length)
            fprintf(json->out, "\\udc%02x", *at);
        else if (is_text_control(point))
            fprintf(json->out, "\\u%04x", point);
        else if (point == '"' || point == '\\')
            fprintf(json->out, "\\%c", (int)point);
        else
            fwrite(at, 1, length, json->out);
        at += length ? length : 1;
    }
    fputc('"', json->out);
}

void
json_key(struct json *json, const char *key)
{
    print_separator(json);
    print_quoted(json, key, strlen(key));
    fputs(": ", json->out);
    json->is_after_key = true;
}

void
json_text(struct json *json, const char *text, size_t size)
{
    print_separator(json);
    print_quoted(json, text, size);
}

void
json_null(struct json *json)
{
    print_separator(json);
    fputs("null", json->out);
}

void
json_string(struct json *json, const char *text)
{
    if (text)
        json_text(json, text, strlen(text));
    else
        json_null(json);
}

void
json_words(struct json *json, const char *words, char separator)
{
    const char separators[] = { separator, 0 };

    json_open(json, '[');
    json->is_on_one_line = true;
    for (size_t length; *words; words += length + (words[length] != 0)) {
        length = strcspn(words, separators);
        json_text(json, words, length);
    }
    json_close(json, ']');
    json->is_on_one_line = false;
}

void
json_boolean(struct json *json, bool value)
{
    print_separator(json);
    fputs(value ? "true" : "false", json->out);
}

void
json_integer(struct json *json, int64_t value)
{
    print_separator(json);
    fprintf(json->out, "%lld", (long long)value);
}

void
json_count(struct json *json, uint64_t value)
{
    if (value == MIM_UNKNOWN) {
        json_null(json);
        return;
    }
    print_separator(json);
    fprintf(json->out, "%llu", (unsigned long long)value);
}

/* Prints the shortest text that parses as the same number. */
void
json_real(struct json *json, double value)
{
    if (!isfinite(value)) {
        json_null(json);
        return;
    }

    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    print_separator(json);
    fprintf(json->out, "%s%s", text, strpbrk(text, ".e") ? "" : ".0");
}

static void
print_rational(struct json *json, struct mim_rational value)
{
    json_real(json, value.den ? (double)value.num / (double)value.den : NAN);
}

/* Prints the i-th number of an array in a metadata value. */
static void
print_element(struct json *json, enum mim_meta_type type, const void *data, size_t i)
{
    if (type == MIM_META_INT || type == MIM_META_INTS)
        json_integer(json, ((const int64_t *)data)[i]);
    else if (type == MIM_META_REAL || type == MIM_META_REALS)
        json_real(json, ((const double *)data)[i]);
    else
        print_rational(json, ((const struct mim_rational *)data)[i]);
}

static void
print_list(struct json *json, const struct mim_meta_item *item)
{
    size_t element = item->type == MIM_META_RATIONALS ? sizeof(struct mim_rational) : 8;

    json_open(json, '[');
    json->is_on_one_line = true;
    for (size_t i = 0; i < item->size / element; i++)
        print_element(json, item->type, item->data, i);
    json_close(json, ']');
    json->is_on_one_line = false;
}

static void
print_value(struct json *json, const struct mim_meta_item *item)
{
    switch (item->type) {
    case MIM_META_INT:
    case MIM_META_REAL:
    case MIM_META_RATIONAL:
        print_element(json, item->type, item->data, 0);
        break;
    case MIM_META_INTS:
    case MIM_META_REALS:
    case MIM_META_RATIONALS:
        print_list(json, item);
        break;
    case MIM_META_TEXT:
    case MIM_META_TIME:
        json_text(json, item->data, item->size);
        break;
    default:
        json_open(json, '{');
        json_key(json, "bytes");
        json_count(json, item->size);
        json_close(json, '}');
    }
}

void
json_meta(struct json *json, const struct mim_meta *meta)
{
    struct mim_meta_item item;

    json_open(json, '{');
    for (size_t i = 0; mim_meta_at(meta, i, &item); i++) {
        json_key(json, item.key);
        print_value(json, &item);
    }
    json_close(json, '}');
}
