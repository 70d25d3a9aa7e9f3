/* SPDX-License-Identifier: MIT */
/* Archives, with a format that is linked in and has no random access: a "BAG!", then for each member its kind, the length and
 * bytes of its name, the length and bytes of its content, and a 0 at the end. */
#include <mim/plugin.h>

#include "failing-memory.h"
#include "tile.h"

struct bag {
    uint64_t at, left;
    char name[256];
};

static int opened; /* passes over a bag */

static int32_t
bag_open(struct mim_job *job)
{
    struct bag *self = job->state;
    self->at = 4;
    opened++;
    return MIM_OK;
}

static int32_t
take_bytes(struct mim_job *job, void *data, uint64_t size)
{
    struct bag *self = job->state;
    int64_t got = job->host->read_at(job, data, size, self->at);
    if (got < 0)
        return (int32_t)-got;
    self->at += size;
    return (uint64_t)got == size ? MIM_OK : (job->host->fail)(job, MIM_TRUNCATED, self->at, "the bag is cut");
}

static int32_t
bag_next(struct mim_job *job, struct mim_member *member)
{
    struct bag *self = job->state;
    uint8_t kind, length, size;
    self->at += self->left;
    int32_t status = take_bytes(job, &kind, 1);
    if (status == MIM_OK && !kind)
        return MIM_END;
    if (status == MIM_OK)
        status = take_bytes(job, &length, 1);
    if (status == MIM_OK)
        status = take_bytes(job, self->name, length);
    if (status == MIM_OK)
        status = take_bytes(job, &size, 1);
    if (status != MIM_OK)
        return status;
    self->name[length] = '\0';
    self->left = size;
    *member = (struct mim_member){ member->struct_size, kind, size, 0, self->name };
    return MIM_OK;
}

static int64_t
bag_read(struct mim_job *job, void *data, uint64_t size)
{
    struct bag *self = job->state;
    uint64_t part = size < self->left ? size : self->left;
    int32_t status = part ? take_bytes(job, data, part) : MIM_OK;
    self->left -= part;
    return status == MIM_OK ? (int64_t)part : -status;
}

static int32_t
bag_create(struct mim_job *job)
{
    return job->host->emit(job, "BAG!", 4);
}

static int32_t
bag_add(struct mim_job *job, const struct mim_member *member)
{
    const uint8_t before[2] = { (uint8_t)member->kind, (uint8_t)strlen(member->name) }, size = (uint8_t)member->size;
    int32_t status = job->host->emit(job, before, 2);
    if (status == MIM_OK)
        status = job->host->emit(job, member->name, before[1]);
    return status == MIM_OK ? job->host->emit(job, &size, 1) : status;
}

static int32_t
bag_write(struct mim_job *job, const void *data, uint64_t size)
{
    return job->host->emit(job, data, size);
}

static int32_t
bag_finish(struct mim_job *job)
{
    return job->host->emit(job, "", 1);
}

static const struct mim_container_ops bag_ops = {
    .struct_size = sizeof bag_ops,
    .state_size = sizeof(struct bag),
    .extension = "tile",
    .open = bag_open,
    .next = bag_next,
    .read = bag_read,
    .create = bag_create,
    .add = bag_add,
    .write = bag_write,
    .finish = bag_finish,
};
static const struct mim_format_ops bag = { .struct_size = sizeof bag, .name = "bag", .container = &bag_ops };
static const struct mim_format_ops *const formats[] = { &bag, NULL };
static const struct mim_plugin plugin = { MIM_PLUGIN_HEADER, .name = "bag", .version = "1", .licence = "MIT", .formats = formats };
static const char manifest[] = "[plugin]\nmanifest = 1\nname = bag\nversion = 1\nabi = 1.0\nlicense = MIT\n"
                               "[format bag]\nextensions = bag\nmagic = 0:42414721\nread = container multi\nwrite = container multi\n";

static struct mim_context *
bag_context(unsigned threads)
{
    struct mim_context *context = tile_context(threads);
    CHECK(mim_context_add_plugin(context, &plugin, manifest, NULL) == MIM_OK);
    return context;
}

struct bytes {
    uint8_t data[1000];
    size_t size;
};

