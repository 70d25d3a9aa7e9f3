/* SPDX-License-Identifier: MIT */
/* Reads or writes a file with the plugin's operations. */
#include "session.h"

#include "file/byte-order.h"
#include "file/known-tags.h"

void
put_number(struct mim_test_bytes *bytes, uint64_t value, unsigned size, int is_big_endian)
{
    uint8_t number[8];
    for (unsigned i = 0; i < size; i++)
        number[i] = (uint8_t)(value >> 8 * (is_big_endian ? size - 1 - i : i));
    mim_test_bytes_append(bytes, number, size);
}

/* `data` are numbers in the byte order of the machine. */
static void
put_values(struct mim_test_bytes *file, const struct field *field)
{
    unsigned size = tiff_type_size(field->type);
    bool is_ratio = field->type == TIFF_RATIONAL || field->type == TIFF_SRATIONAL;
    unsigned part = is_ratio ? size / 2 : size;
    const struct tiff_order order = { .is_big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ };
    const uint8_t *data = field->data;
    for (uint64_t at = 0; at < (uint64_t)field->count * size; at += part)
        put_number(file, tiff_number(order, data + at, part), part, 0);
}

uint64_t
make_page(struct mim_test_bytes *file, const struct field *fields, unsigned count, const void *pixels, uint64_t size)
{
    uint64_t values = 8 + 2 + 12 * count + 4, at = values;
    for (unsigned i = 0; i < count; i++)
        at += fields[i].data ? (uint64_t)fields[i].count * tiff_type_size(fields[i].type) : 0;
    uint64_t place = at;

    mim_test_bytes_put(file, 0, "II*\0\10\0\0\0", 8);
    put_number(file, count, 2, 0);
    at = values;
    for (unsigned i = 0; i < count; i++) {
        const struct field *field = &fields[i];
        uint64_t long_size = field->data ? (uint64_t)field->count * tiff_type_size(field->type) : 0;
        uint64_t value = field->tag == TIFFTAG_STRIPOFFSETS && !field->data ? place : field->value;
        put_number(file, field->tag, 2, 0);
        put_number(file, field->type, 2, 0);
        put_number(file, field->count, 4, 0);
        put_number(file, field->data ? at : value, 4, 0);
        at += long_size;
    }
    put_number(file, 0, 4, 0);
    for (unsigned i = 0; i < count; i++)
        if (fields[i].data)
            put_values(file, &fields[i]);
    mim_test_bytes_put(file, place, pixels, size);
    return place;
}

void
reading_begin(struct reading *reading, const void *data, uint64_t size)
{
    *reading = (struct reading){ .host = { .source = { .data = (uint8_t *)(uintptr_t)data, .size = size } } };
    void *state = calloc(1, tiff_reader_ops.state_size);
    mim_test_set_defaults(state, tiff_reader_ops.options, tiff_reader_ops.option_count);
    reading->serial = mim_test_host_job(&reading->host, state, NULL);
    reading->worker = mim_test_host_job(&reading->host, state, calloc(1, tiff_reader_ops.worker_size));
    reading->sequence = (struct mim_sequence){ .struct_size = sizeof reading->sequence, .count = MIM_UNKNOWN };
}

int32_t
reading_open(struct reading *reading)
{
    mim_test_host_next(&reading->host);
    return tiff_reader_ops.open(&reading->serial, &reading->sequence);
}

/* Copy raw frames like the core. */
static int32_t
copy_raw(struct reading *reading)
{
    struct mim_raster *raster = &reading->raster;
    bool is_big_endian = reading->info.flags & MIM_FRAME_BIG_ENDIAN;
    for (uint32_t y = 0; y < raster->height; y++) {
        int64_t got = mim_test_read_at(&reading->worker, raster->data + y * raster->stride, raster->stride,
                                reading->info.raw_offset + y * reading->info.raw_stride);
        if (got < 0)
            return (int32_t)-got;
        if ((uint64_t)got < raster->stride)
            return MIM_TRUNCATED;
        if (is_big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__))
            tiff_swap(tiff_sample_size(raster->sample) * 8, raster->data + y * raster->stride, raster->stride);
    }
    return MIM_OK;
}

