/* SPDX-License-Identifier: MIT */
/* Whether the libraries that a module needs are installed. */
#ifndef MIM_CORE_REGISTRY_NEEDED_LIBRARIES_H
#define MIM_CORE_REGISTRY_NEEDED_LIBRARIES_H

#include <mim/error.h>

/* Looks where the dynamic loader does, and runs no code. BROKEN_PLUGIN names the first library that it would not find; MIM_OK also if
 * the file cannot be understood, which mim_elf_check() reports. The needs of libraries themselves are not followed. */
enum mim_status mim_needed_libraries_check(const char *path, struct mim_error *err);

#endif
