/* SPDX-License-Identifier: MIT */
/*
 * Reads and writes @NAME@, a small animated format: replace it by your own.
 *
 * Numbers are little-endian. A file is a header, then records, of which the last has the kind END:
 *
 *   header   magic[8] width:u32 height:u32 channels:u32 plays:u32 check:u32
 *   record   kind:u32 milliseconds:u32 size:u32 check:u32, then `size` bytes
 *
 * A check is the FNV-1a hash of the bytes before it in the header or in the head of the record. COMMENT is a text in UTF-8,
 * directly after the header. PLAIN is a frame of 8-bit samples. RUNS is one of rows, each of runs: a count from 1 to 255, and the
 * pixel that is repeated. 0 plays are endless.
 */
#include <stdbool.h>
#include <string.h>

#include <mim/kit/array.h>
#include <mim/kit/bytes.h>
#include <mim/kit/entry.h>
#include <mim/kit/text.h>

enum { HEADER_SIZE = 28, RECORD_SIZE = 16, MAX_SIDE = 65535, MAX_COMMENT = 65535, MAX_RUN = 255 };
enum { COMMENT = 1, PLAIN, RUNS, END };

static const uint8_t magic[8] = { @MAGIC@ };

struct record {
    uint32_t kind, milliseconds, size;
    uint64_t offset; /* of its bytes */
};

struct reader {
    uint32_t width, height, channels;
    uint64_t first, next;     /* offsets of the record after the comment, and of the next one */
    int64_t pts;              /* of the next frame, in milliseconds */
    struct mim_bytes comment;
};

struct writer {
    int32_t coding;           /* options, set by the core: see the offsets in the table */
    const char *comment;
    struct mim_bytes retained; /* the comment of the source */
    bool is_open;
};

static uint32_t
hash_bytes(const uint8_t *bytes, size_t size)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    return hash;
}

/* Reads exactly `size` bytes. */
static int32_t
read_bytes(struct mim_job *job, void *bytes, uint64_t size, uint64_t offset)
{
    int64_t got = job->host->read_at(job, bytes, size, offset);
    if (got < 0)
        return (int32_t)-got;
    if ((uint64_t)got < size)
        return job->host->fail(job, MIM_TRUNCATED, offset + (uint64_t)got, "the file ends at byte %llu, expected %llu more",
                               (unsigned long long)(offset + (uint64_t)got), (unsigned long long)(size - (uint64_t)got));
    return MIM_OK;
}

/* Reads a header or the head of a record, which ends in its hash. */
static int32_t
read_checked(struct mim_job *job, uint8_t *bytes, size_t size, uint64_t offset)
{
    int32_t status = read_bytes(job, bytes, size, offset);
    if (status != MIM_OK)
        return status;

    uint32_t expected = hash_bytes(bytes, size - 4), found = mim_load_le32(bytes + size - 4);
    if (found != expected)
        return job->host->fail(job, MIM_CORRUPT, offset, "the check at byte %llu is %08x, expected %08x",
                               (unsigned long long)(offset + size - 4), found, expected);
    return MIM_OK;
}

static int32_t
read_record(struct mim_job *job, uint64_t offset, struct record *record)
{
    uint8_t head[RECORD_SIZE];
    int32_t status = read_checked(job, head, sizeof head, offset);
    if (status != MIM_OK)
        return status;

    record->kind = mim_load_le32(head);
    record->milliseconds = mim_load_le32(head + 4);
    record->size = mim_load_le32(head + 8);
    record->offset = offset + sizeof head;
    if (record->kind < COMMENT || record->kind > END)
        return job->host->fail(job, MIM_CORRUPT, offset, "a record of kind %u, expected 1 to 4", record->kind);
    return MIM_OK;
}

static int32_t
read_header(struct mim_job *job, struct mim_sequence *sequence)
{
    struct reader *self = (struct reader *)job->state;
    uint8_t header[HEADER_SIZE];
    int32_t status = read_bytes(job, header, sizeof magic, 0);
    if (status != MIM_OK)
        return status;
    if (memcmp(header, magic, sizeof magic))
        return job->host->fail(job, MIM_CORRUPT, 0, "the file does not begin like @NAME@");
    status = read_checked(job, header, sizeof header, 0);
    if (status != MIM_OK)
        return status;

    self->width = mim_load_le32(header + 8);
    self->height = mim_load_le32(header + 12);
    self->channels = mim_load_le32(header + 16);
    uint32_t plays = mim_load_le32(header + 20);
    if (!self->width || self->width > MAX_SIDE || !self->height || self->height > MAX_SIDE)
        return job->host->fail(job, MIM_CORRUPT, 8, "frames of %ux%u, expected 1 to %d pixels a side", self->width,
                               self->height, MAX_SIDE);
    if (!self->channels || self->channels > 4 || plays > INT32_MAX)
        return job->host->fail(job, MIM_CORRUPT, 16, "%u channels and %u plays, expected 1 to 4 and at most %d",
                               self->channels, plays, INT32_MAX);

    sequence->loop = (int32_t)plays;
    sequence->time_num = 1;
    sequence->time_den = 1000;
    return MIM_OK;
}

