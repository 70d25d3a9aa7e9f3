/* SPDX-License-Identifier: MIT */
/* The half of the mock that reads. */
#include <stdatomic.h>

#include "mock.h"

#define ALIVE 0x6c697665u
#define DEAD 0x64656164u

struct packet {
    uint32_t magic;
    uint64_t index;
    struct mim_frame_info info;
    _Atomic int users;
    void *held;
};

static const struct mim_option options[] = {
    { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .offset = sizeof(struct mock_session), .name = "level",
      .help = "a number", .initial = 3, .min = 0, .max = 9 },
};

struct reader {
    struct mock_session session;
    int64_t level;
};

static int32_t
open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct reader *self = job->state;
    struct mock_session *session = &self->session;
    MUST(mock_is_zero(session, sizeof *session) && self->level == 3);
    MUST(sequence->struct_size == sizeof *sequence && sequence->count == MIM_UNKNOWN);
    mock_enter_serial(job);
    atomic_fetch_add(&mock_counted.opens, 1);
    session->opened = 1;
    mock_say(job, "open", 0, 0);
    if (mock.claimed) {
        sequence->count = mock.claimed;
        sequence->sure = mock.sure;
    }
    if (mock.sequence)
        mock.sequence(sequence);
    return mock_leave_serial(job, mock_fault(job, MOCK_OPEN, 0, 0, NULL));
}

static int32_t
offers(struct mim_job *job)
{
    struct mock_session *session = job->state;
    int32_t status = MIM_OK;
    mock_enter_serial(job);
    MUST(session->opened && !session->walk);
    for (size_t i = 0; i < mock.offer_count && status == MIM_OK; i++)
        status = job->host->offer(job, &mock.offers[i]);
    return mock_leave_serial(job, status);
}

static int32_t
scan(struct mim_job *job, struct mim_sequence *sequence)
{
    struct mock_session *session = job->state;
    mock_enter_serial(job);
    MUST(session->opened);
    atomic_fetch_add(&mock_counted.scans, 1);
    int32_t status = mock_fault(job, MOCK_SCAN, 0, 0, NULL);
    sequence->count = status == MIM_OK ? mock_frame_count() : 4;
    sequence->sure = MIM_SURE_EXACT;
    mock_leave_serial(job, MIM_OK); /* the position of prepare stays */
    return status;
}

static void
set_shape(uint64_t index, struct mim_frame_info *info)
{
    info->sample = MIM_SAMPLE_U8;
    info->width = 6;
    info->height = 4;
    info->channels = 1;
    info->parts = mock.parts;
    if (mock.group && index % mock.group == 0)
        info->flags = MIM_FRAME_KEY;
    if (mock.group)
        info->key_frame = index - index % mock.group;
    info->work_size = mock.picture_bytes;
    if (mock.shape)
        mock.shape(index, info);
}

static int32_t
prepare(struct mim_job *job, uint64_t index, void *memory, struct mim_frame_info *info)
{
    struct mock_session *session = job->state;
    struct packet *packet = memory;
    mock_enter_serial(job);
    MUST(session->opened && !session->failed); /* an error ended it */
    MUST(mock_is_zero(packet, sizeof *packet));
    MUST(info->struct_size == sizeof *info && info->pts == MIM_NO_PTS && !info->width);
    MUST(mock.any_order || index == session->walk);
    if (index >= mock_frame_count()) {
        MUST(atomic_exchange(&session->in_serial, 0) == 1);
        return MIM_END;
    }
    if (mock.group)
        atomic_fetch_add(&mock_counted.decodes, index == session->walk ? 1 : (long)(index % mock.group) + 1);
    session->walk = index + 1;
    mock_say(job, "prepare", index, 0);
    int32_t status = mock_fault(job, MOCK_PREPARE, index, 0, NULL);
    if (status == MIM_OK && mock.packet_bytes && !(packet->held = job->host->resize(job, NULL, 0, mock.packet_bytes)))
        status = MIM_NOMEM;
    if (status != MIM_OK) {
        mock_leave_serial(job, status);
        session->failed = !mock.any_order; /* who can jump may be asked for another frame */
        return status;
    }
    set_shape(index, info);
    packet->magic = ALIVE;
    packet->index = index;
    packet->info = *info;
    atomic_fetch_add(&session->packets, 1);
    atomic_fetch_add(&mock_counted.prepares, 1);
    return mock_leave_serial(job, MIM_OK);
}

static void
fill_default(uint64_t index, uint32_t part, struct mim_raster *raster)
{
    uint32_t parts = mock.parts ? mock.parts : 1, each = (raster->height + parts - 1) / parts;
    for (uint32_t y = part * each; y < raster->height && y < (part + 1) * each; y++)
        for (uint32_t x = 0; x < raster->width; x++)
            for (uint32_t k = 0; k < raster->channels; k++)
                raster->data[y * raster->stride + x * raster->channels + k] = mock_sample(index, x, y, k);
}

static struct packet *
use(const void *memory, const struct mim_frame_info *info)
{
    struct packet *packet = (struct packet *)memory;
    MUST(packet->magic == ALIVE);
    struct mim_frame_info now = *info, then = packet->info;
    then.parts = now.parts; /* 0 became 1 */
    then.duration = now.duration;
    MUST(!memcmp(&now, &then, sizeof now));
    atomic_fetch_add(&packet->users, 1);
    return packet;
}

