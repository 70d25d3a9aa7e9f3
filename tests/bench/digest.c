/* SPDX-License-Identifier: MIT */
/* Prints the number, the sum and the mean byte of packed frames on standard input, as the loops compute it.   digest LAYOUT ROW-BYTES HEIGHT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop.h"

static const char *const layouts[] = {
    [LOOP_RGB] = "rgb", [LOOP_RGBA] = "rgba", [LOOP_BGRA] = "bgra", [LOOP_PLAIN] = "plain"
};

int
main(int argc, char **argv)
{
    struct loop loop = { .summing = 1 };
    int layout = 0;

    while (argc == 4 && layout <= LOOP_PLAIN && strcmp(argv[1], layouts[layout]) != 0)
        layout++;
    if (argc != 4 || layout > LOOP_PLAIN) {
        fprintf(stderr, "usage: %s rgb|rgba|bgra|plain ROW-BYTES HEIGHT\n", argv[0]);
        return 2;
    }
    size_t row_bytes = strtoul(argv[2], NULL, 10);
    uint32_t height = (uint32_t)strtoul(argv[3], NULL, 10);
    uint8_t *frame = malloc(row_bytes * height);

    if (!frame || row_bytes * height == 0)
        return 1;
    while (fread(frame, row_bytes * height, 1, stdin) == 1)
        loop_frame(&loop, (enum loop_layout)layout, frame, height, row_bytes, row_bytes);
    free(frame);
    printf("%" PRIu64 " %016" PRIx64 " %.3f\n", loop.frames, loop.sum, loop_mean(&loop));
    return 0;
}
