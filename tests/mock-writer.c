/* SPDX-License-Identifier: MIT */
/* The half of the mock that writes: "MOCK", eight bytes of count where it patches, then the frames. */
#include <stdatomic.h>

#include "mock.h"

#define ALIVE 0x6c697665u
#define HEADER 12u

struct packet {
    uint32_t magic;
    uint64_t index;
    struct mim_frame_info info;
    _Atomic uint32_t encoded; /* parts */
};

static int32_t
begin(struct mim_job *job, struct mim_sequence *sequence)
{
    struct mock_session *session = job->state;
    mock_enter_serial(job);
    MUST(!session->opened && sequence->struct_size == sizeof *sequence && sequence->first.width);
    MUST((sequence->count == MIM_UNKNOWN) == (sequence->sure == MIM_SURE_NONE));
    session->opened = 1;
    atomic_fetch_add(&mock_counted.opens, 1);
    mock_say(job, "open", 0, 0);
    if (mock.surveys)
        sequence->passes = 2;
    if (mock.sequence)
        mock.sequence(sequence);
    int32_t status = mock_fault(job, MOCK_OPEN, 0, 0, NULL);
    if (status == MIM_OK && mock.puts)
        status = job->host->emit(job, "MOCK\0\0\0\0\0\0\0\0", HEADER);
    return mock_leave_serial(job, status);
}

static int32_t
takes(struct mim_job *job, uint32_t number, const struct mim_offer *offer)
{
    struct mock_session *session = job->state;
    mock_enter_serial(job);
    MUST(session->opened && !session->finished && number > 0 && offer->text);
    mock_leave_serial(job, MIM_OK);
    if (mock.takes & 1u << offer->kind)
        return MIM_OK;
    return mock.refusal ? (job->host->fail)(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "%s", mock.refusal) : MIM_UNSUPPORTED;
}

static int32_t
accepts(struct mim_job *job, uint64_t index, void *memory, struct mim_frame_info *info)
{
    struct mock_session *session = job->state;
    struct packet *packet = memory;
    mock_enter_serial(job);
    MUST(session->opened && !session->failed && !session->refused && !session->finished);
    MUST(index == session->accepted++);
    MUST(mock_is_zero(packet, sizeof *packet));
    mock_say(job, "accepts", index, 0);
    struct mim_origin origin = { .struct_size = sizeof origin };
    job->host->origin(job, &origin);
    if (mock.origin)
        mock.origin(index, &origin);
    if (mock.accepts)
        mock.accepts(index, info);
    if (mock.parts)
        info->parts = mock.parts;
    packet->magic = ALIVE;
    packet->index = index;
    packet->info = *info;
    int32_t status = mock_fault(job, MOCK_ACCEPTS, index, 0, NULL);
    session->refused = status != MIM_OK;
    mock_leave_serial(job, MIM_OK); /* what was accepted before is still encoded and put */
    return status;
}

static void
check_raster(const struct mim_raster *raster, const struct mim_frame_info *info)
{
    MUST(raster->struct_size == sizeof *raster && raster->data && raster->width == info->width &&
         raster->height == info->height && raster->channels == info->channels && raster->sample == info->sample);
}

static int32_t
survey(struct mim_job *job, const struct mim_frame_info *info, const struct mim_raster *raster)
{
    struct mock_session *session = job->state;
    mock_enter_serial(job);
    if (!raster) {
        MUST(!info && session->surveyed == session->accepted && !session->survey_ended);
        session->survey_ended = true;
        return mock_leave_serial(job, mock_fault(job, MOCK_SURVEY, MIM_UNKNOWN, 0, NULL));
    }
    MUST(session->surveyed + 1 == session->accepted && !session->survey_ended);
    check_raster(raster, info);
    atomic_fetch_add(&mock_counted.surveys, 1);
    return mock_leave_serial(job, mock_fault(job, MOCK_SURVEY, session->surveyed++, 0, NULL));
}

static int32_t
emit_rows(struct mim_job *job, const struct mim_frame_info *info, uint32_t part, const struct mim_raster *raster)
{
    uint32_t parts = info->parts ? info->parts : 1, each = (raster->height + parts - 1) / parts;
    uint64_t row = (uint64_t)raster->width * raster->channels * mim_sample_size((enum mim_sample)raster->sample);
    row = raster->sample == MIM_SAMPLE_U1 ? (row + 7) / 8 : row;
    int32_t status = MIM_OK;
    for (uint32_t y = part * each; y < raster->height && y < (part + 1) * each && status == MIM_OK; y++)
        status = job->host->emit(job, raster->data + y * raster->stride, row);
    return status;
}

/* The first sample of a neighbour tells which one it is. */
static int32_t
emit_neighbours(struct mim_job *job, const struct packet *packet, const struct mim_neighbours *neighbours)
{
    bool back = mock_writer_ops.flags & MIM_WRITER_PREVIOUS, ahead = mock_writer_ops.flags & MIM_WRITER_NEXT;
    MUST(neighbours->struct_size == sizeof *neighbours);
    MUST((neighbours->previous != NULL) == (back && packet->index > 0));
    MUST(ahead || !neighbours->next);
    uint8_t beside[2] = { neighbours->previous ? neighbours->previous->data[0] : 0,
                          neighbours->next ? neighbours->next->data[0] : 0 };
    return back || ahead ? job->host->emit(job, beside, sizeof beside) : MIM_OK;
}

