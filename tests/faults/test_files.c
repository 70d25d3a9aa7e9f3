/* SPDX-License-Identifier: MIT */
/* Makes every allocation and every fsync of an application's calls with files fail in turn. Afterwards there is either
 * the old file or the complete new one, and no other file. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults.h"
#include "subject.h"

static const char old[] = "what was here before";
static char directory[] = "/tmp/faults-XXXXXX";
static char input[64], output[64];

static void
write_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

static bool
output_is_old(void)
{
    char bytes[sizeof old];
    FILE *file = fopen(output, "rb");
    CHECK(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return size == strlen(old) && !memcmp(bytes, old, size);
}

static long
files_in_directory(void)
{
    DIR *listed = opendir(directory);
    long count = -2; /* . and .. */
    CHECK(listed);
    while (readdir(listed))
        count++;
    closedir(listed);
    return count;
}

/* --- the calls: each frees its memory and returns its status ----------------------------------------------------- */

static enum mim_status
read_frames(struct mim_context *context)
{
    struct mim_frames frames = { 0 };
    enum mim_status status = mim_read(context, input, NULL, &frames, NULL);
    CHECK(frames.count == (status == MIM_OK ? 3 : 0));
    mim_frames_clear(&frames);
    return status;
}

static enum mim_status
read_image(struct mim_context *context)
{
    struct mim_frame frame = { 0 };
    enum mim_status status = mim_read_image(context, input, NULL, &frame, NULL);
    CHECK((frame.width == 13) == (status == MIM_OK));
    mim_frame_clear(&frame);
    return status;
}

static enum mim_status
read_volume(struct mim_context *context)
{
    struct mim_volume volume = { 0 };
    enum mim_status status = mim_read_volume(context, input, NULL, &volume, NULL);
    CHECK(volume.count == (status == MIM_OK ? 3 : 0));
    mim_volume_clear(&volume);
    return status;
}

static enum mim_status
write_frames_to(struct mim_context *context, const char *uri, const char *format, void **bytes, size_t *size)
{
    static unsigned char samples[2][4 * 4 * 3];
    struct mim_frame frames[2] = { 0 };
    for (unsigned i = 0; i < 2; i++) {
        memset(samples[i], (int)(i * 80), sizeof samples[i]);
        frames[i] = (struct mim_frame){ .sample = MIM_SAMPLE_U8,
                                        .width = 4,
                                        .height = 4,
                                        .channels = 3,
                                        .stride = 12,
                                        .data = samples[i],
                                        .pts = MIM_NO_PTS,
                                        .loop = -1 };
    }
    return mim_write(context, uri, frames, 2, NULL, &(struct mim_write_options){ .format = format, .sync = 1 }, bytes,
                     size, NULL);
}

static enum mim_status
write_file_whole(struct mim_context *context)
{
    return write_frames_to(context, output, "gif", NULL, NULL);
}

static enum mim_status
write_tiff_whole(struct mim_context *context)
{
    return write_frames_to(context, output, "tiff", NULL, NULL);
}

static enum mim_status
write_bytes(struct mim_context *context)
{
    void *bytes = NULL;
    size_t size = 0;
    enum mim_status status = write_frames_to(context, "<bytes>", "gif", &bytes, &size);
    CHECK((bytes && size > 30) == (status == MIM_OK));
    mim_free(bytes);
    return status;
}

static enum mim_status
write_volume(struct mim_context *context)
{
    static unsigned char samples[2 * 4 * 4];
    const struct mim_volume volume = { .sample = MIM_SAMPLE_U8,
                                       .width = 4,
                                       .height = 4,
                                       .channels = 1,
                                       .count = 2,
                                       .data = samples,
                                       .size = sizeof samples };
    return mim_write_volume(context, output, &volume, &(struct mim_write_options){ .format = "raw", .sync = 1 }, NULL);
}

static enum mim_status
convert(struct mim_context *context)
{
    return mim_convert_uri(context, input, output,
                           &(struct mim_convert_options){ .write = { .format = "gif", .sync = 1 } }, NULL);
}

static void
count_step(void *user, const struct mim_explanation *step)
{
    (void)step;
    ++*(long *)user;
}

static enum mim_status
explain(struct mim_context *context)
{
    struct mim_source *source = NULL;
    long steps = 0;
    enum mim_status status = mim_source_open_path(&source, input, NULL);
    if (status == MIM_OK)
        status = mim_context_explain(context, source, NULL, NULL, count_step, &steps, NULL);
    mim_source_close(source);
    CHECK(status != MIM_OK || steps > 1);
    return status;
}

static void
count_option(void *user, const struct mim_option_info *option)
{
    (void)option;
    ++*(long *)user;
}

