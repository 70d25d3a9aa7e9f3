/* SPDX-License-Identifier: MIT */
/*
 * A plugin as it was built when the ABI was frozen: it is compiled with the header beside it, not with today's, and uses as
 * much of it as one small format can. It is kept as it is, for ever.
 *
 * The format, all numbers little-endian: "mimfix10", u32 frames, u32 colours at most, u32 width, u32 height, u32 time_num,
 * u32 time_den, i32 loop, then for each frame u32 delay, u32 colours, colours x RGBA, width x height indices; at the end the
 * sum of all bytes before it as u32.
 */
#include <stdio.h>
#include <string.h>

#include <mim/plugin.h>

enum { MARK_SIZE = 8, HEADER_SIZE = 36, FRAME_SIZE = 8, MOST_COLOURS = 256 };

static const char mark[] = "mimfix10";

struct reader {
    int64_t shift;          /* options */
    const char *track;
    uint32_t width, height;
    uint32_t sound;         /* bytes of the side input */
};

struct reader_packet {
    uint64_t offset; /* of the frame's colours */
    uint32_t colours;
};

struct reader_worker {
    uint32_t opened;
};

struct writer {
    double gain;            /* options, one of each type */
    int64_t first;
    int32_t is_kept, kind;
    const char *words;
    struct mim_rational rate;
    struct mim_list list;
    struct mim_size size;
    uint8_t ink[4];
    struct mim_pairs pairs;
    uint32_t frames, most;  /* counted by survey */
    uint32_t sum, title_size;
};

struct writer_packet {
    uint32_t colours, same; /* is the frame as the one before? */
};

static uint32_t
get(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void
set(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

static int32_t
read_exactly(struct mim_job *job, void *data, uint64_t size, uint64_t offset)
{
    int64_t got = job->host->read_at(job, data, size, offset);
    if (got < 0)
        return (int32_t)-got;
    return (uint64_t)got == size ? MIM_OK : job->host->fail(job, MIM_TRUNCATED, offset, "the file ends too early");
}

static int32_t
fixture_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct reader *self = job->state;
    uint8_t header[HEADER_SIZE];
    int32_t status = read_exactly(job, header, sizeof header, 0);
    if (status != MIM_OK)
        return status;
    if (memcmp(header, mark, MARK_SIZE) != 0)
        return job->host->fail(job, MIM_CORRUPT, 0, "it does not begin with %s", mark);

    self->width = sequence->canvas_width = get(header + 16);
    self->height = sequence->canvas_height = get(header + 20);
    if ((uint64_t)self->width * self->height > job->host->limit(job, MIM_LIMIT_PIXELS))
        return job->host->fail(job, MIM_LIMIT, 16, "too many pixels");
    sequence->time_num = get(header + 24);
    sequence->time_den = get(header + 28);
    sequence->loop = (int32_t)get(header + 32);
    sequence->opaque = -1;
    if (!self->track)
        return MIM_OK;
    int32_t side = job->host->open_side(job, "track", self->track);
    if (side < 0)
        return -side;
    self->sound = (uint32_t)job->host->side_size(job, side);
    uint8_t byte = 0;
    return job->host->side_read(job, side, &byte, 1, 0) == 1 ? MIM_OK : job->host->fail(job, MIM_CORRUPT, 0, "no sound");
}

/* Where frame `index` lies: each tells where the next begins. */
static int32_t
find(struct mim_job *job, uint64_t index, uint64_t *offset, uint32_t *colours, uint32_t *delay)
{
    const struct reader *self = job->state;
    uint64_t at = HEADER_SIZE;
    uint8_t head[FRAME_SIZE];
    for (uint64_t i = 0;; i++) {
        int32_t status = job->host->poll(job);
        if (status == MIM_OK)
            status = at + sizeof(uint32_t) >= job->host->size(job) ? MIM_END : read_exactly(job, head, sizeof head, at);
        if (status != MIM_OK)
            return status;
        *delay = get(head);
        *colours = get(head + 4);
        *offset = at + FRAME_SIZE;
        if (*colours > MOST_COLOURS)
            return job->host->fail(job, MIM_CORRUPT, at, "%u colours", *colours);
        if (i == index)
            return MIM_OK;
        at = *offset + 4 * *colours + (uint64_t)self->width * self->height;
    }
}

static int32_t
fixture_scan(struct mim_job *job, struct mim_sequence *sequence)
{
    uint64_t offset, count = 0;
    uint32_t colours, delay;
    int32_t status;
    while ((status = find(job, count, &offset, &colours, &delay)) == MIM_OK)
        count++;
    sequence->count = count;
    sequence->sure = MIM_SURE_EXACT;
    sequence->opaque = 0;
    return status == MIM_END ? MIM_OK : status;
}

static int32_t
fixture_prepare(struct mim_job *job, uint64_t index, void *in, struct mim_frame_info *info)
{
    const struct reader *self = job->state;
    struct reader_packet *packet = in;
    uint32_t delay = 0;
    int32_t status = find(job, index, &packet->offset, &packet->colours, &delay);
    info->sample = MIM_SAMPLE_INDEX8;
    info->channels = 1;
    info->width = self->width;
    info->height = self->height;
    info->parts = 2;
    info->x = (int32_t)self->shift;
    info->dispose = MIM_DISPOSE_BACKGROUND;
    info->blend = MIM_BLEND_REPLACE;
    info->flags = MIM_FRAME_KEY;
    info->pts = MIM_NO_PTS;
    info->duration = delay;
    return status;
}

static int32_t
fixture_worker_open(struct mim_job *job)
{
    struct reader_worker *worker = job->worker;
    worker->opened++;
    return worker->opened == 1 ? MIM_OK : job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "opened twice");
}

