/* SPDX-License-Identifier: MIT */
/* Reports tags as metadata. */
#include "read/metadata.h"

#include <stdio.h>
#include <string.h>

#include <tiff.h>

#include <mim/kit/text.h>

#include "file/imagej-timing.h"
#include "file/known-tags.h"
#include "read/resolution.h"
#include "read/stack.h"

/* The values of one tag. */
struct values {
    uint8_t *data;
    uint64_t size, capacity;
    uint32_t coding; /* MIM_META_CODING or 0 */
};

static void
free_values(struct mim_job *job, struct values *values)
{
    job->host->resize(job, values->data, values->capacity, 0);
}

/* Check the size against the source before memory is allocated. */
static int32_t
read_values(struct tiff_directory *directory, const struct tiff_entry *entry, struct values *values)
{
    struct mim_job *job = directory->job;
    uint64_t size, source = job->host->size(job);
    if (entry->size == 0)
        return tiff_directory_drop(directory, entry, "unknown type");
    if (entry->count == 0)
        return MIM_OK;
    if (__builtin_mul_overflow(entry->count, entry->size, &size) || entry->offset > source ||
        size > source - entry->offset)
        return tiff_directory_drop(directory, entry, "its value is beyond the end of the file");
    if (size > job->host->limit(job, MIM_LIMIT_METADATA))
        return tiff_directory_drop(directory, entry, "it exceeds the limit metadata");

    values->data = job->host->resize(job, NULL, 0, size);
    if (!values->data)
        return job->host->fail(job, MIM_NOMEM, entry->offset, "no memory for a tag of %llu bytes",
                               (unsigned long long)size);
    values->capacity = size;
    int64_t got = job->host->read_at(job, values->data, size, entry->offset);
    if (got >= 0 && (uint64_t)got < size)
        return tiff_directory_drop(directory, entry, "the file ends inside its value");
    if (got < 0)
        return job->host->fail(job, (int32_t)-got, entry->offset, "cannot read tag %u", (unsigned)entry->tag);
    values->size = size;
    return MIM_OK;
}

/* TIFF requires ASCII; text that is not UTF-8 is read as Latin-1. Several strings become lines. */
static int32_t
report_text(struct mim_job *job, const char *key, const struct values *values)
{
    uint64_t size = values->size;
    while (size && values->data[size - 1] == '\0')
        size--;
    for (uint64_t i = 0; i < size; i++)
        if (values->data[i] == '\0')
            values->data[i] = '\n';
    if (size == 0 || mim_utf8_is_valid(values->data, size))
        return size ? job->host->meta(job, key, MIM_META_TEXT | values->coding, values->data, size) : MIM_OK;

    uint8_t *wide = job->host->resize(job, NULL, 0, size * 2);
    if (!wide)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a text");
    uint64_t length = mim_utf8_from_latin1(values->data, size, wide);
    int32_t status = job->host->meta(job, key, MIM_META_TEXT | values->coding, wide, length);
    job->host->resize(job, wide, size * 2, 0);
    return status;
}

/* "2024:05:06 07:08:09" is a time, anything else is a text. */
static int32_t
report_time(struct mim_job *job, const struct values *values)
{
    static const char form[] = "dddd:dd:dd dd:dd:dd";
    char time[sizeof form];
    bool is_time = values->size >= sizeof form - 1;
    for (unsigned i = 0; i < sizeof form - 1 && is_time; i++) {
        time[i] = (char)values->data[i];
        is_time = form[i] == 'd' ? time[i] >= '0' && time[i] <= '9' : time[i] == form[i];
    }
    if (!is_time || (values->size > sizeof form - 1 && values->data[sizeof form - 1]))
        return report_text(job, "datetime", values);
    time[4] = time[7] = '-';
    time[10] = 'T';
    return job->host->meta(job, "datetime", MIM_META_TIME, time, sizeof form - 1);
}

static double
real_at(struct tiff_order order, const uint8_t *bytes, unsigned type)
{
    uint64_t wide = tiff_number(order, bytes, type == TIFF_FLOAT ? 4 : 8);
    uint32_t narrow = (uint32_t)wide;
    double value;
    float single;
    memcpy(&value, &wide, sizeof value);
    memcpy(&single, &narrow, sizeof single);
    return type == TIFF_FLOAT ? (double)single : value;
}