static enum mim_status
list_options(struct mim_context *context)
{
    long options = 0;
    enum mim_status status = mim_format_options(context, "gif", NULL, 1, count_option, &options, NULL);
    CHECK(status != MIM_OK || options > 5);
    return status;
}

static enum mim_status
list_all(struct mim_context *context)
{
    struct mim_plugin_info plugin;
    struct mim_format_info format;
    size_t plugins = 0, formats = 0;
    while (mim_context_plugin(context, plugins, &plugin))
        plugins++;
    enum mim_status status = mim_context_list_status(context, NULL);
    if (status != MIM_OK)
        return status;
    while (mim_context_format(context, formats, &format))
        formats++;
    status = mim_context_list_status(context, NULL);
    CHECK(status != MIM_OK || (plugins >= 3 && formats >= 3));
    return status;
}

static enum mim_status
configure(struct mim_context *context)
{
    return mim_context_configure(context, "[prefer]\ngif = gif\n[limit]\nframes = 1000\n", NULL);
}

struct operation {
    const char *name;
    enum mim_status (*run)(struct mim_context *context);
    bool writes;
};
static const struct operation operations[] = {
    { "mim_read", read_frames, false },
    { "mim_read_image", read_image, false },
    { "mim_read_volume", read_volume, false },
    { "mim_write of gif", write_file_whole, true },
    { "mim_write of bytes", write_bytes, false },
    { "mim_write_volume", write_volume, true },
    { "mim_convert_uri", convert, true },
    { "mim_context_explain", explain, false },
    { "mim_format_options", list_options, false },
    { "the lists", list_all, false },
    { "mim_context_configure", configure, false },
};

static enum mim_status
attempt(const struct operation *operation)
{
    struct mim_context *context = NULL;
    enum mim_status status = subject_context(&context, 1);
    if (status == MIM_OK)
        status = operation->run(context);
    mim_context_destroy(context);
    return status;
}

/* --- the faults -------------------------------------------------------------------------------------------------- */

static bool
survives(const struct operation *operation, long place, bool for_ever)
{
    write_file(output, old, strlen(old));
    long live = fault_memory_live();
    fault_memory_at(place, for_ever);
    enum mim_status status = attempt(operation);
    bool refused = fault_memory_recover();
    long left = fault_memory_live() - live;
    bool replaced = status == MIM_OK && operation->writes;
    if ((status == MIM_OK || (status == MIM_NOMEM && refused)) && !left && output_is_old() == !replaced &&
        files_in_directory() == 2)
        return true;
    print_message("# %s, allocation %ld%s: %s, %ld blocks left, %ld files, the output is %s\n", operation->name, place,
                  for_ever ? " and all after" : "", mim_status_name(status), left, files_in_directory(),
                  output_is_old() ? "old" : "new");
    return false;
}

static void
every_call_may_run_out_of_memory(void)
{
    long failures = 0;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        CHECK(attempt(&operations[i]) == MIM_OK);
        fault_memory_reset();
        CHECK(attempt(&operations[i]) == MIM_OK);
        long places = (long)fault_memory_asked().calls;
        CHECK(places > 5);
        for (int for_ever = 0; for_ever < 2; for_ever++)
            for (long place = 0; place < places; place++)
                failures += !survives(&operations[i], place, for_ever);
    }
    CHECK(!failures);
}

static void
a_failing_sync_leaves_the_old_file(void)
{
    static const struct operation writers[] = { { "gif", write_file_whole, true },
                                                { "tiff", write_tiff_whole, true },
                                                { "raw", write_volume, true } };
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        struct fault_plan plan = { .call = FAULT_SYNC, .number = EIO, .directory = directory };
        write_file(output, old, strlen(old));
        fault_calls_plan(&plan);
        CHECK(attempt(&writers[i]) == MIM_IO);
        CHECK(fault_calls_seen() == 1);
        CHECK(output_is_old());
        CHECK(files_in_directory() == 2);

        plan.at = -1;
        fault_calls_plan(&plan);
        CHECK(attempt(&writers[i]) == MIM_OK);
        CHECK(fault_calls_seen() >= 1);
        CHECK(!output_is_old());
        fault_calls_plan(NULL);
    }
}

int
main(void)
{
    static const struct CMUnitTest cases[] = { CASE(every_call_may_run_out_of_memory),
                                               CASE(a_failing_sync_leaves_the_old_file) };
    subjects_load_seeds();
    if (!mkdtemp(directory))
        return 1;
    snprintf(input, sizeof input, "%s/in.gif", directory);
    snprintf(output, sizeof output, "%s/out", directory);
    write_file(input, subjects[0].data, subjects[0].size);
    int failed = cmocka_run_group_tests_name("files", cases, NULL, NULL);
    unlink(input);
    unlink(output);
    rmdir(directory);
    return failed;
}
