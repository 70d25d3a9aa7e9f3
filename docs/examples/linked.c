/* SPDX-License-Identifier: MIT */
/* Read a format whose plugin is linked into the program.   linked FILE.pgm */
#include <mim/mim.h>

extern const struct mim_plugin mim_plugin_v1_pgm; /* plugin/pgm.c, compiled with -DMIM_BUILTIN=pgm */

static const char manifest[] = "[plugin]\n"
                               "manifest = 1\n"
                               "name = pgm\n"
                               "version = 1.0.0\n"
                               "abi = 1.0\n"
                               "license = MIT\n"
                               "[format pgm]\n"
                               "extensions = pgm\n"
                               "magic = 0:5035\n"
                               "read = multi\n"
                               "write = multi\n";

int
main(int argc, char **argv)
{
    struct mim_context *context = NULL;
    struct mim_frames frames = { 0 };
    struct mim_plugin_info plugin;
    struct mim_error err = { 0 };

    if (argc == 2 && mim_context_create(&context, NULL, &err) == MIM_OK &&
        mim_context_add_plugin(context, &mim_plugin_v1_pgm, manifest, &err) == MIM_OK &&
        mim_read(context, argv[1], NULL, &frames, &err) == MIM_OK && mim_context_plugin(context, 0, &plugin))
        printf("%zu frames by the plugin %s, %s\n", frames.count, plugin.name, plugin.place);
    fputs(err.message, stderr);
    mim_frames_clear(&frames);
    mim_context_destroy(context);
    return err.status != MIM_OK;
}