static int64_t
integer_at(struct tiff_order order, const uint8_t *bytes, unsigned size, bool is_signed)
{
    uint64_t value = tiff_number(order, bytes, size);
    if (is_signed && size < 8 && value >> (size * 8 - 1))
        value |= ~0ull << size * 8;
    return (int64_t)value;
}

/* One number or a list, of any type. */
static int32_t
report_numbers(struct tiff_directory *directory, const struct tiff_entry *entry, const char *key,
               const struct values *values)
{
    bool is_ratio = entry->type == TIFF_RATIONAL || entry->type == TIFF_SRATIONAL;
    bool is_real = entry->type == TIFF_FLOAT || entry->type == TIFF_DOUBLE;
    bool is_signed = tiff_type_is_signed(entry->type);
    unsigned width = is_ratio ? sizeof(struct mim_rational) : 8;
    struct mim_job *job = directory->job;
    uint64_t capacity = entry->count * width;
    uint8_t *list = values->size ? job->host->resize(job, NULL, 0, capacity) : NULL;
    if (!list)
        return values->size ? job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a list of numbers") : MIM_OK;

    for (uint64_t i = 0; i < entry->count; i++) {
        const uint8_t *bytes = values->data + i * entry->size;
        double real = is_real ? real_at(directory->order, bytes, entry->type) : 0;
        struct mim_rational ratio = { 0, 0 };
        int64_t whole = is_real || is_ratio ? 0 : integer_at(directory->order, bytes, entry->size, is_signed);
        if (is_ratio)
            ratio = (struct mim_rational){ integer_at(directory->order, bytes, 4, is_signed),
                                           integer_at(directory->order, bytes + 4, 4, is_signed) };
        memcpy(list + i * width, is_ratio ? (void *)&ratio : is_real ? (void *)&real : (void *)&whole, width);
    }
    int32_t one = is_ratio ? MIM_META_RATIONAL : is_real ? MIM_META_REAL : MIM_META_INT;
    int32_t many = is_ratio ? MIM_META_RATIONALS : is_real ? MIM_META_REALS : MIM_META_INTS;
    int32_t status = job->host->meta(job, key, (entry->count == 1 ? one : many) | values->coding, list, capacity);
    job->host->resize(job, list, capacity, 0);
    return status;
}

/* tifffile's description of the shape of all pages is wrong in any other file. */
static bool
is_tifffile_shape(const struct values *values)
{
    static const char start[] = "{\"shape\": [";
    return values->size >= sizeof start - 1 && memcmp(values->data, start, sizeof start - 1) == 0;
}

/* Whether values of the tag's type may mean what its name says. */
static bool
has_right_type(const struct tiff_entry *entry, int32_t type)
{
    bool is_text = type == MIM_META_TEXT || type == MIM_META_TIME;
    return is_text || type == MIM_META_BYTES ? entry->size == 1 : entry->type != TIFF_ASCII;
}

static int32_t
report_entry(struct tiff_directory *directory, const struct tiff_entry *entry)
{
    struct values values = { 0 };
    char name[16];
    const char *key = name;
    int32_t type = entry->type == TIFF_ASCII       ? MIM_META_TEXT
                   : entry->type == TIFF_UNDEFINED ? MIM_META_BYTES
                                                   : MIM_META_INTS;

    snprintf(name, sizeof name, "tag:%u", (unsigned)entry->tag);
    if (entry->type == TIFF_BYTE && entry->count > 4)
        type = MIM_META_BYTES;
    const struct tiff_known_tag *known = tiff_known_tag(entry->tag);
    if (known && known->type == MIM_META_CODING) {
        values.coding = MIM_META_CODING;
    } else if (known) {
        key = known->key;
        type = known->type;
    }
    if (!key || entry->type == TIFF_IFD || entry->type == TIFF_IFD8)
        return MIM_OK;
    if (entry->size && !has_right_type(entry, type))
        return tiff_directory_drop(directory, entry, "its type is wrong");

    int32_t status = read_values(directory, entry, &values);
    if (entry->tag == TIFFTAG_IMAGEDESCRIPTION && is_tifffile_shape(&values))
        values.coding = MIM_META_CODING;
    if (status == MIM_OK && values.size) {
        if (type == MIM_META_TEXT)
            status = report_text(directory->job, key, &values);
        else if (type == MIM_META_TIME)
            status = report_time(directory->job, &values);
        else if (type == MIM_META_BYTES)
            status = directory->job->host->meta(directory->job, key, MIM_META_BYTES | values.coding, values.data,
                                                 values.size);
        else
            status = report_numbers(directory, entry, key, &values);
    }
    free_values(directory->job, &values);
    return status;
}

