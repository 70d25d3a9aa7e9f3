/* SPDX-License-Identifier: MIT */
/* A look at a module before the dynamic loader maps it: a file cut short would be a SIGBUS there. */
#ifndef MIM_CORE_REGISTRY_ELF_CHECK_H
#define MIM_CORE_REGISTRY_ELF_CHECK_H

#include <stdint.h>

#include <mim/error.h>

/* Is the regular file behind `fd` a whole shared object for this machine? BROKEN_PLUGIN says what it is instead. */
enum mim_status mim_elf_check(int fd, uint64_t size, const char *path, struct mim_error *err);

#endif