static void
put_member(struct bytes *bytes, int kind, const char *name, const void *data, size_t size)
{
    bytes->data[bytes->size++] = (uint8_t)kind;
    bytes->data[bytes->size++] = (uint8_t)strlen(name);
    memcpy(bytes->data + bytes->size, name, strlen(name));
    bytes->size += strlen(name);
    bytes->data[bytes->size++] = (uint8_t)size;
    memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

static void
put_tile(struct bytes *bytes, int kind, const char *name, uint8_t value)
{
    put_member(bytes, kind, name, (const uint8_t[]){ 'T', 'I', 'L', 'E', 6, 4, value, 0, TILE_PLAIN }, 9);
}

/* Tiles 1 to 4 in natural order, stored in another, with what no series has between. */
static struct bytes
make_bag(void)
{
    struct bytes bytes = { "BAG!", 4 };
    put_tile(&bytes, MIM_MEMBER_FILE, "d/t10.tile", 3);
    put_tile(&bytes, MIM_MEMBER_FILE, "d/t9.tile", 2);
    put_tile(&bytes, MIM_MEMBER_OTHER, "link.tile", 9);
    put_tile(&bytes, MIM_MEMBER_FILE, "../up.tile", 9);
    put_tile(&bytes, MIM_MEMBER_FILE, ".hidden.tile", 9);
    put_tile(&bytes, MIM_MEMBER_FILE, "a.tile", 9);
    put_tile(&bytes, MIM_MEMBER_DIRECTORY, "d/", 9);
    put_tile(&bytes, MIM_MEMBER_FILE, "./e.tile", 4);
    put_tile(&bytes, MIM_MEMBER_FILE, "a.tile", 1);
    bytes.data[bytes.size++] = 0;
    return bytes;
}

/* The values of the frames, as "1 2 3", and the status that ends them. */
static enum mim_status
read_values(const char *path, unsigned threads, char values[100], struct mim_error *err)
{
    struct mim_context *context = bag_context(threads);
    struct mim_reader *reader;
    struct mim_frame frame = { 0 };
    enum mim_status status = mim_reader_open_uri(&reader, context, path, NULL, err);
    *values = '\0';
    if (status == MIM_OK) {
        while ((status = mim_reader_next(reader, &frame, err)) == MIM_OK)
            sprintf(values + strlen(values), "%s%d", *values ? " " : "", ((const uint8_t *)frame.data)[0]);
        mim_frame_clear(&frame);
        mim_reader_close(reader);
    }
    mim_context_destroy(context);
    CHECK(!tile_open);
    return status;
}

static void
members_are_frames_in_natural_order_after_two_passes(void)
{
    char *directory = tree_make(), values[100];
    struct bytes bytes = make_bag();
    struct mim_error err = { 0 };
    tree_write_bytes(directory, "x.bag", bytes.data, bytes.size);
    for (unsigned threads = 1; threads <= 8; threads *= 2) {
        opened = 0;
        CHECK(read_values(tree_path(directory, "x.bag"), threads, values, &err) == MIM_END);
        assert_string_equal(values, "1 2 3 4");
        CHECK(opened == 2);
    }
    tree_remove(directory);
}

static void
paths_of_members_and_of_parts(void)
{
    static const struct {
        const char *path, *values;
    } paths[] = {
        { "x.bag/d/t9.tile", "2" },      { "x.bag/a.tile", "1" }, { "x.bag/e.tile", "4" }, { "x.bag/d/", "2 3" },
        { "x.bag/d/t%d.tile", "2 3" },   { "x.bag/*.tile", "1 4" }, { "outer.bag/x.bag/d/t9.tile", "2" },
        { "outer.bag/x.bag", "1 2 3 4" },
    };
    char *directory = tree_make(), values[100];
    struct bytes inner = make_bag(), outer = { "BAG!", 4 }, three = { "BAG!", 4 };
    struct mim_error err = { 0 };
    put_member(&outer, MIM_MEMBER_FILE, "x.bag", inner.data, inner.size);
    outer.data[outer.size++] = 0;
    put_member(&three, MIM_MEMBER_FILE, "outer.bag", outer.data, outer.size);
    three.data[three.size++] = 0;
    tree_write_bytes(directory, "x.bag", inner.data, inner.size);
    tree_write_bytes(directory, "outer.bag", outer.data, outer.size);
    tree_write_bytes(directory, "three.bag", three.data, three.size);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        CHECK(read_values(tree_path(directory, paths[i].path), 2, values, &err) == MIM_END);
        assert_string_equal(values, paths[i].values);
    }
    CHECK(read_values(tree_path(directory, "three.bag/outer.bag/x.bag/a.tile"), 1, values, &err) == MIM_UNSUPPORTED);
    CHECK(read_values(tree_path(directory, "x.bag/b.tile"), 1, values, &err) == MIM_IO && strstr(err.message, "has no member"));
    CHECK(read_values(tree_path(directory, "x.bag/link.tile"), 1, values, &err) == MIM_UNSUPPORTED);
    tree_remove(directory);
}