int32_t
reading_frame(struct reading *reading, uint64_t index)
{
    struct tiff_page page = { 0 };
    struct mim_raster *raster = &reading->raster;
    free(raster->data);
    *raster = (struct mim_raster){ .struct_size = sizeof *raster };
    reading->info = (struct mim_frame_info){ .struct_size = sizeof reading->info };

    mim_test_host_next(&reading->host);
    int32_t status = tiff_reader_ops.prepare(&reading->serial, index, &page, &reading->info);
    if (status != MIM_OK)
        return status;
    raster->sample = reading->info.sample;
    raster->width = reading->info.width;
    raster->height = reading->info.height;
    raster->channels = reading->info.channels;
    raster->stride = ((uint64_t)raster->width * raster->channels * tiff_sample_bits(raster->sample) + 7) / 8;
    raster->data = calloc(raster->height, raster->stride);
    if (reading->info.flags & MIM_FRAME_RAW)
        return copy_raw(reading);
    for (uint32_t part = reading->info.parts; part > 0 && status == MIM_OK; part--)
        status = tiff_reader_ops.pixels(&reading->worker, &page, &reading->info, part - 1, raster);
    return status;
}

int32_t
reading_metadata(struct reading *reading)
{
    mim_test_host_next(&reading->host);
    return tiff_reader_ops.metadata(&reading->worker, NULL, NULL);
}

void
reading_end(struct reading *reading)
{
    tiff_reader_ops.worker_close(&reading->worker);
    tiff_reader_ops.close(&reading->serial);
    CHECK(mim_test_host_clear(&reading->host));
    free(reading->serial.state);
    free(reading->worker.worker);
    free(reading->raster.data);
}

void
writing_begin(struct writing *writing)
{
    *writing = (struct writing){ 0 };
    void *state = calloc(1, tiff_writer_ops.state_size);
    mim_test_set_defaults(state, tiff_writer_ops.options, tiff_writer_ops.option_count);
    writing->serial = mim_test_host_job(&writing->host, state, NULL);
    writing->worker = mim_test_host_job(&writing->host, state, calloc(1, tiff_writer_ops.worker_size));
}

static struct mim_frame_info
info_of(const struct mim_raster *frame)
{
    return (struct mim_frame_info){ .struct_size = sizeof(struct mim_frame_info), .sample = frame->sample,
                                    .width = frame->width, .height = frame->height, .channels = frame->channels };
}

int32_t
writing_open(struct writing *writing, uint64_t count, const struct mim_raster *first)
{
    struct mim_sequence sequence = { .struct_size = sizeof sequence, .count = count, .first = info_of(first),
                                     .sure = count == MIM_UNKNOWN ? MIM_SURE_NONE : MIM_SURE_EXACT };
    return tiff_writer_ops.open(&writing->serial, &sequence);
}

/* The tests convert nothing, so the frame must be accepted as it is. */
int32_t
writing_frame(struct writing *writing, const struct mim_raster *frame)
{
    struct tiff_layout layout = { 0 };
    writing->info = info_of(frame);
    mim_test_host_next(&writing->host);
    int32_t status = tiff_writer_ops.accepts(&writing->serial, writing->index++, &layout, &writing->info);
    if (status != MIM_OK)
        return status;
    CHECK(writing->info.sample == frame->sample && writing->info.channels == frame->channels);

    return mim_test_write_frame(&writing->worker, &tiff_writer_ops, &layout, &writing->info, frame, NULL);
}

int32_t
writing_finish(struct writing *writing)
{
    return tiff_writer_ops.finish(&writing->serial);
}

/* The sink stays readable until mim_test_host_clear(). */
void
writing_end(struct writing *writing)
{
    uint64_t size = writing->host.sink.size;
    tiff_writer_ops.worker_close(&writing->worker);
    tiff_writer_ops.close(&writing->serial);
    CHECK(writing->host.allocated == 0 && writing->host.reserved == 0);
    CHECK(writing->host.sink.size == size); /* closing writes nothing */
    free(writing->serial.state);
    free(writing->worker.worker);
}
