/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The entry of a plugin, and a note in the module that repeats the manifest:
 *
 *     MIM_PLUGIN("png", "1.0.0", "MIT", "png:rw apng:rw", .library = "libpng", .formats = formats);
 *
 * The first four arguments are string literals: name, version, license and formats, each as in the manifest. A format is
 * followed by `:r` if the plugin reads it, `:w` if it writes it, or `:rw`. The other arguments initialise further fields of
 * struct mim_plugin, in the order of the struct in C++. The macro defines the exported symbol with the magic, size and
 * numbers of the ABI that it is compiled with, and the ELF note, which hosts compare with the manifest before they load the
 * module.
 *
 * MIM_PLUGIN_TRANSPORT does the same for plugins with transports, with their schemes as the fifth argument:
 *
 *     MIM_PLUGIN_TRANSPORT("ftp", "1.0.0", "MIT", "", "ftp ftps", .transports = transports);
 *
 * The note is in the section .note.mim. Its owner is "mim", its type MIM_NOTE_TYPE, and its content a text with the lines
 * name=, version=, abi=, license=, formats= and, of transports, schemes=, and a terminating zero. Header-only, for C and C++20.
 */
#ifndef MIM_KIT_ENTRY_H
#define MIM_KIT_ENTRY_H

#include <mim/plugin.h>

#define MIM_NOTE_OWNER "mim"
enum { MIM_NOTE_TYPE = 1 };

#define MIM_STRING_(x) #x
#define MIM_STRING(x) MIM_STRING_(x)
#define MIM_NOTE_TEXT_(name, version, license, formats) \
    "name=" name "\nversion=" version "\nabi=" MIM_STRING(MIM_PLUGIN_ABI_MAJOR) "." MIM_STRING(MIM_PLUGIN_ABI_MINOR) \
    "\nlicense=" license "\nformats=" formats "\n"

/* Sanitizers of clang would put padding after the note. */
#ifdef __clang__
#define MIM_NOTE_PLAIN_ __attribute__((no_sanitize("address")))
#else
#define MIM_NOTE_PLAIN_
#endif

#define MIM_NOTE_(text_) \
    static const struct { \
        uint32_t owner_size, text_size, type; \
        char owner[sizeof MIM_NOTE_OWNER]; \
        char text[sizeof(text_)]; \
    } mim_plugin_note MIM_NOTE_PLAIN_ __attribute__((used, section(".note.mim"), aligned(4))) = { \
        sizeof MIM_NOTE_OWNER, sizeof(text_), MIM_NOTE_TYPE, MIM_NOTE_OWNER, text_ \
    }

/* g++ warns of fields without a value, which C++ has no other way to leave at zero. */
#ifdef __cplusplus
#define MIM_FEW_FIELDS_ _Pragma("GCC diagnostic ignored \"-Wmissing-field-initializers\"")
#else
#define MIM_FEW_FIELDS_
#endif

#define MIM_PLUGIN_(note_, name_, version_, license_, ...) \
    MIM_NOTE_(note_); \
    MIM_FEW_FIELDS_ MIM_PLUGIN_EXPORT const struct mim_plugin MIM_PLUGIN_SYMBOL = { \
        MIM_PLUGIN_HEADER, .name = name_, .version = version_, .licence = license_, __VA_ARGS__ \
    }

#define MIM_PLUGIN(name_, version_, license_, formats_, ...) \
    MIM_PLUGIN_(MIM_NOTE_TEXT_(name_, version_, license_, formats_), name_, version_, license_, __VA_ARGS__)
#define MIM_PLUGIN_TRANSPORT(name_, version_, license_, formats_, schemes_, ...) \
    MIM_PLUGIN_(MIM_NOTE_TEXT_(name_, version_, license_, formats_) "schemes=" schemes_ "\n", name_, version_, license_, __VA_ARGS__)

#endif
