/* SPDX-License-Identifier: MIT */
/* Measures the start of a program that links giflib. */
#include <gif_lib.h>

int
main(int argc, char **argv)
{
    (void)argv;
    return argc > 1000 && GifErrorString(argc) != 0; /* a reference, so that the linker keeps the library */
}
