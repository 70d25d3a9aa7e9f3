/* SPDX-License-Identifier: MIT */
/* Checks a module before the dynamic loader maps it, where a truncated file would raise SIGBUS, and reads its note. */
#ifndef MIM_CORE_REGISTRY_ELF_CHECK_H
#define MIM_CORE_REGISTRY_ELF_CHECK_H

#include <stdint.h>

#include <mim/error.h>

/* Checks that the regular file `fd` is a complete shared object for this machine. BROKEN_PLUGIN says what is wrong. Sets `note` to the
 * text of the note that kit/entry.h describes, which the caller frees, or to NULL without one. */
enum mim_status mim_elf_check(int fd, uint64_t size, const char *path, char **note, struct mim_error *err);

#endif