/* Reads the comment, if there is one. */
static int32_t
read_comment(struct mim_job *job)
{
    struct reader *self = (struct reader *)job->state;
    struct record record;
    int32_t status = read_record(job, HEADER_SIZE, &record);
    self->first = self->next = HEADER_SIZE;
    if (status != MIM_OK || record.kind != COMMENT)
        return status;

    if (record.size > MAX_COMMENT)
        return job->host->fail(job, MIM_CORRUPT, HEADER_SIZE, "a comment of %u bytes, expected at most %d", record.size,
                               MAX_COMMENT);
    status = mim_bytes_reserve(job, &self->comment, record.size);
    if (status == MIM_OK)
        status = read_bytes(job, self->comment.data, record.size, record.offset);
    if (status != MIM_OK)
        return status;
    self->comment.size = record.size;
    self->first = self->next = record.offset + record.size;
    return MIM_OK;
}

/* If it fails, close frees the comment. */
static int32_t
open_reader(struct mim_job *job, struct mim_sequence *sequence)
{
    int32_t status = read_header(job, sequence);
    return status == MIM_OK ? read_comment(job) : status;
}

static void
close_reader(struct mim_job *job)
{
    struct reader *self = (struct reader *)job->state;
    mim_bytes_clear(job, &self->comment);
}

/* Finds the frame at `*next`, and moves `*next` behind it. */
static int32_t
find_frame(struct mim_job *job, uint64_t *next, struct record *frame)
{
    const struct reader *self = (const struct reader *)job->state;
    uint64_t pixels = (uint64_t)self->width * self->height, run_size = 1 + self->channels;
    int32_t status = read_record(job, *next, frame);
    if (status != MIM_OK)
        return status;
    if (frame->kind == END)
        return MIM_END;
    if (frame->kind == COMMENT)
        return job->host->fail(job, MIM_CORRUPT, *next, "a comment after a frame, expected it before");
    bool is_plain = frame->kind == PLAIN;
    if (is_plain ? frame->size != pixels * self->channels : frame->size % run_size || frame->size > pixels * run_size)
        return job->host->fail(job, MIM_CORRUPT, *next, "a frame of %u bytes, which do not fit %ux%u pixels", frame->size,
                               self->width, self->height);
    *next = frame->offset + frame->size;
    return MIM_OK;
}

/* Counts the frames without decoding them, and without moving the position of prepare. */
static int32_t
count_frames(struct mim_job *job, struct mim_sequence *sequence)
{
    const struct reader *self = (const struct reader *)job->state;
    uint64_t next = self->first;

    for (sequence->count = 0;; sequence->count++) {
        struct record frame;
        int32_t status = job->host->poll(job);
        if (status == MIM_OK)
            status = find_frame(job, &next, &frame);
        if (status == MIM_END)
            break;
        if (status != MIM_OK)
            return status;
    }
    sequence->sure = MIM_SURE_EXACT;
    return MIM_OK;
}

/* The core asks for frames in order, because the table has no MIM_READER_ANY_ORDER. */
static int32_t
prepare_frame(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    struct reader *self = (struct reader *)job->state;
    struct record *frame = (struct record *)packet;
    int32_t status = find_frame(job, &self->next, frame);
    (void)index;
    if (status != MIM_OK)
        return status;

    info->width = self->width;
    info->height = self->height;
    info->channels = self->channels;
    info->sample = MIM_SAMPLE_U8;
    info->pts = self->pts;
    info->duration = frame->milliseconds;
    self->pts += frame->milliseconds;
    return MIM_OK;
}

static int32_t
fail_runs(struct mim_job *job, const struct record *frame, const char *fault)
{
    return job->host->fail(job, MIM_CORRUPT, frame->offset, "the runs of the frame at byte %llu %s",
                           (unsigned long long)frame->offset, fault);
}

