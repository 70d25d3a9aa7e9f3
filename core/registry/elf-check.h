/* SPDX-License-Identifier: MIT */
/* Checks a module before the dynamic loader maps it, where a truncated file would raise SIGBUS. */
#ifndef MIM_CORE_REGISTRY_ELF_CHECK_H
#define MIM_CORE_REGISTRY_ELF_CHECK_H

#include <stdint.h>

#include <mim/error.h>

/* Checks that the regular file `fd` is a complete shared object for this machine. BROKEN_PLUGIN says what is wrong. */
enum mim_status mim_elf_check(int fd, uint64_t size, const char *path, struct mim_error *err);

#endif
