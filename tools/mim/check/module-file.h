/* SPDX-License-Identifier: MIT */
/* The file of a module, read without loading it. */
#ifndef MIM_TOOL_CHECK_MODULE_FILE_H
#define MIM_TOOL_CHECK_MODULE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct module_file {
    uint8_t *data;
    size_t size;
};

/* Map a file, which is a whole module for this machine. Returns false, with errno, if it cannot be read. */
bool module_file_open(struct module_file *file, const char *path);
void module_file_close(struct module_file *file);

/* Return the i-th string of a tag of the dynamic section, such as DT_NEEDED, or NULL. */
const char *module_file_string(const struct module_file *file, int64_t tag, size_t i);
/* Set the value of a tag of the dynamic section. Returns false if there is none. */
bool module_file_value(const struct module_file *file, int64_t tag, uint64_t *value);
/* Return the i-th symbol that the module defines for others, without weak ones, or NULL. */
const char *module_file_export(const struct module_file *file, size_t i);
/* Return the text of the note of kit/entry.h, or NULL. */
const char *module_file_note(const struct module_file *file);

#endif