static int32_t
expand_runs(struct mim_job *job, const struct record *frame, const uint8_t *coded, struct mim_raster *raster)
{
    const uint8_t *at = coded, *end = coded + frame->size;

    for (uint32_t y = 0; y < raster->height; y++) {
        uint8_t *pixel = raster->data + y * raster->stride;
        int32_t status = job->host->poll(job);
        if (status != MIM_OK)
            return status;
        for (uint32_t left = raster->width; left; at += 1 + raster->channels) {
            if (at == end || !*at || *at > left)
                return fail_runs(job, frame, at == end ? "end before the last row" : "do not fill a row");
            left -= *at;
            for (uint32_t i = 0; i < *at; i++, pixel += raster->channels)
                memcpy(pixel, at + 1, raster->channels);
        }
    }
    return at == end ? (int32_t)MIM_OK : fail_runs(job, frame, "go on after the last row");
}

static int32_t
read_rows(struct mim_job *job, const struct record *frame, struct mim_raster *raster)
{
    uint64_t row_size = (uint64_t)raster->width * raster->channels;
    int32_t status = MIM_OK;

    for (uint32_t y = 0; y < raster->height && status == MIM_OK; y++) {
        status = job->host->poll(job);
        if (status == MIM_OK)
            status = read_bytes(job, raster->data + y * raster->stride, row_size, frame->offset + y * row_size);
    }
    return status;
}

/* Runs on any thread: reads the state and the packet, and changes neither. */
static int32_t
decode_frame(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
             struct mim_raster *raster)
{
    const struct record *frame = (const struct record *)packet;
    (void)info, (void)part;
    if (frame->kind == PLAIN)
        return read_rows(job, frame, raster);

    struct mim_bytes coded = { NULL, 0, 0 };
    int32_t status = mim_bytes_reserve(job, &coded, frame->size);
    if (status == MIM_OK)
        status = read_bytes(job, coded.data, frame->size, frame->offset);
    if (status == MIM_OK)
        status = expand_runs(job, frame, coded.data, raster);
    mim_bytes_clear(job, &coded);
    return status;
}

static int32_t
deliver_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info)
{
    const struct reader *self = (const struct reader *)job->state;
    (void)info;
    if (packet || !self->comment.size)
        return MIM_OK;
    return job->host->meta(job, "comment", MIM_META_TEXT, self->comment.data, self->comment.size);
}

static int32_t
emit_record(struct mim_job *job, uint32_t kind, uint32_t milliseconds, uint64_t size)
{
    uint8_t head[RECORD_SIZE];
    if (size > UINT32_MAX)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "a frame of %llu coded bytes, a record has at most %u",
                               (unsigned long long)size, UINT32_MAX);
    mim_store_le32(head, kind);
    mim_store_le32(head + 4, milliseconds);
    mim_store_le32(head + 8, (uint32_t)size);
    mim_store_le32(head + 12, hash_bytes(head, 12));
    return job->host->emit(job, head, sizeof head);
}

/* Retains the comment of the source until the header is written. Anything else is lost, which the core reports. */
static int32_t
take_metadata(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct writer *self = (struct writer *)job->state;
    if (self->is_open || strcmp(key, "comment") || type != MIM_META_TEXT || self->retained.size || size > MAX_COMMENT)
        return MIM_UNSUPPORTED;
    return mim_bytes_append(job, &self->retained, value, size);
}

static int32_t
emit_comment(struct mim_job *job)
{
    const struct writer *self = (const struct writer *)job->state;
    const void *text = self->comment ? self->comment : (const char *)self->retained.data;
    uint64_t size = self->comment ? strlen(self->comment) : self->retained.size;
    if (size > MAX_COMMENT)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "a comment of %llu bytes, @NAME@ has at most %d",
                               (unsigned long long)size, MAX_COMMENT);
    if (!size)
        return MIM_OK;
    int32_t status = emit_record(job, COMMENT, 0, size);
    return status == MIM_OK ? job->host->emit(job, text, size) : status;
}

static int32_t
check_shape(struct mim_job *job, const struct mim_frame_info *info)
{
    if (info->width > MAX_SIDE || info->height > MAX_SIDE || info->channels > 4)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN,
                               "%ux%u pixels of %u channels, @NAME@ has at most %d a side and 4 channels", info->width,
                               info->height, info->channels, MAX_SIDE);
    return MIM_OK;
}

static int32_t
open_writer(struct mim_job *job, struct mim_sequence *sequence)
{
    struct writer *self = (struct writer *)job->state;
    uint8_t header[HEADER_SIZE];
    int32_t status = check_shape(job, &sequence->first);
    if (status != MIM_OK)
        return status;

    memcpy(header, magic, sizeof magic);
    mim_store_le32(header + 8, sequence->first.width);
    mim_store_le32(header + 12, sequence->first.height);
    mim_store_le32(header + 16, sequence->first.channels);
    mim_store_le32(header + 20, (uint32_t)sequence->loop);
    mim_store_le32(header + 24, hash_bytes(header, 24));
    self->is_open = true;
    status = job->host->emit(job, header, sizeof header);
    return status == MIM_OK ? emit_comment(job) : status;
}

