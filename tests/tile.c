/* SPDX-License-Identifier: MIT */
/* The tile format. */
#include "tile.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include <mim/plugin.h>

#define HEADER 9u

uint64_t tile_bytes;
_Atomic long tile_open;
long tile_at_once;
bool tile_meet;

struct reader {
    struct tile tile;
    int64_t shade;
    int32_t open;
};

static uint8_t
sample_of(const struct tile *tile, uint32_t image, uint32_t x, uint32_t y)
{
    return (uint8_t)(tile->value + image + x * 3 + y * 7);
}

bool
tile_is(const struct mim_frame *frame, const struct tile *tile)
{
    if (frame->width != tile->width || frame->height != tile->height || frame->channels != 1)
        return false;
    for (uint32_t y = 0; y < frame->height; y++)
        for (uint32_t x = 0; x < frame->width; x++)
            if (((const uint8_t *)frame->data)[y * frame->stride + x] != sample_of(tile, 0, x, y))
                return false;
    return true;
}

void
tile_write(const char *directory, const char *name, const struct tile *tile)
{
    uint8_t bytes[HEADER + 255 * 255] = { 'T',          'I',         'L',        'E',       tile->width,
                                          tile->height, tile->value, tile->more, tile->kind };
    size_t size = HEADER;
    for (uint32_t y = 0; tile->kind == TILE_RAW && y < tile->height; y++)
        for (uint32_t x = 0; x < tile->width; x++)
            bytes[size++] = sample_of(tile, 0, x, y);
    tree_write_bytes(directory, name, bytes, size);
}

struct tile
tile_of(uint8_t value)
{
    return (struct tile){ 6, 4, value, 0, TILE_PLAIN };
}

void
tile_put(const char *directory, const char *name, uint8_t value)
{
    const struct tile tile = tile_of(value);
    tile_write(directory, name, &tile);
}

static int32_t
read_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct reader *self = job->state;
    uint8_t bytes[HEADER];
    self->open = 1;
    atomic_fetch_add(&tile_open, 1);
    if (job->host->read_at(job, bytes, HEADER, 0) != HEADER)
        return (job->host->fail)(job, MIM_TRUNCATED, 0, "a tile of less than 9 bytes");
    self->tile = (struct tile){ bytes[4], bytes[5], bytes[6], bytes[7], bytes[8] };
    if (self->tile.kind == TILE_CANVAS) {
        sequence->canvas_width = self->tile.width + 2u;
        sequence->canvas_height = self->tile.height + 2u;
        sequence->canvas_channels = 1;
        sequence->opaque = 1;
    }
    sequence->time_num = sequence->time_den = self->tile.more != 0;
    return job->host->notice(job, MIM_NOTICE_OTHER, "a tile");
}

static int32_t
prepare(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    const struct reader *self = job->state;
    if (self->tile.kind == TILE_EMPTY || index > self->tile.more)
        return MIM_END;
    if (!self->tile.width)
        return (job->host->fail)(job, MIM_CORRUPT, 4, "a tile of no pixels");
    *(uint64_t *)packet = index;
    info->pts = (int64_t)index;
    info->sample = self->tile.kind == TILE_CANVAS ? MIM_SAMPLE_INDEX8 : MIM_SAMPLE_U8;
    info->width = self->tile.width;
    info->height = self->tile.height;
    info->channels = 1;
    info->x = info->y = self->tile.kind == TILE_CANVAS;
    info->dispose = MIM_DISPOSE_PREVIOUS;
    info->parts = self->tile.kind == TILE_PARTS ? 2 : 1;
    info->flags = self->tile.kind == TILE_RAW ? MIM_FRAME_RAW : 0;
    info->raw_offset = HEADER;
    info->raw_stride = info->width;
    return index ? job->host->notice(job, MIM_NOTICE_OTHER, "not the first image") : MIM_OK;
}

#define MEET_AFTER 10    /* works: the first ones are done by the caller alone */
#define MEET_SECONDS 300 /* only a core that does not share its work takes that long */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrived = PTHREAD_COND_INITIALIZER;
static long works, running;

/* Note that a work begins; with tile_meet, wait until two have run at once. */
static void
begin_work(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += MEET_SECONDS;
    pthread_mutex_lock(&lock);
    works++;
    if (++running > tile_at_once)
        tile_at_once = running;
    pthread_cond_broadcast(&arrived);
    while (tile_meet && works > MEET_AFTER && tile_at_once < 2)
        if (pthread_cond_timedwait(&arrived, &lock, &until) != 0)
            tile_meet = false;
    pthread_mutex_unlock(&lock);
}

static void
end_work(void)
{
    pthread_mutex_lock(&lock);
    running--;
    pthread_mutex_unlock(&lock);
}

/* Some memory, and longer than what the core takes for too little to share. */
static int32_t
operation(struct mim_job *job)
{
    begin_work();
    void *held = tile_bytes ? job->host->resize(job, NULL, 0, tile_bytes) : NULL;
    usleep(200);
    bool refused = tile_bytes && !held;
    if (held)
        job->host->resize(job, held, tile_bytes, 0);
    end_work();
    return refused ? MIM_NOMEM : job->host->poll(job);
}