static int32_t
fixture_pixels(struct mim_job *job, const void *in, const struct mim_frame_info *info, uint32_t part,
               struct mim_raster *raster)
{
    const struct reader_packet *packet = in;
    const struct reader_worker *worker = job->worker;
    uint32_t middle = info->height / 2, first = part ? middle : 0, end = part ? info->height : middle;
    if (worker->opened != 1)
        return job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "a worker that was not opened");
    int32_t status = MIM_OK;
    if (part == 0) {
        status = read_exactly(job, raster->palette, 4 * packet->colours, packet->offset);
        raster->palette_size = packet->colours;
    }
    for (uint32_t y = first; y < end && status == MIM_OK; y++)
        status = read_exactly(job, raster->data + y * raster->stride, info->width,
                              packet->offset + 4 * packet->colours + (uint64_t)y * info->width);
    return status;
}

static int32_t
fixture_read_metadata(struct mim_job *job, const void *in, const struct mim_frame_info *info)
{
    const struct reader *self = job->state;
    const struct reader_packet *packet = in;
    const struct mim_host *host = job->host;
    const struct mim_rational half = { 1, 2 };
    const double reals[] = { 0.5, 0.25 };
    const int64_t sound = self->sound;
    (void)info;
    if (packet)
        return host->meta(job, "colours", MIM_META_INT | MIM_META_CODING, &(int64_t){ packet->colours }, 8);
    int32_t status = host->meta(job, "title", MIM_META_TEXT, "kept", 4);
    if (status == MIM_OK)
        status = host->meta(job, "half", MIM_META_RATIONAL | MIM_META_CODING, &half, sizeof half);
    if (status == MIM_OK)
        status = host->meta(job, "reals", MIM_META_REALS | MIM_META_CODING, reals, sizeof reals);
    if (status == MIM_OK)
        status = host->meta(job, "sound", MIM_META_INT | MIM_META_CODING, &sound, sizeof sound);
    return status;
}

/* What has arrived, for who logs. */
static void
tell_options(struct mim_job *job)
{
    const struct writer *self = job->state;
    char text[300];
    snprintf(text, sizeof text, "gain %g, first %lld, kind %d, words %s, rate %lld/%lld, list %llu %g, size %ux%u, "
             "ink %u %u %u %u, pairs %llu %s=%s", self->gain, (long long)self->first, (int)self->kind,
             self->words ? self->words : "none", (long long)self->rate.num, (long long)self->rate.den,
             (unsigned long long)self->list.count, self->list.count ? self->list.values[self->list.count - 1] : 0.0,
             self->size.width, self->size.height, self->ink[0], self->ink[1], self->ink[2], self->ink[3],
             (unsigned long long)self->pairs.count, self->pairs.count ? self->pairs.items[0] : "",
             self->pairs.count ? self->pairs.items[1] : "");
    job->host->log(job, MIM_LOG_INFO, text);
}

