/* SPDX-License-Identifier: MIT */
/* Use only the plugins in a directory of the application.   private DIRECTORY FILE */
#include <mim/mim.h>

static enum mim_status
show(struct mim_context *context, const char *directory, const char *file, struct mim_error *err)
{
    struct mim_reader *reader;
    struct mim_reader_facts facts;

    enum mim_status status = mim_context_add_directory(context, directory, err);
    if (status != MIM_OK)
        return status;

    struct mim_plugin_info plugin;
    for (size_t i = 0; mim_context_plugin(context, i, &plugin); i++)
        printf("plugin %s from %s\n", plugin.name, plugin.place);

    status = mim_reader_open_uri(&reader, context, file, NULL, err);
    if (status != MIM_OK)
        return status;
    mim_reader_get_facts(reader, &facts);
    printf("%s is %s, read by %s %s\n", file, facts.format, facts.plugin, facts.plugin_version);
    mim_reader_close(reader);
    return MIM_OK;
}

int
main(int argc, char **argv)
{
    const struct mim_context_options alone = { .no_environment = 1, .no_system = 1, .no_config = 1 };
    struct mim_context *context = NULL;
    struct mim_error err = { 0 };

    if (argc != 3) {
        fprintf(stderr, "usage: private DIRECTORY FILE\n");
        return 2;
    }
    enum mim_status status = mim_context_create(&context, &alone, &err);
    if (status == MIM_OK)
        status = show(context, argv[1], argv[2], &err);
    if (status != MIM_OK)
        fprintf(stderr, "%s\n", err.message);
    mim_context_destroy(context);
    return status != MIM_OK;
}