static int32_t
encode(struct mim_job *job, void *memory, const struct mim_frame_info *info, uint32_t part,
       const struct mim_raster *raster, const struct mim_neighbours *neighbours)
{
    struct mock_worker *worker = mock_enter_worker(job);
    struct mock_session *session = job->state;
    struct packet *packet = memory;
    const struct mock_fault *fault = NULL;
    MUST(packet->magic == ALIVE && part < info->parts && !session->finished);
    MUST(session->survey_ended == mock.surveys);
    MUST(!memcmp(info, &packet->info, sizeof *info) || packet->info.parts == 0);
    check_raster(raster, info);
    MUST(job->host->tell(job) == 0); /* of the part */
    atomic_fetch_add(&mock_counted.encodes, 1);
    atomic_fetch_add(&packet->encoded, 1);
    mock_say(job, "encode", packet->index, part);

    void *scratch = mock.pixels_bytes ? job->host->resize(job, NULL, 0, mock.pixels_bytes) : NULL;
    int32_t status = mock.pixels_bytes && !scratch ? MIM_NOMEM : mock_be_busy(job, packet->index, part);
    if (status == MIM_OK && !part)
        status = emit_neighbours(job, packet, neighbours);
    if (status == MIM_OK)
        status = mock_fault(job, MOCK_ENCODE, packet->index, part, &fault);
    if (status == MIM_OK || (fault && fault->emits_first)) {
        int32_t emitted = emit_rows(job, info, part, raster);
        status = status == MIM_OK ? emitted : status;
    }
    if (scratch)
        job->host->resize(job, scratch, mock.pixels_bytes, 0);
    return mock_leave_worker(worker, status);
}

static int32_t
check_header(struct mim_job *job)
{
    uint8_t header[HEADER];
    int64_t got = job->host->read_back(job, header, sizeof header, 0);
    if (got < 0)
        return (int32_t)-got;
    MUST(got == HEADER && !memcmp(header, "MOCK", 4));
    return MIM_OK;
}

static int32_t
put(struct mim_job *job, void *memory, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    struct mock_session *session = job->state;
    struct packet *packet = memory;
    mock_enter_serial(job);
    MUST(packet->magic == ALIVE && packet->index == session->put++ && !session->failed);
    MUST(coded->struct_size == sizeof *coded && coded->part_count == info->parts && packet->encoded >= info->parts);
    atomic_fetch_add(&mock_counted.puts, 1);
    mock_say(job, "put", packet->index, 0);
    uint64_t sum = 0;
    int32_t status = mock_fault(job, MOCK_PUT, packet->index, 0, NULL);
    if (status == MIM_OK && mock_writer_ops.flags & MIM_WRITER_READS_BACK)
        status = check_header(job);
    for (uint32_t i = 0; i < coded->part_count && status == MIM_OK; i++) {
        sum += coded->parts[i].size;
        status = job->host->emit(job, coded->parts[i].data, coded->parts[i].size);
    }
    MUST(status != MIM_OK || sum == coded->size);
    return mock_leave_serial(job, status);
}

static int32_t
keep(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct mock_session *session = job->state;
    mock_enter_serial(job);
    MUST(value && size && !session->failed);
    MUST(!(type & MIM_META_CODING) || mock.writer_flags & MIM_WRITER_CODING);
    mock_counted.codings += (type & MIM_META_CODING) != 0;
    int32_t status = mock_fault(job, MOCK_METADATA, session->opened ? session->accepted : MIM_UNKNOWN, 0, NULL);
    mock_leave_serial(job, MIM_OK);
    if (status != MIM_OK)
        return status;
    return mock.keeps_metadata && strcmp(key, "blob") != 0 ? MIM_OK : MIM_UNSUPPORTED;
}

static int32_t
finish(struct mim_job *job)
{
    struct mock_session *session = job->state;
    mock_enter_serial(job);
    MUST(session->opened && !session->failed && !session->refused && !session->finished);
    MUST(!mock.puts || session->put == session->accepted);
    session->finished = 1;
    uint8_t count[8];
    for (int i = 0; i < 8; i++)
        count[i] = (uint8_t)(session->accepted >> 8 * i);
    int32_t status = mock_fault(job, MOCK_FINISH, 0, 0, NULL);
    if (status == MIM_OK && mock.puts && mock_writer_ops.flags & MIM_WRITER_SEEKS)
        status = job->host->patch(job, count, sizeof count, 4);
    return mock_leave_serial(job, status);
}

static void
end(struct mim_job *job)
{
    struct mock_session *session = job->state;
    mock_enter_serial(job);
    MUST(session->workers == 0);
    session->closed = 1;
    if (session->opened) /* else only metadata came before it was given up */
        atomic_fetch_add(&mock_counted.closes, 1);
    mock_leave_serial(job, MIM_OK);
}

struct mim_writer_ops mock_writer_ops;

void
mock_writer_follow(void)
{
    mock_writer_ops = (struct mim_writer_ops){
        .struct_size = sizeof mock_writer_ops,
        .flags = mock.writer_flags,
        .state_size = sizeof(struct mock_session),
        .packet_size = sizeof(struct packet),
        .worker_size = sizeof(struct mock_worker),
        .open = begin,
        .accepts = accepts,
        .survey = mock.surveys ? survey : NULL,
        .encode = encode,
        .put = mock.puts ? put : NULL,
        .metadata = mock.has_metadata ? keep : NULL,
        .finish = finish,
        .worker_open = mock_worker_open,
        .worker_close = mock_worker_close,
        .close = end,
        .takes = mock.takes || mock.refusal ? takes : NULL,
    };
}
