/* SPDX-License-Identifier: MIT */
/* Stacks in one directory, whose other images follow the first one without directories of their own. */
#ifndef MIM_TIFF_READ_STACK_H
#define MIM_TIFF_READ_STACK_H

#include <stdint.h>

#include "file/directory.h"

enum { TIFF_DESCRIPTION_SIZE = 4096 }; /* enough to recognize the writer */

/* The first bytes of the description, as a string; "" without a description. */
int32_t tiff_description_read(struct tiff_directory *directory, char text[TIFF_DESCRIPTION_SIZE + 1]);
/* A stack that the first page announces. */
struct tiff_stack {
    uint64_t images;  /* 1: none */
    uint64_t samples; /* of all images together, if their number is not given; 0: unknown */
};

int32_t tiff_stack_read(struct tiff_stack *stack, struct tiff_directory *directory);

#endif