/* The error after the members before a cut. */
static void
a_cut_ends_in_an_error(void)
{
    char *directory = tree_make(), values[100];
    struct bytes bytes = make_bag();
    struct mim_error err = { 0 };
    for (size_t size = bytes.size - 1; size > 4; size--) {
        tree_write_bytes(directory, "x.bag", bytes.data, size);
        CHECK(read_values(tree_path(directory, "x.bag"), 2, values, &err) == MIM_TRUNCATED);
    }
    tree_remove(directory);
}

static enum mim_status
convert(const char *from, const char *to, struct mim_error *err)
{
    struct mim_context *context = bag_context(2);
    enum mim_status status = mim_convert_uri(context, from, to, NULL, err);
    mim_context_destroy(context);
    return status;
}

static void
written_members_are_numbered_or_named(void)
{
    static const struct {
        const char *path, *archive, *member;
    } outputs[] = { { "y.bag", "y.bag", "y.bag/0004.tile" }, { "z.bag/f_%02d.tile", "z.bag", "z.bag/f_03.tile" } };
    char *directory = tree_make(), values[100], *to;
    struct bytes bytes = make_bag();
    struct mim_error err = { 0 };
    tree_write_bytes(directory, "x.bag", bytes.data, bytes.size);
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        to = strdup(tree_path(directory, outputs[i].path));
        CHECK(convert(tree_path(directory, "x.bag"), to, &err) == MIM_OK);
        free(to);
        CHECK(read_values(tree_path(directory, outputs[i].archive), 1, values, &err) == MIM_END);
        assert_string_equal(values, "1 2 3 4");
        CHECK(read_values(tree_path(directory, outputs[i].member), 1, values, &err) == MIM_END);
        assert_string_equal(values, "4");
    }
    tree_remove(directory);
}

static struct mim_context *poor;
static char *poor_from, *poor_to;

static bool
convert_poorly(void)
{
    struct mim_error err = { 0 };
    enum mim_status status = mim_convert_uri(poor, poor_from, poor_to, NULL, &err);
    if (status != MIM_OK && status != MIM_NOMEM)
        print_message("# %s\n", err.message);
    CHECK(status == MIM_OK || status == MIM_NOMEM);
    CHECK(!tile_open);
    return status == MIM_OK;
}

static void
refused_memory_is_an_error(void)
{
    static const char *const targets[] = { "y.bag/%d.tile", "z.bag" };
    char *directory = tree_make();
    struct bytes bytes = make_bag();
    tree_write_bytes(directory, "x.bag", bytes.data, bytes.size);
    poor_from = strdup(tree_path(directory, "x.bag"));
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        poor_to = strdup(tree_path(directory, targets[i]));
        poor = bag_context(1);
        CHECK(convert_poorly()); /* what a context keeps is there */
        CHECK(memory_try_all(convert_poorly) > 40);
        mim_context_destroy(poor);
        free(poor_to);
    }
    free(poor_from);
    tree_remove(directory);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(members_are_frames_in_natural_order_after_two_passes),
        CASE(paths_of_members_and_of_parts),
        CASE(a_cut_ends_in_an_error),
        CASE(written_members_are_numbered_or_named),
        CASE(refused_memory_is_an_error),
    };
    return cmocka_run_group_tests(cases, NULL, NULL);
}