static int32_t
take_and_return(struct mim_job *job)
{
    if (mock.reserve_bytes) {
        if (job->host->reserve(job, (int64_t)mock.reserve_bytes) != MIM_OK)
            return MIM_NOMEM;
        job->host->reserve(job, -(int64_t)mock.reserve_bytes);
    }
    return MIM_OK;
}

static int32_t
pixels(struct mim_job *job, const void *memory, const struct mim_frame_info *info, uint32_t part,
       struct mim_raster *raster)
{
    struct mock_worker *worker = mock_enter_worker(job);
    struct packet *packet = use(memory, info);
    MUST(part < info->parts);
    MUST(raster->struct_size == sizeof *raster && raster->width == info->width && raster->height == info->height &&
         raster->channels == info->channels && raster->sample == info->sample);
    MUST((raster->palette != NULL) == (info->sample == MIM_SAMPLE_INDEX8) || raster->palette);
    atomic_fetch_add(&mock_counted.pixels, 1);
    atomic_fetch_add(&mock_counted.squares, (job->host->flags(job) & MIM_HOST_SQUARE) != 0);

    mock_say(job, "pixels", packet->index, part);
    void *scratch = mock.pixels_bytes ? job->host->resize(job, NULL, 0, mock.pixels_bytes) : NULL;
    int32_t status = mock.pixels_bytes && !scratch ? MIM_NOMEM : take_and_return(job);
    if (status == MIM_OK)
        status = mock_be_busy(job, packet->index, part);
    if (status == MIM_OK)
        status = mock_fault(job, MOCK_PIXELS, packet->index, part, NULL);
    if (status == MIM_OK)
        (mock.fill ? mock.fill : fill_default)(packet->index, part, raster);
    if (scratch)
        job->host->resize(job, scratch, mock.pixels_bytes, 0);
    atomic_fetch_sub(&packet->users, 1);
    return mock_leave_worker(worker, status);
}

static int32_t
metadata(struct mim_job *job, const void *memory, const struct mim_frame_info *info)
{
    if (!memory) {
        mock_enter_serial(job);
        int32_t status = mock_fault(job, MOCK_METADATA, MIM_UNKNOWN, 0, NULL);
        if (status == MIM_OK)
            status = job->host->meta(job, "title", MIM_META_TEXT, "a mock", 6);
        if (status == MIM_OK && mock.has_implied)
            status = job->host->meta(job, "transfer", MIM_META_TEXT | MIM_META_IMPLIED, "usual", 5);
        mock_leave_serial(job, MIM_OK);
        return status;
    }
    struct mock_worker *worker = mock_enter_worker(job);
    struct packet *packet = use(memory, info);
    int64_t number = (int64_t)packet->index;
    atomic_fetch_add(&mock_counted.metadata, 1);
    mock_say(job, "metadata", packet->index, 0);
    void *room = mock.metadata_room ? job->host->resize(job, NULL, 0, mock.metadata_room) : NULL;
    int32_t status = mock.metadata_room && !room ? MIM_NOMEM : mock_fault(job, MOCK_METADATA, packet->index, 0, NULL);
    if (status == MIM_OK && room)
        status = mock_be_busy(job, packet->index, 0);
    if (status == MIM_OK)
        status = job->host->meta(job, "number", MIM_META_INT, &number, sizeof number);
    if (status == MIM_OK && mock.metadata_bytes) {
        void *blob = calloc(1, mock.metadata_bytes);
        status = job->host->meta(job, "blob", MIM_META_BYTES, blob, mock.metadata_bytes);
        free(blob);
    }
    if (room)
        job->host->resize(job, room, mock.metadata_room, 0);
    atomic_fetch_sub(&packet->users, 1);
    return mock_leave_worker(worker, status);
}

static void
release(struct mim_job *job, void *memory)
{
    struct mock_session *session = job->state;
    struct packet *packet = memory;
    MUST(session->opened && !session->closed);
    MUST(packet->magic == ALIVE && packet->users == 0);
    packet->magic = DEAD;
    if (packet->held)
        job->host->resize(job, packet->held, mock.packet_bytes, 0);
    atomic_fetch_add(&mock_counted.releases, 1);
    MUST(atomic_fetch_sub(&session->packets, 1) > 0);
}

static void
close(struct mim_job *job)
{
    struct mock_session *session = job->state;
    mock_enter_serial(job);
    MUST(session->opened && session->packets == 0 && session->workers == 0);
    session->closed = 1;
    atomic_fetch_add(&mock_counted.closes, 1);
    mock_leave_serial(job, MIM_OK);
}

struct mim_reader_ops mock_reader_ops;

void
mock_reader_follow(void)
{
    mock_reader_ops = (struct mim_reader_ops){
        .struct_size = sizeof mock_reader_ops,
        .flags = (mock.any_order ? MIM_READER_ANY_ORDER : 0) | (mock.group ? MIM_READER_FORWARD : 0),
        .state_size = sizeof(struct reader),
        .packet_size = sizeof(struct packet),
        .worker_size = sizeof(struct mock_worker),
        .option_count = 1,
        .options = options,
        .open = open,
        .scan = mock.scans ? scan : NULL,
        .prepare = prepare,
        .pixels = pixels,
        .metadata = mock.has_metadata ? metadata : NULL,
        .release = release,
        .worker_open = mock_worker_open,
        .worker_close = mock_worker_close,
        .close = close,
        .offers = mock.offer_count ? offers : NULL,
    };
}