static int32_t
report_tags(struct tiff_directory *directory)
{
    struct tiff_entry axes[2] = { { 0 }, { 0 } };
    uint64_t unit = RESUNIT_INCH;
    int32_t status = tiff_directory_open(directory);
    for (uint64_t i = 0; i < directory->count && status == MIM_OK; i++) {
        struct tiff_entry entry;
        status = tiff_directory_entry(directory, i, &entry);
        if (status != MIM_OK)
            break;
        if (entry.tag == TIFFTAG_XRESOLUTION || entry.tag == TIFFTAG_YRESOLUTION)
            axes[entry.tag == TIFFTAG_YRESOLUTION] = entry;
        else if (entry.tag == TIFFTAG_RESOLUTIONUNIT)
            tiff_directory_uint(directory, &entry, 0, &unit);
        else
            status = report_entry(directory, &entry);
    }
    return status == MIM_OK ? tiff_resolution_report(directory, axes, unit) : status;
}

static int32_t
report_coding_text(struct mim_job *job, const char *key, const struct tiff_name *names, uint32_t value)
{
    char number[16];
    const char *text = tiff_name_of(names, value);
    snprintf(number, sizeof number, "%u", value);
    text = text ? text : number;
    return job->host->meta(job, key, MIM_META_TEXT | MIM_META_CODING, text, strlen(text));
}

static int32_t
report_coding_int(struct mim_job *job, const char *key, int64_t value)
{
    return job->host->meta(job, key, MIM_META_INT | MIM_META_CODING, &value, sizeof value);
}

static int32_t
report_coding(struct mim_job *job, const struct tiff_page *page)
{
    const struct {
        const char *key;
        const struct tiff_name *names;
        uint32_t value;
    } codings[] = {
        { "compression", tiff_compression_names, page->compression },
        { "photometric", tiff_photometric_names, page->photometric },
        { "planar", tiff_planar_names, page->planar },
        { "predictor", tiff_predictor_names, page->predictor },
        { "orientation", NULL, page->orientation },
        { "bits", NULL, page->bits },
        { "is_tiled", NULL, page->is_tiled },
        { "is_reduced", NULL, (page->subfile & FILETYPE_REDUCEDIMAGE) != 0 },
        { "is_mask", NULL, (page->subfile & FILETYPE_MASK) != 0 },
    };
    int32_t status = MIM_OK;
    for (unsigned i = 0; i < sizeof codings / sizeof *codings && status == MIM_OK; i++)
        status = codings[i].names ? report_coding_text(job, codings[i].key, codings[i].names, codings[i].value)
                                  : report_coding_int(job, codings[i].key, codings[i].value);
    return status;
}

/* The description itself holds the interval, so that writers need not keep this. */
static int32_t
report_interval(struct mim_job *job, const char *description)
{
    struct tiff_imagej_timing timing;
    tiff_imagej_timing_read(&timing, description);
    if (!timing.interval.den)
        return MIM_OK;
    return job->host->meta(job, "frame_interval", MIM_META_RATIONAL | MIM_META_CODING, &timing.interval,
                           sizeof timing.interval);
}

int32_t
tiff_file_metadata(struct tiff_directory *directory)
{
    char description[TIFF_DESCRIPTION_SIZE + 1];
    struct mim_job *job = directory->job;
    const char *order = directory->order.is_big_endian ? "big" : "little";
    int32_t status = tiff_description_read(directory, description);
    if (status == MIM_TRUNCATED)
        status = MIM_OK;
    if (status == MIM_OK)
        status = job->host->meta(job, "byte_order", MIM_META_TEXT | MIM_META_CODING, order, strlen(order));
    if (status == MIM_OK)
        status = report_coding_int(job, "is_bigtiff", directory->order.is_big_tiff);
    if (status == MIM_OK)
        status = report_coding_int(job, "is_imagej", tiff_is_imagej(description, sizeof description));
    if (status == MIM_OK)
        status = report_coding_int(job, "is_ome",
                                   strstr(description, "<OME ") != NULL || strstr(description, "<OME>") != NULL);
    if (status == MIM_OK)
        status = report_interval(job, description);
    return status == MIM_OK ? tiff_resolution_report_aspect(directory) : status;
}

int32_t
tiff_page_metadata(struct tiff_directory *directory, const struct tiff_page *page)
{
    int32_t status = report_tags(directory);
    return status == MIM_OK ? report_coding(directory->job, page) : status;
}