static int32_t
fixture_start(struct mim_job *job, struct mim_sequence *sequence)
{
    uint8_t header[HEADER_SIZE] = { 0 };
    memcpy(header, mark, MARK_SIZE);
    set(header + 16, sequence->first.width);
    set(header + 20, sequence->first.height);
    set(header + 24, sequence->time_num);
    set(header + 28, sequence->time_den);
    set(header + 32, (uint32_t)sequence->loop);
    sequence->passes = 2;
    tell_options(job);
    return job->host->emit(job, header, sizeof header);
}

static int32_t
fixture_accepts(struct mim_job *job, uint64_t index, void *in, struct mim_frame_info *info)
{
    const struct writer *self = job->state;
    (void)index, (void)in;
    if (index == 0 && self->is_kept)
        job->host->notice(job, MIM_NOTICE_OTHER, "kept");
    info->sample = MIM_SAMPLE_U8;
    info->channels = 4;
    return MIM_OK;
}

static const uint8_t *
pixel(const struct mim_raster *raster, uint32_t i)
{
    return raster->data + i / raster->width * raster->stride + 4 * (i % raster->width);
}

/* Index of a colour, which is added when it is new; MOST_COLOURS: there are too many. */
static uint32_t
index_of(uint8_t colours[][4], uint32_t *count, const uint8_t *rgba)
{
    uint32_t i = 0;
    while (i < *count && memcmp(colours[i], rgba, 4) != 0)
        i++;
    if (i == *count && i < MOST_COLOURS)
        memcpy(colours[(*count)++], rgba, 4);
    return i;
}

static int32_t
fixture_survey(struct mim_job *job, const struct mim_frame_info *info, const struct mim_raster *raster)
{
    struct writer *self = job->state;
    uint8_t colours[MOST_COLOURS][4];
    uint32_t count = 0;
    if (!raster)
        return MIM_OK;
    for (uint32_t i = 0; i < info->width * info->height; i++)
        if (index_of(colours, &count, pixel(raster, i)) == MOST_COLOURS)
            return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "more than %d colours", MOST_COLOURS);
    self->frames++;
    self->most = count > self->most ? count : self->most;
    return MIM_OK;
}

static int32_t
fixture_encode(struct mim_job *job, void *in, const struct mim_frame_info *info, uint32_t part,
               const struct mim_raster *raster, const struct mim_neighbours *neighbours)
{
    struct writer_packet *packet = in;
    const struct mim_host *host = job->host;
    uint8_t colours[MOST_COLOURS][4], head[FRAME_SIZE];
    uint64_t size = (uint64_t)info->width * info->height;
    struct mim_rect changes = { 0 };
    uint32_t count = 0;
    (void)part;

    int32_t status = neighbours->previous ? host->find_changes(job, raster, neighbours->previous, &changes) : MIM_OK;
    if (status != MIM_OK)
        return status;
    uint8_t *indices = host->resize(job, NULL, 0, size);
    if (!indices)
        return MIM_NOMEM;
    for (uint32_t i = 0; i < size; i++)
        indices[i] = (uint8_t)index_of(colours, &count, pixel(raster, i));
    packet->colours = count;
    packet->same = neighbours->previous && !changes.width;
    set(head, (uint32_t)info->duration);
    set(head + 4, count);
    status = host->emit(job, head, sizeof head);
    if (status == MIM_OK)
        status = host->emit(job, colours, 4 * count);
    if (status == MIM_OK)
        status = host->emit(job, indices, size);
    host->resize(job, indices, size, 0);
    return status;
}

static int32_t
fixture_put(struct mim_job *job, void *in, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    const struct writer_packet *packet = in;
    int32_t status = MIM_OK;
    (void)info;
    if (packet->same)
        status = job->host->notice(job, MIM_NOTICE_OTHER, "a frame as the one before");
    for (uint32_t i = 0; i < coded->part_count && status == MIM_OK; i++)
        status = job->host->emit(job, coded->parts[i].data, coded->parts[i].size);
    return status;
}

static int32_t
fixture_keep(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct writer *self = job->state;
    (void)value;
    if (strcmp(key, "title") != 0 || type != MIM_META_TEXT)
        return MIM_UNSUPPORTED;
    self->title_size = (uint32_t)size;
    return MIM_OK;
}

