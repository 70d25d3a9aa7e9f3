/* SPDX-License-Identifier: MIT */
/* mim formats: lists the formats that can be read and written, and their plugins. */
#include <string.h>

#include "json.h"
#include "report.h"
#include "text.h"

static const char *
state_name(enum mim_format_state state)
{
    static const char *const names[] = {
        [MIM_FORMAT_READY] = "ready",
        [MIM_FORMAT_NOT_INSTALLED] = "not installed",
        [MIM_FORMAT_BROKEN] = "broken",
        [MIM_FORMAT_DISABLED] = "disabled",
    };
    return names[state];
}

static const char *
format_abilities(const struct mim_format_info *info)
{
    if (*info->read)
        return *info->write ? "read write" : "read";
    return *info->write ? "write" : "-";
}

/* Prints an array with an object per format. */
static enum exit_code
print_json(struct mim_context *context)
{
    struct json json = { .out = stdout };
    struct mim_format_info info;

    json_open(&json, '[');
    for (size_t i = 0; mim_context_format(context, i, &info); i++) {
        const bool ready = info.state == MIM_FORMAT_READY;
        json_open(&json, '{');
        json_key(&json, "name");
        json_string(&json, info.name);
        json_key(&json, "title");
        json_string(&json, info.title);
        json_key(&json, "plugin");
        json_string(&json, *info.plugin ? info.plugin : NULL);
        json_key(&json, "extensions");
        json_words(&json, info.extensions, ' ');
        json_key(&json, "mime");
        json_words(&json, info.mime, ' ');
        json_key(&json, "read");
        json_words(&json, info.read, ' ');
        json_key(&json, "write");
        json_words(&json, info.write, ' ');
        json_key(&json, "state");
        json_string(&json, state_name(info.state));
        json_key(&json, "reason");
        json_string(&json, ready || !*info.reason ? NULL : info.reason);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    return list_code(context);
}

enum exit_code
run_formats(struct cli *cli)
{
    if (cli->json)
        return print_json(cli->context);

    struct mim_format_info info;
    size_t name_width = strlen("format"), plugin_width = strlen("plugin");

    for (size_t i = 0; mim_context_format(cli->context, i, &info); i++) {
        name_width = max_width(name_width, info.name);
        plugin_width = max_width(plugin_width, info.plugin);
    }
    enum exit_code code = list_code(cli->context);
    if (code != EXIT_GOOD)
        return code;

    for (size_t i = 0; mim_context_format(cli->context, i, &info); i++) {
        bool ready = info.state == MIM_FORMAT_READY;
        print_cell(stdout, info.name, name_width);
        print_cell(stdout, format_abilities(&info), strlen("read write"));
        print_cell(stdout, *info.plugin ? info.plugin : "-", plugin_width);
        print_cell(stdout, state_name(info.state), strlen("not installed"));
        print_text(stdout, ready ? info.title : *info.reason ? info.reason : "no known plugin");
        putchar('\n');
    }
    return list_code(cli->context);
}
