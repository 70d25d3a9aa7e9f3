/* SPDX-License-Identifier: MIT */
/* Reads and writes gray pictures as binary PGM, one after another in a file. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <mim/kit/entry.h>

struct pgm_reader {
    uint64_t next;        /* offset of the next picture */
};

struct pgm_writer {
    const char *comment;  /* option, set by the core: see the offset in the table */
};

struct header {
    uint32_t width, height, most;
    uint64_t size;        /* in bytes */
};

/* Parses a number after blanks and comments. Returns 0 if there is none. */
static uint32_t
take_number(const char **at, const char *end)
{
    uint32_t number = 0;

    while (*at < end && (isspace((unsigned char)**at) || **at == '#'))
        if (*(*at)++ == '#')
            while (*at < end && **at != '\n')
                ++*at;
    while (*at < end && isdigit((unsigned char)**at) && number < 100000000)
        number = number * 10 + (uint32_t)(*(*at)++ - '0');
    return number;
}

static int
parse_header(struct header *header, const char *text, size_t size)
{
    const char *at = text + 2, *end = text + size;

    if (size < 2 || memcmp(text, "P5", 2))
        return 0;
    header->width = take_number(&at, end);
    header->height = take_number(&at, end);
    header->most = take_number(&at, end);
    header->size = (uint64_t)(at - text) + 1; /* a single blank precedes the samples */
    return header->width && header->height && header->most && header->most < 65536 && at < end;
}

static int32_t
pgm_open(struct mim_job *job, struct mim_sequence *sequence)
{
    (void)job;
    sequence->count = MIM_UNKNOWN; /* only reading all headers counts them */
    sequence->loop = -1;
    return MIM_OK;
}

/* Frames are read in order, because the plugin does not set MIM_READER_ANY_ORDER. */
static int32_t
pgm_prepare(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    struct pgm_reader *self = job->state;
    struct header header;
    char head[512];

    (void)index, (void)packet;
    int64_t got = job->host->read_at(job, head, sizeof head, self->next);
    if (got < 0)
        return (int32_t)-got;
    if (got == 0)
        return self->next ? MIM_END : job->host->fail(job, MIM_TRUNCATED, 0, "the file is empty");
    if (!parse_header(&header, head, (size_t)got))
        return job->host->fail(job, MIM_CORRUPT, self->next, "no PGM header at byte %llu", (unsigned long long)self->next);

    info->width = header.width;
    info->height = header.height;
    info->channels = 1;
    info->sample = header.most < 256 ? MIM_SAMPLE_U8 : MIM_SAMPLE_U16;
    info->flags = MIM_FRAME_RAW | MIM_FRAME_BIG_ENDIAN; /* the core reads the samples, without pixels() */
    info->raw_offset = self->next + header.size;
    info->raw_stride = (uint64_t)header.width * (header.most < 256 ? 1 : 2);
    self->next = info->raw_offset + info->raw_stride * header.height;
    return MIM_OK;
}

/* Chooses the layout to which the core converts every frame. */
static int32_t
pgm_accepts(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    (void)job, (void)index, (void)packet;
    info->channels = 1;
    info->sample = MIM_SAMPLE_U8;
    return MIM_OK;
}

static int32_t
pgm_encode(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part,
           const struct mim_raster *raster, const struct mim_neighbours *neighbours)
{
    const struct pgm_writer *self = job->state;
    char head[256];

    (void)packet, (void)part, (void)neighbours;
    int size = snprintf(head, sizeof head, "P5\n%s%.100s%s%u %u\n255\n", self->comment ? "# " : "",
                        self->comment ? self->comment : "", self->comment ? "\n" : "", info->width, info->height);
    int32_t status = job->host->emit(job, head, (uint64_t)size);
    for (uint32_t y = 0; y < raster->height && status == MIM_OK; y++)
        status = job->host->emit(job, raster->data + y * raster->stride, raster->width);
    return status;
}

static const struct mim_option pgm_write_options[] = {
    { MIM_OPTION_HEADER, .type = MIM_OPTION_TEXT, .offset = offsetof(struct pgm_writer, comment), .name = "comment",
      .help = "a line in every header" },
};

static const struct mim_reader_ops pgm_reader = {
    .struct_size = sizeof pgm_reader,
    .state_size = sizeof(struct pgm_reader),
    .open = pgm_open,
    .prepare = pgm_prepare,
};

static const struct mim_writer_ops pgm_writer = {
    .struct_size = sizeof pgm_writer,
    .flags = MIM_WRITER_MIXED,
    .state_size = sizeof(struct pgm_writer),
    .option_count = sizeof pgm_write_options / sizeof *pgm_write_options,
    .options = pgm_write_options,
    .accepts = pgm_accepts,
    .encode = pgm_encode,
};

static const struct mim_format_ops pgm = {
    .struct_size = sizeof pgm,
    .name = "pgm",
    .reader = &pgm_reader,
    .writer = &pgm_writer,
};

static const struct mim_format_ops *const pgm_formats[] = { &pgm, NULL };

MIM_PLUGIN("pgm", "1.0.0", "MIT", "pgm:rw", .formats = pgm_formats);