static int32_t
pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
       struct mim_raster *raster)
{
    const struct reader *self = job->state;
    uint64_t image = *(const uint64_t *)packet;
    int32_t status = operation(job);
    if (status != MIM_OK)
        return status;
    if (self->tile.kind == TILE_BROKEN)
        return (job->host->fail)(job, MIM_CORRUPT, HEADER, "a tile with a crack");
    for (uint32_t y = part; y < info->height; y += info->parts)
        for (uint32_t x = 0; x < info->width; x++)
            raster->data[y * raster->stride + x] =
                (uint8_t)(sample_of(&self->tile, (uint32_t)image, x, y) + self->shade);
    for (int i = 0; raster->palette && i < 256; i++) {
        memset(raster->palette + 4 * i, i, 3);
        raster->palette[4 * i + 3] = 255;
        raster->palette_size = 256;
    }
    return MIM_OK;
}

static int32_t
metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info)
{
    const struct reader *self = job->state;
    int64_t value = self->tile.value;
    (void)info;
    return packet ? job->host->meta(job, "value", MIM_META_INT, &value, sizeof value)
                  : job->host->meta(job, "maker", MIM_META_TEXT, "a tiler", 7);
}

static void
read_close(struct mim_job *job)
{
    const struct reader *self = job->state;
    atomic_fetch_sub(&tile_open, self->open);
}

static const struct mim_option read_options[] = {
    { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .offset = offsetof(struct reader, shade), .name = "shade",
      .max = 255 },
};

static const struct mim_reader_ops reader = {
    .struct_size = sizeof reader,
    .flags = MIM_READER_ANY_ORDER,
    .state_size = sizeof(struct reader),
    .packet_size = sizeof(uint64_t),
    .options = read_options,
    .option_count = 1,
    .open = read_open,
    .prepare = prepare,
    .pixels = pixels,
    .metadata = metadata,
    .close = read_close,
};

struct writer {
    int64_t lift;
    int32_t open, sum, surveyed, two_passes;
};

static int32_t
write_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct writer *self = job->state;
    self->open = 1;
    atomic_fetch_add(&tile_open, 1);
    sequence->passes = self->two_passes ? 2 : 1;
    if (sequence->count != 1 && sequence->count != MIM_UNKNOWN)
        return (job->host->fail)(job, MIM_ARGUMENT, MIM_UNKNOWN, "a tile is one image");
    return job->host->emit(job, "TILE", 4);
}

static int32_t
accepts(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    (void)packet;
    if (index || info->width > 255 || info->height > 255)
        return (job->host->fail)(job, MIM_ARGUMENT, MIM_UNKNOWN, "tiles are small, and one at a time");
    info->sample = MIM_SAMPLE_U8;
    info->channels = 1;
    info->parts = 2;
    return MIM_OK;
}

static int32_t
survey(struct mim_job *job, const struct mim_frame_info *info, const struct mim_raster *raster)
{
    struct writer *self = job->state;
    (void)raster;
    self->surveyed += info ? 1 : 10;
    return MIM_OK;
}

static int32_t
encode(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part,
       const struct mim_raster *raster, const struct mim_neighbours *neighbours)
{
    const struct writer *self = job->state;
    const uint8_t size[2] = { (uint8_t)info->width, (uint8_t)info->height };
    const uint8_t rest[3] = { (uint8_t)(raster->data[0] + self->lift), 0, TILE_PLAIN };
    (void)packet;
    if (neighbours->previous || neighbours->next || (self->two_passes && self->surveyed != 11))
        return MIM_BROKEN_PLUGIN;
    int32_t status = operation(job);
    return status != MIM_OK ? status : job->host->emit(job, part ? rest : size, part ? sizeof rest : sizeof size);
}

static int32_t
keep_metadata(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    (void)job, (void)type, (void)value, (void)size;
    return strcmp(key, "maker") ? MIM_UNSUPPORTED : MIM_OK;
}

static int32_t
finish(struct mim_job *job)
{
    return job->host->emit(job, "end", 3);
}

static void
write_close(struct mim_job *job)
{
    const struct writer *self = job->state;
    atomic_fetch_sub(&tile_open, self->open);
}

static const struct mim_option write_options[] = {
    { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .offset = offsetof(struct writer, lift), .name = "lift", .max = 255 },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_BOOL, .offset = offsetof(struct writer, two_passes), .name = "passes" },
};

static const struct mim_writer_ops writer = {
    .struct_size = sizeof writer,
    .state_size = sizeof(struct writer),
    .options = write_options,
    .option_count = 2,
    .open = write_open,
    .accepts = accepts,
    .survey = survey,
    .encode = encode,
    .metadata = keep_metadata,
    .finish = finish,
    .close = write_close,
};

static const struct mim_format_ops format = {
    .struct_size = sizeof format, .name = "tile", .reader = &reader, .writer = &writer
};
static const struct mim_format_ops *const formats[] = { &format, NULL };
static const struct mim_plugin plugin = { MIM_PLUGIN_HEADER, .name = "tile", .version = "1.0.0", .licence = "MIT",
                                          .formats = formats };

static const char manifest[] = "[plugin]\nmanifest = 1\nname = tile\nversion = 1.0.0\nabi = 1.0\ndescription = tiles\n"
                               "license = MIT\npackage = none\n"
                               "[format tile]\ntitle = Tile\nextensions = tile\nmagic = 0:54494c45\n"
                               "read = image seek\nwrite = image\n";

struct mim_context *
tile_context(unsigned threads)
{
    static const struct mim_context_options alone = { .no_environment = 1, .no_system = 1, .no_config = 1 };
    struct mim_context *context = NULL;
    tile_bytes = 0;
    tile_at_once = works = 0;
    tile_meet = false;
    CHECK(mim_context_create(&context, &alone, NULL) == MIM_OK);
    CHECK(mim_context_add_plugin(context, &plugin, manifest, NULL) == MIM_OK);
    CHECK(mim_context_set_threads(context, threads, NULL) == MIM_OK);
    return context;
}