/* Chooses the layout to which the core converts the frame: 8-bit samples in as many channels as there are. */
static int32_t
accept_frame(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    (void)index, (void)packet;
    info->sample = MIM_SAMPLE_U8;
    return check_shape(job, info);
}

static int32_t
emit_runs(struct mim_job *job, const uint8_t *row, uint32_t width, uint32_t channels)
{
    const uint8_t *end = row + (uint64_t)width * channels;
    uint8_t runs[512];
    size_t used = 0;

    while (row < end) {
        const uint8_t *first = row;
        for (runs[used] = 0; runs[used] < MAX_RUN && row < end && !memcmp(row, first, channels); row += channels)
            runs[used]++;
        memcpy(runs + used + 1, first, channels);
        used += 1 + channels;
        if (row < end && used + 1 + channels <= sizeof runs)
            continue;
        int32_t status = job->host->emit(job, runs, used);
        if (status != MIM_OK)
            return status;
        used = 0;
    }
    return MIM_OK;
}

/* Runs on any thread. put writes the head, because only then the size is known. */
static int32_t
encode_frame(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part,
             const struct mim_raster *raster, const struct mim_neighbours *neighbours)
{
    const struct writer *self = (const struct writer *)job->state;
    uint64_t row_size = (uint64_t)raster->width * raster->channels;
    int32_t status = MIM_OK;

    (void)packet, (void)info, (void)part, (void)neighbours;
    for (uint32_t y = 0; y < raster->height && status == MIM_OK; y++) {
        const uint8_t *row = raster->data + y * raster->stride;
        status = job->host->poll(job);
        if (status == MIM_OK)
            status = self->coding ? job->host->emit(job, row, row_size)
                                  : emit_runs(job, row, raster->width, raster->channels);
    }
    return status;
}

static int32_t
put_frame(struct mim_job *job, void *packet, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    const struct writer *self = (const struct writer *)job->state;
    (void)packet;
    int32_t status = emit_record(job, self->coding ? PLAIN : RUNS, (uint32_t)info->duration, coded->size);
    for (uint32_t i = 0; i < coded->part_count && status == MIM_OK; i++)
        status = job->host->emit(job, coded->parts[i].data, coded->parts[i].size);
    return status;
}

static int32_t
finish_writer(struct mim_job *job)
{
    return emit_record(job, END, 0, 0);
}

static void
close_writer(struct mim_job *job)
{
    struct writer *self = (struct writer *)job->state;
    mim_bytes_clear(job, &self->retained);
}

static const struct mim_option write_options[] = {
    { MIM_OPTION_HEADER, .type = MIM_OPTION_CHOICE, .offset = offsetof(struct writer, coding), .name = "coding",
      .help = "runs of equal pixels, or plain samples", .choices = "runs|plain" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_TEXT, .offset = offsetof(struct writer, comment), .name = "comment",
      .help = "a text, instead of the comment of the source" },
};

static const struct mim_writer_timing timing = {
    .struct_size = sizeof timing,
    .grid = MIM_GRID_FIXED,
    .den = 1000,
    .max_duration = UINT32_MAX,
    .max_loop = INT32_MAX,
};

static const struct mim_reader_ops reader_ops = {
    .struct_size = sizeof reader_ops,
    .state_size = sizeof(struct reader),
    .packet_size = sizeof(struct record),
    .open = open_reader,
    .scan = count_frames,
    .prepare = prepare_frame,
    .pixels = decode_frame,
    .metadata = deliver_metadata,
    .close = close_reader,
};

static const struct mim_writer_ops writer_ops = {
    .struct_size = sizeof writer_ops,
    .flags = MIM_WRITER_TIMING | MIM_WRITER_LOOP,
    .state_size = sizeof(struct writer),
    .option_count = sizeof write_options / sizeof *write_options,
    .options = write_options,
    .open = open_writer,
    .accepts = accept_frame,
    .encode = encode_frame,
    .put = put_frame,
    .metadata = take_metadata,
    .finish = finish_writer,
    .close = close_writer,
    .timing = &timing,
};

static const struct mim_format_ops format = {
    .struct_size = sizeof format,
    .name = "@NAME@",
    .reader = &reader_ops,
    .writer = &writer_ops,
};

static const struct mim_format_ops *const formats[] = { &format, NULL };

MIM_PLUGIN("@NAME@", "0.1.0", "MIT", "@NAME@:rw", .formats = formats);
