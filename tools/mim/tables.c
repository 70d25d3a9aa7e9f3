/* SPDX-License-Identifier: MIT */
/* Prints the option tables of a plugin's formats. Formats with equal tables share one. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "report.h"

struct table {
    const char *format;
    char *text; /* the table without the format's name */
    bool is_reported;
};

/* Closes a memory stream and reports whether its text is complete. Without memory, fclose() may succeed and leave none. */
static enum mim_status
finish_text(FILE *out, char *const *text, struct mim_error *err)
{
    bool is_whole = !ferror(out);
    is_whole = !fclose(out) && is_whole && *text;
    return is_whole ? MIM_OK : fail(err, MIM_NOMEM, "no memory for a table");
}

static enum mim_status
render_table(struct option_page page, struct table *table, struct mim_error *err)
{
    size_t size;
    FILE *out = open_memstream(&table->text, &size);
    if (!out)
        return fail(err, MIM_NOMEM, "no memory for a table");

    page.format = table->format;
    page.title = "";
    enum mim_status status = print_format_options(out, &page, err);
    struct mim_error full;
    enum mim_status closed = finish_text(out, &table->text, status == MIM_OK ? err : &full);
    return status == MIM_OK ? closed : status;
}

/* Prints the first of `tables` under the names of all formats whose table is equal. */
static enum mim_status
print_alike(struct option_page page, struct table *tables, size_t count, struct mim_error *err)
{
    char *names = NULL;
    size_t size;
    FILE *out = open_memstream(&names, &size);
    if (!out)
        return fail(err, MIM_NOMEM, "no memory for names");

    for (size_t i = 0; i < count; i++)
        if (!strcmp(tables[i].text, tables->text)) {
            fprintf(out, "%s%s", i ? " " : "", tables[i].format);
            tables[i].is_reported = true;
        }
    enum mim_status status = finish_text(out, &names, err);
    page.format = tables->format;
    page.title = names;
    if (status == MIM_OK) {
        putchar('\n');
        status = print_format_options(stdout, &page, err);
    }
    free(names);
    return status;
}

enum mim_status
print_plugin_options(struct mim_context *context, const char *plugin, const char *formats, struct mim_error *err)
{
    const struct option_page page = { .context = context, .plugin = plugin };
    enum mim_status status = MIM_OK;
    size_t count = 0;
    char *names = strdup(formats), *rest = NULL; /* loading the plugin may invalidate the borrowed text */
    struct table *tables = calloc(strlen(formats) / 2 + 1, sizeof *tables);

    if (!names || !tables)
        status = fail(err, MIM_NOMEM, "no memory for tables");
    for (char *name = names ? strtok_r(names, " ", &rest) : NULL; name && status == MIM_OK; name = strtok_r(NULL, " ", &rest)) {
        tables[count].format = name;
        status = render_table(page, &tables[count++], err);
    }
    for (size_t i = 0; i < count && status == MIM_OK; i++)
        if (!tables[i].is_reported)
            status = print_alike(page, tables + i, count - i, err);
    for (size_t i = 0; i < count; i++)
        free(tables[i].text);
    free(tables);
    free(names);
    return status;
}
