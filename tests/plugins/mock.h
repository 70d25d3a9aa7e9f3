/* SPDX-License-Identifier: MIT */
/* The smallest complete plugin. Each of the other files breaks one rule. */
#include <mim/plugin.h>

static __attribute__((unused)) int32_t
mock_prepare(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    (void)job, (void)index, (void)packet, (void)info;
    return MIM_END;
}

#define MOCK_READER(size, prepare_) { .struct_size = (size), .prepare = (prepare_) }
#define MOCK_FORMATS(reader_) \
    static const struct mim_reader_ops mock_reader = reader_; \
    static const struct mim_format_ops mock_format = { .struct_size = sizeof mock_format, \
                                                       .name = "mock", \
                                                       .reader = &mock_reader }; \
    static const struct mim_format_ops *const mock_formats[] = { &mock_format, NULL }

#define MOCK_PLUGIN(magic_, size_, major_, minor_, name_) \
    { \
        .magic = (magic_), .struct_size = (size_), .major = (major_), .minor = (minor_), .name = (name_), \
        .version = "1.0", .library = "nothing", .formats = mock_formats \
    }
#define MOCK_SIZE ((uint32_t)sizeof(struct mim_plugin))