static int32_t
fixture_finish(struct mim_job *job)
{
    struct writer *self = job->state;
    const struct mim_host *host = job->host;
    uint8_t counts[8], block[256], sum[4];
    uint64_t size = host->tell(job);
    set(counts, self->frames);
    set(counts + 4, self->most);
    int32_t status = host->patch(job, counts, sizeof counts, MARK_SIZE);
    for (uint64_t at = 0; at < size && status == MIM_OK; at += sizeof block) {
        int64_t got = host->read_back(job, block, size - at < sizeof block ? size - at : sizeof block, at);
        for (int64_t i = 0; i < got; i++)
            self->sum += block[i];
        status = got < 0 ? (int32_t)-got : MIM_OK;
    }
    set(sum, self->sum);
    return status == MIM_OK ? host->emit(job, sum, sizeof sum) : status;
}

#define READS(field) .offset = offsetof(struct reader, field)
#define WRITES(field) .offset = offsetof(struct writer, field)

static const struct mim_option reader_options[] = {
    { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .name = "shift", .unit = "px", .max = 9, READS(shift), .help = "to the right" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_TEXT, .name = "track", READS(track), .help = "a side input" },
};

static const struct mim_option writer_options[] = {
    { MIM_OPTION_HEADER, .type = MIM_OPTION_REAL, .name = "gain", .initial = 1.5, WRITES(gain), .help = "a number" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .name = "first", .min = 1, .max = 7, .initial = 2, WRITES(first), .help = "n" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_BOOL, .name = "keep", WRITES(is_kept), .help = "say so" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_CHOICE, .name = "kind", .choices = "one|two=zwei", WRITES(kind), .help = "which" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_TEXT, .name = "words", WRITES(words), .help = "for the log" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_RATIONAL, .name = "rate", WRITES(rate), .help = "n/d" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_LIST, .name = "list", WRITES(list), .help = "numbers" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_SIZE, .name = "size", WRITES(size), .help = "WxH" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_COLOUR, .name = "ink", .initial_text = "black", WRITES(ink), .help = "colour" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_PAIRS, .name = "pair", WRITES(pairs), .help = "pair:KEY=VALUE" },
};

static const struct mim_reader_ops reader = {
    .struct_size = sizeof reader,
    .flags = MIM_READER_ANY_ORDER,
    .state_size = sizeof(struct reader),
    .packet_size = sizeof(struct reader_packet),
    .worker_size = sizeof(struct reader_worker),
    .option_count = sizeof reader_options / sizeof *reader_options,
    .options = reader_options,
    .open = fixture_open,
    .scan = fixture_scan,
    .prepare = fixture_prepare,
    .pixels = fixture_pixels,
    .metadata = fixture_read_metadata,
    .worker_open = fixture_worker_open,
};

static const struct mim_writer_timing timing = {
    .struct_size = sizeof timing,
    .grid = MIM_GRID_FIXED,
    .den = 100,
    .max_duration = 1000,
    .max_loop = 9,
};

static const struct mim_writer_ops writer = {
    .struct_size = sizeof writer,
    .flags = MIM_WRITER_PREVIOUS | MIM_WRITER_SEEKS | MIM_WRITER_READS_BACK | MIM_WRITER_TIMING | MIM_WRITER_LOOP,
    .state_size = sizeof(struct writer),
    .packet_size = sizeof(struct writer_packet),
    .option_count = sizeof writer_options / sizeof *writer_options,
    .options = writer_options,
    .open = fixture_start,
    .accepts = fixture_accepts,
    .survey = fixture_survey,
    .encode = fixture_encode,
    .put = fixture_put,
    .metadata = fixture_keep,
    .finish = fixture_finish,
    .timing = &timing,
};

static const struct mim_format_ops format = {
    .struct_size = sizeof format,
    .name = "fixture",
    .reader = &reader,
    .writer = &writer,
};

static const struct mim_format_ops *const formats[] = { &format, NULL };

MIM_PLUGIN_EXPORT const struct mim_plugin MIM_PLUGIN_SYMBOL = {
    MIM_PLUGIN_HEADER,
    .name = "fixture",
    .version = "1.0.0",
    .licence = "MIT",
    .formats = formats,
};
