/* SPDX-License-Identifier: MIT */
/* mim plugins: lists all manifests with their location and state. */
#include "plugins.h"

#include <string.h>

#include "report.h"
#include "text.h"

const char *
plugin_state_name(enum mim_plugin_state state)
{
    static const char *const names[] = {
        [MIM_PLUGIN_READY] = "ready",
        [MIM_PLUGIN_SHADOWED] = "shadowed",
        [MIM_PLUGIN_MASKED] = "masked",
        [MIM_PLUGIN_BROKEN] = "broken",
        [MIM_PLUGIN_DISABLED] = "disabled",
    };
    return names[state];
}

/* Prints each line of a text after blanks. */
static void
print_lines(const char *text, size_t indent)
{
    for (size_t length; *text; text += length + (text[length] == '\n')) {
        length = strcspn(text, "\n");
        char line[512];
        snprintf(line, sizeof line, "%.*s", (int)length, text);
        printf("%*s", (int)indent, "");
        print_text(stdout, line);
        putchar('\n');
    }
}

static enum exit_code
list_plugins(struct mim_context *context)
{
    struct mim_plugin_info info;
    size_t name_width = 0, version_width = 0;

    for (size_t i = 0; mim_context_plugin(context, i, &info); i++) {
        name_width = max_width(name_width, info.name);
        version_width = max_width(version_width, info.version);
    }
    enum exit_code code = list_code(context);
    if (code != EXIT_GOOD)
        return code;

    for (size_t i = 0; mim_context_plugin(context, i, &info); i++) {
        print_cell(stdout, info.name, name_width);
        print_cell(stdout, info.version, version_width);
        print_cell(stdout, plugin_state_name(info.state), strlen("shadowed"));
        print_text(stdout, info.manifest);
        putchar('\n');
        if (*info.reason || *info.shadowed_by) {
            printf("%*s", (int)(name_width + 2), "");
            print_text(stdout, *info.reason ? info.reason : info.shadowed_by);
            putchar('\n');
        }
        print_lines(info.ignored, name_width + 2);
    }
    return list_code(context);
}

/* Lists the files that look like manifests but were refused. */
static enum exit_code
list_diagnostics(struct mim_context *context)
{
    const char *line;
    for (size_t i = 0; (line = mim_context_diagnostic(context, i)); i++) {
        fputs(i ? "" : "\nrefused:\n", stdout);
        fputs("  ", stdout);
        print_text(stdout, line);
        putchar('\n');
    }
    return list_code(context);
}

typedef const char *lister(struct mim_context *, size_t);

static enum exit_code
list_lines(struct mim_context *context, lister *line_at, const char *heading)
{
    const char *line;
    for (size_t i = 0; (line = line_at(context, i)); i++) {
        if (heading && i == 0)
            puts(heading);
        fputs(heading ? "  " : "", stdout);
        print_text(stdout, line);
        putchar('\n');
    }
    return list_code(context);
}

static void
print_row(const char *name, const char *value)
{
    if (!*value)
        return;
    fputs("  ", stdout);
    print_cell(stdout, name, strlen("description"));
    print_text(stdout, value);
    putchar('\n');
}

static void
print_details(const struct mim_plugin_info *info)
{
    char numbers[64];

    print_heading(stdout, info->name);
    print_row("description", info->description);
    print_row("version", info->version);
    print_row("state", plugin_state_name(info->state));
    print_row("reason", info->reason);
    print_row("formats", info->formats);
    print_row("schemes", info->schemes);
    print_row("license", info->license);
    print_row("libraries", info->library);
    print_row("package", info->package);
    print_row("manifest", info->manifest);
    print_row("module", info->module);
    print_row("shadowed by", info->shadowed_by);
    snprintf(numbers, sizeof numbers, "%d.%d", info->abi_major, info->abi_minor);
    print_row("abi", numbers);
    snprintf(numbers, sizeof numbers, "%d", info->priority);
    print_row("priority", numbers);
    if (*info->ignored)
        puts("  ignored");
    print_lines(info->ignored, 4);
}

static enum exit_code
show_plugin(struct cli *cli, const char *name)
{
    struct mim_plugin_info info;
    struct mim_error err = { 0 };
    bool found = false, ready = false;

    enum mim_status status = mim_context_load_plugin(cli->context, name, &err);
    for (size_t i = 0; !ready && mim_context_plugin(cli->context, i, &info); i++) {
        if (strcmp(info.name, name))
            continue;
        if (found)
            putchar('\n');
        print_details(&info);
        found = true;
        ready = info.state == MIM_PLUGIN_READY;
    }
    enum exit_code code = list_code(cli->context);
    if (code != EXIT_GOOD)
        return code;
    if (!found)
        return give_up(NULL, &err);
    if (status == MIM_OK)
        status = print_plugin_options(cli->context, name, info.formats, &err);
    return status == MIM_OK ? EXIT_GOOD : give_up(NULL, &err);
}

enum exit_code
run_plugins(struct cli *cli)
{
    if (cli->json)
        return plugins_print_json(cli->context, cli->operands[0]);
    if (cli->operand_count)
        return show_plugin(cli, cli->operands[0]);

    struct verdict verdict = { EXIT_GOOD };
    if (cli->paths)
        verdict_add(&verdict, list_lines(cli->context, mim_context_search_path, NULL));
    if (cli->config) {
        verdict_add(&verdict, list_lines(cli->context, mim_context_config_file, "files:"));
        verdict_add(&verdict, list_lines(cli->context, mim_context_config_value, "values:"));
    }
    if (!cli->paths && !cli->config)
        verdict_add(&verdict, list_plugins(cli->context));
    if (!cli->paths)
        verdict_add(&verdict, list_diagnostics(cli->context));
    return verdict.code;
}
