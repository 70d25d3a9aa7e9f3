/* SPDX-License-Identifier: MIT */
/* mim plugins --json: an object per manifest, always with the same keys. */
#include "plugins.h"

#include <string.h>

#include "json.h"
#include "report.h"

/* The table of one format, in one direction. */
struct listing {
    struct json *json;
    const char *format;
    int writing;
};

static void
print_key(struct json *json, const char *key, const char *text)
{
    json_key(json, key);
    json_string(json, *text ? text : NULL);
}

static void
print_choices(struct json *json, const struct mim_option_info *option)
{
    char name[128];

    json_open(json, '[');
    json->is_on_one_line = true;
    for (size_t i = 0; mim_option_choice_name(option, i, name, sizeof name); i++)
        json_string(json, name);
    json_close(json, ']');
    json->is_on_one_line = false;
}

static void
print_option(void *user, const struct mim_option_info *option)
{
    const struct listing *listing = user;
    struct json *json = listing->json;

    json_open(json, '{');
    print_key(json, "format", listing->format);
    print_key(json, "direction", listing->writing ? "write" : "read");
    print_key(json, "name", option->name);
    print_key(json, "type", option->type_text);
    print_key(json, "default", option->initial);
    json_key(json, "required");
    json_boolean(json, option->required);
    print_key(json, "unit", option->unit ? option->unit : "");
    json_key(json, "min");
    if (option->has_range)
        json_real(json, option->min);
    else
        json_null(json);
    json_key(json, "max");
    if (option->has_range)
        json_real(json, option->max);
    else
        json_null(json);
    json_key(json, "choices");
    print_choices(json, option);
    print_key(json, "help", option->help);
    json_close(json, '}');
}

/* Prints all options of a plugin that is loaded. Its formats are separated by blanks. */
static void
print_options(struct json *json, struct mim_context *context, const char *plugin, const char *formats)
{
    char format[64];

    json_key(json, "options");
    json_open(json, '[');
    for (size_t length; *formats; formats += length + (formats[length] != 0)) {
        length = strcspn(formats, " ");
        snprintf(format, sizeof format, "%.*s", (int)length, formats);
        for (int writing = 0; writing < 2; writing++) {
            struct mim_error unable; /* another plugin reads or writes the format */
            mim_format_options(context, format, plugin, writing, print_option, &(struct listing){ json, format, writing },
                               &unable);
        }
    }
    json_close(json, ']');
}

static void
print_manifest(struct json *json, const struct mim_plugin_info *info)
{
    char abi[32];

    snprintf(abi, sizeof abi, "%d.%d", info->abi_major, info->abi_minor);
    print_key(json, "name", info->name);
    print_key(json, "version", info->version);
    print_key(json, "description", info->description);
    print_key(json, "license", info->license);
    print_key(json, "package", info->package);
    json_key(json, "formats");
    json_words(json, info->formats, ' ');
    json_key(json, "schemes");
    json_words(json, info->schemes, ' ');
    print_key(json, "state", plugin_state_name(info->state));
    print_key(json, "reason", info->reason);
    print_key(json, "shadowed_by", info->shadowed_by);
    print_key(json, "manifest", info->manifest);
    print_key(json, "module", info->module);
    print_key(json, "place", info->place);
    print_key(json, "abi", abi);
    json_key(json, "priority");
    json_integer(json, info->priority);
    print_key(json, "libraries", info->library);
    json_key(json, "ignored");
    json_words(json, info->ignored, '\n');
}

static void
print_refusals(struct json *json, struct mim_context *context)
{
    const char *line;

    json_key(json, "refused");
    json_open(json, '[');
    for (size_t i = 0; (line = mim_context_diagnostic(context, i)); i++)
        json_string(json, line);
    json_close(json, ']');
}

enum exit_code
plugins_print_json(struct mim_context *context, const char *name)
{
    struct json json = { .out = stdout };
    struct mim_plugin_info info;
    struct mim_error err = { 0 };
    bool is_found = !name;
    enum mim_status status = name ? mim_context_load_plugin(context, name, &err) : MIM_OK;

    json_open(&json, '{');
    json_key(&json, "plugins");
    json_open(&json, '[');
    for (size_t i = 0; mim_context_plugin(context, i, &info); i++) {
        if (name && strcmp(info.name, name))
            continue;
        is_found = true;
        json_open(&json, '{');
        print_manifest(&json, &info);
        if (name && info.state == MIM_PLUGIN_READY)
            print_options(&json, context, name, info.formats);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    print_refusals(&json, context);
    json_close(&json, '}');
    enum exit_code code = list_code(context);
    return code != EXIT_GOOD || (status == MIM_OK && is_found) ? code : give_up(NULL, &err);
}
